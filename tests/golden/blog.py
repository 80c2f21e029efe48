"""A snapshot of a real WordPress in its own theme, its time standing still."""

import asyncio
import base64
import contextlib
import datetime as dt
import json
import re
import urllib.request
from collections.abc import Iterator
from typing import Any, Final

from wordpress.server import WordPress

from tasks.capture import capture_page, open_browser
from tasks.model import Capture, Occasion, Provenance
from tests.golden.documents import NOW, Made, document
from tests.golden.pictures import tools

POSTS: Final = 45  # on its front page


def snapshot(site: WordPress) -> Made:
    """The front page of a seeded site, with ``POSTS`` posts on it, as a document."""
    with _long(site):
        capture = asyncio.run(_captured(f"{site.url}/"))
    return document(capture, _provenance())


def drawn_with(made: Made, site: WordPress) -> dict[str, str]:
    """What draws its pages: WordPress and its theme among it."""
    told = (site.root / "wp-includes" / "version.php").read_text(encoding="utf-8")
    theme = site.root / "wp-content" / "themes" / "twentytwentythree" / "style.css"
    style = re.search(r"^Version: (\S+)", theme.read_text(encoding="utf-8"), re.MULTILINE)
    wordpress = re.search(r"\$wp_version = '([^']+)'", told)
    assert wordpress
    assert style
    return tools(made.browser, wordpress=wordpress[1], theme=style[1])


@contextlib.contextmanager
def _long(site: WordPress) -> Iterator[None]:
    """The site with more posts on a page than the ten it comes with."""
    before = _settings(site)["posts_per_page"]
    _settings(site, posts_per_page=POSTS)
    try:
        yield
    finally:
        _settings(site, posts_per_page=before)


def _settings(site: WordPress, **changes: Any) -> dict[str, Any]:
    request = urllib.request.Request(  # noqa: S310 - our own site on loopback
        f"{site.api}/wp/v2/settings",
        data=json.dumps(changes).encode() if changes else None,
        headers={
            "Content-Type": "application/json",
            "Authorization": f"Basic {base64.b64encode(site.secret.encode()).decode()}",
        },
    )
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with direct.open(request, timeout=20) as answer:
        found: dict[str, Any] = json.loads(answer.read())
        return found


async def _captured(address: str) -> Capture:
    async with open_browser() as browser:
        return await capture_page(browser, address, post_selector=".wp-block-post", depth=POSTS)


def _provenance() -> Provenance:
    return Provenance(
        organisation="Sjöviks kommun",
        board="Kommunstyrelsen",
        unit="Informationsenheten",
        channel="wp",
        channel_name="Sjöviks kommun – nyheter",
        platform="blog",
        occasion=Occasion.YEAR_END,
        reason="",
        basis="page",
        now=NOW,
        period_from=None,
        period_to=dt.date(2025, 12, 31),
        api_posts=POSTS,
        rehearsal=False,
        software="Kanalarkiv",
    )
