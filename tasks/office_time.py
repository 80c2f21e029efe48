"""Working days, office hours and when a reply is due, in Stockholm.

The guidelines ask for a reply within 24 hours on working days and never later than a week. Working
days are Monday to Friday save the named holidays and the eves that Swedish offices keep
(Midsummer's, Christmas and New Year's). Days and hours are Stockholm's; a working day is 24 hours
long, because the clock is only ever moved on Sundays.
"""

import datetime as dt
import functools
from zoneinfo import ZoneInfo

from holidays import country_holidays

STOCKHOLM = ZoneInfo("Europe/Stockholm")
REPLY_WITHIN = dt.timedelta(hours=24)
REPLY_AT_LATEST = dt.timedelta(days=7)
OPENS = dt.time(8)
CLOSES = dt.time(17)

_SATURDAY = 5
_ONE_DAY = dt.timedelta(days=1)
_MINUTE = dt.timedelta(minutes=1)


def local_date(moment: dt.datetime) -> dt.date:
    """The Stockholm date on which an aware ``moment`` falls."""
    return moment.astimezone(STOCKHOLM).date()


@functools.lru_cache(maxsize=1024)  # a culling asks for the same few days of every thread
def at_local(day: dt.date, time: dt.time = dt.time()) -> dt.datetime:
    """That clock time in Stockholm on ``day``; midnight, when the day begins, by default."""
    return dt.datetime.combine(day, time, tzinfo=STOCKHOLM)


def is_working_day(day: dt.date) -> bool:
    """Whether offices are open: Monday to Friday, no holiday and no eve that is kept as one."""
    return day.weekday() < _SATURDAY and day not in _holidays_of(day.year)


def office_minutes(
    start: dt.datetime, end: dt.datetime, *, opens: dt.time = OPENS, closes: dt.time = CLOSES
) -> int:
    """Whole minutes of office hours between two moments; 0 where ``end`` is not after ``start``."""
    start, end = start.astimezone(dt.UTC), end.astimezone(dt.UTC)
    total = dt.timedelta()
    day = local_date(start)
    while at_local(day) < end:
        if is_working_day(day):
            first = max(start, at_local(day, opens).astimezone(dt.UTC))
            last = min(end, at_local(day, closes).astimezone(dt.UTC))
            total += max(last - first, dt.timedelta())
        day += _ONE_DAY
    return total // _MINUTE


def reply_due(received: dt.datetime) -> dt.datetime:
    """When 24 hours of working days have passed since ``received``, in UTC.

    What comes on Friday at 15 is due on Monday at 15; what comes on a Saturday is due when Monday
    ends.
    """
    cursor = received.astimezone(dt.UTC)
    left = REPLY_WITHIN
    day = local_date(received)
    while True:
        tomorrow = at_local(day + _ONE_DAY).astimezone(dt.UTC)
        if is_working_day(day):
            if cursor + left <= tomorrow:
                return cursor + left
            left -= tomorrow - cursor
        cursor, day = tomorrow, day + _ONE_DAY


@functools.cache
def _holidays_of(year: int) -> frozenset[dt.date]:
    return frozenset(country_holidays("SE", years=year, categories=("public", "de_facto")))
