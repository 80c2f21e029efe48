"""Threads judged as culling judges them: by their gists, and read where a rule asks for more."""

from tasks.culling.classes import Classed, Classes
from tasks.culling.decision import Decision
from tasks.culling.ground import Ground
from tasks.culling.guards import judge
from tasks.culling.tags import Circumstances
from tasks.gists import gist_of
from tasks.model import Thread, Verdict


def judged(thread: Thread, ground: Ground) -> Verdict:
    gist = gist_of(thread)
    return judge(gist, ground.classed(gist, lambda _: thread), ground)


def codes(thread: Thread, ground: Ground) -> list[str]:
    """What stops it."""
    return [finding.code for finding in judged(thread, ground).findings]


def class_of(thread: Thread, decision: Decision, known: Circumstances) -> Classed:
    classes = Classes(decision=decision, circumstances=known, channel=thread.channel)
    return classes.of(gist_of(thread), lambda _: thread)
