"""Which snapshots a run shall take, and which it must wait for a person to bring.

``flows.occasions`` says why a channel is to be documented; this says how: how far back, and whether
by machine at all. A channel whose basis is a person's capture or an export waits for ``kanalarkiv
ingest``, and so does a person's screenshot where the platform's terms forbid collecting its pages.
"""

import dataclasses as dc
import datetime as dt
from collections.abc import Iterator
from typing import Literal

from archive_store import Archive
from flows.house import LIVING, House
from flows.naming import STOCKHOLM
from flows.occasions import DUTIES, LATE, Due, asked, demanded, lacking
from flows.taken import snapshots, taken_at
from tasks.harvest import posts_told
from tasks.model import CaptureBasis, Channel, LifeCycle, Occasion
from tasks.platform_terms import wants_screenshot

BY_MACHINE = frozenset({CaptureBasis.PAGE, CaptureBasis.API})
EXPORT, CAPTURE, SCREENSHOT = "export", "capture", "screenshot"
ANSWERS = {
    EXPORT: frozenset({"export"}),
    CAPTURE: frozenset({"manual", "export"}),
    SCREENSHOT: frozenset({"manual"}),
}
"""What a person may bring, and the bases of the snapshots that answer it."""

DOCUMENTED = LIVING | {LifeCycle.CLOSED}
"""Which channels the daily run looks at: a closed one may lack its last picture."""


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """One snapshot to take.

    Attributes:
        channel: of what.
        occasion: why; ``reason`` more of it, in Swedish.
        once: the journal's key under which it may happen only once; ``None`` for one by hand.
        depth: how far back the page is followed.
        period_from: first date covered; ``None`` where all of the page is.
        api_posts: posts that the platform told of for that period, ``None`` where not told.
        date: the Stockholm date that it is for.
    """

    channel: Channel
    occasion: Occasion
    once: str | None
    depth: Literal["all"] | int | dt.datetime
    period_from: dt.date | None
    api_posts: int | None
    date: dt.date
    reason: str = ""


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Awaited:
    """What a person is to bring.

    Attributes:
        channel: id; ``occasion`` why.
        what: a key of ``ANSWERS``.
    """

    channel: str
    occasion: Occasion
    what: str


def duties(house: House, occasion: Occasion | None) -> list[Duty]:
    """The snapshots that a run takes, without those that the journal already has."""
    return [
        duty_of(house, channel, each)
        for channel in house.channels
        if channel.basis in BY_MACHINE
        for each in wanted(house, channel, occasion)
    ]


def awaited(house: House, occasion: Occasion | None) -> list[Awaited]:
    """What the duties of a run lack and no machine may take."""
    today = _day(house.now)
    return [
        Awaited(channel=channel.id, occasion=each.occasion, what=what)
        for channel in house.channels
        for what in _brought(channel)
        for each in _all(house, channel, occasion)
        if each.once is not None
        and today <= each.date + LATE
        and (what != SCREENSHOT or each.occasion in DUTIES)
        and not answered(house.archive, channel, each, what)
    ]


def wanted(house: House, channel: Channel, occasion: Occasion | None) -> list[Due]:
    """What is asked for, or what duty demands, where the journal lacks it."""
    return lacking(house.archive, _all(house, channel, occasion))


def answered(archive: Archive, channel: Channel, each: Due, what: str) -> bool:
    """Whether a person has brought it for that occasion."""
    return any(
        package.labels.get("basis") in ANSWERS[what]
        and package.labels.get("duty") == each.date.isoformat()
        for package in snapshots(archive, channel=channel.id, occasion=each.occasion.value)
    )


def duty_of(house: House, channel: Channel, each: Due) -> Duty:
    """How an occasion is to be answered: how far back, and how many posts there should be."""
    since = _covered_until(house, channel) if channel.depth == "since-last" else None
    depth: Literal["all"] | int | dt.datetime = "all"
    if since is not None:
        depth = since
    elif channel.depth.isdecimal():
        depth = int(channel.depth)
    # ``posts_told`` begins after a time, and the period with its first day's midnight.
    after = since and since - dt.timedelta.resolution
    told = posts_told(house.archive, channel.id, since=after, until=house.now)
    if told is not None and isinstance(depth, int):
        told = min(told, depth)
    return Duty(
        channel=channel,
        occasion=each.occasion,
        once=each.once,
        depth=depth,
        period_from=since.date() if since else None,
        api_posts=told,
        date=each.date,
        reason=each.reason,
    )


def _all(house: House, channel: Channel, occasion: Occasion | None) -> list[Due]:
    """Every occasion of a run, answered or not."""
    if occasion is not None:
        return [asked(house.archive, channel, occasion, house.now)]
    return demanded(house.archive, channel, house.now)


def _brought(channel: Channel) -> Iterator[str]:
    """What a person must bring of the channel."""
    if channel.basis is CaptureBasis.EXPORT:
        yield EXPORT
    elif channel.basis is CaptureBasis.MANUAL:
        yield CAPTURE
    if wants_screenshot(channel.platform, channel.basis):
        yield SCREENSHOT


def _covered_until(house: House, channel: Channel) -> dt.datetime | None:
    """The beginning of the day, in Stockholm, up to which duty snapshots show all posts.

    Only whole ones of the channel's own basis count: a person's screenshot shows what it shows, and
    what an unwhole one lacks must be in the next. An export brought weeks late was for the duty's
    date; what was brought ahead of that date ends where it was taken.
    """
    basis = channel.basis if channel.basis in BY_MACHINE else CaptureBasis.EXPORT
    days = [
        min(dt.date.fromisoformat(package.labels["duty"]), _day(taken_at(package)))
        for package in snapshots(house.archive, channel=channel.id, basis=basis.value)
        if package.labels["occasion"] in DUTIES and package.labels.get("whole") != "no"
    ]
    return dt.datetime.combine(max(days), dt.time(), STOCKHOLM) if days else None


def _day(moment: dt.datetime) -> dt.date:
    return moment.astimezone(STOCKHOLM).date()
