"""An archive in the store that is asked for, what is committed to it, and what lies there."""

import datetime as dt
from collections.abc import Callable

import pytest

from archive_store import Archive, Commit, Draft
from archive_store.bucket import Bucket
from archive_store.keys import ZONES
from tests.contracts.stores import OPENERS

NOW = dt.datetime(2025, 12, 15, 2, tzinfo=dt.UTC)


@pytest.fixture
def open_bucket(store: str, address: str) -> Callable[[], Bucket]:
    return lambda: OPENERS[store](address)


@pytest.fixture
def archive(open_bucket: Callable[[], Bucket]) -> Archive:
    return Archive.create(open_bucket(), now=NOW, rehearsal=True)


@pytest.fixture
def reopen(archive: Archive, open_bucket: Callable[[], Bucket]) -> Callable[[], Archive]:
    assert archive.last.seq == 1  # it is there to be opened
    return lambda: Archive.open(open_bucket())


def day(generation: int = 1, words: bytes = b'{"thread":1}\n') -> Draft:
    return Draft(
        base=f"posts/blogg/2025-12-14/{generation}",
        files={"threads.jsonl": words, "media/0001.jpg": b"\xff\xd8"},
        about={"generation": generation},
        labels={"kind": "day", "channel": "blogg"},
        folder=True,
    )


def numbers(name: str = "20251215T020000Z") -> Draft:
    return Draft(
        base=f"observations/blogg/2025/{name}",
        files={"parquet": b"PAR1"},
        labels={"kind": "observations", "channel": "blogg"},
    )


def change(*drafts: Draft, retire: tuple[str, ...] = (), **more: object) -> Commit:
    fields = {"event": "harvest", "now": NOW, "actor": "harvest"} | more
    return Commit(drafts=drafts, retire=retire, **fields)  # type: ignore[arg-type]  # as given


def stored(archive: Archive) -> set[str]:
    return {each.key for each in archive.bucket.list() if each.key.split("/")[0] in ZONES}
