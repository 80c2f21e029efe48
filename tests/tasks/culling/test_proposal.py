"""Proposing and approving: frozen lists, and people who may."""

import dataclasses as dc
from pathlib import Path

import pytest

from archive_store.errors import DamageError, InputError, MissingError, RefusalError
from tasks.culling import propose, show
from tasks.culling.lists import FLAGS, read_approval, read_list, waiting
from tasks.model import Visibility
from tests.tasks.culling.world import APPROVER, CHANNEL, PROPOSER, World


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Two old threads and one young."""
    made = World(tmp_path / "archive")
    made.post("Badet öppnar", title="Bad")
    made.post("Lånekort", title="Bibliotek")
    made.harvest()
    made.later(9)
    made.post("Nytt")
    made.harvest()
    return made


def proposed(world: World) -> str:
    list_id = world.propose().list_id
    assert list_id is not None
    return list_id


def test_what_may_go_is_frozen_as_a_list_that_waits(world: World) -> None:
    ref = world.propose()
    assert (ref.list_id, ref.rows, ref.not_due) == ("2025-12-10-kommunstyrelsen-1", 2, 1)
    found = read_list(world.reopened().archive, "2025-12-10-kommunstyrelsen-1")
    assert [(row.number, row.thread, row.rule) for row in found.rows] == [
        (1, "1", "veckan/1"),
        (2, "2", "veckan/1"),
    ]
    living = world.threads()
    assert [row.sha256 for row in found.rows] == [living["1"].sha256, living["2"].sha256]
    assert found.sha256 == ref.sha256
    assert waiting(world.archive, "kommunstyrelsen") == [ref.list_id]


def test_a_list_and_its_journal_hold_no_words(world: World) -> None:
    world.propose()
    for phrase in ("Badet öppnar", "Lånekort", "Bibliotek"):
        assert world.says(phrase, "lists") == []
        assert world.says(phrase, "journal") == []
        assert world.says(phrase, "posts") != []


def test_the_person_at_the_terminal_sees_the_words(world: World) -> None:
    rows = show(world.archive, proposed(world))
    assert [row.thread and row.thread.posts[0].words.title for row in rows] == ["Bad", "Bibliotek"]


def test_with_nothing_due_there_is_no_list(tmp_path: Path) -> None:
    world = World(tmp_path / "archive")
    world.post("Hej")
    world.harvest()
    ref = world.propose()
    assert (ref.list_id, ref.rows, ref.not_due, ref.blocked) == (None, 0, 1, {})
    assert world.archive.last.event == "harvest"


def test_what_is_due_and_stopped_is_told_by_code(world: World) -> None:
    world.later(1.5)
    ref = world.propose()
    assert ref.list_id is None
    assert ref.blocked == {"not-harvested": 2}


def test_proposing_twice_does_nothing_twice(world: World) -> None:
    first = world.propose()
    entries = world.archive.last.seq
    assert world.propose() == first
    assert world.archive.last.seq == entries


def test_a_new_list_takes_the_place_of_one_that_waits(world: World) -> None:
    first = proposed(world)
    world.approve(first)
    world.later(0.5)
    world.post("Mer")
    world.blog.edit("1", world.now, "Badet stänger")
    world.harvest()
    second = proposed(world)
    assert second == "2025-12-10-kommunstyrelsen-2"
    assert waiting(world.archive) == [second]
    with pytest.raises(RefusalError, match="list-closed"):
        world.carry_out(first)
    assert not list((world.folder / "lists" / first).rglob("*.*"))


def test_a_list_that_nobody_approved_in_time_is_destroyed(world: World) -> None:
    first = proposed(world)
    world.later(6)
    world.harvest()
    with pytest.raises(RefusalError, match="list-expired"):
        world.approve(first)
    second = proposed(world)
    assert second == "2025-12-16-kommunstyrelsen-1"
    assert [e.facts["lists"] for e in world.archive.entries(event="cull-expired")] == [[first]]
    with pytest.raises(RefusalError, match="list-closed"):
        world.approve(first)


def test_rows_worth_a_look_carry_flags(tmp_path: Path) -> None:
    world = World(tmp_path / "archive")
    edited, gone, hidden, plain, itself = (world.post(f"Nr {n}") for n in range(5))
    spam = world.comment(hidden, "köp")
    world.harvest()
    world.later(1)
    world.blog.edit(edited, world.now, "Nr 0, rättat")
    world.blog.delete(gone)
    world.blog.turn(spam, Visibility.SPAM)
    world.blog.turn(itself, Visibility.HELD)
    world.harvest()
    world.later(40)
    world.harvest()
    ref = world.propose()
    flags = {row.row.thread: set(row.row.flags) for row in show(world.archive, str(ref.list_id))}
    assert flags == {
        edited: {"late", "edited"},
        gone: {"late", "gone"},
        hidden: {"late", "hidden"},
        plain: {"late"},
        itself: {"late"},  # what the body hides of its own is no hidden comment
    }
    assert ref.flagged == 5
    assert {flag for each in flags.values() for flag in each} <= set(FLAGS)


def test_only_a_named_proposer_proposes_and_only_under_a_decision_in_force(world: World) -> None:
    with pytest.raises(RefusalError, match="not-proposer"):
        world.propose(by=APPROVER)
    world.decision = dc.replace(world.decision, ends=world.decision.in_force)
    with pytest.raises(RefusalError, match="decision-not-in-force"):
        world.propose()


def test_only_a_named_approver_approves(world: World) -> None:
    list_id = proposed(world)
    with pytest.raises(RefusalError, match="not-approver"):
        world.approve(list_id, by=PROPOSER)
    given = world.approve(list_id, keep={2: "unique"})
    assert read_approval(world.reopened().archive, list_id) == given
    assert (given.by, given.keep, given.sha256) == (
        APPROVER,
        {2: "unique"},
        read_list(world.archive, list_id).sha256,
    )


def test_whoever_proposed_does_not_approve_even_when_named_for_both(world: World) -> None:
    both = dc.replace(world.decision.approvers[0], id=PROPOSER)
    world.decision = dc.replace(world.decision, approvers=(*world.decision.approvers, both))
    with pytest.raises(RefusalError, match="approver-is-proposer"):
        world.approve(proposed(world), by=PROPOSER)


def test_an_approval_is_given_once(world: World) -> None:
    list_id = proposed(world)
    first = world.approve(list_id)
    entries = world.archive.last.seq
    assert world.approve(list_id) == first
    assert world.archive.last.seq == entries
    with pytest.raises(RefusalError, match="list-approved"):
        world.approve(list_id, by="arkivarie-2")
    with pytest.raises(RefusalError, match="list-approved"):
        world.approve(list_id, keep={1: "unique"})


@pytest.mark.parametrize(
    ("keep", "code"),
    [({3: "unique"}, "row-unknown"), ({0: "unique"}, "row-unknown"), ({1: "x"}, "keep-reason"),
     ({1: "class"}, "keep-reason")],
)  # fmt: skip
def test_rows_and_reasons_must_be_real(world: World, keep: dict[int, str], code: str) -> None:
    with pytest.raises(InputError, match=code):
        world.approve(proposed(world), keep=keep)


def test_a_decision_that_has_changed_since_asks_for_a_new_list(world: World) -> None:
    list_id = proposed(world)
    world.decision = dc.replace(world.decision, stored=world.decision.stored + b"\n")
    with pytest.raises(RefusalError, match="decision-changed"):
        world.approve(list_id)
    world.decision = dc.replace(world.decision, board="kulturnamnden")
    with pytest.raises(RefusalError, match="other-board"):
        world.approve(list_id)


def test_a_list_that_never_was_is_unknown(world: World) -> None:
    with pytest.raises(MissingError, match="list-unknown"):
        world.approve("2025-12-10-kommunstyrelsen-9")


def test_rows_that_were_changed_on_the_disk_are_never_approved(world: World) -> None:
    list_id = proposed(world)
    path = world.folder / "lists" / list_id / "list.jsonl"
    path.chmod(0o644)
    path.write_bytes(path.read_bytes().replace(b'"thread":"1"', b'"thread":"3"'))
    with pytest.raises(DamageError):
        world.approve(list_id)


def test_another_boards_list_is_left_alone(world: World) -> None:
    first = proposed(world)
    other = dc.replace(world.decision, board="kulturnamnden")
    world.decision = other
    second = proposed(world)
    assert second == "2025-12-10-kulturnamnden-1"
    assert waiting(world.archive) == [first, second]


def test_a_class_that_keeps_is_listed_as_kept(world: World) -> None:
    classes = tuple(dc.replace(each, default=each.id == "unik") for each in world.decision.classes)
    world.decision = dc.replace(world.decision, classes=classes)
    ref = world.propose()
    assert (ref.rows, ref.keeps) == (2, 2)
    assert [row.row.keep for row in show(world.archive, str(ref.list_id))] == ["class", "class"]


def test_a_rule_over_words_reads_the_words_of_what_is_listed_and_of_what_goes(
    tmp_path: Path,
) -> None:
    world = World(tmp_path / "archive")
    world.post("Granen tänds #Jul")
    world.post("Badet öppnar")
    world.harvest()
    world.later(9)
    world.harvest()
    jul = dc.replace(world.decision.classes[2], id="jul", tags=("#jul",))
    assert jul.action == "keep"
    world.decision = dc.replace(world.decision, classes=(*world.decision.classes, jul))
    ref = world.propose()
    rows = read_list(world.archive, str(ref.list_id)).rows
    assert [(row.thread, row.rule, row.keep) for row in rows] == [
        ("1", "jul/1", "class"),
        ("2", "veckan/1", ""),
    ]
    world.approve(str(ref.list_id))
    done = world.carry_out(str(ref.list_id))
    assert (done.culled, done.kept, done.skipped) == (1, 1, 0)


def test_a_channel_named_twice_is_judged_once(world: World) -> None:
    ref = propose(world.archive, world.decision, [CHANNEL, CHANNEL], by=PROPOSER, now=world.now)
    assert ref.rows == 2


def test_what_a_killed_run_left_among_the_boards_lists_is_swept(world: World) -> None:
    mine = world.folder / "lists" / "2025-11-01-kommunstyrelsen-1" / "list.jsonl"
    others = world.folder / "lists" / "2025-11-01-ny-kommunstyrelsen-1" / "list.jsonl"
    for leftover in (mine, others):
        leftover.parent.mkdir(parents=True)
        leftover.write_text("{}")
    proposed(world)
    assert not mine.exists()
    assert others.exists()
