"""A culling list proposed and approved by runs killed at each step: one list, one approval.

Yesterday's list still waits and is superseded: it, too, is there until the new one is.
"""

import datetime as dt
import io
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from archive_store import archive_at
from tasks.culling import approve, load_decisions, propose
from tasks.culling.lists import read_approval, read_list, waiting
from tasks.harvest.table import to_parquet
from tests.faults.killing import copy_of, kill_everywhere
from tests.faults.reopening import (
    assert_all,
    assert_same_keys,
    entry_of,
    has_done,
    leave_half_written,
    reopened,
    unsynchronised,
)
from tests.tasks.culling.world import APPROVER, CHANNEL, EXAMPLES, PROPOSER, World

WORK = "tests.faults.test_list_killed:propose_and_approve"
NOW = dt.datetime(2025, 12, 12, 9, tzinfo=dt.UTC)
OLD, NEW = "2025-12-11-kommunstyrelsen-1", "2025-12-12-kommunstyrelsen-1"
KEEP = {2: "unique"}

# What these load when first used, each of the killed children would load anew.
load_decisions(EXAMPLES)
pq.read_table(io.BytesIO(to_parquet([])))


@unsynchronised()
def propose_and_approve(location: str) -> None:
    archive = archive_at(location)
    decision = load_decisions(EXAMPLES)["kommunstyrelsen"]
    ref = propose(archive, decision, [CHANNEL], by=PROPOSER, now=NOW)
    assert (ref.list_id, ref.rows) == (NEW, 2)
    approve(archive, decision, NEW, by=APPROVER, keep=KEEP, now=NOW)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two threads, of which the list that waits knows only the one that was due yesterday."""
    path = tmp_path_factory.mktemp("prepared") / "archive"
    world = World(path)
    world.post("Badet öppnar")
    world.harvest()
    world.later(3)
    world.post("Snöröjning pågår")
    world.harvest()
    world.now = NOW - dt.timedelta(days=1)
    world.harvest()
    ref = world.propose()
    assert (ref.list_id, ref.rows) == (OLD, 1)
    world.now = NOW
    world.harvest()
    return path


@pytest.fixture(scope="module")
def whole(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = copy_of(prepared, tmp_path_factory.mktemp("whole") / "archive")
    propose_and_approve(str(path))
    return path


def test_a_list_killed_at_any_step_is_there_or_not_and_a_rerun_completes_it(
    prepared: Path, whole: Path, tmp_path: Path, *, both: bool
) -> None:
    steps, killed = kill_everywhere(WORK, prepared, tmp_path, both=both)
    assert_all(steps, prepared, whole)
    proposed = entry_of(whole, f"cull-list:{NEW}")
    [approved] = [s for s in steps if s.startswith("create journal/") and s != proposed]
    expected = read_list(archive_at(whole), NEW)
    for death in killed:
        archive = reopened(prepared, death)
        assert waiting(archive) == [NEW if has_done(death, proposed) else OLD]
        if has_done(death, proposed):
            assert read_list(archive, NEW).rows == expected.rows
            assert (read_approval(archive, NEW) is not None) is has_done(death, approved)
        else:
            assert len(read_list(archive, OLD).rows) == 1

        leave_half_written(death.location, b"Snow")
        propose_and_approve(str(death.location))
        propose_and_approve(str(death.location))
        archive = archive_at(death.location)
        assert waiting(archive) == [NEW]
        assert read_list(archive, NEW).sha256 == expected.sha256
        approval = read_approval(archive, NEW)
        assert approval is not None
        assert (approval.by, approval.keep, approval.sha256) == (APPROVER, KEEP, expected.sha256)
        assert_same_keys(whole, death.location)
