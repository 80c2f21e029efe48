"""Observations to monthly facts: what is summed, where months end, what stays unknown."""

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tasks.facts import facts_of
from tasks.model import Observation

Observe = Callable[..., Observation]
Frame = Callable[[list[Observation]], pd.DataFrame]

STOCKHOLM = ZoneInfo("Europe/Stockholm")


def utc(*parts: int) -> dt.datetime:
    return dt.datetime(*parts, tzinfo=dt.UTC)


NOW = utc(2026, 1, 15)


def local(*parts: int) -> dt.datetime:
    return dt.datetime(*parts, tzinfo=STOCKHOLM).astimezone(dt.UTC)


def facts(
    rows: pd.DataFrame, harvests: Sequence[dt.datetime] = (), now: dt.datetime = NOW
) -> pd.DataFrame:
    return facts_of("blogg", rows, tuple(harvests), now=now).set_index("month")


def test_a_month_is_summed_by_hand(frame: Frame, observation: Observe) -> None:
    rows = frame(
        [
            observation("1", local(2025, 3, 3, 9), comments=3, own_replies=2, hidden=1),
            observation(
                "2",
                local(2025, 3, 28, 9),
                comments=2,
                own_replies=1,
                hidden=0,
                waits_minutes=(90, 3000, 11_000),
                waits_office_minutes=(90, 600, 2000),
                waits_24h=(True, False, False),
            ),
            observation("3", local(2025, 3, 30, 9), kind="page", comments=1),
            observation("4", local(2025, 3, 31, 9), own=False, comments=1),
        ]
    )
    march = facts(rows).loc[202503]
    assert march[["posts", "comments", "own_replies", "hidden"]].tolist() == [2, 7, 3, 1]
    assert march[["messages", "answered", "answered_24h", "due_24h"]].tolist() == [3, 3, 1, 3]
    assert march[["answered_week", "due_week"]].tolist() == [2, 3]
    assert march["reply_rate_24h"] == pytest.approx(1 / 3)
    assert march["reply_rate_week"] == pytest.approx(2 / 3)
    assert march["median_reply_office_minutes"] == 600
    assert march["median_reply_minutes"] == 3000
    assert march["reply_minutes"] == [90, 3000, 11_000]


def test_only_the_latest_row_of_a_thread_counts(frame: Frame, observation: Observe) -> None:
    begun = local(2025, 5, 5, 9)
    rows = frame(
        [
            observation("1", begun, comments=9, observed=begun + dt.timedelta(days=28)),
            observation("1", begun, comments=4, observed=begun + dt.timedelta(days=1)),
        ]
    )
    assert facts(rows).loc[202505, ["posts", "comments"]].tolist() == [1, 9]


def test_what_is_not_told_is_null_and_never_zero(frame: Frame, observation: Observe) -> None:
    rows = frame([observation("1", local(2025, 5, 5, 9), comments=4)])
    may = facts(rows).loc[202505]
    for name in ("hidden", "interactions", "reply_rate_24h", "median_reply_minutes", "coverage"):
        assert pd.isna(may[name]), name
    assert may["interactions_told"] == 0


def test_interactions_are_the_sum_over_the_threads_that_tell(
    frame: Frame, observation: Observe
) -> None:
    rows = frame(
        [
            observation("1", local(2025, 5, 5, 9), comments=4, reactions=10, shares=1),
            observation("2", local(2025, 5, 6, 9), comments=2, reactions=0),
            observation("3", local(2025, 5, 7, 9), comments=50),
        ]
    )
    assert facts(rows).loc[202505, ["interactions", "interactions_told"]].tolist() == [17, 2]


@pytest.mark.parametrize(
    ("published", "month"),
    [
        (utc(2025, 3, 31, 21, 59, 59), 202503),  # summer time began on the 30th
        (utc(2025, 3, 31, 22, 0), 202504),
        (utc(2025, 10, 31, 22, 59, 59), 202510),  # winter time began on the 26th
        (utc(2025, 10, 31, 23, 0), 202511),
        (utc(2025, 12, 31, 22, 59, 59), 202512),
        (utc(2025, 12, 31, 23, 0), 202601),
    ],
)
def test_months_end_at_midnight_in_stockholm(
    frame: Frame, observation: Observe, published: dt.datetime, month: int
) -> None:
    assert facts(frame([observation("1", published)])).loc[month, "posts"] == 1


def test_a_message_counts_in_the_month_it_came_where_that_is_told(
    frame: Frame, observation: Observe
) -> None:
    waits = {"waits_minutes": (60,), "waits_office_minutes": (60,), "waits_24h": (True,)}
    told = observation("1", local(2012, 4, 2, 9), kind="page", **waits, waits_month=(202511,))
    untold = observation("2", local(2025, 9, 2, 9), **waits)
    counted = facts(frame([told, untold]))["answered"]
    assert counted[counted > 0].to_dict() == {202509: 1, 202511: 1}


def test_an_unanswered_message_counts_only_when_its_time_is_out(
    frame: Frame, observation: Observe
) -> None:
    friday = local(2025, 11, 7, 15)

    def after(**waited: float) -> list[int]:
        span = dt.timedelta(**waited)
        row = observation(
            "1",
            friday,
            observed=friday + span,
            comments=2,
            open_comments=2,
            oldest_open_minutes=span // dt.timedelta(minutes=1),
        )
        counted = facts(frame([row])).loc[202511]
        return counted[["messages", "due_24h", "due_week", "open_comments"]].tolist()

    assert after(hours=71) == [2, 0, 0, 2]  # 24 hours on working days end on Monday at 15
    assert after(hours=73) == [2, 2, 0, 2]
    assert after(days=7) == [2, 2, 0, 2]
    assert after(days=7, minutes=1) == [2, 2, 2, 2]


def test_silent_months_are_zero_since_the_first_own_post_and_unknown_before(
    frame: Frame, observation: Observe
) -> None:
    begun, seen = local(2024, 11, 5, 9), local(2025, 2, 1, 3)
    page = observation("1", begun, kind="page", comments=1, observed=seen)
    post = observation("2", local(2025, 1, 11, 9))
    counted = facts(frame([page, post]), now=local(2025, 3, 10, 12))
    assert counted["posts"].isna().tolist() == [True, False, False, False]
    assert counted["posts"].dropna().tolist() == [1, 0, 0]
    assert counted["days"].dropna().tolist() == [21, 28, 10]
    assert counted["posts_per_week"].dropna().tolist() == pytest.approx([1 / 3, 0, 0])


def test_coverage_is_days_with_a_harvest_since_the_first(frame: Frame) -> None:
    twice = [local(2025, 1, 30, 3), local(2025, 1, 30, 23, 30), local(2025, 2, 2, 3)]
    counted = facts(frame([]), twice, now=local(2025, 2, 4, 2))
    assert counted["harvests"].tolist() == [2, 1]
    assert counted["days_harvested"].tolist() == [1, 1]
    assert counted["days_expected"].tolist() == [2, 3]  # the 4th may still be harvested
    assert counted["coverage"].tolist() == pytest.approx([1 / 2, 1 / 3])


def test_a_channel_never_harvested_has_no_months(frame: Frame) -> None:
    assert facts(frame([])).empty


_MOMENTS = st.datetimes(
    dt.datetime(2023, 12, 20),  # noqa: DTZ001 - hypothesis adds the zone
    dt.datetime(2026, 1, 10),  # noqa: DTZ001 - the same
    timezones=st.just(dt.UTC),
)
_COUNTS = st.integers(0, 40)


@st.composite
def _threads(draw: st.DrawFn) -> dict[str, Any]:
    waits = draw(st.lists(st.tuples(_COUNTS, _COUNTS, st.booleans()), max_size=3))
    open_comments = draw(st.integers(0, 3))
    return {
        "published": draw(_MOMENTS),
        "own": draw(st.booleans()),
        "kind": draw(st.sampled_from(["post", "page"])),
        "comments": draw(_COUNTS),
        "own_replies": draw(_COUNTS),
        "hidden": draw(st.none() | _COUNTS),
        "reactions": draw(st.none() | _COUNTS),
        "shares": draw(st.none() | _COUNTS),
        "waits_minutes": tuple(minutes * 500 for minutes, _, _ in waits),
        "waits_office_minutes": tuple(minutes for _, minutes, _ in waits),
        "waits_24h": tuple(in_24h for _, _, in_24h in waits),
        "open_comments": open_comments,
        "oldest_open_minutes": draw(_COUNTS) * 1000 if open_comments else None,
    }


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])  # they keep no state
@given(threads=st.lists(_threads(), max_size=12))
def test_the_months_sum_up_to_the_threads(
    frame: Frame, observation: Observe, threads: list[dict[str, Any]]
) -> None:
    rows = [observation(str(n), **thread) for n, thread in enumerate(threads)]
    counted = facts(frame(rows), now=utc(2026, 2, 1))

    def total(name: str) -> int:
        return sum(thread[name] or 0 for thread in threads)

    assert counted["comments"].sum() == total("comments")
    assert counted["own_replies"].sum() == total("own_replies")
    assert counted["hidden"].sum() == total("hidden")
    assert counted["open_comments"].sum() == total("open_comments")
    assert counted["posts"].sum() == sum(t["own"] and t["kind"] == "post" for t in threads)
    answered = sum(len(thread["waits_24h"]) for thread in threads)
    assert counted["answered"].sum() == answered
    assert counted["messages"].sum() == answered + total("open_comments")
    assert sum(len(waits) for waits in counted["reply_minutes"]) == answered
    told = [t for t in threads if (t["reactions"], t["shares"]) != (None, None)]
    assert counted["interactions_told"].sum() == len(told)
    for name in ("reply_rate_24h", "reply_rate_week", "coverage"):
        assert counted[name].dropna().between(0, 1).all()
    assert (counted["answered_24h"] <= counted["due_24h"]).all()
    assert (counted["answered_week"] <= counted["due_week"]).all()
    assert (counted["due_24h"] <= counted["messages"]).all()
    if not told:
        assert counted["interactions"].isna().all()
