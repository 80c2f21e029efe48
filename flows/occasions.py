"""Why a channel should be documented now: what duty demands and the journal does not have.

Guidelines: each channel at half-year, year-end and every larger change (clause K22), when it opens
and when it closes, and through a crisis (K24). Each occasion has a once-key of the journal, so that
it is answered once whatever is killed or run again.
"""

import dataclasses as dc
import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from archive_store import Archive, Entry
from flows import crisis
from flows.house import LIVING
from flows.naming import STOCKHOLM
from flows.taken import snapshots
from tasks.harvest import CHANGES, EVENT
from tasks.model import Channel, LifeCycle, Occasion
from tasks.register import duty_dates

AT: Final = dt.time(23, 0)
DUTIES: Final = frozenset({Occasion.HALF_YEAR, Occasion.YEAR_END})
LATE: Final = dt.timedelta(days=31)
"""How long after a change or an end a picture still shows it; later it shows something else."""

_ENDED: Final = "krisläget avslutat"


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """One occasion that is to be answered.

    Attributes:
        occasion: why.
        once: the journal's key under which it is answered; ``None`` for one by hand.
        date: the Stockholm date that it is for.
        reason: in Swedish, made of codes; ``""`` where the occasion says it all.
    """

    occasion: Occasion
    once: str | None
    date: dt.date
    reason: str = ""


def demanded(archive: Archive, channel: Channel, now: dt.datetime) -> list[Due]:
    """Everything that a channel should have been documented for by now, answered or not."""
    if channel.life is LifeCycle.CLOSED:
        return list(closing(archive, channel, now))
    if channel.life not in LIVING:
        return []
    return [
        *duty(archive, channel, now),
        *start(archive, channel, now),
        *changes(archive, channel, now),
        *crises(archive, channel, now),
    ]


def lacking(archive: Archive, found: Iterable[Due]) -> list[Due]:
    """Those of the occasions that the journal has no snapshot for."""
    return [each for each in found if each.once is None or archive.once(each.once) is None]


def asked(archive: Archive, channel: Channel, occasion: Occasion, now: dt.datetime) -> Due:
    """The occasion that a person names: a duty where it is one now, else a snapshot by hand."""
    today = _day(now)
    match occasion:
        case Occasion.HALF_YEAR | Occasion.YEAR_END:
            found = [each for each in duty(archive, channel, now) if each.occasion is occasion]
        case Occasion.START:
            found = [Due(occasion=occasion, once=_once(channel, occasion), date=today)]
        case Occasion.CLOSING:
            found = [Due(occasion=occasion, once=_once(channel, occasion), date=today)]
        case Occasion.CHANGE | Occasion.CRISIS:
            open_now = lacking(archive, demanded(archive, channel, now))
            found = [each for each in open_now if each.occasion is occasion]
        case _:
            found = []
    by_hand = Due(occasion=occasion, once=None, date=today)
    return found[0] if found else by_hand


def duty(archive: Archive, channel: Channel, now: dt.datetime) -> Iterator[Due]:
    """The latest duty that passed while the channel was open and the archive answered for it."""
    moment, occasion = latest_duty(now)
    opened = channel.opened or moment.date()
    if max(opened, _day(archive.first.now)) <= moment.date():
        once = f"snapshot:{channel.id}:{moment.date()}"
        yield Due(occasion=occasion, once=once, date=moment.date())


def latest_duty(now: dt.datetime) -> tuple[dt.datetime, Occasion]:
    """The last duty moment at or before ``now``."""
    today = _day(now)
    moments = [
        (dt.datetime.combine(date, AT, STOCKHOLM), occasion)
        for date, occasion in duty_dates(today - dt.timedelta(days=400), today)
    ]
    return max((pair for pair in moments if pair[0] <= now), key=lambda pair: pair[0])


def nearest_duty(occasion: Occasion, now: dt.datetime) -> dt.date:
    """The date of the duty that a person means who brings something for it, even just before."""
    today, year = _day(now), dt.timedelta(days=400)
    dates = [date for date, each in duty_dates(today - year, today + LATE) if each is occasion]
    return max(dates)


def start(archive: Archive, channel: Channel, now: dt.datetime) -> Iterator[Due]:
    """The first picture of a channel that has opened since the archive began."""
    since, opened = _day(archive.first.now), channel.opened
    if opened is not None and since <= opened <= _day(now):
        yield Due(occasion=Occasion.START, once=_once(channel, Occasion.START), date=opened)


def closing(archive: Archive, channel: Channel, now: dt.datetime) -> Iterator[Due]:
    """The last picture of a channel that has closed, unless one was taken before it closed."""
    since, closed = _day(archive.first.now), channel.closed
    if closed is None or closed < since or not closed <= _day(now) <= closed + LATE:
        return
    if not snapshots(archive, channel=channel.id, occasion=Occasion.CLOSING.value):
        yield Due(occasion=Occasion.CLOSING, once=_once(channel, Occasion.CLOSING), date=closed)


def changes(archive: Archive, channel: Channel, now: dt.datetime) -> Iterator[Due]:
    """Larger changes that harvests have seen since the last picture of one, as one occasion."""
    unanswered: list[Entry] = []
    for entry in archive.entries(event=EVENT, channel=channel.id, newest=True):
        if entry.now < now - LATE:
            break
        if not entry.facts.get("change"):
            continue
        if archive.once(_change_key(entry)) is not None:
            break
        unanswered.append(entry)
    if unanswered:
        latest = unanswered[0]
        seen = {code for entry in unanswered for code in entry.facts["change"]}
        yield Due(
            occasion=Occasion.CHANGE,
            once=_change_key(latest),
            date=_day(latest.now),
            reason=_told(CHANGES, seen),
        )


def crises(archive: Archive, channel: Channel, now: dt.datetime) -> Iterator[Due]:
    """Today's picture of a crisis that goes on, or the last one of a crisis that has ended."""
    for period in crisis.periods(archive):
        if channel.id not in period.channels:
            continue
        key = f"snapshot:{channel.id}:kris:{period.id}"
        if period.ended is None:
            today = _day(now)
            yield Due(occasion=Occasion.CRISIS, once=f"{key}:{today}", date=today, reason=period.id)
        elif now - period.ended <= LATE:
            yield Due(
                occasion=Occasion.CRISIS,
                once=f"{key}:stop",
                date=_day(period.ended),
                reason=f"{period.id}, {_ENDED}",
            )


def _change_key(entry: Entry) -> str:
    """One for each harvest that saw a change: a name may be taken back and changed again."""
    facts = entry.facts
    return f"snapshot:{facts['channel']}:forandring:{facts['stamp']}:{facts['profile'][:16]}"


def _once(channel: Channel, occasion: Occasion) -> str:
    """A channel opens and closes once for each day on which it was opened."""
    return f"snapshot:{channel.id}:{occasion.value}:{channel.opened or '-'}"


def _told(words: Mapping[str, str], codes: set[str]) -> str:
    return ", ".join(text for code, text in words.items() if code in codes)


def _day(moment: dt.datetime) -> dt.date:
    return moment.astimezone(STOCKHOLM).date()
