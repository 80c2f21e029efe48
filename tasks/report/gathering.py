"""What the report tells of each channel, gathered once from the archive and the register."""

import dataclasses as dc
import datetime as dt

import pandas as pd

from archive_store import Archive, Package
from tasks.facts import (
    GoalOutcome,
    YearFigures,
    facts_of,
    harvests,
    judge_goals,
    months_of,
    observations,
    year_figures,
)
from tasks.model import Board, Channel, LifeCycle, Register, Unit
from tasks.office_time import local_date


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class ChannelYear:
    """A channel's year: who answers for it, what was counted and what became of its goals.

    Attributes:
        channel, unit, board: as the register says.
        administrators: how many were in service at the year's end.
        months: monthly facts of the year, only the months that are known.
        figures: their sums; ``before`` those of the year before, where it is known as fully.
        goals: each goal of the plan against its outcome.
        first_harvest: Stockholm date from which the channel is harvested, ``None`` where never.
        last_harvest: the latest observations that the report knows of.
    """

    channel: Channel
    unit: Unit
    board: Board
    administrators: int
    months: pd.DataFrame
    figures: YearFigures
    before: YearFigures | None
    goals: tuple[GoalOutcome, ...]
    first_harvest: dt.date | None
    last_harvest: Package | None


def gather(
    archive: Archive, register: Register, year: int, *, now: dt.datetime
) -> tuple[ChannelYear, ...]:
    """Every channel that lived during the year, in the register's order.

    Raises:
        DamageError: an observation file cannot be read.
    """
    lived = (channel for channel in register.channels if _lived(channel, year))
    return tuple(_gathered(archive, register, channel, year, now) for channel in lived)


def _lived(channel: Channel, year: int) -> bool:
    if channel.life is LifeCycle.PLANNED:
        return False
    opened = channel.opened is None or channel.opened.year <= year
    return opened and (channel.closed is None or channel.closed.year >= year)


def _gathered(
    archive: Archive, register: Register, channel: Channel, year: int, now: dt.datetime
) -> ChannelYear:
    looks = harvests(archive, channel.id, now=now)
    rows = observations(archive, channel.id, now=now)
    facts = facts_of(channel.id, rows, [look.time for look in looks], now=now)
    figures, before = year_figures(facts, year), year_figures(facts, year - 1)
    return ChannelYear(
        channel=channel,
        unit=register.unit(channel.unit),
        board=register.board_of(channel),
        administrators=_administrators(channel, min(dt.date(year, 12, 31), local_date(now))),
        months=months_of(facts, year),
        figures=figures,
        before=before if before.months and before.months == figures.months else None,
        goals=judge_goals(channel, facts, year),
        first_harvest=local_date(looks[0].time) if looks else None,
        last_harvest=looks[-1] if looks else None,
    )


def _administrators(channel: Channel, day: dt.date) -> int:
    """How many administrators were in service on ``day``."""
    return sum(
        person.appointed <= day and (person.ended is None or person.ended >= day)
        for person in channel.administrators
    )
