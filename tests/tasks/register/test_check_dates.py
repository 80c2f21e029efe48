import dataclasses as dc
import datetime as dt
from typing import Any

import pytest

from tasks.model import Occasion, Register
from tasks.register import check
from tests.tasks.register.well import DAY, NOW, TODAY, all_well, judged, taken, with_channel

# Duty dates (K22)


def k22(register: Register, now: dt.datetime, **evidence: Any) -> list[tuple[str, str, str]]:
    return [f for f in judged(register, now=now, **evidence) if f[1] == "K22"]


def test_year_end_is_asked_for_when_the_day_is_over_in_stockholm(register: Register) -> None:
    before_midnight = dt.datetime(2025, 12, 31, 22, 59, tzinfo=dt.UTC)
    assert k22(register, before_midnight) == []
    after = before_midnight + dt.timedelta(minutes=1)
    assert k22(register, after) == [("error", "K22", "blogg")]


def test_a_snapshot_of_another_occasion_or_too_late_does_not_cover_a_duty(
    register: Register,
) -> None:
    for stray in (
        taken(Occasion.MANUAL, dt.date(2025, 6, 30)),
        taken(Occasion.HALF_YEAR, dt.date(2025, 8, 1)),
        taken(Occasion.HALF_YEAR, dt.date(2025, 6, 29)),
        dc.replace(taken(Occasion.HALF_YEAR, dt.date(2025, 6, 30)), channel="annan"),
    ):
        assert k22(register, NOW, snapshots=(stray,)) == [("error", "K22", "blogg")]
    late = taken(Occasion.HALF_YEAR, dt.date(2025, 7, 31))
    assert k22(register, NOW, snapshots=(late,)) == []


def test_an_unconfirmed_snapshot_is_a_hint_and_after_a_month_a_warning(register: Register) -> None:
    fresh = dt.datetime(2025, 7, 15, tzinfo=dt.UTC)
    preliminary = (taken(Occasion.HALF_YEAR, dt.date(2025, 6, 30), confirmed=False),)
    assert k22(register, fresh, snapshots=preliminary) == [("hint", "K22", "blogg")]
    assert k22(register, NOW, snapshots=preliminary) == [("warning", "K22", "blogg")]


def test_duty_dates_before_the_archive_or_the_channel_are_not_asked_for(register: Register) -> None:
    assert k22(register, NOW, archive_since=dt.date(2025, 7, 1), snapshots=()) == []
    young = with_channel(register, opened=dt.date(2025, 7, 1))
    assert k22(young, NOW, snapshots=()) == []


def test_without_the_archives_age_the_two_latest_duties_are_asked_for(register: Register) -> None:
    found = check(
        register, now=NOW, evidence=dc.replace(all_well(), archive_since=None, snapshots=())
    )
    assert [
        "2025-06-30" in f.text.sv or "2024-12-31" in f.text.sv for f in found if f.code == "K22"
    ] == [
        True,
        True,
    ]


# Once a year (K23, K25)


@pytest.mark.parametrize(
    ("now", "reports", "level"),
    [
        (dt.datetime(2026, 1, 31, 12, tzinfo=dt.UTC), frozenset({2024}), None),
        (dt.datetime(2026, 2, 1, 12, tzinfo=dt.UTC), frozenset({2024}), "error"),
        (dt.datetime(2026, 2, 1, 12, tzinfo=dt.UTC), frozenset({2025}), None),
    ],
)
def test_last_years_report_is_asked_for_from_february(
    register: Register, now: dt.datetime, reports: frozenset[int], level: str | None
) -> None:
    found = judged(register, now=now, reports=reports, archive_since=dt.date(2024, 12, 31))
    assert [f[0] for f in found if f[1] == "K23"] == ([level] if level else [])


@pytest.mark.parametrize("reviewed", [None, dt.date(2024, 12, 14), TODAY + DAY])
def test_guidelines_not_reviewed_within_a_year_are_a_warning(
    register: Register, reviewed: dt.date | None
) -> None:
    body = dc.replace(register.organisation, guidelines_reviewed=reviewed)
    assert judged(dc.replace(register, organisation=body)) == [("warning", "K25", "")]
