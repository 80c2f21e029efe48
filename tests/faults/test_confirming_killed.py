"""Confirming, withdrawing and securing, killed at each step: never half, and a rerun completes it.

Before its entry a withdrawal has done nothing; after it the original is gone as soon as anybody
opens the archive again, whatever else the killed process had left to do.
"""

import dataclasses as dc
import datetime as dt
from pathlib import Path

import pytest

from archive_store import Archive, Directory, archive_at
from archive_store.keys import INDEX
from flows.confirming import confirm, withdraw
from flows.house import House
from flows.ingesting import Brought, archived
from flows.occasions import Due
from flows.recording import Record
from flows.securing import secured
from flows.settings import Settings
from flows.taken import snapshots, state_of
from tasks.bases.recognising import Kind
from tasks.model import Completeness, Occasion
from tests.faults.house import REGISTER
from tests.faults.killing import copy_of, kill_everywhere
from tests.faults.reopening import (
    assert_all,
    assert_undamaged,
    entry_of,
    has_done,
    holding,
    leave_half_written,
    reopened,
    unsynchronised,
)
from tests.flows.houses import PDF, channel_like, copy_pdf, put_snapshot

HERE = "tests.faults.test_confirming_killed"
NOW = "2026-01-02T09:00:00+00:00"
WORDS = "majken-sjoberg"
BROUGHT_FOR = Due(occasion=Occasion.YEAR_END, once=None, date=dt.date(2025, 12, 31))
ONCE = f"ingest:kommunbloggen:arsskifte:2025-12-31:{'ab' * 32}"


def house_at(location: str, now: str = NOW) -> House:
    channel = channel_like()
    return House(
        settings=Settings(archive=location, state=Path(location).parent / "state"),
        register=dc.replace(REGISTER, channels=(channel,)),
        archive=archive_at(location),
        now=dt.datetime.fromisoformat(now),
        channels=(channel,),
    )


@unsynchronised()
def confirm_it(location: str, key: str) -> None:
    confirm(house_at(location), key, by="info-1")


@unsynchronised()
def withdraw_it(location: str, key: str) -> None:
    withdraw(house_at(location), key, copy=copy_pdf(), decision="KS 2026/1", by="info-1")


@unsynchronised()
def secure_it(location: str) -> None:
    house = house_at(location)
    record = Record(
        pdf=PDF,
        pages=1,
        completeness=Completeness(page=0),
        whole=True,
        about={"address": f"https://sjovik.example/{WORDS}"},
    )
    secured(house, house.channels[0], record, "personal-data")


@unsynchronised()
def ingest_it(location: str) -> None:
    house = house_at(location)
    brought = Brought(
        record=Record(
            pdf=PDF,
            pages=1,
            completeness=Completeness(page=0),
            whole=False,
            about={},
            originals={"original.png": b"png"},
        ),
        kind=Kind.PNG,
        basis="manual",
        sha256="ab" * 32,
    )
    archived(house, house.channels[0], brought, BROUGHT_FOR)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive with one preliminary snapshot."""
    path = tmp_path_factory.mktemp("prepared") / "archive"
    Archive.create(Directory(path), now=dt.datetime(2025, 6, 1, tzinfo=dt.UTC), rehearsal=True)
    put_snapshot(house_at(str(path), "2025-12-31T22:00:00+00:00"))
    return path


@pytest.fixture(scope="module")
def key(prepared: Path) -> str:
    [package] = snapshots(archive_at(prepared))
    return package.key


def test_a_confirmation_is_there_whole_or_not_at_all(
    prepared: Path, key: str, tmp_path: Path, *, both: bool
) -> None:
    args = {"key": key}
    steps, killed = kill_everywhere(f"{HERE}:confirm_it", prepared, tmp_path, args, both=both)
    whole = tmp_path / "whole"
    assert_all(steps, prepared, whole)
    commit = entry_of(whole, f"confirmed:{key}")
    for death in killed:
        archive = reopened(prepared, death)
        assert archive.confirmed(key) is has_done(death, commit)
        confirm_it(str(death.location), key)
        archive = archive_at(death.location)
        assert state_of(archive, archive.package(key)) == "confirmed"
        assert "fastställd" in (death.location / INDEX).read_text("utf-8")
        assert [entry.event for entry in archive.entries(event="confirmed")] == ["confirmed"]
        assert_undamaged(death.location)


def test_a_withdrawal_leaves_the_original_or_the_copy_and_never_both(
    prepared: Path, key: str, tmp_path: Path, *, both: bool
) -> None:
    args = {"key": key}
    steps, killed = kill_everywhere(f"{HERE}:withdraw_it", prepared, tmp_path, args, both=both)
    whole = tmp_path / "whole"
    assert_all(steps, prepared, whole)
    commit = entry_of(whole, f"withdrawn:{key}")
    for death in killed:
        archive = reopened(prepared, death)
        done = has_done(death, commit)
        [there] = snapshots(archive)
        assert (there.key == key) is not done
        assert (holding(death.location, WORDS) == []) is done
        leave_half_written(death.location, b"%PDF-1.7")
        withdraw_it(str(death.location), key)
        archive = archive_at(death.location)
        [copy] = snapshots(archive)
        assert copy.labels["replaces"] == key
        assert archive.read(copy, "pdf") == copy_pdf()
        assert holding(death.location, WORDS) == []
        assert "maskad kopia" in (death.location / INDEX).read_text("utf-8")
        assert_undamaged(death.location)


def test_what_is_secured_is_whole_and_a_rerun_sweeps_what_was_half(
    prepared: Path, tmp_path: Path, *, both: bool
) -> None:
    steps, killed = kill_everywhere(f"{HERE}:secure_it", prepared, tmp_path, both=both)
    assert_all(steps, prepared, tmp_path / "whole")
    for death in killed:
        archive = reopened(prepared, death)
        before = archive.packages("restricted/", kind="secured")
        assert len(before) <= 1
        secure_it(str(death.location))
        archive = archive_at(death.location)
        found = archive.packages("restricted/", kind="secured")
        assert len(found) == len(before) + 1
        assert {archive.read(package, "pdf") for package in found} == {PDF}
        assert_undamaged(death.location)


def test_what_a_person_brought_is_taken_in_once_and_whole(
    prepared: Path, tmp_path: Path, *, both: bool
) -> None:
    steps, killed = kill_everywhere(f"{HERE}:ingest_it", prepared, tmp_path, both=both)
    whole = tmp_path / "whole"
    assert_all(steps, prepared, whole)
    commit = entry_of(whole, ONCE)
    for death in killed:
        archive = reopened(prepared, death)
        there = snapshots(archive, basis="manual")
        assert len(there) == int(has_done(death, commit))
        ingest_it(str(death.location))
        archive = archive_at(death.location)
        [package] = snapshots(archive, basis="manual")
        assert archive.read(package, "original.png") == b"png"
        assert_undamaged(death.location)


def test_an_old_backup_restored_does_not_bring_a_withdrawn_snapshot_back(
    prepared: Path, key: str, tmp_path: Path
) -> None:
    location = copy_of(prepared, tmp_path / "archive")
    withdraw_it(str(location), key)
    for file in prepared.rglob("*"):
        target = location / file.relative_to(prepared)
        if file.is_file() and not target.exists():
            target.write_bytes(file.read_bytes())
    assert holding(location, WORDS) != []
    archive_at(location)
    assert holding(location, WORDS) == []
