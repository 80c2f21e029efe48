"""What a thread is judged on, beside its gist: decision, time, holds, harvest, numbers.

``gathering`` fills it from the archive; here nothing is read.
"""

import dataclasses as dc
import datetime as dt
import functools
from collections.abc import Callable
from typing import Final, Protocol

from tasks.culling.classes import Classed, Classes, clock_of
from tasks.culling.decision import Decision, RecordClass, in_force
from tasks.culling.holds import Hold
from tasks.culling.tags import Circumstances, Reading
from tasks.gists import Gist
from tasks.office_time import at_local, local_date

HARVESTED_WITHIN: Final = dt.timedelta(hours=24)


class Numbers(Protocol):
    """What the observations of a channel hold numbers of."""

    @property
    def last(self) -> dt.datetime | None:
        """The latest observation, or ``None``."""

    def of_own(self, thread: str) -> bool:
        """Whether they hold the body's own thread of that id."""

    def of_others(self, began: dt.datetime) -> bool:
        """Whether they hold a thread of others that began then (its id is not in them)."""


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """Numbers that are at hand: ids of own threads, and when those of others began."""

    threads: frozenset[str] = frozenset()
    begun: frozenset[dt.datetime] = frozenset()
    last: dt.datetime | None = None

    def of_own(self, thread: str) -> bool:
        """As ``Numbers``."""
        return thread in self.threads

    def of_others(self, began: dt.datetime) -> bool:
        """As ``Numbers``."""
        return began in self.begun


@dc.dataclass(frozen=True, kw_only=True)  # no slots: what is worked out once is kept beside
class Ground:
    """What a thread of one channel is judged on.

    Attributes:
        decision: its board's decision.
        now: the rule's time.
        holds: the holds in force on the channel.
        harvested: the rule's time of the channel's last harvest, or ``None``.
        counted: what the channel's observations hold.
        circumstances: what the decision's rules go by beside the thread itself.
    """

    decision: Decision
    now: dt.datetime
    holds: tuple[Hold, ...] = ()
    harvested: dt.datetime | None = None
    counted: Numbers = dc.field(default_factory=Counted)
    circumstances: Circumstances = dc.field(default_factory=Circumstances)

    @functools.cached_property
    def today(self) -> dt.date:
        """The Stockholm date of ``now``."""
        return local_date(self.now)

    @functools.cached_property
    def decided(self) -> bool:
        """Whether the decision has legal force."""
        return in_force(self.decision, self.now)

    @functools.cached_property
    def fresh(self) -> bool:
        """Whether the channel was harvested within 24 hours."""
        return self.harvested is not None and self.now - self.harvested <= HARVESTED_WITHIN

    def classed(self, gist: Gist, read: Reading) -> Classed:
        """The thread's class and why; ``read`` gives the thread where a rule asks for more."""
        return self._classes(gist.channel).of(gist, read)

    def due(self, gist: Gist, record_class: RecordClass) -> bool:
        """Whether the class's whole Stockholm days have passed since the clock's moment."""
        return clock_of(gist, record_class) < self._still_kept(record_class.days)

    def late(self, gist: Gist, record_class: RecordClass) -> bool:
        """Whether its latest day has passed too."""
        return clock_of(gist, record_class) < self._still_kept(record_class.latest_days)

    @functools.cached_property
    def _classes(self) -> Callable[[str], Classes]:
        """The classes by channel."""
        return functools.cache(
            lambda channel: Classes(
                decision=self.decision, circumstances=self.circumstances, channel=channel
            )
        )

    @functools.cached_property
    def _still_kept(self) -> Callable[[int], dt.datetime]:
        """The moment from which what was said is kept still, by how many days it is kept."""
        return functools.cache(
            lambda days: at_local(self.today - dt.timedelta(days=days)).astimezone(dt.UTC)
        )
