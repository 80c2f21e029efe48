"""Other writers in the middle of a commit: what is theirs is left to them."""

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Any

import pytest

from archive_store import Archive, Commit
from archive_store.bucket import Stored
from archive_store.errors import ArchiveError, ExistsError
from tests.archive_store.committing.failing import NOW, Failing, note, posts


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
