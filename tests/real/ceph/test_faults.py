"""A harvest and snapshots on a real Ceph of which a fifth of the requests fail."""

import contextlib
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from archive_store import Archive
from archive_store.errors import UnsureError
from archive_store.s3 import S3
from tests.faults.store_scenes import Told, harvested, photographed
from tests.faults.test_store_faults_messages import NOW, assert_once, note
from tests.real.ceph.server import Ceph
from tests.support.fault_proxy import (
    FAILURES,
    RESET_AFTER,
    RESET_BEFORE,
    Dice,
    Fault,
    Request,
    fault_proxy,
    whole,
)

pytestmark = pytest.mark.real


@pytest.mark.parametrize("locks", [False, True], ids=["no versions", "locks"])
@pytest.mark.parametrize("scene", [harvested, photographed])
def test_a_run_on_a_failing_store_leaves_what_a_run_without_faults_does(
    ceph: Ceph, tmp_path: Path, scene: Callable[[str], Told], *, locks: bool
) -> None:
    dice = Dice(seed=20251215)
    with fault_proxy(ceph.url, dice) as proxy, ceph.reached(url=proxy.url):
        left = scene(f"s3://{ceph.new_bucket(locks=locks)}/arkiv")
    assert 0.12 < proxy.failed < 0.28
    assert {fault.name for fault in FAILURES} <= proxy.tally.keys()
    expected = scene(str(tmp_path / "archive"))
    for what, as_told in expected.items():
        assert left[what] == as_told, what
    assert left["findings"] == []
    sys.stdout.write(f"\n{proxy.tally.total()} requests: {dict(proxy.tally)}\n")


@pytest.mark.parametrize(
    ("locks", "first"),
    [(False, RESET_AFTER), (True, RESET_AFTER), (True, None)],
    ids=["answer lost", "answer lost, locks", "answered, but which version counts is not told"],
)
def test_what_an_entry_in_doubt_names_is_not_taken_back(
    ceph: Ceph, first: Fault | None, *, locks: bool
) -> None:
    """The entry is written, and then nothing of the journal can be read for a while."""
    written: list[Request] = []

    def the_journal_is_away(request: Request) -> Fault | None:
        if "journal" not in request.path:
            return None
        if request.method != "PUT":
            return RESET_BEFORE if written else None
        written.append(request)
        return first if len(written) == 1 else RESET_BEFORE

    name = ceph.new_bucket(locks=locks)
    with fault_proxy(ceph.url) as proxy, ceph.reached(url=proxy.url):
        bucket = S3(name, "arkiv", patience=0.5)
        archive = Archive.create(bucket, now=NOW)
        archive.commit(note("before"))
        proxy.judge = the_journal_is_away
        with contextlib.suppress(UnsureError):
            archive.commit(note("doubtful"))
        proxy.judge = whole
        assert len(written) >= 1
        assert_once(bucket, "before", "doubtful")
        assert archive.commit(note("doubtful")).seq == 3
        assert_once(bucket, "before", "doubtful")
        bucket.close()
