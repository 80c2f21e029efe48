"""The race of notes/peers.md in its variants: everything stands in the document's own text.

Everyday the variant in which all is at its worst, in make test-real each alone as well. The feed
that answers after a second is raced in tests/real and by make bench.
"""

import asyncio

import pytest

from tasks.capture import OpenBrowser, capture_page
from tasks.model import Capture
from tests.benchmarks.capturing import of_document
from tests.tasks.capture.site import Site

pytestmark = pytest.mark.browser

HARDEST = "delay=300&pane=1&late=observed&lang=en&wait=700"
VARIANTS = {
    "delay=300&lang=en": "Reject all",
    "delay=300&pane=1": "Endast nödvändiga",
    "delay=300&late=observed": "Endast nödvändiga",
    "delay=300&wait=700": "Endast nödvändiga",
}
WHOLE = {"posts": 40, "expanded": 40, "comments": 120, "images": 40}


@pytest.fixture(scope="module")
def captures(running: tuple[asyncio.Runner, OpenBrowser], site: Site) -> dict[str, Capture]:
    """Four at a time, as the flow takes a body's channels: most of a feed's time is its own."""
    runner, browser = running

    async def all_of_them() -> list[Capture]:
        feeds = [f"{site.address}/feed?{variant}" for variant in VARIANTS]
        return await asyncio.gather(*(capture_page(browser, feed) for feed in feeds))

    return dict(zip(VARIANTS, runner.run(all_of_them()), strict=True))


def assert_whole(capture: Capture, refusal: str) -> None:
    assert of_document(capture) == WHOLE
    assert (capture.images, capture.images_missing) == (40, 0)
    assert (capture.stopped, capture.consent) == ("end", f"declined: {refusal}")


def test_the_hardest_feed_stands_in_the_documents_text_and_the_banner_is_declined(
    running: tuple[asyncio.Runner, OpenBrowser], site: Site
) -> None:
    runner, browser = running
    feed = f"{site.address}/feed?{HARDEST}"
    assert_whole(runner.run(capture_page(browser, feed)), "Reject all")


@pytest.mark.real
@pytest.mark.parametrize(("variant", "refusal"), VARIANTS.items())
def test_the_whole_feed_stands_in_the_documents_text_and_the_banner_is_declined(
    captures: dict[str, Capture], variant: str, refusal: str
) -> None:
    assert_whole(captures[variant], refusal)
