"""A person's word stays with its thread, and what is secret is set apart at once."""

import dataclasses as dc
import datetime as dt

import pytest

from archive_store.errors import HeldError, InputError, MissingError
from tasks.culling.classifying import classify
from tasks.culling.explaining import explain
from tasks.culling.gathering import grounds_of
from tasks.culling.reading import find_thread
from tasks.days import thread_from_json
from tests.tasks.culling.world import APPROVER, BATH, CHANNEL, PICTURE, World


def say(world: World, reference: str, record_class: str, reason: str = "unique") -> bool:
    entry = classify(
        world.archive,
        world.decision,
        CHANNEL,
        reference,
        record_class=record_class,
        reason=reason,
        by=APPROVER,
        now=world.now,
    )
    return entry is not None


def test_a_class_stays_through_harvests_and_new_generations(bath: World) -> None:
    assert say(bath, "1", "unik")
    bath.later(0.1)
    bath.comment("1", "Tack!", own=True)
    bath.blog.edit("4", bath.now, "Lånekort delas ut i morgon")
    bath.harvest()
    thread = bath.reopened().threads()["1"].thread
    assert (thread.record_class, thread.classed_by, thread.classed_why) == (
        "unik",
        APPROVER,
        "unique",
    )
    assert thread.classed_at == bath.now - dt.timedelta(days=0.1)
    assert len(thread.posts) == 4


def test_a_classified_thread_is_kept_when_the_list_is_carried_out(bath: World) -> None:
    say(bath, "c2", "unik")  # by the id of a comment in it
    done = bath.cull()
    assert (done.culled, done.kept) == (2, 1)
    (kept,) = bath.archive.packages("kept/")
    assert kept.labels["reason"] == "class"


def test_what_was_classified_since_the_list_stays(bath: World) -> None:
    list_id = bath.approved()
    say(bath, "4", "unik")
    done = bath.carry_out(list_id)
    assert (done.culled, done.skipped) == (2, 1)
    assert set(bath.threads()) == {"4"}


def test_saying_it_twice_does_nothing_twice_and_it_can_be_taken_back(bath: World) -> None:
    assert say(bath, "1", "unik")
    assert not say(bath, "1", "unik")
    assert say(bath, "1", "regler", "mistake")
    assert bath.threads()["1"].thread.record_class == ""
    assert bath.propose().rows == 3


def test_the_journal_tells_class_and_reason_and_never_the_thread(bath: World) -> None:
    say(bath, "1", "unik")
    (entry,) = bath.archive.entries(event="classified")
    assert entry.actor == APPROVER
    assert dict(entry.facts) == {
        "channel": CHANNEL,
        "class": "unik",
        "reason": "unique",
        "apart": False,
    }


@pytest.mark.parametrize(
    ("reference", "record_class", "reason", "code"),
    [
        ("1", "ohort", "unique", "class-unknown"),
        ("1", "", "unique", "class-unknown"),
        ("1", "unik", "för att", "class-reason"),
        ("99", "unik", "unique", "thread-unknown"),
        ("", "unik", "unique", "thread-unknown"),
    ],
)
def test_what_there_is_not_is_refused_whole(
    bath: World, reference: str, record_class: str, reason: str, code: str
) -> None:
    entries = bath.archive.last.seq
    with pytest.raises((InputError, MissingError), match=code):
        say(bath, reference, record_class, reason)
    assert bath.archive.last.seq == entries


def test_no_class_slips_in_while_the_channel_is_busy(bath: World) -> None:
    with bath.archive.lease(f"channel-{CHANNEL}"):
        elsewhere = bath.reopened()
        with pytest.raises(HeldError):
            say(elsewhere, "1", "unik")


def test_what_is_secret_is_set_apart_at_once_with_its_pictures(bath: World) -> None:
    before = bath.threads()
    say(bath, "1", "sekretess", "secrecy")
    assert set(bath.reopened().threads()) == {"4", "5"}
    assert bath.threads()["4"].sha256 == before["4"].sha256
    (apart,) = bath.archive.packages("restricted/")
    assert (apart.labels["kind"], apart.labels["reason"]) == ("restricted", "secrecy")
    thread = thread_from_json(bath.archive.read(apart, "thread.json"))
    assert [post.words.text for post in thread.posts] == list(BATH)
    assert bath.archive.read(apart, "media/0001.png") == bath.blog.pictures[PICTURE]
    assert {path.split("/")[0] for path in bath.says(BATH[0])} == {"restricted"}
    about = bath.archive.manifest(apart)["about"]
    assert (about["by"], about["review"]) == (APPROVER, "2026-12-11")


def test_what_was_set_apart_is_not_taken_in_again_and_a_new_comment_is(bath: World) -> None:
    say(bath, "5", "sekretess", "secrecy")  # alone on its day
    bath.later(0.1)
    bath.harvest()
    assert "5" not in bath.threads()
    late = bath.comment("5", "Hur länge då?")
    bath.later(0.1)
    bath.harvest()
    assert [post.id for post in bath.threads()["5"].thread.posts] == [late]


def test_a_class_that_sets_apart_by_rule_moves_when_its_list_is_carried_out(bath: World) -> None:
    apart = dc.replace(bath.decision.classes[6], id="blogg", channels=(CHANNEL,))
    assert apart.action == "restrict"
    bath.decision = dc.replace(bath.decision, classes=(*bath.decision.classes, apart))
    done = bath.cull()
    assert (done.culled, done.kept) == (0, 3)
    assert len(bath.archive.packages("restricted/", list=done.list)) == 3
    assert bath.archive.packages("kept/") == []
    assert bath.threads() == {}


def test_an_explanation_names_class_rule_dates_and_every_guard(bath: World) -> None:
    say(bath, "1", "unik")
    found = find_thread(bath.archive, CHANNEL, "c2")
    assert found is not None
    ground = grounds_of(bath.archive, bath.decision, [CHANNEL], bath.now)[CHANNEL]
    told = explain(found[1], ground)
    known = told.classed.record_class
    assert known is not None
    assert (known.rule, told.classed.why, told.action, told.goes) == (
        "unik/1",
        "person",
        "keep",
        False,
    )
    assert told.due is not None
    assert told.due.date() == dt.date(2025, 12, 9)
    findings = {guard.code: finding and finding.code for guard, finding in told.guards}
    assert findings["class"] == "class-keeps"
    assert [code for code in findings.values() if code] == ["class-keeps"]
