"""Which messages were to be answered, and whether they were in time (clauses K13 and K14).

The guidelines: "aldrig mer sällan än en vecka", and strive for "inom 24 timmar på arbetsdagar". An
unanswered message counts against a limit only when the limit has passed.
"""

import datetime as dt
from collections.abc import Iterator
from typing import Any, NamedTuple

import pandas as pd

from tasks.facts import reading
from tasks.office_time import REPLY_AT_LATEST, local_date, reply_due

_WEEK_MINUTES = REPLY_AT_LATEST // dt.timedelta(minutes=1)


class _Messages(NamedTuple):
    """One answered message, or all open ones of a thread, in the month (YYYYMM) they came."""

    month: int
    messages: int
    minutes: int | None
    office_minutes: int | None
    answered: bool
    answered_24h: bool
    due_24h: bool
    answered_week: bool
    due_week: bool


def message_counts(threads: pd.DataFrame) -> pd.DataFrame:
    """Messages to be answered, by the month they came in.

    Args:
        threads: the latest row of each thread, with its ``month`` of publication.

    Returns:
        Indexed by month: ``messages``, ``answered``, ``answered_24h``, ``due_24h``,
        ``answered_week``, ``due_week``, ``open_comments``, and the lists ``reply_minutes`` and
        ``reply_office_minutes``, rising.
    """
    found = [messages for thread in threads.itertuples() for messages in _messages(thread)]
    frame = pd.DataFrame(found, columns=list(_Messages._fields))
    number, answered = frame["messages"].astype("int64"), frame["answered"].astype(bool)
    counted = {
        name: number.where(frame[name].astype(bool), 0)
        for name in ("answered", "answered_24h", "due_24h", "answered_week", "due_week")
    }
    counted |= {"messages": number, "open_comments": number.where(~answered, 0)}
    sums = pd.DataFrame(counted).groupby(frame["month"].astype("int64")).sum()
    replies = frame[answered].groupby("month")
    sums["reply_minutes"] = replies["minutes"].agg(_rising).reindex(sums.index)
    sums["reply_office_minutes"] = replies["office_minutes"].agg(_rising).reindex(sums.index)
    return sums


def _messages(thread: Any) -> Iterator[_Messages]:
    months = thread.waits_month
    if months is None or len(months) != len(thread.waits_minutes):
        months = [thread.month] * len(thread.waits_minutes)
    waits = (months, thread.waits_minutes, thread.waits_office_minutes, thread.waits_24h)
    for month, minutes, office_minutes, in_24h in zip(*waits, strict=True):
        yield _Messages(
            month=int(month),
            messages=1,
            minutes=int(minutes),
            office_minutes=int(office_minutes),
            answered=True,
            answered_24h=bool(in_24h),
            due_24h=True,
            answered_week=minutes <= _WEEK_MINUTES,
            due_week=True,
        )
    if thread.open_comments:
        yield _open(thread)


def _open(thread: Any) -> _Messages:
    """The unanswered comments of a thread: the oldest decides their month and what is overdue."""
    observed: dt.datetime = thread.observed.to_pydatetime()
    told = not pd.isna(thread.oldest_open_minutes)
    waited = dt.timedelta(minutes=int(thread.oldest_open_minutes) if told else 0)
    received = observed - waited
    return _Messages(
        month=reading.month_on(local_date(received)) if told else thread.month,
        messages=int(thread.open_comments),
        minutes=None,
        office_minutes=None,
        answered=False,
        answered_24h=False,
        due_24h=reply_due(received) <= observed,
        answered_week=False,
        due_week=waited > REPLY_AT_LATEST,
    )


def _rising(waits: "pd.Series[Any]") -> list[int]:
    return sorted(int(minutes) for minutes in waits)
