"""A culling killed at each write: never more than the list says, never half, and a rerun ends it.

The archive has one day that loses all its threads and one on which a held thread stays, a thread
that goes with its picture, and one that is kept.
"""

import datetime as dt
import io
import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from archive_store import Archive, archive_at
from archive_store.fixity import verify_at
from tasks.culling import CarriedOut, carry_out, holds, load_decisions, read_certificate
from tasks.culling.certificate import certificates
from tasks.culling.ground import stored_threads
from tasks.culling.lists import waiting
from tasks.harvest.table import to_parquet
from tests.faults.killing import Killed, kill_everywhere
from tests.tasks.culling.world import APPROVER, CHANNEL, EXAMPLES, World

GONE, ALONE, KEPT, HELD = "Ord som går", "Ord på egen dag", "Ord som bevaras", "Ord som stannar"
PICTURES = {GONE: "http://127.0.0.1/1.png", KEPT: "http://127.0.0.1/2.png"}
NOW = dt.datetime(2025, 12, 12, 9, tzinfo=dt.UTC)
LIST = "2025-12-12-kommunstyrelsen-1"
WORK = "tests.tasks.culling.test_killed:work"

# What these load when first used, each of the killed children would load anew.
load_decisions(EXAMPLES)
pq.read_table(io.BytesIO(to_parquet([])))


def work(location: str) -> CarriedOut:
    archive = archive_at(location)
    decision = load_decisions(EXAMPLES)["kommunstyrelsen"]
    return carry_out(archive, decision, LIST, now=NOW, run="test", software="Kanalarkiv 0")


def prepared(folder: Path) -> World:
    world = World(folder)
    ids = {
        text: world.post(text, pictures=tuple(PICTURES[text] for _ in range(text in PICTURES)))
        for text in (GONE, KEPT, HELD)
    }
    world.harvest()
    world.later(1)
    world.post(ALONE)
    world.harvest()
    world.now = NOW
    world.harvest()
    ref = world.propose()
    assert ref.list_id == LIST
    assert ref.rows == 4
    world.approve(LIST, keep={2: "unique"})
    holds.add(
        world.archive,
        channel=CHANNEL,
        thread=ids[HELD],
        reason="request",
        by=APPROVER,
        now=NOW,
        review=dt.date(2026, 6, 1),
    )
    return world


def lives(archive: Archive) -> set[str]:
    return {each.thread.posts[0].words.text for each in stored_threads(archive, CHANNEL)}


def traces(location: Path, *needles: bytes) -> list[Path]:
    """Files of any kind below the archive that hold one of these."""
    files = [path for path in location.rglob("*") if path.is_file()]
    return [path for path in files if any(needle in path.read_bytes() for needle in needles)]


def is_complete(death: Killed, world: World) -> None:
    """What must be true when the rerun has ended, whenever the first run died."""
    archive = archive_at(death.location)
    assert lives(archive) == {HELD}
    pictures = [world.blog.pictures[PICTURES[GONE]]]
    assert traces(death.location, GONE.encode(), ALONE.encode(), *pictures) == []
    (kept,) = archive.packages("kept/")
    assert (
        KEPT
        in json.loads(archive.read(kept, "thread.json"))["posts"][0]["versions"][0]["words"]["text"]
    )
    assert archive.read(kept, "media/0002.png") == world.blog.pictures[PICTURES[KEPT]]
    (issued,) = certificates(archive)
    certificate = read_certificate(archive, issued.labels["number"])
    before = {row.thread.posts[0].words.text: row for row in stored_threads(world.archive, CHANNEL)}
    digests = [before[text].sha256 for text in (GONE, ALONE)]
    assert [part.sha256 for part in certificate.culled] == digests
    assert certificate.size == sum(before[text].size for text in (GONE, ALONE))
    assert [(part.kept, part.stopped) for part in certificate.excepted] == [
        ("unique", ()),
        ("", ("held",)),
    ]
    assert waiting(archive) == []
    assert archive.packages("lists/") == []
    assert not verify_at(death.location).findings, death


@pytest.mark.timeout(170)
def test_a_culling_killed_at_any_write_is_whole_or_nothing_and_a_rerun_completes_it(
    tmp_path: Path,
) -> None:
    world = prepared(tmp_path / "prepared")

    steps, killed = kill_everywhere(WORK, tmp_path / "prepared", tmp_path / "killed")

    # three leases and their release; the day that stays (2 files), the kept thread (3), tombstones
    # (2), the intent (2), journal; two old days (5 files); certificate (2), journal, papers (6)
    assert len(steps) >= 30, steps
    entries = [at for at, step in enumerate(steps, 1) if "create journal/" in step]
    assert len(entries) == 2
    for death in killed:
        opened = archive_at(death.location)
        intended = (death.at, death.when != "before") >= (entries[0], True)
        ended = (death.at, death.when != "before") >= (entries[1], True)
        assert lives(opened) == ({HELD} if intended else {GONE, ALONE, KEPT, HELD}), death
        assert len(certificates(opened)) == ended, death
        if intended:
            assert traces(death.location, GONE.encode(), ALONE.encode()) == [], death
        done = work(str(death.location))
        assert done.again is ended, death
        assert (done.culled, done.kept, done.skipped) == (2, 1, 1), death
        is_complete(death, world)
