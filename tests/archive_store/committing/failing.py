"""A store whose writes go as a test tells, what it then says, and a commit to try on it."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from archive_store import Commit, Directory, Draft
from archive_store.errors import ArchiveError, UnsureError
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


def note(name: str = "1", **more: object) -> Commit:
    draft = Draft(base=f"posts/blogg/{name}", files={"a": b"words", "b": b"more"}, folder=True)
    fields = {"event": "note", "now": NOW, "actor": "test", "drafts": (draft,)} | more
    return Commit(**fields)  # type: ignore[arg-type]  # as given


def posts(store: Failing) -> list[str]:
    return [stored.key for stored in store.inner.list("posts/")]
