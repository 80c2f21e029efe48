"""Observations to monthly facts, metrics and goals."""

from tasks.facts.definitions import COLUMNS, Column
from tasks.facts.goals import GoalOutcome, judge_goals
from tasks.facts.monthly import facts_of, monthly_facts
from tasks.facts.reading import harvests, observations
from tasks.facts.storage import read_monthly, write_monthly
from tasks.facts.year import YearFigures, months_of, year_figures

__all__ = [
    "COLUMNS",
    "Column",
    "GoalOutcome",
    "YearFigures",
    "facts_of",
    "harvests",
    "judge_goals",
    "monthly_facts",
    "months_of",
    "observations",
    "read_monthly",
    "write_monthly",
    "year_figures",
]
