"""Counts each thread and decides which counts are due as rows.

Numbers are observed at first sight and by the first harvest at or after days 1, 2, 3, 7, 14, 28 and
90; in between, a living thread gets a row when its counts changed (DESIGN section 1). Comments are
never rows. What was not read in full is not counted.
"""

import dataclasses as dc
import datetime as dt
from collections.abc import Iterable, Iterator, Mapping

from tasks.harvest.differences import Grouped, Sight
from tasks.harvest.outcome import stamp_of
from tasks.harvest.table import LastRow, counts_of
from tasks.model import Item, Observation, Outcome, Post, Thread, Visibility
from tasks.office_time import STOCKHOLM, local_date, office_minutes, reply_due
from tasks.threads import open_questions, waits

SCHEDULE = (1, 2, 3, 7, 14, 28, 90)
LOOK_BACK = dt.timedelta(days=SCHEDULE[-1] + 10)
"""Numbers are asked for this far back, so that day 90 is seen even after a missed harvest."""

_HIDDEN = frozenset({Visibility.HELD, Visibility.SPAM, Visibility.TRASH})
_MINUTE = dt.timedelta(minutes=1)


def rows_due(
    seen: Grouped,
    living: Mapping[str, Thread],
    last: Mapping[str, LastRow],
    sight: Sight,
    numbers: Iterator[int],
) -> list[Observation]:
    """The rows that this harvest owes.

    Args:
        seen: every item read, by thread.
        living: the archive's threads after this harvest: they know outcomes and running numbers.
        last: the last row of each thread ever counted.
        sight: the look at the channel.
        numbers: gives the next running number for a thread that others began.
    """
    rows: list[Observation] = []
    for thread_id, items in seen.items():
        root, thread = items.get(thread_id), living.get(thread_id)
        if root is None or root.visibility is not Visibility.PUBLIC:
            continue
        if not root.own and thread is None and not sight.first:
            continue  # nothing tells which of the others' threads it was
        row = _row(items, root, thread, sight)
        if not root.own:
            name = thread.counted_as if thread and thread.counted_as else f"other-{next(numbers)}"
            row = dc.replace(row, thread=name)
        if _is_due(row, last.get(row.thread), living=thread is not None):
            rows.append(row)
    return rows


def _is_due(row: Observation, last: LastRow | None, *, living: bool) -> bool:
    if last is None:
        return True
    reached = max((day for day in SCHEDULE if day <= row.age_days), default=0)
    return last.age_days < reached or (living and counts_of(row) != last.counts)


def _row(items: Mapping[str, Item], root: Item, thread: Thread | None, sight: Sight) -> Observation:
    counted = _countable(items.values(), root, thread, sight)
    others = [item for item in items.values() if item.kind == "comment" and not item.own]
    pairs = waits(counted)
    still_open = open_questions(counted)
    return Observation(
        channel=sight.channel,
        thread=root.id,
        address=root.address if root.own else "",
        own=root.own,
        kind=root.kind,
        published=root.published,
        observed=sight.now,
        age_days=max(0, (local_date(sight.now) - local_date(root.published)).days),
        comments=sum(item.visibility is Visibility.PUBLIC for item in others),
        own_replies=sum(
            item.kind == "comment" and item.own and item.visibility is Visibility.PUBLIC
            for item in items.values()
        ),
        hidden=(
            sum(item.visibility in _HIDDEN for item in others)
            if sight.answer.states & _HIDDEN
            else None
        ),
        reactions=root.reactions,
        shares=root.shares,
        views=root.views,
        waits_minutes=tuple(pair.calendar // _MINUTE for pair in pairs),
        waits_office_minutes=tuple(
            office_minutes(pair.message.published, pair.answer.published) for pair in pairs
        ),
        waits_24h=tuple(
            pair.answer.published <= reply_due(pair.message.published) for pair in pairs
        ),
        waits_month=tuple(_month(pair.message.published) for pair in pairs),
        open_comments=len(still_open),
        oldest_open_minutes=(
            max(0, (sight.now - still_open[0].published) // _MINUTE) if still_open else None
        ),
        harvest=f"{sight.channel}-{stamp_of(sight.now)}",
    )


def _countable(items: Iterable[Item], root: Item, thread: Thread | None, sight: Sight) -> Thread:
    """The thread as seen now, without words, but with the outcomes that people gave."""
    closed = {post.id: post.outcome for post in thread.posts} if thread else {}
    return Thread(
        id=root.id,
        channel=sight.channel,
        day=local_date(root.published),
        salt="",
        permalink="",
        posts=tuple(
            Post(
                id=item.id,
                parent=item.parent,
                kind=item.kind,
                own=item.own,
                published=item.published,
                first_seen=sight.now,
                visibility=item.visibility,
                visibility_since=sight.now,
                address="",
                versions=(),
                outcome=_outcome(item, closed, sight),
            )
            for item in items
        ),
    )


def _outcome(item: Item, closed: Mapping[str, Outcome | None], sight: Sight) -> Outcome | None:
    if item.id in closed:
        return closed[item.id]
    # It was closed when it was culled; which way, only the certificate tells.
    return Outcome.NOT_NEEDED if sight.stones.list_of(item.id) is not None else None


def _month(moment: dt.datetime) -> int:
    local = moment.astimezone(STOCKHOLM)
    return local.year * 100 + local.month
