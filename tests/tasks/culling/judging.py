"""Threads judged as culling judges them: by their gists, and read where a rule asks for more."""

import datetime as dt

from tasks.culling.classes import Classed, Classes, due_of
from tasks.culling.decision import Decision, RecordClass
from tasks.culling.ground import Ground
from tasks.culling.guards import judge
from tasks.culling.tags import Circumstances
from tasks.gists import gist_of
from tasks.model import Thread, Verdict
from tasks.threads import RETENTION_DAYS


def judged(thread: Thread, ground: Ground) -> Verdict:
    gist = gist_of(thread)
    return judge(gist, ground.classed(gist, lambda _: thread), ground)


def codes(thread: Thread, ground: Ground) -> list[str]:
    """What stops it."""
    return [finding.code for finding in judged(thread, ground).findings]


def due(thread: Thread, days: int = RETENTION_DAYS) -> dt.datetime:
    """From when it may go where a class keeps it so many days."""
    kept = RecordClass(
        id="x", name="x", basis="x", action="cull", days=days, latest_days=max(days, 30)
    )
    return due_of(gist_of(thread), kept)


def class_of(thread: Thread, decision: Decision, known: Circumstances) -> Classed:
    classes = Classes(decision=decision, circumstances=known, channel=thread.channel)
    return classes.of(gist_of(thread), lambda _: thread)
