"""Writers that commit to one archive side by side, each in a process of its own.

    with Writers(location, writers=4, environment=store.environment()) as running:
        for said in running.acknowledged(100): ...      # in the order in which they were told
        os.kill(running.pids[2], signal.SIGKILL)        # or the store itself
    everything = running.everything

An interpreter of its own imports once and forks, as importing is what takes time. A writer tells
of a commit when ``Archive.commit`` has returned, as one line in a pipe: what has been read here
has been acknowledged. Every commit has a once-key, so that a writer may ask for it again after an
error, as the flows do.
"""

import contextlib
import dataclasses as dc
import datetime as dt
import json
import multiprocessing
import os
import select
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, Self

from archive_store import Archive, Commit, Draft
from archive_store.errors import ArchiveError
from archive_store.keys import JOURNAL
from archive_store.places import bucket_at
from tests.support.passing import Passing

ROOT: Final = Path(__file__).parent.parent.parent.parent
PATIENCE: Final = 60.0  # seconds for a line to come
_BEFORE_NEXT: Final = 0.2  # seconds after an error


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledged:
    """A commit that a writer was told is made.

    Attributes:
        writer: whose, and ``number`` which of that writer's.
        seq: the entry's number, and ``sha256`` its digest.
        packages: digest of each package's manifest by key.
        waited: seconds that it took, and ``at`` when it was done, by a clock all writers share.
        tries: how often an entry was put for it.
        errors: codes of what went wrong before.
    """

    writer: int
    number: int
    seq: int
    sha256: str
    packages: dict[str, str]
    waited: float
    at: float
    tries: int
    errors: list[str]


class Counting(Passing):
    """Counts the entries that are put."""

    puts = 0

    def create(self, key: str, data: bytes, **how: Any) -> None:
        if key.startswith(JOURNAL):
            self.puts += 1
        super().create(key, data, **how)


class Writers:
    """See the module.

    Args:
        location: of an archive that exists.
        writers: how many.
        each: commits of each; without, they go on until the block ends.
        name: told apart from earlier writers on the same archive.
        environment: what tells them of the store.

    Attributes:
        pids: of the writers, by number.
        everything: all that was acknowledged, complete when the block has ended.
    """

    def __init__(
        self,
        location: str,
        *,
        writers: int,
        environment: Mapping[str, str],
        each: int = 0,
        name: str = "run",
    ) -> None:
        self.pids: dict[int, int] = {}
        self.everything: list[Acknowledged] = []
        self._writers = writers
        self._order = {"location": location, "writers": writers, "each": each, "name": name}
        self._environment = {**os.environ, **environment}
        self._buffer = b""

    def __enter__(self) -> Self:
        self._child = subprocess.Popen(
            [
                "setpriv",
                "--pdeathsig",
                "TERM",
                sys.executable,
                "-m",
                __name__,
                json.dumps(self._order),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=ROOT,
            env=self._environment,
        )
        while len(self.pids) < self._writers:
            told = self._line()
            assert told is not None, "a writer did not begin"
            self.pids[told["writer"]] = told["pid"]
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        """Let them end what they are at; after an error, end them."""
        assert self._child.stdin is not None
        assert self._child.stdout is not None
        self._child.stdin.close()
        try:
            if kind is None:
                for _said in self.acknowledged(sys.maxsize):
                    continue
        finally:
            if self._child.poll() is None:
                self._child.terminate()
            self._child.wait(timeout=PATIENCE)
            self._child.stdout.close()

    def acknowledged(self, count: int) -> Iterator[Acknowledged]:
        """The next so many, or fewer where there are no more."""
        for _ in range(count):
            told = self._line()
            if told is None:
                return
            said = Acknowledged(**told)
            self.everything.append(said)
            yield said

    def _line(self) -> dict[str, Any] | None:
        assert self._child.stdout is not None
        while b"\n" not in self._buffer:
            readable, _, _ = select.select([self._child.stdout], [], [], PATIENCE)
            assert readable, "no writer said anything for a long time"
            read = os.read(self._child.stdout.fileno(), 65536)
            if not read:
                return None
            self._buffer += read
        line, _, self._buffer = self._buffer.partition(b"\n")
        told: dict[str, Any] = json.loads(line)
        return told


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """How it went: commits a second, tries a commit, seconds waited."""

    writers: int
    rate: float
    tries: float
    p50: float
    p95: float
    longest: float

    @classmethod
    def of(cls, everything: list[Acknowledged]) -> Self:
        waited = sorted(each.waited for each in everything)
        began = min(each.at - each.waited for each in everything)
        ended = max(each.at for each in everything)
        hundredths = statistics.quantiles(waited, n=100)
        return cls(
            writers=len({each.writer for each in everything}),
            rate=len(everything) / (ended - began),
            tries=sum(each.tries for each in everything) / len(everything),
            p50=hundredths[49],
            p95=hundredths[94],
            longest=waited[-1],
        )

    def __str__(self) -> str:
        return (
            f"{self.writers:2} writers: {self.rate:6.1f} commits/s, {self.tries:4.2f} tries a "
            f"commit, waited p50 {self.p50:.3f} s, p95 {self.p95:.3f} s, max {self.longest:.3f} s"
        )


def _end(pid: int | None) -> None:
    if pid is not None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def _main() -> None:
    order = json.loads(sys.argv[1])
    context = multiprocessing.get_context("fork")
    together = context.Barrier(order["writers"])
    children = [
        context.Process(target=_write, args=(number, order, together))
        for number in range(order["writers"])
    ]

    def end_all(*_: object) -> None:
        for child in children:
            _end(child.pid)

    signal.signal(signal.SIGTERM, end_all)
    for child in children:
        child.start()
    for child in children:
        child.join()


def _write(writer: int, order: dict[str, Any], together: Any) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    bucket = Counting(bucket_at(order["location"]))
    archive = Archive.open(bucket)
    _tell({"writer": writer, "pid": os.getpid()})
    together.wait()
    number = 0
    while not _done(number, order["each"]):
        number += 1
        acknowledged = _committed(archive, bucket, _note(order["name"], writer, number))
        _tell({"writer": writer, "number": number} | acknowledged)


def _note(name: str, writer: int, number: int) -> Commit:
    draft = Draft(
        base=f"posts/{name}/{writer}/{number}",
        files={"words": words_of(name, writer, number)},
        folder=True,
    )
    return Commit(
        event="note",
        now=dt.datetime.now(dt.UTC),
        actor="writer",
        once=f"note:{name}:{writer}:{number}",
        drafts=(draft,),
    )


def words_of(name: str, writer: int, number: int) -> bytes:
    """What a writer puts into its package of that number."""
    return f"{name}:{writer}:{number}\n".encode() * 100


def _committed(archive: Archive, bucket: Counting, change: Commit) -> dict[str, Any]:
    """Commit one package, asking again after each error, as the flows do when run again."""
    before, began, errors = bucket.puts, time.monotonic(), []
    while True:
        try:
            entry = archive.commit(change)
        except ArchiveError as error:
            errors.append(error.code)
            if time.monotonic() - began > PATIENCE:
                raise
            time.sleep(_BEFORE_NEXT)
            continue
        break
    ended = time.monotonic()
    return {
        "seq": entry.seq,
        "sha256": entry.sha256,
        "packages": {package.key: package.sha256 for package in entry.added},
        "waited": ended - began,
        "at": ended,
        "tries": bucket.puts - before,
        "errors": errors,
    }


def _done(number: int, each: int) -> bool:
    if each:
        return number >= each
    readable, _, _ = select.select([0], [], [], 0)
    return bool(readable)  # closed: nobody writes to it


def _tell(said: dict[str, Any]) -> None:
    line = json.dumps(said).encode() + b"\n"
    assert len(line) <= select.PIPE_BUF, "only so much is written as one"
    os.write(1, line)


if __name__ == "__main__":
    _main()
