"""One Monday's culling, in a process of its own: ``python -m tests.benchmarks.culling_turn``.

Its arguments are the archive's folder, how many channels it has, and for how many days words are
kept; it prints what a ``Turn`` holds, as JSON.
"""

import dataclasses as dc
import json
import re
import sys
import time
from pathlib import Path
from typing import Final

from archive_store import Archive, Directory
from tasks.culling import Decision, approve, carry_out, load_decisions, propose
from tasks.culling.decision import RecordClass
from tests.benchmarks.culling_year import NOW, Year

_DECISIONS: Final = Path(__file__).parents[2] / "examples" / "sjovik" / "decisions"


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One culling.

    Attributes:
        proposed: seconds of opening the archive and proposing.
        carried_out: seconds of approving and carrying out.
        processor: seconds of processor time of all of it.
        memory: most MB at once, Python and its libraries included.
        culled: threads that went; stays: threads that are not due.
    """

    proposed: float
    carried_out: float
    processor: float
    memory: float
    culled: int
    stays: int

    @property
    def seconds(self) -> float:
        """All of it."""
        return self.proposed + self.carried_out


def turn(root: Path, *, channels: int, days: int) -> Turn:
    """Propose, approve and carry out what is due; nothing may be stopped."""
    decision, names = _decision(days), Year(channels=channels).names
    began, worked = time.perf_counter(), time.process_time()
    archive = Archive.open(Directory(root))
    ref = propose(archive, decision, names, by="informationsenheten", now=NOW)
    proposed = time.perf_counter()
    if ref.list_id is None or ref.blocked:
        raise AssertionError(ref)
    approve(archive, decision, ref.list_id, by="arkivarie-1", now=NOW)
    done = carry_out(archive, decision, ref.list_id, now=NOW, run="bench", software="Kanalarkiv")
    ended = time.perf_counter()
    if (done.culled, done.skipped) != (ref.rows, 0):
        raise AssertionError(done)
    return Turn(
        proposed=proposed - began,
        carried_out=ended - proposed,
        processor=time.process_time() - worked,
        memory=_most_memory() / 1e6,
        culled=done.culled,
        stays=ref.not_due,
    )


def _most_memory() -> int:
    """Most bytes that this process had at once, as the kernel kept count of them.

    Not as others are watched: in so short a time a watcher would cost a fifth of what it watches.
    """
    status = Path("/proc/self/status").read_text(encoding="ascii")
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    if found is None:
        raise AssertionError(status)
    return int(found[1]) * 1024


def _decision(days: int) -> Decision:
    """The example's, with another period in its default class."""
    decision = load_decisions(_DECISIONS)["kommunstyrelsen"]

    def changed(each: RecordClass) -> RecordClass:
        return dc.replace(each, days=days, latest_days=days + 23) if each.default else each

    return dc.replace(decision, classes=tuple(map(changed, decision.classes)))


if __name__ == "__main__":
    taken = turn(Path(sys.argv[1]), channels=int(sys.argv[2]), days=int(sys.argv[3]))
    sys.stdout.write(json.dumps(dc.asdict(taken)))
