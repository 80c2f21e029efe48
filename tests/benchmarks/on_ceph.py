"""An archive on a real Ceph against those who copy to it fast: rclone and s5cmd, in one run.

The bytes lie in files, as the peers want them; all read them from there within the time. Each
turn goes to a place of its own. Ours is a whole commit: manifest, journal entry, and SHA-256 in
each put, which Ceph compares with what came; the ETag is compared here. docs/benchmarks.md.
"""

import concurrent.futures
import contextlib
import dataclasses as dc
import datetime as dt
import itertools
import mmap
import os
import resource
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final

from archive_store import Archive, Commit, Draft, Locks
from archive_store.journal import entry_key
from archive_store.places import bucket_at
from tests.benchmarks import journals
from tests.benchmarks.rows import Row, most_memory
from tests.benchmarks.storing import LARGE, SMALL, make_bodies, some
from tests.real.ceph import server
from tests.real.ceph.server import Ceph

NOW: Final = dt.datetime(2025, 12, 15, 2, tzinfo=dt.UTC)
COMMITS: Final = 100_000
SIDE_BY_SIDE: Final = 8  # for all: our writers, rclone's transfers, s5cmd's workers
RCLONE, CHECKED, S5CMD = "rclone copy", "rclone copy + rclone check --download", "s5cmd cp"

Work = Callable[[], object]


class Folder(Mapping[str, memoryview]):
    """The files of a folder, each mapped into memory when it is asked for."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._names = sorted(each.name for each in path.iterdir())

    def __getitem__(self, name: str) -> memoryview:
        with (self._path / name).open("rb") as file:
            return memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


@dc.dataclass(slots=True)
class Side:
    """One of those who race, and how long its turns took.

    Attributes:
        prepare: makes a turn, which is timed.
        seconds: of each turn.
        processor: seconds of processor time of each, its children's included.
    """

    prepare: Callable[[], Work]
    seconds: list[float] = dc.field(default_factory=list)
    processor: list[float] = dc.field(default_factory=list)

    def run(self) -> None:
        """One turn."""
        work = self.prepare()
        before, began = _processor(), time.perf_counter()
        work()
        self.seconds.append(time.perf_counter() - began)
        self.processor.append(_processor() - before)


def small_objects(folder: Path, *, scale: float, rounds: int) -> list[Row]:
    """One commit of 2 000 objects of 200 KB."""
    return _both(folder, count=some(2_000, scale), size=SMALL, rounds=rounds)


def large_objects(folder: Path, *, scale: float, rounds: int) -> list[Row]:
    """One commit of 20 objects of 50 MB; at a scale below a twentieth of smaller ones."""
    size = min(LARGE, round(20 * LARGE * scale))
    return _both(folder, count=some(20, scale), size=size, rounds=rounds)


def opening(folder: Path, *, scale: float, rounds: int) -> list[Row]:
    """Open, commit and list at 100 000 commits."""
    if not _there():
        return []
    commits = max(journals.BEHIND * 2, round(COMMITS * scale))
    living = journals.lengthen(folder / "archive", to=commits)
    with _ceph(folder) as store:
        bucket = store.new_bucket()
        _run([*_s5cmd(store), "cp", f"{folder / 'archive'}/*", f"s3://{bucket}/"])
        place = bucket_at(f"s3://{bucket}")
        began = time.perf_counter()
        with concurrent.futures.ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
            for _ in pool.map(lambda seq: place.get(entry_key(seq)), range(1, commits + 1)):
                pass
        return [
            journals.timed(
                f"open + commit + list at {commits} commits ({living} living), on Ceph",
                lambda: bucket_at(f"s3://{bucket}"),
                living=living,
                rounds=rounds,
                peer=(time.perf_counter() - began, "getting all entries on eight threads"),
            )
        ]


def _both(folder: Path, *, count: int, size: int, rounds: int) -> list[Row]:
    if not _there():
        return []
    source = folder / "source"
    source.mkdir()
    for number, body in enumerate(make_bodies([size] * count)):
        (source / f"{number:06}.bin").write_bytes(body)
    rows = []
    for locks in (False, True):
        for read_back in ("sample", "all"):
            # Ceph gives room back hours later: each race has a disk of its own.
            with _ceph(folder) as store:
                race = _Race(store, source, locks=locks)
                rows += race.rows(read_back, count=count, size=size, rounds=rounds)
    shutil.rmtree(source)
    return rows


class _Race:
    """The same files to the same kind of bucket, by us and by others."""

    def __init__(self, store: Ceph, source: Path, *, locks: bool) -> None:
        self._store = store
        self._source = source
        self._locks = Locks() if locks else None
        self._bucket = store.new_bucket(locks=locks)
        self._places = (f"{number:03}" for number in itertools.count())

    def rows(self, read_back: str, *, count: int, size: int, rounds: int) -> list[Row]:
        """What this race tells; ``read_back`` is ours, and decides against whom."""
        peers = {
            "sample": {RCLONE: (self._rclone, 1.0), S5CMD: (self._s5cmd, None)},
            "all": {CHECKED: (self._rclone_checked, 1.0)},
        }[read_back]
        ours = Side(lambda: self._ours(read_back))
        sides = {name: Side(prepare) for name, (prepare, _) in peers.items()}
        memory = most_memory(self._ours(read_back)) / 1e6
        for number in range(rounds):
            turns = [ours, *sides.values()]
            for side in turns if number % 2 == 0 else reversed(turns):
                side.run()
        kind = "with versions and locks" if self._locks else "without versions"
        how = {
            "sample": "SHA-256 and ETag compared",
            "all": "every byte read back and hashed again",
        }[read_back]
        found = []
        for name, (_, target) in peers.items():
            mine, theirs = (statistics.median(side.seconds) for side in (ours, sides[name]))
            costs = [statistics.median(s.processor) / count * 1e3 for s in (ours, sides[name])]
            found.append(
                Row(
                    name=f"one commit of {count} × {size / 1e6:g} MB to Ceph {kind}, {how} "
                    f"({costs[0]:.1f} ms of processor time an object; theirs {costs[1]:.1f})",
                    ours=round(count * size / mine / 1e6, 1),
                    peer=round(count * size / theirs / 1e6, 1),
                    peer_name=name,
                    unit="MB/s",
                    ratio=round(theirs / mine, 3),
                    target=target,
                    ok=target is None or theirs / mine >= target,
                    memory_mb=round(memory, 1),
                )
            )
        return found

    def _ours(self, read_back: str) -> Work:
        bucket = bucket_at(f"s3://{self._bucket}/{next(self._places)}?read_back={read_back}")
        archive = Archive.create(bucket, now=NOW, locks=self._locks)

        def work() -> None:
            draft = Draft(base="snapshots/info/blogg/2025", files=Folder(self._source), folder=True)
            archive.commit(Commit(event="bench", now=NOW, actor="bench", drafts=(draft,)))

        return work

    def _rclone(self) -> Work:
        target = f":s3:{self._bucket}/{next(self._places)}"
        return lambda: _run([*_rclone(self._store), "copy", str(self._source), target])

    def _rclone_checked(self) -> Work:
        target = f":s3:{self._bucket}/{next(self._places)}"

        def work() -> None:
            _run([*_rclone(self._store), "copy", str(self._source), target])
            _run([*_rclone(self._store), "check", "--download", str(self._source), target])

        return work

    def _s5cmd(self) -> Work:
        target = f"s3://{self._bucket}/{next(self._places)}/"
        return lambda: _run([*_s5cmd(self._store), "cp", f"{self._source}/*", target])


def _rclone(store: Ceph) -> list[str]:
    threads = str(SIDE_BY_SIDE)
    return [
        *(_beside_python("rclone"), "--config", os.devnull, "--quiet"),
        *("--transfers", threads, "--checkers", threads),
        *("--s3-provider", "Ceph", "--s3-env-auth", "--s3-endpoint", store.url),
    ]


def _s5cmd(store: Ceph) -> list[str]:
    return [
        *(_beside_python("s5cmd"), "--log", "error", "--endpoint-url", store.url),
        *("--numworkers", str(SIDE_BY_SIDE)),
    ]


def _beside_python(name: str) -> str:
    return str(Path(sys.executable).with_name(name))


def _run(command: list[str]) -> None:
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def _processor() -> float:
    """Seconds of processor time that this process and its ended children have taken."""
    who = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return sum(u.ru_utime + u.ru_stime for u in map(resource.getrusage, who))


def _there() -> bool:
    lacking = server.missing()
    if lacking:
        sys.stdout.write(f"no Ceph here (tests/real/install.sh): {', '.join(lacking)}\n")
    return not lacking


@contextlib.contextmanager
def _ceph(folder: Path) -> Iterator[Ceph]:
    place = folder / "ceph"
    place.mkdir()
    with server.ceph(place, disk=True) as store, store.reached():
        yield store
    shutil.rmtree(place)
