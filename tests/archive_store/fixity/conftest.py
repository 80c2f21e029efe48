"""A sound archive, and a hand that edits what lies in it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from archive_store import Archive, Directory, Draft, write_index
from tests.archive_store.fixity.damage import MANIFEST, NOW, PDF, commit, day


@pytest.fixture
def archive(root: Path) -> Archive:
    """Five entries: a snapshot, a day, its next generation, a tombstone."""
    archive = Archive.create(Directory(root), now=NOW)
    archive.secret()
    commit(archive, Draft(base=PDF.removesuffix(".pdf"), files={"pdf": b"%PDF" * 100}))
    commit(archive, day(1))
    commit(archive, day(2), retire=("posts/blogg/2025-12-30/1/manifest.json",))
    commit(archive, Draft(base="tombstones/blogg/list", files={"marks.json": b"{}"}))
    write_index(archive)
    return archive


@pytest.fixture
def edit(root: Path) -> Callable[[str, Callable[[bytes], bytes]], None]:
    def edit(key: str, how: Callable[[bytes], bytes]) -> None:
        data = how((root / key).read_bytes())
        (root / key).unlink()
        (root / key).write_bytes(data)

    return edit


@pytest.fixture
def stamped(archive: Archive) -> Archive:
    archive.checkpoint()
    archive.stamp({MANIFEST: b"token"}, now=NOW)
    return archive
