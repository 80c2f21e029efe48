"""What people say of single threads, killed at each step: said or not said, and never half.

A thread is classified, another set apart as secret, a comment's removal recorded and a document
laid beside what is to be registered. Wherever a run dies, a rerun completes it; before the entry
of a step nothing of it shows, after it the words are where they belong and nowhere else.
"""

import datetime as dt
from pathlib import Path

import pytest

from archive_store import Archive, archive_at
from tasks.culling import load_decisions
from tasks.culling.classifying import classify
from tasks.culling.filing import filed, put_document, to_file
from tasks.culling.ground import Ground
from tasks.culling.reading import stored_threads
from tasks.culling.removal import Removal, remove
from tests.faults.killing import copy_of, kill_everywhere
from tests.faults.reopening import (
    assert_all,
    assert_same_keys,
    has_done,
    holding,
    leave_half_written,
    reopened,
    unsynchronised,
)
from tests.tasks.culling.world import APPROVER, CHANNEL, EXAMPLES, World

WORK = "tests.faults.test_judging_killed:judge_them"
NOW = dt.datetime(2025, 12, 3, 9, tzinfo=dt.UTC)
SECRET, CASE, RUDE = "Ett hemligt ord", "Jag klagar på bron", "Ett otrevligt ord"
DNR = "KS 2025/41"

load_decisions(EXAMPLES)  # what it loads when first used, each killed child would load anew


@unsynchronised()
def judge_them(location: str) -> None:
    archive = archive_at(location)
    decision = load_decisions(EXAMPLES)["kommunstyrelsen"]
    said = {"by": APPROVER, "now": NOW}
    secret = {"record_class": "sekretess", "reason": "secrecy", **said}
    classify(archive, decision, CHANNEL, "2", **secret)  # type: ignore[arg-type]
    removal = Removal(ground="house-rules", at=NOW, role="redaktor", told=True)
    remove(archive, CHANNEL, "c3", removal, by=APPROVER, now=NOW)
    case = {"record_class": "arende", "reason": "case", **said}
    classify(archive, decision, CHANNEL, "1", **case)  # type: ignore[arg-type]
    ground = Ground(decision=decision, now=NOW)
    for waiting in to_file(archive, {CHANNEL: ground}):
        if waiting.document is None:
            put_document(archive, waiting, b"%PDF " + CASE.encode(), NOW)
    filed(archive, ground, CHANNEL, "1", dnr=DNR, by=APPROVER, now=NOW)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("prepared") / "archive"
    world = World(path)
    world.post(CASE)
    second = world.post(SECRET)
    assert world.comment("1", RUDE) == "c3"
    assert second == "2"
    world.harvest()
    return path


@pytest.fixture(scope="module")
def whole(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = copy_of(prepared, tmp_path_factory.mktemp("whole") / "archive")
    judge_them(str(path))
    return path


def entry_steps(whole: Path) -> dict[str, str]:
    """By what happened, the step that made its entry: ``apart``, ``removed``, ``filed``."""
    archive = archive_at(whole)
    steps = {}
    for entry in archive.entries():
        name = "apart" if entry.facts.get("apart") else entry.event
        steps[name] = f"create journal/{entry.seq:012d}.json"
    return steps


def zones_of(location: Path, words: str) -> set[str]:
    return {key.split("/")[0] for key in holding(location, words)}


def living(archive: Archive) -> set[str]:
    return {stored.thread.id for stored in stored_threads(archive, CHANNEL)}


def test_a_word_of_a_person_killed_at_any_step_is_said_whole_or_not_at_all(
    prepared: Path, whole: Path, tmp_path: Path, *, both: bool
) -> None:
    steps, killed = kill_everywhere(WORK, prepared, tmp_path, both=both)
    assert_all(steps, prepared, whole)
    made = entry_steps(whole)
    for death in killed:
        archive = reopened(prepared, death)
        apart = has_done(death, made["apart"])
        assert living(archive) == ({"1"} if apart else {"1", "2"})
        copies = archive.packages("restricted/", kind="removed")
        assert len(copies) == has_done(death, made["removed"])
        thread = next(s.thread for s in stored_threads(archive, CHANNEL) if s.thread.id == "1")
        assert thread.filed == (DNR if has_done(death, made["filed"]) else "")
        if apart:
            assert "posts" not in zones_of(death.location, SECRET)

        leave_half_written(death.location, SECRET.encode())
        judge_them(str(death.location))
        assert zones_of(death.location, SECRET) == {"restricted"}
        assert zones_of(death.location, RUDE) == {"posts", "restricted"}
        assert zones_of(death.location, CASE) == {"posts"}
        entries = archive_at(death.location).last.seq
        judge_them(str(death.location))
        assert archive_at(death.location).last.seq == entries
        assert_same_keys(whole, death.location)
