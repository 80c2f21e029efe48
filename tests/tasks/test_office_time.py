import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.office_time import STOCKHOLM, is_working_day, office_minutes, reply_due

DAY = dt.date(2025, 12, 15)  # a Monday


def local(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=STOCKHOLM)


@pytest.mark.parametrize(
    ("day", "working"),
    [
        ("2025-12-15", True),
        ("2025-12-20", False),
        ("2025-12-24", False),
        ("2025-12-31", False),
        ("2026-01-02", True),
        ("2026-01-05", True),
        ("2026-01-06", False),
        ("2026-06-19", False),
        ("2024-02-29", True),
        ("2026-05-15", True),
    ],
)
def test_working_days_leave_out_weekends_holidays_and_the_eves(
    day: str,
    *,
    working: bool,
) -> None:
    assert is_working_day(dt.date.fromisoformat(day)) is working


def test_an_evening_message_answered_next_morning_waits_one_office_hour() -> None:
    assert office_minutes(local("2025-12-15T21:14"), local("2025-12-16T09:00")) == 60


def test_a_weekend_holds_no_office_minute() -> None:
    assert office_minutes(local("2025-12-19T17:00"), local("2025-12-22T08:00")) == 0


def test_an_answer_before_its_question_has_waited_nothing() -> None:
    assert office_minutes(local("2025-12-16T09:00"), local("2025-12-15T09:00")) == 0


def test_other_office_hours_can_be_asked_for() -> None:
    hours = {"opens": dt.time(10), "closes": dt.time(12)}
    assert office_minutes(local("2025-12-15T00:00"), local("2025-12-17T00:00"), **hours) == 240


@given(
    start=st.datetimes(
        min_value=dt.datetime(2024, 2, 20),  # noqa: DTZ001 – Stockholm's wall clock, made aware below
        max_value=dt.datetime(2026, 11, 30),  # noqa: DTZ001 – the same
    ),
    minutes=st.integers(0, 6 * 24 * 60),
)
def test_office_time_equals_counting_minute_by_minute(start: dt.datetime, minutes: int) -> None:
    first = start.replace(second=0, microsecond=0, tzinfo=STOCKHOLM).astimezone(dt.UTC)
    counted = 0
    for minute in range(minutes):
        wall = (first + dt.timedelta(minutes=minute)).astimezone(STOCKHOLM)
        counted += is_working_day(wall.date()) and 8 <= wall.hour < 17
    assert office_minutes(first, first + dt.timedelta(minutes=minutes)) == counted


@pytest.mark.parametrize(
    ("received", "due"),
    [
        ("2025-12-15T10:00", "2025-12-16T10:00"),
        ("2025-12-19T15:00", "2025-12-22T15:00"),
        ("2025-12-20T10:00", "2025-12-23T00:00"),
        ("2025-12-23T16:30", "2025-12-29T16:30"),
        ("2026-03-27T12:00", "2026-03-30T12:00"),
        ("2025-10-24T23:59:59", "2025-10-27T23:59:59"),
    ],
)
def test_a_reply_is_due_after_24_hours_of_working_days(received: str, due: str) -> None:
    assert reply_due(local(received)) == local(due)


@given(st.datetimes(min_value=dt.datetime(2024, 1, 1), max_value=dt.datetime(2027, 1, 1)))  # noqa: DTZ001 – made aware below
def test_a_reply_is_never_due_within_24_hours_nor_after_a_week_of_holidays(
    wall: dt.datetime,
) -> None:
    received = wall.replace(tzinfo=dt.UTC)
    assert dt.timedelta(hours=24) <= reply_due(received) - received <= dt.timedelta(days=7)
