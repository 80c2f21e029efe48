"""From a page that lives to a page that can be printed: un-fixed, un-clipped, still and whole.

Fixed headers and cookie bars would repeat on every sheet and hide text (recall .54 in
notes/pdf.md). What is changed is named in the capture, so that nobody takes the layout for the
page's own.
"""

import asyncio
import dataclasses as dc
from pathlib import Path
from typing import Final

from playwright.async_api import Page

from tasks.capture.consent import CONSENT_WORDS
from tasks.capture.limits import Limits
from tasks.capture.printing import sheet_height

_FREEZE: Final = (Path(__file__).parent / "freeze.js").read_text(encoding="utf-8")
_SWEEP: Final = (Path(__file__).parent / "sweep.js").read_text(encoding="utf-8")


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Frozen:
    """What was changed, as short selectors.

    Attributes:
        hidden: not shown: overlays that ask for consent.
        changed: shown otherwise: loosened from a fixed place, a pane opened, a filter taken off.
    """

    hidden: tuple[str, ...]
    changed: tuple[str, ...]


async def freeze(page: Page, *, selector: str | None, limits: Limits) -> Frozen:
    """Lay the page out for paper and have its pictures loaded.

    Raises:
        TimeoutError: the page's own script does not let go of it.
    """
    width = (page.viewport_size or {"width": 960})["width"]
    given = {
        "selector": selector,
        "consentWords": CONSENT_WORDS,
        "pageHeight": sheet_height(width),
    }
    changed = await asyncio.wait_for(page.evaluate(_FREEZE, given), limits.answer)
    waiting = {"patience": limits.pictures * 1000}
    steps = limits.height / 10_000  # a frame for each viewport of the tallest page, and some
    allowed = limits.answer + limits.pictures + steps
    await asyncio.wait_for(page.evaluate(_SWEEP, waiting), allowed)
    return Frozen(
        hidden=_once(changed["hidden"]),
        changed=_once(changed["loosened"] + changed["opened"] + changed["plain"]),
    )


def _once(names: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))
