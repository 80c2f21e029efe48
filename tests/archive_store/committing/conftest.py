"""A failing store, an archive in it, and nobody who waits for a commit within a commit."""

from pathlib import Path

import pytest

from archive_store import Archive, Directory, turns
from tests.archive_store.committing.failing import NOW, Failing


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
