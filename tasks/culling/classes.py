"""Which class a thread is of, and what made it so: a person, a rule of the decision, the default.

A person's word goes before the rules, a rule before the default. Where several rules fit, the
longest retention wins: keep before restrict and file, those before any days, more days before
fewer. Transient unless something says otherwise (notes: law and practice).
"""

import datetime as dt
from typing import Final, NamedTuple

from tasks.culling.decision import Action, Decision, RecordClass, Role
from tasks.culling.tags import Circumstances, head_of, tagged
from tasks.model import Judged, JudgedPost, Text
from tasks.office_time import at_local, local_date
from tasks.threads import last_activity

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


def class_of(
    thread: Judged[JudgedPost], decision: Decision, circumstances: Circumstances
) -> Classed:
    """The thread's class, and why; a whole ``Thread`` where the decision's rules read words."""
    if thread.record_class:
        known = decision.class_of(thread.record_class)
        return Classed(record_class=known, why=PERSON if known else "")
    found = [each for each in decision.scoped if _fits(each, thread, decision, circumstances)]
    if found:
        found.sort(key=_retention, reverse=True)  # stable: of equals the first in the file
        return Classed(record_class=found[0], why=RULE, fitting=tuple(each.id for each in found))
    default = decision.default
    return Classed(record_class=default, why=DEFAULT if default else "")


def action_of(thread: Judged[JudgedPost], record_class: RecordClass) -> Action:
    """What is to happen: what is registered in the diary goes on to what its class says then."""
    if record_class.action == "file" and thread.filed:
        return record_class.then
    return record_class.action


def due_day(thread: Judged[JudgedPost], record_class: RecordClass) -> dt.date:
    """The Stockholm date from whose first moment the thread may go."""
    return clock_day(thread, record_class) + dt.timedelta(days=record_class.days + 1)


def due_of(thread: Judged[JudgedPost], record_class: RecordClass) -> dt.datetime:
    """From when the thread may go."""
    return at_local(due_day(thread, record_class))


def latest_of(thread: Judged[JudgedPost], record_class: RecordClass) -> dt.datetime:
    """From when a thread that is still there is a finding of the audit."""
    kept = dt.timedelta(days=record_class.latest_days + 1)
    return at_local(clock_day(thread, record_class) + kept)


def roles_of(thread: Judged[JudgedPost], decision: Decision) -> frozenset[Role]:
    """In which role its author wrote: a leading official's own post is the body's own too."""
    first = head_of(thread) or thread.posts[0]
    if not first.own:
        return _OTHER
    return _OFFICIAL if thread.channel in decision.officials else _OWN


def clock_day(thread: Judged[JudgedPost], record_class: RecordClass) -> dt.date:
    """The Stockholm date from which the class's days are counted."""
    start = last_activity(thread)
    if record_class.clock == "answer":
        start = max([start, *(post.outcome_at for post in thread.posts if post.outcome_at)])
    return local_date(start)


def _retention(record_class: RecordClass) -> tuple[int, int, int]:
    return _STRENGTH[record_class.action], record_class.days, record_class.latest_days


def _fits(
    record_class: RecordClass,
    thread: Judged[JudgedPost],
    decision: Decision,
    circumstances: Circumstances,
) -> bool:
    """Whether everything that the scope names fits; what costs most is asked last."""
    channel = thread.channel
    return (
        (not record_class.channels or channel in record_class.channels)
        and (not record_class.units or circumstances.units.get(channel) in record_class.units)
        and (
            not record_class.platforms
            or circumstances.platforms.get(channel) in record_class.platforms
        )
        and (
            not record_class.authors
            or not roles_of(thread, decision).isdisjoint(record_class.authors)
        )
        and (not record_class.tags or _any_tag(record_class, thread, circumstances))
    )


def _any_tag(
    record_class: RecordClass, thread: Judged[JudgedPost], circumstances: Circumstances
) -> bool:
    for tag in record_class.tags:  # noqa: SIM110 - a generator costs as much as what it asks
        if tagged(thread, tag, circumstances):
            return True
    return False
