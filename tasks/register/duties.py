"""The dates on which every channel must be documented (K22): half-year and year-end."""

import datetime as dt
from collections.abc import Mapping, Sequence

from tasks.model import Channel, Occasion, Text

DUTIES: Sequence[tuple[int, int, Occasion]] = (
    (6, 30, Occasion.HALF_YEAR),
    (12, 31, Occasion.YEAR_END),
)
"""Month, day and occasion; the guidelines' own, given as data because bodies differ."""

NAMES: Mapping[Occasion, Text] = {
    Occasion.HALF_YEAR: Text("halvårsskifte", "half-year"),
    Occasion.YEAR_END: Text("årsskifte", "year-end"),
    Occasion.CLOSING: Text("avslut", "closing"),
}
"""What the occasions that must be documented are called."""


def duty_dates(
    first: dt.date, last: dt.date, duties: Sequence[tuple[int, int, Occasion]] = DUTIES
) -> tuple[tuple[dt.date, Occasion], ...]:
    """The duty dates from ``first`` to ``last``, both included, oldest first."""
    dates = (
        (dt.date(year, month, day), occasion)
        for year in range(first.year, last.year + 1)
        for month, day, occasion in duties
    )
    return tuple(sorted(duty for duty in dates if first <= duty[0] <= last))


def duties_of(
    channel: Channel, first: dt.date, last: dt.date
) -> tuple[tuple[dt.date, Occasion], ...]:
    """The duty dates from ``first`` to ``last`` on which the channel was open."""
    if channel.opened is None:
        return ()
    return duty_dates(max(first, channel.opened), min(last, channel.closed or last))
