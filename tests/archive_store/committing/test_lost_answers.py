"""Writes whose answer is lost or late: a commit, or none, and never a guess."""

import pytest

from archive_store import Archive
from archive_store.bucket import Pace
from archive_store.errors import ExistsError, UnsureError
from tests.archive_store.committing.failing import Failing, lost_answer, note, posts


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
