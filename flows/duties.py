"""Which snapshots a run shall take: what was asked for, or what duty demands and the archive lacks.

Guidelines: every channel at half-year and year-end (clause K22), also when the computer was off at
23:00 that day: the daily run then takes what is missing.
"""

import dataclasses as dc
import datetime as dt
from typing import Literal
from zoneinfo import ZoneInfo

from archive_store import Package
from flows.house import House
from tasks.harvest import posts_told
from tasks.model import Channel, Occasion
from tasks.register import duty_dates

STOCKHOLM = ZoneInfo("Europe/Stockholm")
AT = dt.time(23, 0)
DUTIES = frozenset({Occasion.HALF_YEAR, Occasion.YEAR_END})


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """One snapshot to take.

    Attributes:
        channel: of what.
        occasion: why.
        once: the journal's key under which it may happen only once; ``None`` for one by hand.
        depth: how far back the page is followed.
        period_from: first date covered; ``None`` where all of the page is.
        api_posts: posts that the platform told of for that period, ``None`` where not told.
    """

    channel: Channel
    occasion: Occasion
    once: str | None
    depth: Literal["all"] | int | dt.datetime
    period_from: dt.date | None
    api_posts: int | None


def duties(house: House, occasion: Occasion | None) -> list[Duty]:
    """The snapshots of a run, without those that the journal already has."""
    wanted = []
    for channel in house.channels:
        due = occasion or missing(house, channel)
        if due is None:
            continue
        once = _once(channel, due, house.now)
        if once is None or house.archive.once(once) is None:
            wanted.append(_duty(house, channel, due, once))
    return wanted


def missing(house: House, channel: Channel) -> Occasion | None:
    """The latest duty that passed while the channel was open, where no snapshot answers it."""
    moment, occasion = latest_duty(house.now)
    if channel.opened is not None and channel.opened > moment.date():
        return None
    return None if house.archive.once(f"snapshot:{channel.id}:{moment.date()}") else occasion


def latest_duty(now: dt.datetime) -> tuple[dt.datetime, Occasion]:
    """The last duty moment at or before ``now``."""
    today = now.astimezone(STOCKHOLM).date()
    moments = [
        (dt.datetime.combine(date, AT, STOCKHOLM), occasion)
        for date, occasion in duty_dates(today - dt.timedelta(days=400), today)
    ]
    return max((pair for pair in moments if pair[0] <= now), key=lambda pair: pair[0])


def _once(channel: Channel, occasion: Occasion, now: dt.datetime) -> str | None:
    if occasion not in DUTIES:
        return None
    moment, latest = latest_duty(now)
    if latest is not occasion:
        return None  # a duty's name used at another time is a snapshot by hand
    return f"snapshot:{channel.id}:{moment.date()}"


def _duty(house: House, channel: Channel, occasion: Occasion, once: str | None) -> Duty:
    last = _last_duty_snapshot(house, channel)
    since = last.time if last is not None and channel.depth == "since-last" else None
    depth: Literal["all"] | int | dt.datetime = "all"
    if since is not None:
        depth = since
    elif channel.depth.isdecimal():
        depth = int(channel.depth)
    told = posts_told(house.archive, channel.id, since=since, until=house.now)
    if told is not None and isinstance(depth, int):
        told = min(told, depth)
    return Duty(
        channel=channel,
        occasion=occasion,
        once=once,
        depth=depth,
        period_from=since.astimezone(STOCKHOLM).date() if since else None,
        api_posts=told,
    )


def _last_duty_snapshot(house: House, channel: Channel) -> Package | None:
    taken = [
        package
        for package in house.archive.packages("snapshots/", channel=channel.id)
        if package.labels["occasion"] in DUTIES
    ]
    return max(taken, key=lambda package: package.time, default=None)
