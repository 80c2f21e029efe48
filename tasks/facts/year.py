"""A year of monthly facts as one set of figures: ratios of sums, medians of the single waits."""

import dataclasses as dc
from typing import Any

import pandas as pd


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class YearFigures:
    """What a year of a channel sums up to; ``None`` where nothing was told.

    The names are those of ``tasks.facts.definitions.COLUMNS``. ``months`` is how many months of the
    year the channel is known; ``silent_months`` how many of them, at the end, had no own post.
    """

    year: int
    months: int
    silent_months: int
    days: int
    posts: int | None
    comments: int | None
    own_replies: int | None
    hidden: int | None
    interactions: int | None
    interactions_told: int
    messages: int
    answered: int
    answered_24h: int
    due_24h: int
    answered_week: int
    due_week: int
    open_comments: int
    harvests: int
    days_harvested: int
    days_expected: int
    median_reply_minutes: float | None
    median_reply_office_minutes: float | None

    @property
    def posts_per_week(self) -> float | None:
        """Own posts divided by the weeks that the channel is known."""
        return None if self.posts is None or not self.days else self.posts / (self.days / 7)

    @property
    def reply_rate_24h(self) -> float | None:
        """Share answered within 24 hours on working days, of those due."""
        return _ratio(self.answered_24h, self.due_24h)

    @property
    def reply_rate_week(self) -> float | None:
        """Share answered within seven days, of those due."""
        return _ratio(self.answered_week, self.due_week)

    @property
    def coverage(self) -> float | None:
        """Days harvested of the days since the first harvest that fall within the year."""
        return _ratio(self.days_harvested, self.days_expected)


def months_of(facts: pd.DataFrame, year: int) -> pd.DataFrame:
    """The rows of one year, by rising month."""
    rows = facts[facts["month"] // 100 == year]
    return rows.sort_values("month", ignore_index=True)


def year_figures(facts: pd.DataFrame, year: int) -> YearFigures:
    """Sums of a channel's monthly facts over a calendar year.

    Args:
        facts: as ``monthly_facts`` yields them, of one channel.
        year: the year.
    """
    rows = months_of(facts, year)
    known = rows[rows["posts"].notna()]
    return YearFigures(
        year=year,
        months=len(known),
        silent_months=_silent_at_end(known["posts"].tolist()),
        days=_sum(rows, "days") or 0,
        posts=_sum(rows, "posts"),
        comments=_sum(rows, "comments"),
        own_replies=_sum(rows, "own_replies"),
        hidden=_sum(rows, "hidden"),
        interactions=_sum(rows, "interactions"),
        median_reply_minutes=_median(rows["reply_minutes"]),
        median_reply_office_minutes=_median(rows["reply_office_minutes"]),
        **{name: _sum(rows, name) or 0 for name in _COUNTS},
    )


_COUNTS = (
    "interactions_told",
    "messages",
    "answered",
    "answered_24h",
    "due_24h",
    "answered_week",
    "due_week",
    "open_comments",
    "harvests",
    "days_harvested",
    "days_expected",
)


def _sum(rows: pd.DataFrame, name: str) -> int | None:
    total: Any = rows[name].sum(min_count=1)
    return None if pd.isna(total) else int(total)


def _median(lists: "pd.Series[Any]") -> float | None:
    waits = [minutes for single in lists for minutes in single]
    return float(pd.Series(waits).median()) if waits else None


def _silent_at_end(posts: list[int]) -> int:
    silent = 0
    for count in reversed(posts):
        if count:
            break
        silent += 1
    return silent


def _ratio(above: int, below: int) -> float | None:
    return above / below if below else None
