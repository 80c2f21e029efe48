"""How a goal, its outcome and its ground are said in Swedish."""

import dataclasses as dc
import datetime as dt

from babel.numbers import format_decimal, format_percent

from tasks.facts import GoalOutcome
from tasks.report.swedish import FIXED, LOCALE, MISSING, number, share, short_date

_MOST_DECIMALS = 4
_UNITS = {
    "posts": "inlägg",
    "comments": "kommentarer",
    "interactions": "interaktioner",
    "posts_per_week": "inlägg per vecka",
    "reply_rate_24h": "besvarade inom 24 timmar",
    "reply_rate_week": "besvarade inom en vecka",
    "median_reply_hours": "kontorstimmar (median)",
}
_RATES = frozenset({"reply_rate_24h", "reply_rate_week"})


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class GoalWords:
    """A goal's row in a table: the goal, its target, outcome, ground, coverage and verdict."""

    text: str
    target: str
    outcome: str
    ground: str
    coverage: str
    verdict: str
    mark: str


def goal_words(outcome: GoalOutcome, first_harvest: dt.date | None) -> GoalWords:
    """The row of one goal.

    Args:
        outcome: the goal against the year.
        first_harvest: the Stockholm date of the channel's first harvest.
    """
    goal = outcome.goal
    rate = goal.metric in _RATES
    unit = _UNITS.get(goal.metric, goal.metric)
    bound = "minst" if goal.at_least else "högst"
    verdict, mark = {True: ("Ja", "met"), False: ("Nej", "missed"), None: ("Kan inte bedömas", "")}[
        outcome.met
    ]
    reached = MISSING
    if outcome.outcome is not None:
        reached = _distinct(outcome.outcome, goal.target, rate=rate)
    return GoalWords(
        text=goal.text,
        target=f"{bound} {_short(goal.target, 2, rate=rate)} {unit}",
        outcome=reached,
        ground=_ground(outcome),
        coverage=_coverage(outcome, first_harvest),
        verdict=verdict,
        mark=mark,
    )


def _ground(outcome: GoalOutcome) -> str:
    """What the outcome was counted from: numerator and denominator, or why there is none."""
    metric, above, below = outcome.goal.metric, outcome.numerator, outcome.denominator
    if not outcome.months:
        text = "Inga siffror för året"
    elif metric == "posts_per_week":
        text = f"{number(above)} inlägg på {number(below, 1)} veckor"
    elif metric in _RATES and below:
        text = f"{share(int(above or 0), int(below))} meddelanden"
    elif metric in _RATES:
        text = "Inga meddelanden behövde besvaras"
    elif metric == "median_reply_hours":
        text = f"Median av {number(below)} svar" if below else "Inga svar att räkna på"
    elif above is None:
        text = "Plattformen uppger det inte"
    else:
        text = f"Summan av {number(outcome.months)} månader"
    return text


def _coverage(outcome: GoalOutcome, first_harvest: dt.date | None) -> str:
    if not outcome.days_expected or first_harvest is None:
        return MISSING
    days = share(outcome.days_harvested, outcome.days_expected)
    return f"{days} dagar, från {short_date(first_harvest)}"


def _distinct(value: float, target: float, *, rate: bool) -> str:
    """The value with as many decimals as it takes to tell it from the target."""
    for decimals in range(1, _MOST_DECIMALS):
        text = _short(value, decimals, rate=rate)
        if value == target or text != _short(target, decimals, rate=rate):
            return text
    return _short(value, _MOST_DECIMALS, rate=rate)


def _short(value: float, decimals: int, *, rate: bool) -> str:
    pattern = "#,##0." + "#" * decimals
    if rate:
        return str(format_percent(value, format=f"{pattern}{FIXED}%", locale=LOCALE))
    return str(format_decimal(value, format=pattern, locale=LOCALE))
