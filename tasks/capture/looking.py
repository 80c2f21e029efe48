"""One look at a page that settles: settle.js's answer, from a world that the page cannot fool.

What was pressed is told by the number of our own rule and named by its label, so that no page
decides what the provenance page says.
"""

import dataclasses as dc
import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, Self
from zoneinfo import ZoneInfo

from playwright.async_api import Error as BrowserError
from playwright.async_api import Page

from tasks.capture.consent import DECLINES, EXPANDERS
from tasks.capture.inside import Inside
from tasks.capture.limits import Limits

SETTLE: Final = (Path(__file__).parent / "settle.js").read_text(encoding="utf-8")
STANDING: Final = "() => window.__kanalarkiv?.standing?.() ?? false"
_TURN: Final = (Path(__file__).parent / "turn.js").read_text(encoding="utf-8")
FOLDED: Final = "Fällbart avsnitt"
_LABELS: Final = {
    "consent": [rule.label for rule in DECLINES],
    "expander": [rule.label for rule in EXPANDERS],
    "folded": [FOLDED],
}
_STOCKHOLM: Final = ZoneInfo("Europe/Stockholm")
_GONE: Final = ("context was destroyed", "navigat", "Cannot find context", "uniqueContextId")


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What one look found.

    Attributes:
        ready: whether the document has been read to its end.
        opened: labels of what was pressed to show more.
        declined: label of the refusal that was pressed, or ``""``.
        posts: in the page now.
        last: when each of the last posts was published, ``None`` where it does not tell.
        height: of the page, CSS pixels.
        shape: changes when the page does.
    """

    ready: bool
    opened: tuple[str, ...]
    declined: str
    posts: int
    last: tuple[dt.datetime | None, ...]
    height: int
    shape: str

    @classmethod
    def of(cls, told: dict[str, Any]) -> Self:
        """Read what settle.js returned."""
        return cls(
            ready=told["ready"],
            opened=(*_labels(told, "expander"), *_labels(told, "folded")),
            declined=next(_labels(told, "consent"), ""),
            posts=told["posts"],
            last=tuple(moment(time) for time in told["last"]),
            height=told["height"],
            shape=told["shape"],
        )

    @property
    def pressed(self) -> bool:
        """Whether anything was."""
        return bool(self.opened or self.declined)


def refusal_in(told: Any) -> str:
    """The label of the refusal that a frame says was pressed in it; a frame may say anything."""
    try:
        return next(_labels(told, "consent"), "")
    except (KeyError, IndexError, TypeError, ValueError):
        return ""


def _labels(told: Any, kind: str) -> Iterator[str]:
    return (_LABELS[kind][number] for of, number in told["pressed"] if of == kind)


class World:
    """Where a page is looked at: a world of our own, made anew when the document changes."""

    def __init__(self, page: Page, limits: Limits) -> None:
        self.page = page
        self.limits = limits
        self.inside: Inside | None = None

    async def look(self, rules: dict[str, Any]) -> Seen | None:
        """One look, and one push; ``None`` where the document changed under it.

        Raises:
            TimeoutError: the page's own script does not let go of it.
        """
        told = await self._ask(SETTLE, rules)
        return None if told is None else Seen.of(told)

    async def forgotten(self) -> int:
        """How many posts were in the page once and are not any more.

        Raises:
            TimeoutError: the page's own script does not let go of it.
        """
        return await self._ask("() => window.__kanalarkiv?.forgotten() ?? 0", {}) or 0

    async def standing(self) -> bool:
        """Whether a refusal that was pressed is still there to be pressed.

        Raises:
            TimeoutError: the page's own script does not let go of it.
        """
        return bool(await self._ask(STANDING, {}))

    async def turn(self, selector: str | None) -> int:
        """Posts that the feed's next page brought; 0 without one, -1 where it did not come.

        Raises:
            TimeoutError: the page's own script does not let go of it.
        """
        if selector is None:
            return 0
        told = await self._ask(_TURN, {"selector": selector})
        return -1 if told is None else told

    async def _ask(self, script: str, given: dict[str, Any]) -> Any:
        try:
            if self.inside is None:
                self.inside = await Inside.of(self.page, self.limits)
            return await self.inside.ask(script, given)
        except BrowserError as error:
            if not any(sign in str(error) for sign in _GONE):
                raise
            self.inside = None
            return None


def moment(told: str | None) -> dt.datetime | None:
    """The time that a ``<time datetime>`` tells, in UTC; ``None`` where it tells none."""
    try:
        read = dt.datetime.fromisoformat(told or "")
    except ValueError:
        return None
    # a time without zone is the clock on the page's own wall: Stockholm
    return (read if read.tzinfo else read.replace(tzinfo=_STOCKHOLM)).astimezone(dt.UTC)
