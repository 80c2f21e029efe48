"""Sixteen processes commit to one archive: every commit exactly once, and none waits for long."""

import collections
import datetime as dt
import sys
from pathlib import Path

import pytest

from archive_store import Archive, archive_at
from archive_store.fixity import verify_at
from archive_store.places import bucket_at
from archive_store.records import Locks
from tests.real.ceph.server import Ceph
from tests.real.ceph.writers import Acknowledged, Figures, Writers, words_of

pytestmark = [pytest.mark.real, pytest.mark.timeout(300)]

MANY = 16
LONGEST = 2.0  # seconds, at the 95th percentile
TOGETHER = 160  # commits of all writers


def compared(
    place: str, environment: dict[str, str], store: str, locks: Locks | None = None
) -> list[Figures]:
    """One, four and sixteen writers, one after the other, on an archive each."""
    found = []
    for writers in (1, 4, MANY):
        location = f"{place}/{writers}"
        Archive.create(bucket_at(location), now=dt.datetime.now(dt.UTC), locks=locks)
        with Writers(
            location, writers=writers, each=TOGETHER // writers, environment=environment
        ) as running:
            pass
        found.append(Figures.of(running.everything))
        sys.stdout.write(f"\n{store}: {found[-1]}")
        assert_each_once(location, running.everything)
        assert verify_at(location).findings == ()
    sys.stdout.write("\n")
    return found


def assert_each_once(location: str, everything: list[Acknowledged]) -> None:
    """What was acknowledged is in the journal, once, and nothing else has come."""
    archive = archive_at(location)
    assert len(everything) == TOGETHER
    noted = list(archive.entries(event="note"))
    told = {each.seq: each.sha256 for each in everything}
    assert {entry.seq: entry.sha256 for entry in noted} == told
    assert len(told) == TOGETHER
    onces = collections.Counter(entry.once for entry in noted)
    assert set(onces.values()) == {1}
    for each in everything:
        assert each.errors == []
        for key, sha256 in each.packages.items():
            package = archive.package(key)
            assert package.sha256 == sha256
            assert archive.read(package, "words") == words_of("run", each.writer, each.number)


def test_many_writers_on_a_directory_commit_each_once_and_soon(tmp_path: Path) -> None:
    figures = compared(str(tmp_path), {}, "directory")
    assert figures[-1].p95 <= LONGEST


@pytest.mark.parametrize("locks", [False, True], ids=["plain", "locks"])
def test_many_writers_on_ceph_commit_each_once_and_soon(ceph_on_disk: Ceph, *, locks: bool) -> None:
    bucket = ceph_on_disk.new_bucket(locks=locks)
    store = "Ceph, all locked" if locks else "Ceph"
    kept = Locks() if locks else None
    with ceph_on_disk.reached():
        figures = compared(f"s3://{bucket}", ceph_on_disk.environment(), store, kept)
    assert figures[-1].p95 <= LONGEST
