"""The archive on a directory against what a careful person would do without it.

The bytes are random, so that no file system compresses them away, and lie in memory before either
begins. Everything read has just been written: these are figures of the page cache, not of the disk.
"""

import concurrent.futures
import datetime as dt
import hashlib
import itertools
import os
import random
from collections.abc import Callable, Sequence
from pathlib import Path

from archive_store import Archive, Commit, Directory, Draft
from archive_store.fixity import verify
from tests.benchmarks.rows import Row, race, rate_row

NOW = dt.datetime(2025, 12, 15, 2, tzinfo=dt.UTC)
BASE = "posts/blogg/2025-12-14/1"
SMALL, LARGE = 200_000, 50_000_000


def small_objects(folder: Path, *, scale: float, rounds: int) -> list[Row]:
    """One commit of 2 000 objects of 200 KB."""
    return [_commit(folder, count=some(2_000, scale), size=SMALL, rounds=rounds)]


def large_objects(folder: Path, *, scale: float, rounds: int) -> list[Row]:
    """One commit of 20 objects of 50 MB; at a scale below a twentieth of smaller ones."""
    size = min(LARGE, round(20 * LARGE * scale))
    return [_commit(folder, count=some(20, scale), size=size, rounds=rounds)]


def reading(folder: Path, *, scale: float, rounds: int) -> list[Row]:
    """``verify`` of small and large objects together."""
    sizes = [SMALL] * some(1_000, scale) + [5_000_000] * some(40, scale)
    archive = _filled(folder / "archive", make_bodies(sizes))
    files = sorted((folder / "archive" / BASE).glob("*.bin"))

    def ours() -> None:
        report = verify(archive)
        if not report.ok or report.bytes < sum(sizes):
            raise AssertionError(report)

    def peer() -> None:
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            if len(set(pool.map(_digest, files))) != len(files):
                raise AssertionError(files)

    run = race(lambda: ours, lambda: peer, rounds=rounds)
    return [
        rate_row(
            f"verify {len(sizes)} objects, {sum(sizes) / 1e6:.0f} MB",
            run,
            size=sum(sizes),
            peer_name="hashlib.file_digest on two threads",
            target=0.9,
        )
    ]


def _commit(folder: Path, *, count: int, size: int, rounds: int) -> Row:
    bodies = make_bodies([size] * count)
    # Each turn in a place of its own: blocks just freed are much faster than an archive's new ones.
    places = (folder / f"{number:03}" for number in itertools.count())

    def prepare_ours() -> Callable[[], object]:
        archive = Archive.create(Directory(next(places)), now=NOW)
        return lambda: archive.commit(_change(bodies))

    def prepare_peer() -> Callable[[], object]:
        place = next(places)
        place.mkdir()
        return lambda: _copy(bodies, place)

    return rate_row(
        f"one commit of {count} × {size / 1e6:g} MB",
        race(prepare_ours, prepare_peer, rounds=rounds),
        size=count * size,
        peer_name="copy + fsync",
        target=0.6,
    )


def _copy(bodies: Sequence[bytes], folder: Path) -> None:
    """Each file synchronised and then their folder: as safe in the end as our commit is."""
    for number, body in enumerate(bodies):
        with (folder / f"{number:06}.bin").open("wb") as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _filled(path: Path, bodies: Sequence[bytes]) -> Archive:
    archive = Archive.create(Directory(path), now=NOW)
    archive.commit(_change(bodies))
    return archive


def _change(bodies: Sequence[bytes]) -> Commit:
    files = {f"{number:06}.bin": body for number, body in enumerate(bodies)}
    draft = Draft(base=BASE, files=files, labels={"kind": "files"}, folder=True)
    return Commit(event="harvest", now=NOW, actor="harvest", drafts=(draft,))


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def make_bodies(sizes: Sequence[int]) -> list[bytes]:
    """Random bytes in these sizes."""
    dice = random.Random(2025)  # noqa: S311 - the same bytes in every run, not a secret
    return [dice.randbytes(size) for size in sizes]


def some(full: int, scale: float) -> int:
    """So many of ``full``, and at least one."""
    return max(1, round(full * scale))
