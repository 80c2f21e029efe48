"""The goals of an activity plan against the year's outcome.

Guidelines, "Mät och utvärdera": the report is made "så att man kan bedöma om målen har uppnåtts".
A goal without ground for a judgement is neither reached nor missed.
"""

import dataclasses as dc
from collections.abc import Callable, Mapping

import pandas as pd

from tasks.facts.year import YearFigures, year_figures
from tasks.model import Channel, Goal


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class GoalOutcome:
    """What came of a goal.

    Attributes:
        goal: as the plan says.
        outcome: in the metric's unit (rates 0–1, hours in office time); ``None`` without ground.
        met: whether the goal was reached; ``None`` where it cannot be judged.
        numerator, denominator: what the outcome is a ratio of; for a count the denominator is
            ``None``, for a median the numerator is ``None`` and the denominator its waits.
        coverage: days harvested of days since the first harvest, 0–1; ``None`` before it.
        days_harvested, days_expected: what the coverage is a ratio of.
        months: months of the year for which the channel is known.
    """

    goal: Goal
    outcome: float | None
    met: bool | None
    numerator: float | None
    denominator: float | None
    coverage: float | None
    days_harvested: int
    days_expected: int
    months: int


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class _Metric:
    outcome: Callable[[YearFigures], float | None]
    numerator: Callable[[YearFigures], float | None]
    denominator: Callable[[YearFigures], float | None]


def _count(name: str) -> _Metric:
    return _Metric(
        outcome=lambda figures: getattr(figures, name),
        numerator=lambda figures: getattr(figures, name),
        denominator=lambda _: None,
    )


METRICS: Mapping[str, _Metric] = {
    "posts": _count("posts"),
    "comments": _count("comments"),
    "interactions": _count("interactions"),
    "posts_per_week": _Metric(
        outcome=lambda figures: figures.posts_per_week,
        numerator=lambda figures: figures.posts,
        denominator=lambda figures: figures.days / 7,
    ),
    "reply_rate_24h": _Metric(
        outcome=lambda figures: figures.reply_rate_24h,
        numerator=lambda figures: figures.answered_24h,
        denominator=lambda figures: figures.due_24h,
    ),
    "reply_rate_week": _Metric(
        outcome=lambda figures: figures.reply_rate_week,
        numerator=lambda figures: figures.answered_week,
        denominator=lambda figures: figures.due_week,
    ),
    "median_reply_hours": _Metric(
        outcome=lambda figures: _hours(figures.median_reply_office_minutes),
        numerator=lambda _: None,
        denominator=lambda figures: figures.answered,
    ),
}
"""How each ``tasks.model.Goal.metric`` is read from a year's figures."""


def judge_goals(channel: Channel, facts: pd.DataFrame, year: int) -> tuple[GoalOutcome, ...]:
    """Each goal of the channel's plan against the year, in the plan's order.

    Args:
        channel: with its activity plan; without one there are no goals.
        facts: monthly facts of that channel.
        year: the calendar year.

    Returns:
        One outcome a goal. A metric that nobody knows cannot be judged.
    """
    if channel.plan is None:
        return ()
    figures = year_figures(facts, year)
    return tuple(_judge(goal, figures) for goal in channel.plan.goals)


def _judge(goal: Goal, figures: YearFigures) -> GoalOutcome:
    metric = METRICS.get(goal.metric)
    outcome = metric.outcome(figures) if metric else None
    return GoalOutcome(
        goal=goal,
        outcome=outcome,
        met=None if outcome is None else _reached(goal, outcome),
        numerator=metric.numerator(figures) if metric else None,
        denominator=metric.denominator(figures) if metric else None,
        coverage=figures.coverage,
        days_harvested=figures.days_harvested,
        days_expected=figures.days_expected,
        months=figures.months,
    )


def _reached(goal: Goal, outcome: float) -> bool:
    return outcome >= goal.target if goal.at_least else outcome <= goal.target


def _hours(minutes: float | None) -> float | None:
    return None if minutes is None else minutes / 60
