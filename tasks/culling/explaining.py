"""Says of one thread what would become of it now: class, rule, due date, and guard by guard why."""

import dataclasses as dc
import datetime as dt

from tasks.culling.classes import Classed, action_of, due_of, latest_of
from tasks.culling.decision import Action
from tasks.culling.ground import Ground
from tasks.culling.guards import GUARDS, Guard
from tasks.gists import gist_of
from tasks.model import Finding, Thread


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """What the rules say of a thread.

    Attributes:
        thread: the thread, with its words: for the person at the terminal alone.
        classed: its class, and what made it so.
        action: what is to happen to it, or ``None`` without a class.
        due: from when it may go; latest: from when it is overdue.
        guards: every guard with its finding, ``None`` where it lets the thread through.
    """

    thread: Thread
    classed: Classed
    action: Action | None
    due: dt.datetime | None
    latest: dt.datetime | None
    guards: tuple[tuple[Guard, Finding | None], ...]

    @property
    def goes(self) -> bool:
        """Whether it would be proposed for destruction now."""
        return all(finding is None for _, finding in self.guards)


def explain(thread: Thread, ground: Ground) -> Explanation:
    """Judge a thread and keep every reason."""
    gist = gist_of(thread)
    classed = ground.classed(gist, lambda _: thread)
    known = classed.record_class
    return Explanation(
        thread=thread,
        classed=classed,
        action=None if known is None else action_of(gist, known),
        due=None if known is None else due_of(gist, known),
        latest=None if known is None else latest_of(gist, known),
        guards=tuple((guard, guard.check(gist, classed, ground)) for guard in GUARDS),
    )
