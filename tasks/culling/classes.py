"""Which class a thread is of, and what made it so: a person, a rule of the decision, the default.

A person's word goes before the rules, a rule before the default. Where several rules fit, the
longest retention wins: keep before restrict and file, those before any days, more days before
fewer. Transient unless something says otherwise (notes: law and practice).
"""

import dataclasses as dc
import datetime as dt
import functools
from typing import Final, NamedTuple

from tasks.culling.decision import Action, Decision, RecordClass, Role
from tasks.culling.tags import Circumstances, Reading, tagged
from tasks.gists import Gist
from tasks.model import Text
from tasks.office_time import at_local, local_date

PERSON, RULE, DEFAULT = "person", "rule", "default"

WHY = {
    PERSON: Text("klassad av en person", "classified by a person"),
    RULE: Text("enligt regel i beslutet", "by a rule of the decision"),
    DEFAULT: Text("beslutets förvalda handlingstyp", "the decision's default class"),
}

_OTHER: Final = frozenset[Role]({"other"})
_OWN: Final = frozenset[Role]({"own"})
_OFFICIAL: Final = frozenset[Role]({"own", "official"})
_STRENGTH: dict[Action, int] = {"cull": 0, "file": 1, "restrict": 2, "keep": 3}


class Classed(NamedTuple):
    """A thread's class.

    Attributes:
        record_class: ``None`` where there is none, or one that the decision does not know.
        why: a code of ``WHY``, or ``""``.
        fitting: ids of every class whose rule fits, the strongest first.
    """

    record_class: RecordClass | None
    why: str = ""
    fitting: tuple[str, ...] = ()


@dc.dataclass(frozen=True, kw_only=True)  # no slots: what is worked out once is kept beside
class Classes:
    """The classes that a decision has for the threads of one channel."""

    decision: Decision
    circumstances: Circumstances
    channel: str

    def of(self, gist: Gist, read: Reading) -> Classed:
        """The thread's class, and why; ``read`` is asked where a rule needs more than the gist."""
        if gist.record_class:
            known = self.decision.class_of(gist.record_class)
            return Classed(record_class=known, why=PERSON if known else "")
        found = [each for each in self._here if self._takes(each, gist, read)]
        if not found:
            return self._otherwise
        found.sort(key=_retention, reverse=True)  # stable: of equals the first in the file
        return Classed(record_class=found[0], why=RULE, fitting=tuple(each.id for each in found))

    @functools.cached_property
    def _here(self) -> tuple[RecordClass, ...]:
        """The classes that take threads of this channel by themselves."""
        unit = self.circumstances.units.get(self.channel)
        platform = self.circumstances.platforms.get(self.channel)
        return tuple(
            each
            for each in self.decision.scoped
            if (not each.channels or self.channel in each.channels)
            and (not each.units or unit in each.units)
            and (not each.platforms or platform in each.platforms)
            and (set(each.tags) != {"crisis"} or self._crises)
        )

    @property
    def _crises(self) -> bool:
        """Whether the channel has had any."""
        return any(self.channel in each.channels for each in self.circumstances.crises)

    @functools.cached_property
    def _otherwise(self) -> Classed:
        default = self.decision.default
        return Classed(record_class=default, why=DEFAULT if default else "")

    def _takes(self, record_class: RecordClass, gist: Gist, read: Reading) -> bool:
        """Whether author and tags fit its scope; what costs most is asked last."""
        authors, tags = record_class.authors, record_class.tags
        if authors and roles_of(gist, self.decision).isdisjoint(authors):
            return False
        for tag in tags:
            if tagged(gist, tag, self.circumstances, read):
                return True
        return not tags


def action_of(gist: Gist, record_class: RecordClass) -> Action:
    """What is to happen: what is registered in the diary goes on to what its class says then."""
    if record_class.action == "file" and gist.filed:
        return record_class.then
    return record_class.action


def due_day(gist: Gist, record_class: RecordClass) -> dt.date:
    """The Stockholm date from whose first moment the thread may go."""
    return local_date(clock_of(gist, record_class)) + dt.timedelta(days=record_class.days + 1)


def due_of(gist: Gist, record_class: RecordClass) -> dt.datetime:
    """From when the thread may go."""
    return at_local(due_day(gist, record_class))


def latest_of(gist: Gist, record_class: RecordClass) -> dt.datetime:
    """From when a thread that is still there is a finding of the audit."""
    kept = dt.timedelta(days=record_class.latest_days + 1)
    return at_local(local_date(clock_of(gist, record_class)) + kept)


def roles_of(gist: Gist, decision: Decision) -> frozenset[Role]:
    """In which role its author wrote: a leading official's own post is the body's own too."""
    if not gist.own:
        return _OTHER
    return _OFFICIAL if gist.channel in decision.officials else _OWN


def clock_of(gist: Gist, record_class: RecordClass) -> dt.datetime:
    """The moment on whose Stockholm date the class's days begin."""
    if record_class.clock == "answer" and gist.closed is not None:
        return max(gist.active, gist.closed)
    return gist.active


def _retention(record_class: RecordClass) -> tuple[int, int, int]:
    return _STRENGTH[record_class.action], record_class.days, record_class.latest_days
