"""Stores that fail in the middle: lost answers, full disks, bytes that read back wrong."""

import datetime as dt
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from archive_store import Archive, Commit, Directory, Draft, turns, write_index
from archive_store.bucket import Pace, Stored
from archive_store.errors import ArchiveError, DamageError, ExistsError, UnsureError
from archive_store.keys import ZONES
from archive_store.process import this_process
from tests.support.passing import Passing

NOW = dt.datetime(2025, 12, 15, 2, tzinfo=dt.UTC)


class Failing(Passing):
    """A store in which ``create`` and ``delete`` go as told."""

    def __init__(self, inner: Directory) -> None:
        super().__init__(inner)
        self.on_create: Callable[[str, bytes], None] = inner.create
        self.on_delete: Callable[[str], None] = inner.delete

    def create(self, key: str, data: bytes, **how: Any) -> None:
        assert not how.get("secret")  # and what goes wrong here does so at once, settled or not
        self.on_create(key, data)

    def delete(self, key: str, *, withdrawn: bool = False) -> None:
        del withdrawn
        self.on_delete(key)


def lost_answer() -> UnsureError:
    return UnsureError("no-answer", sv="Inget svar.", en="No answer.")


def full() -> ArchiveError:
    return ArchiveError("disk-full", sv="Fullt.", en="Full.")


@pytest.fixture(autouse=True)
def _nobody_waits_for_a_commit_within_a_commit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "_LONGEST", 0.01)
    monkeypatch.setattr(turns, "_MEANWHILE", 0.01)


@pytest.fixture
def store(tmp_path: Path) -> Failing:
    return Failing(Directory(tmp_path / "archive"))


@pytest.fixture
def archive(store: Failing) -> Archive:
    return Archive.create(store, now=NOW)


def note(name: str = "1", **more: object) -> Commit:
    draft = Draft(base=f"posts/blogg/{name}", files={"a": b"words", "b": b"more"}, folder=True)
    fields = {"event": "note", "now": NOW, "actor": "test", "drafts": (draft,)} | more
    return Commit(**fields)  # type: ignore[arg-type]  # as given


def posts(store: Failing) -> list[str]:
    return [stored.key for stored in store.inner.list("posts/")]


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


def test_a_lost_answer_to_a_journal_entry_that_was_written_is_a_commit(
    archive: Archive, store: Failing
) -> None:
    def written_but_unsure(key: str, data: bytes) -> None:
        store.inner.create(key, data)
        if key.startswith("journal/"):
            raise lost_answer()

    store.on_create = written_but_unsure
    entry = archive.commit(note())
    assert Archive.open(store.inner).last == entry
    assert archive.packages() == list(entry.added)


def test_an_exists_after_our_own_lost_write_is_a_commit(archive: Archive, store: Failing) -> None:
    def written_and_tried_again(key: str, data: bytes) -> None:
        store.inner.create(key, data)
        if key.startswith("journal/"):
            store.inner.create(key, data)

    store.on_create = written_and_tried_again
    entry = archive.commit(note())
    assert (entry.seq, archive.last) == (2, entry)
    assert Archive.open(store.inner).last == entry


def test_an_unsure_entry_leaves_its_packages_where_it_would_find_them(
    archive: Archive, store: Failing
) -> None:
    late: list[tuple[str, bytes]] = []

    def under_way(key: str, data: bytes) -> None:
        if key.startswith("journal/"):
            late.append((key, data))
            raise lost_answer()
        store.inner.create(key, data)

    store.on_create = under_way
    with pytest.raises(UnsureError):
        archive.commit(note(once="x"))
    assert len(posts(store)) == 3
    store.inner.create(*late[0])  # it arrives after all
    archive.refresh()
    (package,) = archive.packages()
    assert archive.read(package, "a") == b"words"
    store.on_create = store.inner.create
    assert archive.commit(note(once="x")) == archive.last


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


def test_sweeping_spares_what_is_committed_while_it_looks(
    archive: Archive, store: Failing, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = Archive.open(store.inner)
    listing = store.inner.list

    def committed_meanwhile(prefix: str = "", **how: Any) -> Iterator[Stored]:
        if prefix == "posts/" and other.last.seq == 1:
            other.commit(note())
        return listing(prefix, **how)

    monkeypatch.setattr(store.inner, "list", committed_meanwhile)
    assert archive.sweep("posts/") == 0
    assert len(posts(store)) == 3


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


def test_a_writer_that_always_loses_gives_up_and_leaves_nothing(
    archive: Archive, store: Failing, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = Archive.open(store.inner)
    monkeypatch.setattr("archive_store.committing._TRIES", 5)

    def overtaken(key: str, data: bytes) -> None:
        if key.startswith("journal/"):
            other.commit(Commit(event="other", now=NOW, actor="other"))
        store.inner.create(key, data)

    store.on_create = overtaken
    with pytest.raises(ArchiveError, match="journal-busy"):
        archive.commit(note())
    assert posts(store) == []
    assert other.last.seq == 6


def test_a_base_taken_between_looking_and_writing_is_left_to_the_other(
    archive: Archive, store: Failing
) -> None:
    def other_was_faster(key: str, data: bytes) -> None:
        if key == "posts/blogg/1/manifest.json":
            store.inner.create(key, b"theirs")
        store.inner.create(key, data)

    store.on_create = other_was_faster
    (package,) = archive.commit(note()).added
    assert package.base == "posts/blogg/1-2"
    assert store.get("posts/blogg/1/manifest.json") == b"theirs"
    assert "posts/blogg/1/a" not in posts(store)
    with pytest.raises(ExistsError):
        store.inner.create("posts/blogg/1-2/a", b"")


def test_a_key_that_another_used_and_gave_up_in_the_meantime_is_not_used_again(
    archive: Archive, store: Failing
) -> None:
    other = Archive.open(store.inner)

    def used_and_retired_meanwhile(key: str, data: bytes) -> None:
        if key == "posts/blogg/1/a" and other.last.seq == 1:
            (theirs,) = other.commit(note()).added
            other.commit(Commit(event="x", now=NOW, actor="x", retire=(theirs.key,)))
        store.inner.create(key, data)

    store.on_create = used_and_retired_meanwhile
    (package,) = archive.commit(note()).added
    assert package.base == "posts/blogg/1-2"
    (opened,) = Archive.open(store.inner).packages()
    assert (opened.key, len(posts(store))) == (package.key, 3)


@pytest.mark.parametrize("name", ["a", "manifest.json"])
def test_what_turns_out_to_be_another_writers_is_left_to_it(
    archive: Archive, store: Failing, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    lost = f"posts/blogg/1/{name}"

    def overtaken(keys: Iterable[str]) -> set[str]:
        """As a store with versions tells of it: both were put, theirs is the first."""
        if lost not in keys:
            return set()
        store.inner.delete(lost)
        store.inner.create(lost, b"theirs")
        return {lost}

    monkeypatch.setattr(store, "settle", overtaken)
    (package,) = archive.commit(note()).added
    assert package.base == "posts/blogg/1-2"
    assert store.get(lost) == b"theirs"
    assert [key for key in posts(store) if key.startswith("posts/blogg/1/")] == [lost]
    assert archive.read(package, "a") == b"words"


def test_a_run_whose_lease_was_lost_takes_nothing_back_that_may_be_anothers(
    store: Failing,
) -> None:
    clock = [NOW]
    archive = Archive.create(store, now=NOW, clock=lambda: clock[0])
    other = Archive.open(store.inner, clock=lambda: clock[0])

    def overtaken(key: str, data: bytes) -> None:
        store.inner.create(key, data)
        if key == "posts/blogg/1/b" and other.last.seq == 1:
            clock[0] += dt.timedelta(hours=2)
            with other.lease("blogg"):
                other.sweep("posts/blogg/")
                other.commit(note())

    store.on_create = overtaken
    with pytest.raises(ArchiveError), archive.lease("blogg"):
        archive.commit(note("1"))
    (theirs,) = Archive.open(store.inner, clock=lambda: clock[0]).packages()
    assert other.read(theirs, "a") == b"words"
    assert other.read(theirs, "b") == b"more"


def test_an_entry_that_arrives_after_its_files_were_swept_is_refused_its_number(
    archive: Archive, store: Failing
) -> None:
    late: list[tuple[str, bytes]] = []

    def under_way(key: str, data: bytes) -> None:
        if key.startswith("journal/"):
            late.append((key, data))
            raise lost_answer()
        store.inner.create(key, data)

    store.on_create = under_way
    with pytest.raises(UnsureError):
        archive.commit(note())
    store.on_create = store.inner.create
    store.pace = Pace(late=True)
    other = Archive.open(store)
    assert other.sweep("posts/") == 3
    with pytest.raises(ExistsError):
        store.inner.create(*late[0])
    assert Archive.open(store.inner).packages() == []


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
