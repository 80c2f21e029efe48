"""Tombstones tell that something was culled without telling what."""

import datetime as dt
import hashlib
import hmac
import json
from pathlib import Path

import pytest

from archive_store import Archive, Commit, Directory, Draft
from archive_store.errors import DamageError
from tasks import tombstones
from tests.support.marked import gone

NOW = dt.datetime(2025, 12, 22, 5, tzinfo=dt.UTC)
CHANNEL = "kommunbloggen"


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive.create(Directory(tmp_path / "archive"), now=NOW, rehearsal=True)


def cull(archive: Archive, list_id: str, *marks: tuple[str, str], now: dt.datetime = NOW) -> None:
    drafted = tombstones.draft(CHANNEL, list_id, gone(archive, CHANNEL, *marks), now)
    archive.commit(Commit(event="culled", now=now, actor="cull", drafts=(drafted,)))


def harvest(archive: Archive, *seen: tuple[str, str], days: float) -> bool:
    """Whether a sighting so many days later was worth writing; it is committed as harvest does."""
    now = NOW + dt.timedelta(days=days)
    drafted = tombstones.refresh(archive, CHANNEL, [item for item, _ in seen], now)
    if drafted is None:
        return False
    old = tuple(package.key for package in tombstones.packages(archive, CHANNEL))
    archive.commit(Commit(event="harvest", now=now, actor="harvest", drafts=(drafted,), retire=old))
    return True


def test_a_culled_wording_is_known_and_no_other(archive: Archive) -> None:
    cull(archive, "list-1", ("17", "v1"), ("17", "v2"), ("c4", "v1"))
    stones = tombstones.load(archive, CHANNEL)
    assert stones.culled("17", "v1")
    assert stones.culled("17", "v2")
    assert not stones.culled("17", "v3")
    assert not stones.culled("c4", "v2")
    assert not stones.culled("18", "v1")
    assert (stones.list_of("17"), stones.list_of("18")) == ("list-1", None)


def test_marks_are_stored_by_list_and_sighting_and_sorted(archive: Archive) -> None:
    marks = [("17", "v1"), ("17", "v2"), ("c4", "v1"), ("9", "v1")]
    threads = gone(archive, CHANNEL, *marks, began={"17"})
    stored = bytes(tombstones.draft(CHANNEL, "list-1", threads, NOW).files[tombstones.FILE])
    found = json.loads(stored)
    assert found["format"] == "tombstones/2"
    (lot,) = found["graves"]
    assert (lot["list"], lot["seen"]) == ("list-1", "2025-12-22T05:00:00Z")
    assert [*lot["items"]] == sorted(lot["items"])
    assert sorted(len(versions) for versions in lot["items"].values()) == [1, 1, 2]
    (began,) = lot["began"]
    assert len(lot["items"][began]) == 2
    assert lot["items"][began] == sorted(lot["items"][began])


def test_tombstones_of_the_first_format_are_read(archive: Archive) -> None:
    def whole(*said: str) -> str:
        data = "\0".join([CHANNEL, *said]).encode()
        return hmac.new(archive.secret(), data, hashlib.sha256).hexdigest()

    item = {"list": "list-1", "seen": "2025-12-22T05:00:00Z", "versions": [whole("17", "v1")]}
    stored = {"format": "tombstones/1", "items": {whole("17"): {**item, "began": True}}}
    draft = Draft(
        base=f"tombstones/{CHANNEL}/list-1",
        files={tombstones.FILE: json.dumps(stored, indent=1).encode()},
        labels={"kind": "tombstones", "channel": CHANNEL, "list": "list-1"},
    )
    archive.commit(Commit(event="culled", now=NOW, actor="cull", drafts=(draft,)))
    stones = tombstones.load(archive, CHANNEL)
    assert stones.culled("17", "v1")
    assert not stones.culled("17", "v2")
    assert stones.list_of("17") == "list-1"
    assert [grave.began for grave in stones.graves.values()] == [True]
    assert harvest(archive, ("17", "v3"), days=7)
    assert tombstones.load(archive, CHANNEL).culled("17", "v1")


def test_another_channel_knows_nothing_of_it(archive: Archive) -> None:
    cull(archive, "list-1", ("17", "v1"))
    other = tombstones.load(archive, "biblioteksbloggen")
    assert not other.culled("17", "v1")
    assert other.list_of("17") is None


def test_ids_and_versions_cannot_be_mistaken_for_each_other(archive: Archive) -> None:
    cull(archive, "list-1", ("1", "7v"))
    stones = tombstones.load(archive, CHANNEL)
    assert not stones.culled("17", "v")
    assert not stones.culled("1", "7")


def test_a_later_list_adds_to_an_earlier_one(archive: Archive) -> None:
    cull(archive, "list-1", ("17", "v1"))
    cull(archive, "list-2", ("17", "v2"), now=NOW + dt.timedelta(days=10))
    stones = tombstones.load(archive, CHANNEL)
    assert stones.culled("17", "v1")
    assert stones.culled("17", "v2")
    assert stones.list_of("17") == "list-2"


def test_the_stored_file_tells_neither_id_nor_version(archive: Archive, tmp_path: Path) -> None:
    cull(archive, "list-1", ("post-seventeen", "the-digest-of-it"))
    stored = b"".join(
        path.read_bytes() for path in (tmp_path / "archive" / "tombstones").rglob("*.*")
    )
    assert b"list-1" in stored
    assert b"seventeen" not in stored
    assert b"digest-of-it" not in stored


def test_without_the_secret_the_marks_mean_nothing(tmp_path: Path) -> None:
    kept = []
    for name in ("a", "b"):
        archive = Archive.create(Directory(tmp_path / name), now=NOW, rehearsal=True)
        cull(archive, "list-1", ("17", "v1"))
        kept.append(set(tombstones.load(archive, CHANNEL).graves))
    assert kept[0].isdisjoint(kept[1])


def test_the_secret_is_not_printed(archive: Archive) -> None:
    cull(archive, "list-1", ("17", "v1"))
    stones = tombstones.load(archive, CHANNEL)
    assert repr(archive.secret()) not in repr(stones)
    assert archive.secret().hex() not in repr(stones)


def test_sightings_are_written_once_a_week(archive: Archive) -> None:
    assert not harvest(archive, ("17", "v1"), days=0)
    cull(archive, "list-1", ("17", "v1"))
    assert not harvest(archive, ("17", "v1"), days=6.9)
    assert harvest(archive, ("17", "v1"), days=7)
    assert not harvest(archive, ("17", "v1"), days=8)
    assert len(tombstones.packages(archive, CHANNEL)) == 1


def test_what_is_not_seen_for_ninety_days_is_dropped(archive: Archive) -> None:
    cull(archive, "list-1", ("17", "v1"), ("18", "v1"))
    assert harvest(archive, ("17", "v1"), days=60)
    assert not harvest(archive, days=90)
    assert harvest(archive, days=90.1)
    stones = tombstones.load(archive, CHANNEL)
    assert stones.culled("17", "v1")
    assert stones.list_of("18") is None
    assert harvest(archive, days=151)
    assert tombstones.load(archive, CHANNEL).graves == {}
    assert not harvest(archive, days=400)


def test_an_item_seen_in_another_wording_is_seen(archive: Archive) -> None:
    cull(archive, "list-1", ("17", "v1"))
    assert harvest(archive, ("17", "v2"), days=60)
    harvest(archive, days=149)
    assert tombstones.load(archive, CHANNEL).culled("17", "v1")


def test_lists_are_gathered_into_one_file(archive: Archive) -> None:
    for number in range(3):
        cull(archive, f"list-{number}", (str(number), "v1"))
    assert len(tombstones.packages(archive, CHANNEL)) == 3
    assert harvest(archive, ("0", "v1"), days=7)
    assert len(tombstones.packages(archive, CHANNEL)) == 1
    stones = tombstones.load(archive, CHANNEL)
    assert [stones.list_of(str(number)) for number in range(3)] == ["list-0", "list-1", "list-2"]


@pytest.mark.parametrize(
    "stored",
    [
        b'{"format": "tombstones/9", "items": {}}',
        b'{"format": "tombstones/2", "items": {}}',
        b'{"format": "tombstones/2", "graves": [{"list": "a", "seen": "x", "items": {}}]}',
        b'{"format": "tombstones/1", "items": {"a": {"list": 1}}}',
        b"[]",
        b'{"format": "tombstones/2\xff", "graves": []}',
        b'{"format": "tombstones/1", "items": {',
    ],
)
def test_a_foreign_format_is_refused(archive: Archive, stored: bytes) -> None:
    draft = Draft(
        base=f"tombstones/{CHANNEL}/x",
        files={tombstones.FILE: stored},
        labels={"kind": "tombstones", "channel": CHANNEL, "list": "x"},
    )
    archive.commit(Commit(event="culled", now=NOW, actor="cull", drafts=(draft,)))
    with pytest.raises(DamageError, match="tombstones-format"):
        tombstones.load(archive, CHANNEL)
