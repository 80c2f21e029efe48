"""Goals of an activity plan against outcomes counted by hand."""

import datetime as dt
from collections.abc import Callable

import pandas as pd
import pytest

from tasks.facts import facts_of, judge_goals, year_figures
from tasks.facts.goals import METRICS
from tasks.model import ActivityPlan, Channel, Goal, LifeCycle, Observation

Observe = Callable[..., Observation]
Frame = Callable[[list[Observation]], pd.DataFrame]

NOW = dt.datetime(2026, 1, 15, 12, tzinfo=dt.UTC)


def channel(*goals: Goal) -> Channel:
    plan = ActivityPlan(medium="blogg", audience="", purpose="", care="", goals=goals)
    return Channel(
        id="blogg",
        name="Blogg",
        unit="biblioteket",
        platform="blog",
        address="http://127.0.0.1/",
        life=LifeCycle.ACTIVE,
        plan=plan if goals else None,
    )


@pytest.fixture
def year(frame: Frame, observation: Observe) -> pd.DataFrame:
    """2025: 52 posts, one a week; 20 first messages, 15 of them answered in 24 hours."""
    begin = dt.datetime(2025, 1, 1, 8, tzinfo=dt.UTC)
    rows = [observation(str(n), begin + dt.timedelta(weeks=n), comments=1) for n in range(52)]
    rows.append(
        observation(
            "sida",
            begin,
            kind="page",
            comments=20,
            waits_minutes=tuple([60] * 15 + [5000] * 4 + [20_000]),
            waits_office_minutes=tuple([60] * 9 + [120] * 11),
            waits_24h=tuple([True] * 15 + [False] * 5),
        )
    )
    harvests = [dt.datetime(2025, 7, 1, 2, tzinfo=dt.UTC) + dt.timedelta(days=n) for n in range(92)]
    return facts_of("blogg", frame(rows), harvests, now=NOW)


@pytest.mark.parametrize(
    "case",
    [
        ("posts", 52, True, 52, True),
        ("posts", 53, True, 52, False),
        ("posts_per_week", 1, True, 52 / (365 / 7), False),
        ("comments", 72, True, 72, True),
        ("reply_rate_24h", 0.75, True, 15 / 20, True),
        ("reply_rate_24h", 0.8, True, 15 / 20, False),
        ("reply_rate_week", 0.95, True, 19 / 20, True),
        ("median_reply_hours", 2, False, 2, True),
        ("median_reply_hours", 1.9, False, 2, False),
        ("interactions", 10, True, None, None),
    ],
)
def test_a_goal_is_judged_as_by_hand(
    year: pd.DataFrame, case: tuple[str, float, bool, float | None, bool | None]
) -> None:
    metric, target, at_least, outcome, met = case
    goal = Goal(id="mål", text="", metric=metric, target=target, at_least=at_least)
    (judged,) = judge_goals(channel(goal), year, 2025)
    assert judged.met is met
    assert judged.outcome == (None if outcome is None else pytest.approx(outcome))


def test_an_outcome_carries_its_ground(year: pd.DataFrame) -> None:
    goal = Goal(id="svar", text="", metric="reply_rate_24h", target=0.8)
    (judged,) = judge_goals(channel(goal), year, 2025)
    assert (judged.numerator, judged.denominator) == (15, 20)
    assert (judged.days_harvested, judged.days_expected) == (92, 184)
    assert judged.coverage == pytest.approx(0.5)
    assert judged.months == 12


def test_a_year_without_numbers_cannot_be_judged(year: pd.DataFrame) -> None:
    goals = [Goal(id=name, text="", metric=name, target=0) for name in METRICS]
    judged = judge_goals(channel(*goals), year, 2019)
    assert {outcome.met for outcome in judged} == {None}


def test_a_metric_that_nobody_knows_cannot_be_judged(year: pd.DataFrame) -> None:
    (judged,) = judge_goals(channel(Goal(id="x", text="", metric="reach", target=1)), year, 2025)
    assert judged.met is None


def test_a_channel_without_a_plan_has_no_goals(year: pd.DataFrame) -> None:
    assert judge_goals(channel(), year, 2025) == ()


def test_the_median_of_a_year_is_of_the_single_waits_and_not_of_months(
    frame: Frame, observation: Observe
) -> None:
    def row(thread: str, month: int, waits: tuple[int, ...]) -> Observation:
        told = {"waits_minutes": waits, "waits_office_minutes": waits, "waits_24h": (True,)}
        told["waits_24h"] *= len(waits)
        return observation(thread, dt.datetime(2025, month, 5, tzinfo=dt.UTC), **told)

    rows = frame([row("1", 1, (10, 10, 10, 10, 10)), row("2", 2, (1000,))])
    figures = year_figures(facts_of("blogg", rows, (), now=NOW), 2025)
    assert figures.median_reply_minutes == 10
