"""The end of a run: tokens come, or the run says how many are lacking and why, and goes on."""

import datetime as dt
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from prefect.logging import disable_run_logger
from tsa import Certificates, Tsa, nobody, served

from archive_store import Archive, Commit, Directory, Draft
from flows import stamping
from flows.outcome import Outcome
from flows.stamping import stamp

NOW = dt.datetime(2025, 12, 31, 22, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def _no_run() -> Iterator[None]:
    with disable_run_logger():
        yield


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    archive = Archive.create(Directory(tmp_path / "archive"), now=NOW)
    for number in range(5):
        draft = Draft(base=f"snapshots/info/blogg/{number}", files={"pdf": b"%PDF"})
        archive.commit(Commit(event="snapshot", now=NOW, actor="test", drafts=(draft,)))
    return archive


@pytest.fixture
def tsa(tmp_path: Path) -> Iterator[Tsa]:
    for name in ("certificates", "tsa"):
        (tmp_path / name).mkdir()
    with served(Certificates(tmp_path / "certificates"), tmp_path / "tsa") as tsa:
        yield tsa


@pytest.fixture
def outcome() -> Outcome:
    return Outcome(flow="snapshot", title="Ögonblicksbilder")


def house(archive: Archive, url: str = "", ca: str = "") -> Any:
    settings = types.SimpleNamespace(tsa_url=url, tsa_ca=ca)
    return types.SimpleNamespace(settings=settings, archive=archive, now=NOW)


def test_without_an_authority_nothing_is_done_or_said(archive: Archive, outcome: Outcome) -> None:
    last = archive.last
    assert stamp(house(archive), outcome) == 0
    assert (archive.last, outcome.shortfalls, outcome.failures) == (last, [], {})


def test_a_long_queue_is_worked_off_in_batches(
    archive: Archive, outcome: Outcome, tsa: Tsa, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stamping, "_AT_ONCE", 2)
    assert stamp(house(archive, tsa.url, str(tsa.certificates.ca)), outcome) == 5
    assert archive.unstamped() == []
    assert len(list(archive.entries(event="stamped"))) == 3
    assert (outcome.shortfalls, outcome.failures) == ([], {})


def test_patience_ends_between_two_batches(
    archive: Archive, outcome: Outcome, tsa: Tsa, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stamping, "_AT_ONCE", 2)
    times = iter([0.0, 60.0, 121.0])
    assert stamp(house(archive, tsa.url), outcome, clock=lambda: next(times)) == 4
    assert len(archive.unstamped()) == 1


def test_an_authority_that_is_away_is_a_shortfall_and_no_failure(
    archive: Archive, outcome: Outcome
) -> None:
    assert stamp(house(archive, nobody()), outcome) == 0
    assert outcome.shortfalls == ["5 tidsstämplar saknas ännu (tsa-away)"]
    assert outcome.failures == {}


def test_what_came_before_it_went_away_counts(archive: Archive, outcome: Outcome, tsa: Tsa) -> None:
    tsa.behave("right", "right", "gone")
    assert stamp(house(archive, tsa.url), outcome) == 2
    assert len(tsa.asked) == 3
    assert outcome.shortfalls == ["3 tidsstämplar saknas ännu (tsa-away)"]


@pytest.mark.parametrize(
    ("url", "ca", "code"),
    [("tsa.example", "", "tsa-url"), ("http://127.0.0.1:9/", "/nowhere/ca.pem", "tsa-ca")],
)
def test_a_wrong_setting_is_a_failure_in_the_runs_table_and_stops_nothing(
    archive: Archive, outcome: Outcome, url: str, ca: str, code: str
) -> None:
    assert stamp(house(archive, url, ca), outcome) == 0
    assert {name: error.code for name, error in outcome.failures.items()} == {"tidsstämplar": code}


def test_another_run_that_is_at_it_is_left_alone(
    archive: Archive, outcome: Outcome, tsa: Tsa, tmp_path: Path
) -> None:
    with Archive.open(Directory(tmp_path / "archive")).lease("timestamps"):
        times = iter([0.0])  # asked for once: it does not try again
        assert stamp(house(archive, tsa.url), outcome, clock=lambda: next(times)) == 0
    assert (outcome.shortfalls, outcome.failures) == ([], {})
