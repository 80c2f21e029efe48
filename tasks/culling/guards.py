"""The guards: every reason why a thread may not go, each a pure function with its finding.

The guards and their order are those of notes "law and practice" (default culling table); the clock
is ``classes.clock_of``, and what counts as answered ``tasks.threads``, of which a gist tells. A
thread goes only where no guard speaks. Every verdict carries the rule that gave it.
"""

import dataclasses as dc
from collections.abc import Callable

from tasks.culling.classes import Classed, action_of, due_day
from tasks.culling.ground import Ground
from tasks.culling.holds import REASONS
from tasks.gists import Gist
from tasks.model import Finding, Level, Text, Verdict

KEEPS = "class-keeps"
RESTRICTS = "class-restricts"
NOT_DUE = "not-due"


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """A guard: its ``code``, what it makes sure of (for the certificate), and its ``check``."""

    code: str
    ensures: Text
    check: Callable[[Gist, Classed, Ground], Finding | None]


def judge(gist: Gist, classed: Classed, ground: Ground) -> Verdict:
    """Whether the thread may go now, and if not every reason why."""
    findings = tuple(
        [found for check in _CHECKS if (found := check(gist, classed, ground)) is not None]
    )
    return Verdict(
        thread=gist.id,
        cull=not findings,
        rule="" if classed.record_class is None else classed.record_class.rule,
        findings=findings,
        why=classed.why,
    )


def keeps_by_rule(verdict: Verdict) -> bool:
    """Whether the thread is due in every way, and its class says that it is to be kept."""
    return [finding.code for finding in verdict.findings] == [KEEPS]


def restricts_by_rule(verdict: Verdict) -> bool:
    """Whether the thread is due in every way, and its class says that it is to be set apart."""
    return [finding.code for finding in verdict.findings] == [RESTRICTS]


def decision_in_force(gist: Gist, _classed: Classed, ground: Ground) -> Finding | None:
    """The board has decided, and the decision has legal force today."""
    if ground.decided:
        return None
    return _finding(
        "decision-not-in-force",
        gist,
        f"beslutet {ground.decision.dnr} gäller inte den här dagen",
        f"the decision {ground.decision.dnr} is not in force on this day",
    )


def covered(gist: Gist, _classed: Classed, ground: Ground) -> Finding | None:
    """A thread from before legal force goes only where the decision includes what is older."""
    if ground.decision.includes_older or gist.day >= ground.decision.in_force:
        return None
    return _finding(
        "older-not-included",
        gist,
        "tråden är äldre än beslutet, som inte omfattar äldre handlingar",
        "the thread is older than the decision, which does not include older records",
    )


def classified(gist: Gist, classed: Classed, _ground: Ground) -> Finding | None:
    """The class is known to the decision."""
    if classed.record_class is not None:
        return None
    return _finding(
        "not-classified",
        gist,
        "tråden har ingen klass som beslutet känner; klassa den",
        "the thread has no class that the decision knows; classify it",
    )


def class_culls(gist: Gist, classed: Classed, _ground: Ground) -> Finding | None:
    """The class is to be culled, and not kept, registered or set apart."""
    record_class = classed.record_class
    action = "cull" if record_class is None else action_of(gist, record_class)
    if record_class is None or action == "cull":
        return None
    code, sv, en = {
        "keep": (KEEPS, "ska bevaras", "is to be kept"),
        "file": ("class-files", "ska registreras först", "is to be registered first"),
        "restrict": (RESTRICTS, "ska avskiljas", "is to be set apart"),
    }[action]
    return _finding(code, gist, f"{record_class.name}: {sv}", f"{record_class.id}: {en}")


def period_passed(gist: Gist, classed: Classed, ground: Ground) -> Finding | None:
    """The class's whole Stockholm days have passed since the last activity."""
    record_class = classed.record_class
    if record_class is None or ground.due(gist, record_class):
        return None
    day = due_day(gist, record_class)
    return _finding(NOT_DUE, gist, f"gallringsfristen går ut {day}", f"not due until {day}")


def answered(gist: Gist, _classed: Classed, _ground: Ground) -> Finding | None:
    """No question waits: answered here or elsewhere, needs none, or moved to a case."""
    waiting = gist.questions
    if not waiting:
        return None
    sv, en = ("kommentarer väntar", "comments wait")
    if waiting == 1:
        sv, en = ("kommentar väntar", "comment waits")
    return _finding(
        "unanswered",
        gist,
        f"{waiting} {sv} på svar; svara eller ange utfall",
        f"{waiting} {en} for an answer; answer, or give an outcome",
    )


def not_held(gist: Gist, _classed: Classed, ground: Ground) -> Finding | None:
    """Nobody has laid a hold on the thread or its channel."""
    if not ground.holds:
        return None
    hold = next((hold for hold in ground.holds if hold.covers(gist.channel, gist.id)), None)
    if hold is None:
        return None
    reason = REASONS[hold.reason]
    return _finding(
        "held",
        gist,
        f"undantagen från gallring ({hold.id}: {reason.sv})",
        f"held ({hold.id}: {reason.en})",
    )


def harvested_lately(gist: Gist, _classed: Classed, ground: Ground) -> Finding | None:
    """The channel was harvested within 24 hours, so that a new comment or edit is known."""
    if ground.fresh:
        return None
    return _finding(
        "not-harvested",
        gist,
        "kanalen är inte skördad det senaste dygnet; skörda den först",
        "the channel was not harvested within 24 hours; harvest it first",
    )


def numbers_recorded(gist: Gist, _classed: Classed, ground: Ground) -> Finding | None:
    """The thread's numbers are kept, so that culling its words harms no statistics."""
    counted, began = ground.counted, gist.began
    if began is None:
        known = counted.last is not None and gist.seen <= counted.last
    else:
        known = (not gist.own and counted.of_others(began)) or counted.of_own(gist.id)
    if known:
        return None
    return _finding(
        "no-numbers",
        gist,
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


def _finding(code: str, gist: Gist, sv: str, en: str) -> Finding:
    where = f"{gist.channel}/{gist.day}"
    return Finding(code=code, level=Level.HINT, text=Text(sv, en), where=where)
