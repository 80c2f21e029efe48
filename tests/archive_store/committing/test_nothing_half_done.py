"""A commit that is stopped, or destroys or opens in vain: nothing half done, and it is told."""

import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from archive_store import Archive, Draft, write_index
from archive_store.bucket import Stored
from archive_store.errors import ArchiveError, DamageError
from archive_store.keys import ZONES
from archive_store.process import this_process
from tests.archive_store.committing.failing import Failing, full, note, posts


def test_payload_lasts_and_is_read_back_before_manifests_and_they_before_the_entry(
    archive: Archive, store: Failing, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []
    get, settle = store.inner.get, store.inner.settle

    def created(key: str, data: bytes) -> None:
        seen.append(f"create {key}")
        store.inner.create(key, data)

    def settled(keys: Iterable[str]) -> set[str]:
        paths = list(keys)
        seen.append(f"settle {len(paths)}")
        return settle(paths)

    def got(key: str, **how: Any) -> bytes:
        seen.append(f"get {key.rpartition('/')[2]}")
        return get(key, **how)

    store.on_create = created
    monkeypatch.setattr(store.inner, "settle", settled)
    monkeypatch.setattr(store.inner, "get", got)
    drafts = (*note("1").drafts, *note("2").drafts)
    archive.commit(note(drafts=drafts))
    order = [line for line in seen if not line.startswith(("get 0", "create journal"))]
    assert order[:4] == [f"create posts/blogg/{name}" for name in ("1/a", "1/b", "2/a", "2/b")]
    assert (order[4], sorted(order[5:9])) == ("settle 4", ["get a", "get a", "get b", "get b"])
    assert order[9:11] == [f"create posts/blogg/{name}/manifest.json" for name in "12"]
    assert order[11:] == ["settle 2", "get manifest.json", "get manifest.json"]
    assert seen[-1] == "create journal/000000000002.json"


def test_drafts_of_one_base_in_one_commit_keep_each_its_own_files(archive: Archive) -> None:
    drafts = tuple(
        Draft(base="posts/blogg/1", files={name: name.encode()}, folder=True)
        for name in ("a", "b", "a")
    )
    packages = archive.commit(note(drafts=drafts)).added
    assert sorted(package.base for package in packages) == [
        "posts/blogg/1",
        "posts/blogg/1-2",
        "posts/blogg/1-3",
    ]
    assert [archive.read(p, n) for p, n in zip(packages, "aba", strict=True)] == [b"a", b"b", b"a"]


@pytest.mark.parametrize("fatal", ["/a", "/b", "/manifest.json", "journal/"])
def test_a_full_disk_at_any_object_leaves_nothing(
    archive: Archive, store: Failing, fatal: str
) -> None:
    def no_room(key: str, data: bytes) -> None:
        if fatal in key:
            raise full()
        store.inner.create(key, data)

    store.on_create = no_room
    with pytest.raises(ArchiveError, match="disk-full"):
        archive.commit(note())
    assert posts(store) == []
    store.on_create = store.inner.create
    assert archive.commit(note()).seq == 2


def test_an_interrupted_person_leaves_nothing(archive: Archive, store: Failing) -> None:
    def interrupted(key: str, data: bytes) -> None:
        if key.endswith("/b"):
            raise KeyboardInterrupt
        store.inner.create(key, data)

    store.on_create = interrupted
    with pytest.raises(KeyboardInterrupt):
        archive.commit(note())
    assert posts(store) == []


def test_bytes_that_read_back_wrong_are_no_commit(archive: Archive, store: Failing) -> None:
    def garbled(key: str, data: bytes) -> None:
        store.inner.create(key, data[:-1] if key.endswith("/b") else data)

    store.on_create = garbled
    with pytest.raises(DamageError) as caught:
        archive.commit(note())
    assert caught.value.code == "written-wrong"
    assert posts(store) == []
    assert Archive.open(store.inner).last.seq == 1


def test_what_could_not_be_destroyed_is_told_and_destroyed_by_the_next_opening(
    archive: Archive, store: Failing
) -> None:
    (old,) = archive.commit(note()).added
    store.on_delete = lambda _: None
    with pytest.raises(DamageError) as caught:
        archive.commit(note("2", retire=(old.key,)))
    assert caught.value.code == "not-destroyed"
    assert archive.packages() == [archive.last.added[0]]
    assert len(archive.remains([old.key])) == 3
    # A commit in between does not make anybody believe that it was destroyed.
    archive.commit(note("3"))
    reopened = Archive.open(store.inner)
    assert reopened.remains([old.key]) == []
    assert len(reopened.packages()) == 2


def test_opening_clears_away_what_dead_writers_left_half_written(
    archive: Archive, tmp_path: Path
) -> None:
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    left = tmp_path / f"archive/.tmp/{this_process().host}-{child.pid}-aa"
    left.write_bytes(b"words")
    Archive.open(archive.bucket)
    assert not left.exists()


def test_destruction_is_looked_for_no_longer_than_needed(
    archive: Archive, store: Failing, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(5):
        retire = tuple(package.key for package in archive.packages())
        archive.commit(note(str(number), retire=retire))
    archive.commit(note("last"))
    asked: list[str] = []
    listing = store.inner.list

    def counted(prefix: str = "", **how: Any) -> Iterator[Stored]:
        asked.append(prefix)
        return listing(prefix, **how)

    monkeypatch.setattr(store.inner, "list", counted)
    Archive.open(store)
    zones = {
        f"{zone}/" for zone, law in ZONES.items() if law.personal or "withdrawn" in law.retirements
    }
    assert sorted(asked) == sorted({"checkpoints/", "journal/"} | zones)


@pytest.mark.parametrize("broken", ["commits behind", "page in the root"])
def test_a_journal_cut_short_stops_every_run_before_it_destroys_anything(
    archive: Archive, store: Failing, tmp_path: Path, broken: str
) -> None:
    archive.commit(note("1"))
    archive.commit(note("2"))
    archive.commit(note("3"))
    if broken == "page in the root":
        write_index(archive)
    for seq in (3, 4):
        (tmp_path / f"archive/journal/{seq:012}.json").unlink()
    before = posts(store)
    if broken == "page in the root":
        with pytest.raises(DamageError) as caught:
            Archive.open(store.inner)
    else:
        with pytest.raises(DamageError) as caught:
            Archive.open(store.inner).sweep("posts/")
    assert caught.value.code == "journal-cut"
    assert posts(store) == before
