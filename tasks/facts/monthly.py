"""From observations to one row a month (guidelines: "Mät och utvärdera"; notes/statistics.md).

Sums and counts, so that any period is a ratio of sums and never a mean of ratios. What was not told
stays null. A thread counts in the Stockholm month it was published, a message to be answered in the
month it came in.
"""

import datetime as dt
from collections.abc import Sequence
from typing import Any

import pandas as pd

from archive_store import Archive
from tasks.facts import reading
from tasks.facts.definitions import COLUMNS, COUNT, NAMES, RATE
from tasks.facts.messages import message_counts
from tasks.office_time import local_date

_LISTS = ("reply_minutes", "reply_office_minutes")
_COUNTED_NULL = ("hidden", "interactions")


def monthly_facts(archive: Archive, channel_id: str, *, now: dt.datetime) -> pd.DataFrame:
    """The monthly facts of a channel as they are known at ``now``.

    Returns:
        One row a month, rising, with the columns of ``tasks.facts.definitions.COLUMNS``; no rows
        where the channel was never harvested.

    Raises:
        DamageError: an observation file cannot be read.
    """
    rows = reading.observations(archive, channel_id, now=now)
    harvests = reading.harvests(archive, channel_id, now=now)
    return facts_of(channel_id, rows, [package.time for package in harvests], now=now)


def facts_of(
    channel_id: str, rows: pd.DataFrame, harvests: Sequence[dt.datetime], *, now: dt.datetime
) -> pd.DataFrame:
    """The same, from rows as ``reading.observations`` yields them and harvests' times, rising."""
    threads = reading.latest(rows)
    threads["month"] = reading.month_of(threads["published"])
    parts = [_thread_counts(threads), message_counts(threads)]
    parts.append(_harvest_counts(harvests, local_date(now)))
    known_from = _known_from(threads, harvests)
    if known_from is None:
        return _typed(channel_id, pd.DataFrame(columns=list(NAMES)))
    known = pd.DataFrame({"days": _by_month(_dates(known_from, local_date(now)))})
    months = known.index.union(parts[0].index).union(parts[1].index)
    facts = pd.concat([part.reindex(months) for part in (known, *parts)], axis=1)
    return _typed(channel_id, _with_rates(_zeros_where_known(facts)))


def _thread_counts(threads: pd.DataFrame) -> pd.DataFrame:
    """Counts of the month's threads; ``hidden`` and ``interactions`` null where none told."""
    told = threads["reactions"].notna() | threads["shares"].notna()
    told_sum = threads[["reactions", "comments", "shares"]].sum(axis=1)
    counted = threads.assign(
        posts=(threads["own"] & (threads["kind"] == "post")).astype("Int64"),
        interactions=told_sum.astype("Int64").where(told),
        interactions_told=told.astype("Int64"),
    )
    by_month = counted.groupby("month")
    sums = by_month[["posts", "comments", "own_replies", "interactions_told"]].sum()
    return sums.join(by_month[list(_COUNTED_NULL)].sum(min_count=1))


def _harvest_counts(harvests: Sequence[dt.datetime], today: dt.date) -> pd.DataFrame:
    """Harvests, days with one and days on which one was expected, by month."""
    days = [local_date(time) for time in harvests]
    expected: list[dt.date] = []
    if days:
        # Today's harvest may still come: it is expected only once it is there.
        last = today if today in days else today - dt.timedelta(days=1)
        expected = _dates(days[0], last)
    counts = {
        "harvests": _by_month(days),
        "days_harvested": _by_month(sorted(set(days))),
        "days_expected": _by_month(expected),
    }
    return pd.DataFrame(counts)


def _by_month(days: Sequence[dt.date]) -> "pd.Series[int]":
    return pd.Series([reading.month_on(day) for day in days], dtype="int64").value_counts()


def _dates(first: dt.date, last: dt.date) -> list[dt.date]:
    """Every date from ``first`` to ``last``, both included."""
    return [first + dt.timedelta(days=n) for n in range((last - first).days + 1)]


def _known_from(threads: pd.DataFrame, harvests: Sequence[dt.datetime]) -> dt.date | None:
    """The first own post or the first look: before it, silence cannot be told from ignorance."""
    own_posts = threads.loc[threads["own"] & (threads["kind"] == "post"), "published"]
    seen = [*own_posts.nsmallest(1), *threads["observed"].nsmallest(1)]
    firsts = [*harvests[:1], *(moment.to_pydatetime() for moment in seen)]
    return min((local_date(moment) for moment in firsts), default=None)


def _zeros_where_known(facts: pd.DataFrame) -> pd.DataFrame:
    """A known month without threads has 0 posts; an unknown one has none to tell."""
    facts = facts.copy()
    known = facts["days"].notna()
    for column in COLUMNS:
        name = column.name
        if column.type == COUNT and name in facts and name not in {"days", *_COUNTED_NULL}:
            facts[name] = facts[name].astype("Int64").mask(known & facts[name].isna(), 0)
    facts["posts"] = facts["posts"].where(known)
    return facts


def _with_rates(facts: pd.DataFrame) -> pd.DataFrame:
    def ratio(above: str, below: str) -> pd.Series:
        denominator = facts[below].astype("Float64")
        return facts[above].astype("Float64") / denominator.mask(denominator == 0)

    return facts.assign(
        posts_per_week=ratio("posts", "days") * 7,
        reply_rate_24h=ratio("answered_24h", "due_24h"),
        reply_rate_week=ratio("answered_week", "due_week"),
        coverage=ratio("days_harvested", "days_expected"),
        median_reply_minutes=facts["reply_minutes"].map(_median),
        median_reply_office_minutes=facts["reply_office_minutes"].map(_median),
    )


def _median(waits: Any) -> float | None:
    return float(pd.Series(waits).median()) if isinstance(waits, list) and waits else None


def _typed(channel_id: str, facts: pd.DataFrame) -> pd.DataFrame:
    facts = facts.drop(columns=["channel", "month"], errors="ignore")
    facts = facts.rename_axis("month").reset_index()
    facts["channel"] = pd.Categorical([channel_id] * len(facts), categories=[channel_id])
    kinds = {COUNT: pd.Int32Dtype(), RATE: pd.Float64Dtype()}
    facts = facts.astype({c.name: kinds[c.type] for c in COLUMNS if c.type in kinds})
    for name in _LISTS:
        lists = [waits if isinstance(waits, list) else [] for waits in facts[name]]
        facts[name] = pd.Series(lists, index=facts.index, dtype=object)
    return facts[list(NAMES)].sort_values("month", ignore_index=True)
