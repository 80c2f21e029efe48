"""From a page that lives to one that stands still, whole: un-fixed, un-clipped, with its pictures.

What floats would hide text in a picture, and what is cut off in a pane would not be in it. What is
changed is named in the capture, so that nobody takes the layout for the page's own; everything else
is left as the page has it.
"""

import dataclasses as dc
from pathlib import Path
from typing import Final

from tasks.capture.consent import ANSWERS, CONSENT_WORDS
from tasks.capture.inside import Inside
from tasks.capture.limits import Limits

_HERE: Final = Path(__file__).parent
_FREEZE: Final = (_HERE / "freeze.js").read_text(encoding="utf-8")
_SWEEP: Final = (_HERE / "sweep.js").read_text(encoding="utf-8")
_REST: Final = (_HERE / "rest.js").read_text(encoding="utf-8")


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Frozen:
    """What was changed, as short selectors.

    Attributes:
        hidden: not shown: overlays that ask for consent.
        changed: shown otherwise: loosened from a fixed place, or a pane that was opened.
    """

    hidden: tuple[str, ...]
    changed: tuple[str, ...]


async def freeze(inside: Inside, *, selector: str | None, limits: Limits) -> Frozen:
    """Open and loosen the page, have its pictures loaded, and let none of its scripts run again.

    Raises:
        TimeoutError: the page's own script does not let go of it.
    """
    given = {"selector": selector, "consentWords": CONSENT_WORDS, "answers": ANSWERS}
    steps = limits.height / 10_000  # a frame for each viewport of the tallest page, and some
    changed = await inside.ask(_FREEZE, given, patience=steps)
    waiting = {"patience": limits.pictures * 1000}
    await inside.ask(_SWEEP, waiting, patience=limits.pictures + steps)
    await inside.still(stopped=True)
    await inside.ask(_REST)
    return Frozen(hidden=tuple(changed["hidden"]), changed=tuple(changed["changed"]))
