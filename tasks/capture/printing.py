"""The page as a printed document.

A later builder (notes/pdf.md: picture bands with an exact text layer) takes ``printed``'s place.
"""

import asyncio
from pathlib import Path
from typing import Final

from playwright.async_api import Page

from tasks.capture.consent import CONSENT_WORDS
from tasks.capture.limits import Limits

_PRINT: Final = (Path(__file__).parent / "print.js").read_text(encoding="utf-8")
_MM_PER_PIXEL: Final = 25.4 / 96
_WIDTH, _HEIGHT, _MARGIN = 210, 297, 12


async def printed(page: Page, selector: str | None, limits: Limits) -> bytes:
    """The page on A4 sheets, scaled so that it lies as it lay on the screen.

    Raises:
        TimeoutError: it took longer than ``limits.printing``.
    """
    width = (page.viewport_size or {"width": 960})["width"]
    given = {"selector": selector, "consentWords": CONSENT_WORDS, "pageHeight": sheet_height(width)}
    await asyncio.wait_for(page.evaluate(_PRINT, given), limits.answer)
    margin = f"{_MARGIN}mm"
    await page.emulate_media(media="screen", reduced_motion="reduce", color_scheme="light")
    return await asyncio.wait_for(
        page.pdf(
            width=f"{_WIDTH}mm",
            height=f"{_HEIGHT}mm",
            margin={"top": margin, "bottom": margin, "left": margin, "right": margin},
            scale=_scale(width),
            print_background=True,
            display_header_footer=False,
            prefer_css_page_size=False,
            tagged=True,
        ),
        limits.printing,
    )


def sheet_height(viewport_width: int) -> int:
    """Height of one sheet's text area in the page's CSS pixels."""
    return int((_HEIGHT - 2 * _MARGIN) / _MM_PER_PIXEL / _scale(viewport_width))


def _scale(viewport_width: int) -> float:
    fitting = (_WIDTH - 2 * _MARGIN) / _MM_PER_PIXEL / viewport_width
    return min(2.0, max(0.1, fitting))
