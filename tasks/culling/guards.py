"""The guards: every reason why a thread may not go, each a pure function with its finding.

The guards and their order are those of notes "law and practice" (default culling table); the clock
and what counts as answered are ``tasks.threads``. A thread goes only where no guard speaks. Every
verdict carries the rule that gave it.
"""

import dataclasses as dc
import datetime as dt
import functools
from collections.abc import Callable
from typing import Protocol

from tasks.culling.classes import Classed, action_of, class_of, due_day
from tasks.culling.decision import Decision, RecordClass, in_force
from tasks.culling.holds import REASONS, Hold
from tasks.culling.tags import Circumstances, head_of
from tasks.model import Finding, Judged, JudgedPost, Level, Text, Verdict
from tasks.office_time import local_date
from tasks.threads import open_questions

HARVESTED_WITHIN = dt.timedelta(hours=24)
AnyThread = Judged[JudgedPost]
"""A thread, or its gist where the decision's rules read no words."""

KEEPS = "class-keeps"
RESTRICTS = "class-restricts"
NOT_DUE = "not-due"


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
    _latest: list[tuple[AnyThread, Classed]] = dc.field(
        default_factory=list, init=False, repr=False, compare=False
    )

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

    def classed(self, thread: AnyThread) -> Classed:
        """The thread's class and why; the latest one is remembered, as each guard asks."""
        if not self._latest or self._latest[0][0] is not thread:
            self._latest[:] = [(thread, class_of(thread, self.decision, self.circumstances))]
        return self._latest[0][1]

    def class_of(self, thread: AnyThread) -> RecordClass | None:
        """The thread's class; ``None`` where it must be classified first."""
        return self.classed(thread).record_class


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """A guard: its ``code``, what it makes sure of (for the certificate), and its ``check``."""

    code: str
    ensures: Text
    check: Callable[[AnyThread, Ground], Finding | None]


def judge(thread: AnyThread, ground: Ground) -> Verdict:
    """Whether the thread may go now, and if not every reason why."""
    classed = ground.classed(thread)
    findings = tuple([found for check in _CHECKS if (found := check(thread, ground)) is not None])
    return Verdict(
        thread=thread.id,
        cull=not findings,
        rule="" if classed.record_class is None else classed.record_class.rule,
        findings=findings,
        why=classed.why,
    )


def due_later(thread: AnyThread, ground: Ground) -> dt.date | None:
    """The date from which it may go by its class's period; ``None`` where that has come."""
    record_class = ground.class_of(thread)
    if record_class is None:
        return None
    day = due_day(thread, record_class)
    return day if day > ground.today else None


def keeps_by_rule(verdict: Verdict) -> bool:
    """Whether the thread is due in every way, and its class says that it is to be kept."""
    return [finding.code for finding in verdict.findings] == [KEEPS]


def restricts_by_rule(verdict: Verdict) -> bool:
    """Whether the thread is due in every way, and its class says that it is to be set apart."""
    return [finding.code for finding in verdict.findings] == [RESTRICTS]


def decision_in_force(thread: AnyThread, ground: Ground) -> Finding | None:
    """The board has decided, and the decision has legal force today."""
    if ground.decided:
        return None
    return _finding(
        "decision-not-in-force",
        thread,
        f"beslutet {ground.decision.dnr} gäller inte den här dagen",
        f"the decision {ground.decision.dnr} is not in force on this day",
    )


def covered(thread: AnyThread, ground: Ground) -> Finding | None:
    """A thread from before legal force goes only where the decision includes what is older."""
    if ground.decision.includes_older or thread.day >= ground.decision.in_force:
        return None
    return _finding(
        "older-not-included",
        thread,
        "tråden är äldre än beslutet, som inte omfattar äldre handlingar",
        "the thread is older than the decision, which does not include older records",
    )


def classified(thread: AnyThread, ground: Ground) -> Finding | None:
    """The class is known to the decision."""
    if ground.class_of(thread) is not None:
        return None
    return _finding(
        "not-classified",
        thread,
        "tråden har ingen klass som beslutet känner; klassa den",
        "the thread has no class that the decision knows; classify it",
    )


def class_culls(thread: AnyThread, ground: Ground) -> Finding | None:
    """The class is to be culled, and not kept, registered or set apart."""
    record_class = ground.class_of(thread)
    action = "cull" if record_class is None else action_of(thread, record_class)
    if record_class is None or action == "cull":
        return None
    code, sv, en = {
        "keep": (KEEPS, "ska bevaras", "is to be kept"),
        "file": ("class-files", "ska registreras först", "is to be registered first"),
        "restrict": (RESTRICTS, "ska avskiljas", "is to be set apart"),
    }[action]
    return _finding(code, thread, f"{record_class.name}: {sv}", f"{record_class.id}: {en}")


def period_passed(thread: AnyThread, ground: Ground) -> Finding | None:
    """The class's whole Stockholm days have passed since the last activity."""
    day = due_later(thread, ground)
    if day is None:
        return None
    return _finding(NOT_DUE, thread, f"gallringsfristen går ut {day}", f"not due until {day}")


def answered(thread: AnyThread, _ground: Ground) -> Finding | None:
    """No question waits: answered here or elsewhere, needs none, or moved to a case."""
    questions = open_questions(thread)
    if not questions:
        return None
    waiting = len(questions)
    return _finding(
        "unanswered",
        thread,
        f"{waiting} kommentarer väntar på svar; svara eller ange utfall",
        f"{waiting} comments wait for an answer; answer, or give an outcome",
    )


def not_held(thread: AnyThread, ground: Ground) -> Finding | None:
    """Nobody has laid a hold on the thread or its channel."""
    if not ground.holds:
        return None
    hold = next((hold for hold in ground.holds if hold.covers(thread.channel, thread.id)), None)
    if hold is None:
        return None
    reason = REASONS[hold.reason]
    return _finding(
        "held",
        thread,
        f"undantagen från gallring ({hold.id}: {reason.sv})",
        f"held ({hold.id}: {reason.en})",
    )


def harvested_lately(thread: AnyThread, ground: Ground) -> Finding | None:
    """The channel was harvested within 24 hours, so that a new comment or edit is known."""
    if ground.fresh:
        return None
    return _finding(
        "not-harvested",
        thread,
        "kanalen är inte skördad det senaste dygnet; skörda den först",
        "the channel was not harvested within 24 hours; harvest it first",
    )


def numbers_recorded(thread: AnyThread, ground: Ground) -> Finding | None:
    """The thread's numbers are kept, so that culling its words harms no statistics."""
    counted = ground.counted
    head = head_of(thread)
    if head is None:
        first_seen = min(post.first_seen for post in thread.posts)
        known = counted.last is not None and first_seen <= counted.last
    else:
        known = (not head.own and counted.of_others(head.published)) or counted.of_own(thread.id)
    if known:
        return None
    return _finding(
        "no-numbers",
        thread,
        "trådens siffror är inte sparade än; skörda kanalen",
        "the thread's numbers are not recorded yet; harvest the channel",
    )


GUARDS = (
    Guard(
        code="decision-not-in-force",
        ensures=Text("Gallringsbeslutet har laga kraft", "The decision is in force"),
        check=decision_in_force,
    ),
    Guard(
        code="older-not-included",
        ensures=Text("Beslutet omfattar trådens ålder", "The decision covers its age"),
        check=covered,
    ),
    Guard(
        code="not-classified",
        ensures=Text("Handlingstypen är känd", "The class is known"),
        check=classified,
    ),
    Guard(
        code="class",
        ensures=Text("Handlingstypen ska gallras", "The class is to be culled"),
        check=class_culls,
    ),
    Guard(
        code=NOT_DUE,
        ensures=Text("Gallringsfristen har gått ut", "The period has passed"),
        check=period_passed,
    ),
    Guard(
        code="unanswered",
        ensures=Text("Alla frågor är besvarade", "Every question is answered"),
        check=answered,
    ),
    Guard(
        code="held",
        ensures=Text("Ingen begäran eller annat undantag", "No request or other hold"),
        check=not_held,
    ),
    Guard(
        code="not-harvested",
        ensures=Text("Kanalen är skördad inom 24 timmar", "Harvested within 24 hours"),
        check=harvested_lately,
    ),
    Guard(
        code="no-numbers",
        ensures=Text("Statistiken är sparad", "Numbers are recorded"),
        check=numbers_recorded,
    ),
)
"""Every guard, in the order in which a certificate prints them."""

_CHECKS = tuple(guard.check for guard in GUARDS)


def _finding(code: str, thread: AnyThread, sv: str, en: str) -> Finding:
    where = f"{thread.channel}/{thread.day}"
    return Finding(code=code, level=Level.HINT, text=Text(sv, en), where=where)
