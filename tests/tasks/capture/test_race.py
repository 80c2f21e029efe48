"""The race of notes/peers.md in its variants: everything stands in the document's own text.

The feed that answers after a second is raced in tests/real and by make bench.
"""

import asyncio

import pytest

from tasks.capture import OpenBrowser, capture_page
from tasks.model import Capture
from tests.benchmarks.capturing import of_document
from tests.tasks.capture.site import Site

pytestmark = pytest.mark.browser

VARIANTS = {
    "delay=300&lang=en": "Reject all",
    "delay=300&pane=1": "Endast nödvändiga",
    "delay=300&late=observed": "Endast nödvändiga",
    "delay=300&wait=700": "Endast nödvändiga",
    "delay=300&pane=1&late=observed&lang=en&wait=700": "Reject all",
}
WHOLE = {"posts": 40, "expanded": 40, "comments": 120, "images": 40}


@pytest.fixture(scope="module")
def captures(running: tuple[asyncio.Runner, OpenBrowser], site: Site) -> dict[str, Capture]:
    """Four at a time, as the flow takes a body's channels: most of a feed's time is its own."""
    runner, browser = running

    async def all_of_them() -> dict[str, Capture]:
        room = asyncio.Semaphore(4)

        async def one(variant: str) -> Capture:
            async with room:
                return await capture_page(browser, f"{site.address}/feed?{variant}")

        taken = await asyncio.gather(*map(one, VARIANTS))
        return dict(zip(VARIANTS, taken, strict=True))

    return runner.run(all_of_them())


@pytest.mark.parametrize(("variant", "refusal"), VARIANTS.items())
def test_the_whole_feed_stands_in_the_documents_text_and_the_banner_is_declined(
    captures: dict[str, Capture], variant: str, refusal: str
) -> None:
    capture = captures[variant]
    assert of_document(capture) == WHOLE
    assert (capture.images, capture.images_missing) == (40, 0)
    assert (capture.stopped, capture.consent) == ("end", f"declined: {refusal}")
