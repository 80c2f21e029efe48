"""The seam between the check and its rules: what a rule is shown and what it answers."""

import dataclasses as dc
import datetime as dt
from collections.abc import Callable, Iterator
from typing import TypeAlias

from tasks.model import Administrator, Channel, Level, Register, Text
from tasks.office_time import local_date
from tasks.register.evidence import Evidence


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What every rule may look at; ``today`` is the Stockholm date of ``now``."""

    register: Register
    evidence: Evidence
    now: dt.datetime

    @property
    def today(self) -> dt.date:
        """The Stockholm date of ``now``."""
        return local_date(self.now)


@dc.dataclass(frozen=True, slots=True)
class Remark:
    """What a rule saw: the check adds clause and channel."""

    level: Level
    sv: str
    en: str

    @property
    def text(self) -> Text:
        """Both languages as a text."""
        return Text(self.sv, self.en)


ChannelRule: TypeAlias = Callable[[Ground, Channel], Iterator[Remark]]
BodyRule: TypeAlias = Callable[[Ground], Iterator[Remark]]


def in_force(channel: Channel, day: dt.date) -> tuple[Administrator, ...]:
    """The channel's administrators on ``day`` (their last day included), absent or not."""
    return tuple(
        a
        for a in channel.administrators
        if a.appointed <= day and (a.ended is None or day <= a.ended)
    )


def year_after(day: dt.date) -> dt.date:
    """The same date a year later; 28 February after a leap day."""
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return day.replace(year=day.year + 1, day=28)
