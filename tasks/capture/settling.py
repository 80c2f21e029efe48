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
from typing import Any, Final

from playwright.async_api import Page

from tasks.capture.autoconsent import Decliner
from tasks.capture.consent import CONSENT_WORDS, DECLINES, EXPANDERS
from tasks.capture.limits import Depth, Limits
from tasks.capture.looking import SETTLE, STANDING, Seen, World, refusal_in
from tasks.capture.traffic import Traffic
from tasks.capture.waiting import within

NEXT_PAGE: Final = "Nästa sida"
_STILL = 0.25
_LEAP = 3000
_REST = 50
_UNMOVED = 2
_CLOSING = 20.0
_NEWEST = 5  # posts: one that is old, or pinned to the top, says nothing of how deep the feed goes


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """How a page came to rest.

    Attributes:
        stopped: ``"end"``, ``"depth"``, ``"time"``, ``"height"``, ``"bytes"``, ``"pages"`` (there
            is a next page that did not come), ``"batch"`` (something that the page's script asked
            for after its last growth did not come) or ``"forgets"`` (posts that were there are
            not in the page any more).
        pressed: label of expanders and how often each was pressed.
        consent: ``"declined: …"`` by which text or rule, of ours or autoconsent's; ``"pressed: …"``
            where the question stood there still; ``"gone"`` where it went away while it was being
            declined; or ``"none"``.
        clock_ahead: seconds by which the page's clock was pushed ahead.
        world: where the page was looked at, which remembers its posts.
    """

    stopped: str
    pressed: tuple[tuple[str, int], ...]
    consent: str
    clock_ahead: int
    world: World

    async def end(self) -> str:
        """``stopped``, now that the page was brought back to its beginning.

        Raises:
            TimeoutError: the page's own script does not let go of it.
        """
        ended = self.stopped in {"end", "depth", "batch"}
        return "forgets" if ended and await self.world.forgotten() else self.stopped


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
    most = 0
    began = still_since = time.monotonic()
    until = began + limits.seconds
    shape = resting = ""
    decliner = Decliner(page, limits)
    world = World(page, limits)
    while True:
        look = await world.look(_rules(selector, scroll=not stopped, nudge=nudge))
        now, nudge = time.monotonic(), False
        if look is None:  # the page went on to another document
            still_since, most = now, 0
            continue
        pressed.update(look.opened)
        declined = declined or look.declined
        most = _grown(traffic, most, look.posts)
        if now > until:
            stopped = stopped or "time"
            break
        if not stopped and (stopped := _limit(look, depth, limits, full=traffic.full)):
            until = now + min(limits.seconds, _CLOSING)
        loading = not look.ready and now - began < limits.load
        if look.shape != shape or look.pressed or loading or not traffic.quiet():
            shape, still_since = look.shape, now
        if now - still_since < _STILL:
            continue
        traffic.stay()
        declined = declined or await _decline_in_frames(decliner) or await decliner.decline(shape)
        unmoved = unmoved + 1 if shape == resting and not decliner.busy else 0
        if unmoved >= _UNMOVED:
            stopped = stopped or _depth_of(look, depth, few=True)
            came = 0 if stopped else await world.turn(selector)
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
        stopped=stopped or ("batch" if selector and traffic.lost else "end"),
        pressed=tuple(sorted(pressed.items())),
        consent=await _consent(world, decliner, declined),
        clock_ahead=leaps * _LEAP // 1000,
        world=world,
    )


async def _consent(world: World, decliner: Decliner, declined: str) -> str:
    if not declined:
        return "gone" if decliner.gone else "none"
    answers = await decliner.ask_frames(STANDING, None)
    standing = await world.standing() or any(answer is True for answer in answers)
    return f"{'pressed' if standing else 'declined'}: {declined}"


def _grown(traffic: Traffic, most: int, posts: int) -> int:
    """The most posts there have been; with more of them, what was asked for in vain came after."""
    if posts > most:
        traffic.grown()
    return max(posts, most)


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
        "newest": _NEWEST,
    }


async def _decline_in_frames(decliner: Decliner) -> str:
    """Refuse cookies by text in banners that are documents of their own."""
    rules = _rules(None, scroll=False, nudge=False) | {"expanders": [], "rest": 0}
    answers = await decliner.ask_frames(SETTLE, rules)
    return next(filter(None, map(refusal_in, answers)), "")


def _limit(look: Seen, depth: Depth, limits: Limits, *, full: bool) -> str:
    if full:
        return "bytes"
    return _depth_of(look, depth) or ("height" if look.height > limits.height else "")


def _depth_of(look: Seen, depth: Depth, *, few: bool = False) -> str:
    """``"depth"`` where the feed goes as deep as asked; ``few`` posts tell that only at rest."""
    reached = False
    if isinstance(depth, int):
        reached = look.posts >= depth
    elif isinstance(depth, dt.datetime):
        known = [time for time in look.last if time is not None]
        reached = (few or len(look.last) == _NEWEST) and bool(known) and max(known) < depth
    return "depth" if reached else ""
