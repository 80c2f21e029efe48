"""An archive's journal over any store: how it begins, chains, tells time, and holds no words."""

import datetime as dt
import hashlib
import json
from collections.abc import Callable

import pytest

from archive_store import Archive
from archive_store.bucket import Bucket
from archive_store.errors import ExistsError, InputError, MissingError
from archive_store.keys import ROOT_PAGES
from tests.contracts.archives import NOW, change, day, numbers, stored


def test_the_journal_is_a_chain_of_digests_of_stored_bytes(archive: Archive) -> None:
    for generation in range(1, 4):
        archive.commit(change(day(generation)))
    previous = "0" * 64
    for entry in archive.entries():
        data = archive.bucket.get(f"journal/{entry.seq:012}.json")
        assert data.count(b"\n") == 1
        assert json.loads(data)["previous"] == previous == entry.previous
        previous = hashlib.sha256(data).hexdigest()
        assert entry.sha256 == previous
    assert archive.last.seq == 4
    assert [e.seq for e in archive.entries(event="created")] == [1]


@pytest.mark.parametrize(
    "more",
    [
        {"facts": {"text": "words of somebody"}},
        {"facts": {"deep": [{"x": ["åäö"]}]}},
        {"facts": {"x": float("inf")}},
        {"facts": {"x": b"bytes"}},
        {"actor": "Anna Andersson"},
        {"event": "Two words"},
        {"once": "a b"},
        {"now": NOW.replace(tzinfo=None)},
    ],
)
def test_words_and_odd_values_do_not_come_into_the_journal(
    archive: Archive, more: dict[str, object]
) -> None:
    with pytest.raises(InputError) as caught:
        archive.commit(change(day(), **more))
    assert "somebody" not in str(caught.value)
    assert stored(archive) == set()


def test_ids_codes_and_counts_come_into_the_journal(
    archive: Archive, reopen: Callable[[], Archive]
) -> None:
    facts = {
        "n": 3,
        "share": 0.5,
        "ok": True,
        "none": None,
        "ids": ["c17", "/?p=17"],
        "by": {"a": 1},
    }
    archive.commit(change(facts=facts))
    assert reopen().last.facts == facts


def test_an_archive_is_made_once_and_only_where_nothing_lies(
    open_bucket: Callable[[], Bucket],
) -> None:
    with pytest.raises(MissingError) as caught:
        Archive.open(open_bucket())
    assert "kanalarkiv init" in caught.value.sv
    Archive.create(open_bucket(), now=NOW)
    with pytest.raises(ExistsError):
        Archive.create(open_bucket(), now=NOW)
    assert [each.key for each in open_bucket().list()] == [
        ROOT_PAGES[0],
        "journal/000000000001.json",
    ]


def test_an_archive_is_not_made_among_other_files(open_bucket: Callable[[], Bucket]) -> None:
    open_bucket().create("README.md", b"of something else")
    with pytest.raises(ExistsError):
        Archive.create(open_bucket(), now=NOW)
    assert open_bucket().get("README.md") == b"of something else"


def test_in_a_rehearsal_time_may_lie_in_the_past_but_not_go_backwards(
    archive: Archive,
) -> None:
    assert archive.rehearsal
    archive.accept_time(NOW)
    archive.commit(change(now=NOW + dt.timedelta(days=1)))
    archive.accept_time(NOW + dt.timedelta(days=1))
    with pytest.raises(InputError) as caught:
        archive.accept_time(NOW)
    assert caught.value.code == "time-goes-backwards"
    with pytest.raises(InputError):
        archive.accept_time(NOW.replace(tzinfo=None))


def test_real_time_is_recorded_beside_the_rules_time(open_bucket: Callable[[], Bucket]) -> None:
    real = dt.datetime(2026, 1, 7, 12, 30, tzinfo=dt.UTC)
    archive = Archive.create(open_bucket(), now=NOW, clock=lambda: real)
    package = archive.commit(change(numbers())).added[0]
    assert (archive.last.time, archive.last.now, archive.rehearsal) == (real, NOW, False)
    assert archive.manifest(package)["written"] == "2026-01-07T12:30:00Z"
    assert archive.manifest(package)["now"] == "2025-12-15T02:00:00Z"
