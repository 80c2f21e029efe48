"""Looks at a channel: asks for what a harvest needs, and again for what came only in part."""

import dataclasses as dc
import datetime as dt
from collections.abc import Mapping

from tasks.harvest.differences import Sight, half_read
from tasks.harvest.history import History
from tasks.harvest.observing import LOOK_BACK
from tasks.model import Thread
from tasks.model.fetch import Connector, Fetched, FetchRequest
from tasks.office_time import at_local, local_date
from tasks.tombstones import Tombstones

OVERLAP = dt.timedelta(days=1)
"""Each harvest asks from this long before the last one: clocks differ, and feeds are cached."""

FULL_LOOK_EVERY = dt.timedelta(days=30)
"""Numbers of all history are asked for this often, so that what was culled and still stands on the
channel is seen, and its tombstone lives on."""


def look(  # noqa: PLR0913 – what is known beforehand, each named at the call
    connector: Connector,
    *,
    channel: str,
    known: Mapping[str, Thread],
    history: History,
    stones: Tombstones,
    now: dt.datetime,
    retention_days: int,
) -> Sight:
    """Read the channel: living threads in full, what is new, and numbers further back.

    A first harvest takes words within the retention alone. A new thread that came in part (an old
    post that was edited, or that somebody commented on) is read a second time, as a whole.
    """
    retained = at_local(local_date(now) - dt.timedelta(days=retention_days)).astimezone(dt.UTC)
    since = retained if history.last is None else history.last - OVERLAP
    request = FetchRequest(
        now=now,
        words_since=since,
        changed_since=None if history.last is None else since,
        watch=frozenset(known) | _culled_lately(history, stones, now),
        numbers_since=None if is_full(history, now) else now - LOOK_BACK,
    )
    sight = Sight(
        channel=channel,
        now=now,
        since=since,
        first=history.last is None,
        answer=connector.fetch(request),
        stones=stones,
        counted={thread: row.published for thread, row in history.rows.items()},
    )
    in_part = half_read(known, sight)
    if not in_part:
        return sight
    whole = dc.replace(
        request, watch=in_part, words_since=now, changed_since=now, numbers_since=now
    )
    return dc.replace(sight, answer=_joined(sight.answer, connector.fetch(whole), in_part))


def is_full(history: History, now: dt.datetime) -> bool:
    """Whether this harvest asks for the numbers of all history."""
    return history.full_look is None or now - history.full_look >= FULL_LOOK_EVERY


def _culled_lately(history: History, stones: Tombstones, now: dt.datetime) -> frozenset[str]:
    """Own threads that were culled but are still counted: an edited comment tells no time."""
    return frozenset(
        thread
        for thread, row in history.rows.items()
        if now - row.published <= LOOK_BACK and stones.list_of(thread) is not None
    )


def _joined(first: Fetched, second: Fetched, threads: frozenset[str]) -> Fetched:
    """Both answers as one: these threads as read the second time, the others as the first."""
    return dc.replace(
        first,
        items=(
            *(item for item in first.items if item.thread not in threads),
            *(item for item in second.items if item.thread in threads),
        ),
        requests=first.requests + second.requests,
    )
