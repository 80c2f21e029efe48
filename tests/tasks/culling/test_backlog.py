"""What has waited too long is told; what is past its own period is forgotten."""

import dataclasses as dc
import datetime as dt
from pathlib import Path

import pytest

from archive_store import Commit, Draft
from tasks.culling import holds
from tasks.culling.backlog import backlog, reviews_due, to_assess
from tasks.culling.ground import Ground
from tasks.culling.weeding import weed
from tests.tasks.culling.world import APPROVER, CHANNEL, World

BOARDS = ("kommunstyrelsen",)


@pytest.fixture
def world(tmp_path: Path) -> World:
    """A thread with an open question, and one without."""
    made = World(tmp_path / "archive")
    asked = made.post("Badet öppnar")
    made.comment(asked, "När?")
    made.post("Lånekort")
    made.harvest()
    return made


def overdue(world: World) -> int:
    ground = Ground(decision=world.decision, now=world.now)
    return backlog(world.archive, {CHANNEL: ground})[CHANNEL]


def test_past_the_latest_day_a_thread_is_a_finding_whatever_stops_it(world: World) -> None:
    midnight = dt.datetime(2025, 12, 31, 23, tzinfo=dt.UTC)
    world.now = midnight - dt.timedelta(seconds=1)
    assert overdue(world) == 0
    world.now = midnight
    assert overdue(world) == 2
    world.harvest()
    world.cull()  # the question still waits
    assert overdue(world) == 1


def test_what_is_held_is_no_backlog_and_what_has_no_class_has_no_day(world: World) -> None:
    world.later(40)
    holds.add(
        world.archive,
        channel=CHANNEL,
        thread="1",
        reason="audit",
        by=APPROVER,
        now=world.now,
        review=dt.date(2026, 6, 1),
    )
    assert overdue(world) == 1
    classes = tuple(dc.replace(each, default=False) for each in world.decision.classes)
    world.decision = dc.replace(world.decision, classes=classes)
    assert overdue(world) == 0


def test_after_thirty_days_a_question_is_for_a_person_to_assess(world: World) -> None:
    asked = world.now
    world.now = asked + dt.timedelta(days=30, seconds=-1)
    assert to_assess(world.archive, CHANNEL, world.now) == []
    world.now = asked + dt.timedelta(days=30)
    (found,) = to_assess(world.archive, CHANNEL, world.now)
    assert (found.thread.id, found.asked, found.waiting) == ("1", asked, 1)
    world.comment("1", "Klockan nio", own=True)
    world.harvest()
    assert to_assess(world.archive, CHANNEL, world.now) == []


def test_reviews_are_told_on_their_day(world: World) -> None:
    world.later(9)
    world.harvest()
    world.cull(keep={1: "unique"})
    holds.add(
        world.archive,
        channel=CHANNEL,
        reason="police",
        by=APPROVER,
        now=world.now,
        review=dt.date(2026, 3, 1),
    )
    assert reviews_due(world.archive, world.now) == {"kept": [], "holds": []}
    then = dt.datetime(2026, 12, 10, 8, tzinfo=dt.UTC)
    found = reviews_due(world.archive, then)
    assert [key.split("/")[0] for key in found["kept"]] == ["kept"]
    assert len(found["holds"]) == 1
    assert reviews_due(world.archive, then - dt.timedelta(days=1))["kept"] == []


def test_a_list_that_nobody_carried_out_is_forgotten_after_six_days(world: World) -> None:
    world.later(9)
    world.harvest()
    list_id = world.approved()
    world.later(6)
    world.now -= dt.timedelta(seconds=1)
    assert weed(world.archive, BOARDS, now=world.now) == 0
    world.now += dt.timedelta(seconds=1)
    assert weed(world.archive, BOARDS, now=world.now) == 2
    assert not list((world.folder / "lists" / list_id).rglob("*.*"))
    assert weed(world.reopened().archive, BOARDS, now=world.now) == 0


def test_a_request_goes_on_the_day_that_it_names_and_a_hold_stays(world: World) -> None:
    hold = holds.add(
        world.archive,
        channel=CHANNEL,
        reason="request",
        by=APPROVER,
        now=world.now,
        review=dt.date(2025, 12, 2),
    )
    draft = Draft(
        base="requests/begaran-1",
        files={"said": b"Sagt av Majken"},
        labels={"kind": "x", "forget": "2025-12-08"},
    )
    world.archive.commit(Commit(event="x", now=world.now, actor="x", drafts=(draft,)))
    world.later(6)
    assert weed(world.archive, BOARDS, now=world.now) == 0
    world.later(1)
    assert weed(world.archive, BOARDS, now=world.now) == 1
    assert world.says("Sagt av Majken") == []
    assert holds.active(world.archive) == (hold,)
