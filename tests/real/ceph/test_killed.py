"""The store and its writers are killed in the middle: what was acknowledged is there for ever.

Four processes write. Three times the gateway and the disk get SIGKILL together, come back, and the
writers go on by themselves; then one of them gets SIGKILL too.
"""

import collections
import datetime as dt
import os
import signal
import sys
import time

import pytest

from archive_store import Archive, archive_at
from archive_store.fixity import verify_at
from archive_store.places import bucket_at
from archive_store.records import Locks
from tests.real.ceph.server import Ceph
from tests.real.ceph.writers import Acknowledged, Writers, words_of

pytestmark = [pytest.mark.real, pytest.mark.timeout(300)]

ROUNDS = ("first", "second", "third")
LOCKS = Locks(first=dt.timedelta(hours=1), long=dt.timedelta(hours=1))
LEFTOVERS = {"uncommitted"}  # of the killed writer, which nothing names


def written_through_kills(store: Ceph, location: str, name: str) -> list[Acknowledged]:
    """All that was acknowledged in one round."""
    with Writers(location, writers=4, environment=store.environment(), name=name) as running:
        before = list(running.acknowledged(40))
        killed = time.monotonic()
        store.kill_hard()
        store.restart()
        restarted = time.monotonic()
        while all(each.at < restarted for each in running.acknowledged(1)):
            continue
        after = list(running.acknowledged(20))
        os.kill(running.pids[0], signal.SIGKILL)
        last = list(running.acknowledged(40))
    assert {each.writer for each in before} == {0, 1, 2, 3}
    assert {each.writer for each in last[-10:]} <= {1, 2, 3}
    assert (len(before), len(after), len(last)) == (40, 20, 40)
    caught = [a for a in running.everything if a.at - a.waited < killed and a.at > restarted]
    assert caught, "nobody was in the middle of a commit"
    return running.everything


def assert_kept(location: str, name: str, everything: list[Acknowledged]) -> None:
    """Opened anew: each acknowledged commit resolves and hashes right, and is there once."""
    archive = archive_at(location)  # refuses a chain that is broken
    entries = {entry.seq: entry for entry in archive.entries()}
    assert sorted(entries) == list(range(1, archive.last.seq + 1))
    onces = collections.Counter(entry.once for entry in entries.values() if entry.once)
    assert set(onces.values()) == {1}
    for each in everything:
        assert entries[each.seq].sha256 == each.sha256
        assert entries[each.seq].once == f"note:{name}:{each.writer}:{each.number}"
        for key, sha256 in each.packages.items():
            package = archive.package(key)
            assert (package.sha256, package.seq) == (sha256, each.seq)
            assert archive.read(package, "words") == words_of(name, each.writer, each.number)


def test_what_was_acknowledged_outlives_every_kill(ceph_on_disk: Ceph) -> None:
    location = f"s3://{ceph_on_disk.new_bucket(locks=True)}/archive"
    with ceph_on_disk.reached():
        Archive.create(bucket_at(location), now=dt.datetime.now(dt.UTC), locks=LOCKS)
        rounds = {}
        for name in ROUNDS:
            rounds[name] = written_through_kills(ceph_on_disk, location, name)
            for earlier, everything in rounds.items():
                assert_kept(location, earlier, everything)
            report(name, rounds[name])
        assert {finding.code for finding in verify_at(location).findings} <= LEFTOVERS
        archive = archive_at(location)
        archive.sweep("posts/")
        assert verify_at(location).findings == ()


def report(name: str, everything: list[Acknowledged]) -> None:
    errors = collections.Counter(code for each in everything for code in each.errors)
    longest = max(each.waited for each in everything)
    sys.stdout.write(
        f"\n{name} round: {len(everything)} acknowledged, the longest after {longest:.1f} s, "
        f"errors {dict(errors)}\n"
    )
