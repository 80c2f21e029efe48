"""Bringing a page to rest: everything loaded, opened and scrolled into being, in the page's pace.

The page's clock is ours (``page.clock``): whenever the network and the page have been still for a
quarter of a second, three seconds of the page's time are let pass at once, so that a feed which
waits before each fetch goes on at once. When that moves nothing, twice over, the page is at its
end. Measured against windows of quiet in notes/pdf.md. The price is a page clock that runs ahead;
the provenance page tells by how much.
"""

import collections
import dataclasses as dc
import datetime as dt
import time
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from playwright.async_api import Error as BrowserError
from playwright.async_api import Page

from tasks.capture.autoconsent import Decliner
from tasks.capture.consent import CONSENT_WORDS, DECLINES, EXPANDERS
from tasks.capture.limits import Depth, Limits
from tasks.capture.traffic import Traffic
from tasks.capture.waiting import within

_SETTLE: Final = (Path(__file__).parent / "settle.js").read_text(encoding="utf-8")
_TURN: Final = (Path(__file__).parent / "turn.js").read_text(encoding="utf-8")
NEXT_PAGE: Final = "Nästa sida"
_STOCKHOLM: Final = ZoneInfo("Europe/Stockholm")
_STILL = 0.25
_LEAP = 3000
_REST = 50
_UNMOVED = 2
_CLOSING = 20.0


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """How a page came to rest.

    Attributes:
        stopped: ``"end"``, ``"depth"``, ``"time"``, ``"height"``, ``"bytes"``, or ``"pages"``:
            there is a next page that did not come.
        pressed: label of expanders and how often each was pressed.
        declined: label of the refusal pressed, ours or autoconsent's, or ``""``.
        clock_ahead: seconds by which the page's clock was pushed ahead.
    """

    stopped: str
    pressed: tuple[tuple[str, int], ...]
    declined: str
    clock_ahead: int


async def settle(
    page: Page, traffic: Traffic, *, selector: str | None, depth: Depth, limits: Limits
) -> Settled:
    """Press, scroll and wait until nothing moves or a limit is reached.

    Once a limit is reached the page is scrolled no further, but what it shows is still opened. A
    feed that is parted into pages is read on from page to page.

    Raises:
        TimeoutError: the page's own script does not let go of it.
    """
    pressed: collections.Counter[str] = collections.Counter()
    declined, stopped, leaps, unmoved, nudge = "", "", 0, 0, False
    began = still_since = time.monotonic()
    until = began + limits.seconds
    shape = resting = ""
    decliner = Decliner(page, limits)
    while True:
        look = await _look(page, _rules(selector, scroll=not stopped, nudge=nudge), limits)
        now, nudge = time.monotonic(), False
        if look is None:  # the page went on to another document
            still_since = now
            continue
        pressed.update(label for kind, label in look["pressed"] if kind == "expander")
        declined = declined or next(
            (label for kind, label in look["pressed"] if kind == "consent"), ""
        )
        if now > until:
            stopped = stopped or "time"
            break
        if not stopped and (stopped := _limit(look, depth, limits, full=traffic.full)):
            until = now + min(limits.seconds, _CLOSING)
        loading = not look["ready"] and now - began < limits.load
        if look["shape"] != shape or look["pressed"] or loading or not traffic.quiet():
            shape, still_since = look["shape"], now
        if now - still_since < _STILL:
            continue
        traffic.stay()
        declined = declined or await _decline_in_frames(decliner) or await decliner.decline(shape)
        unmoved = unmoved + 1 if shape == resting and not decliner.busy else 0
        if unmoved >= _UNMOVED:
            came = 0 if stopped else await _turn(page, selector, limits)
            if came <= 0:
                stopped = stopped or ("pages" if came else "")
                break
            pressed[NEXT_PAGE] += 1
            unmoved = 0
        resting = shape
        await within(limits.answer, page.clock.fast_forward(_LEAP))
        leaps, nudge, still_since = leaps + 1, True, time.monotonic()
    if stopped:
        traffic.close()
    return Settled(
        stopped=stopped or "end",
        pressed=tuple(sorted(pressed.items())),
        declined=declined,
        clock_ahead=leaps * _LEAP // 1000,
    )


async def _turn(page: Page, selector: str | None, limits: Limits) -> int:
    """Posts that the feed's next page brought; 0 without one, -1 where it did not come."""
    if selector is None:
        return 0
    asked = page.evaluate(_TURN, {"selector": selector})
    return int(await within(limits.answer, asked))


def _rules(selector: str | None, *, scroll: bool, nudge: bool) -> dict[str, Any]:
    return {
        "selector": selector,
        "declines": [dc.asdict(rule) for rule in DECLINES],
        "expanders": [dc.asdict(rule) for rule in EXPANDERS],
        "consentWords": CONSENT_WORDS,
        "rest": _REST,
        "nudge": nudge,
        "again": nudge,
        "scroll": scroll,
    }


async def _look(page: Page, rules: dict[str, Any], limits: Limits) -> dict[str, Any] | None:
    """One in-page call; ``None`` where the document changed under it."""
    try:
        look: dict[str, Any] = await within(limits.answer, page.evaluate(_SETTLE, rules))
    except BrowserError as error:
        if "context was destroyed" in str(error) or "navigat" in str(error):
            return None
        raise
    return look


async def _decline_in_frames(decliner: Decliner) -> str:
    """Refuse cookies by text in banners that are documents of their own."""
    rules = _rules(None, scroll=False, nudge=False) | {"expanders": [], "rest": 0}
    for look in await decliner.ask_frames(_SETTLE, rules):
        if look["pressed"]:
            return str(look["pressed"][0][1])
    return ""


def _limit(look: dict[str, Any], depth: Depth, limits: Limits, *, full: bool) -> str:
    if full:
        return "bytes"
    if _deep_enough(look, depth):
        return "depth"
    return "height" if look["height"] > limits.height else ""


def _deep_enough(look: dict[str, Any], depth: Depth) -> bool:
    if isinstance(depth, int):
        return bool(look["posts"] >= depth)
    if isinstance(depth, dt.datetime):
        oldest = moment(look["oldest"])
        return oldest is not None and oldest < depth
    return False


def moment(told: str | None) -> dt.datetime | None:
    """The time that a ``<time datetime>`` tells, in UTC; ``None`` where it tells none."""
    try:
        read = dt.datetime.fromisoformat(told or "")
    except ValueError:
        return None
    # a time without zone is the clock on the page's own wall: Stockholm
    return (read if read.tzinfo else read.replace(tzinfo=_STOCKHOLM)).astimezone(dt.UTC)
