"""Carrying out: what is approved and still eligible goes, and the certificate tells the truth."""

import dataclasses as dc
import datetime as dt
import json
from pathlib import Path

import pytest

from archive_store import Archive, Commit, Directory, Draft
from archive_store.errors import DamageError, HeldError, MissingError, RefusalError
from tasks.culling import carry_out, holds, read_certificate
from tasks.culling.certificate import FILE, certificates, from_json, to_json
from tasks.days import thread_from_json
from tasks.model import Visibility
from tests.tasks.culling.world import APPROVER, CHANNEL, World, days

SAID = ("Badet öppnar klockan nio", "När öppnar badet", "Klockan nio, välkommen")
PICTURE = "http://127.0.0.1/bad.png"


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Thread 1 with question, answer and picture; thread 4 on the same day; 5 the day after."""
    made = World(tmp_path / "archive")
    bath = made.post(SAID[0], title="Bad", pictures=(PICTURE,))
    made.comment(bath, SAID[1])
    made.later(0.01)
    made.comment(bath, SAID[2], own=True)
    made.post("Lånekort delas ut")
    made.harvest()
    made.later(1)
    made.post("Snöröjning pågår")
    made.harvest()
    made.later(8.99)
    made.harvest()
    return made


def approved(world: World, keep: dict[int, str] | None = None) -> str:
    list_id = world.propose().list_id
    assert list_id is not None
    world.approve(list_id, keep=keep)
    return list_id


def test_nothing_of_what_was_culled_remains_in_any_file(world: World) -> None:
    picture = world.blog.pictures[PICTURE]
    for said in SAID:
        assert world.says(said, "posts")
    assert [p for p in world.folder.rglob("*") if p.is_file() and p.read_bytes() == picture]
    done = world.cull()
    assert (done.culled, done.kept, done.skipped) == (3, 0, 0)
    for said in SAID:
        assert world.says(said) == []
    assert not [p for p in world.folder.rglob("*") if p.is_file() and p.read_bytes() == picture]
    assert not [p for p in (world.folder / "posts").rglob("*") if p.is_file()]
    assert world.threads() == {}


def test_what_stays_on_the_day_stays_whole_with_its_pictures(world: World) -> None:
    before = world.threads()["1"]
    held = holds.add(
        world.archive,
        channel=CHANNEL,
        thread="1",
        reason="request",
        by=APPROVER,
        now=world.now,
        review=dt.date(2026, 6, 1),
    )
    assert world.cull().culled == 2
    after = world.reopened().threads()
    assert list(after) == ["1"]
    assert (after["1"].sha256, after["1"].size) == (before.sha256, before.size)
    assert world.archive.read(after["1"].package, "media/0001.png") == world.blog.pictures[PICTURE]
    assert world.says("Lånekort") == []
    holds.release(world.archive, held.id, by=APPROVER, now=world.now)
    assert world.cull().culled == 1


def test_a_kept_thread_moves_with_reason_and_review_date(world: World) -> None:
    done = world.cull(keep={1: "unique"})
    assert (done.culled, done.kept, done.skipped) == (2, 1, 0)
    (kept,) = world.archive.packages("kept/")
    assert kept.base == f"kept/{CHANNEL}/2025/{done.list}-1"
    assert dict(kept.labels) == {
        "kind": "kept",
        "channel": CHANNEL,
        "reason": "unique",
        "list": done.list,
    }
    about = world.archive.manifest(kept)["about"]
    assert (about["by"], about["review"]) == (APPROVER, "2026-12-11")
    thread = thread_from_json(world.archive.read(kept, "thread.json"))
    assert [post.words.text for post in thread.posts] == list(SAID)
    assert world.archive.read(kept, "media/0001.png") == world.blog.pictures[PICTURE]
    assert {where.split("/")[0] for where in world.says(SAID[0])} == {"kept"}


def test_a_class_that_keeps_keeps_without_a_persons_doing(world: World) -> None:
    world.decision = dc.replace(
        world.decision,
        classes=tuple(dc.replace(c, default=c.id == "unik") for c in world.decision.classes),
    )
    done = world.cull()
    assert (done.culled, done.kept) == (0, 3)
    reasons = {package.labels["reason"] for package in world.archive.packages("kept/")}
    assert reasons == {"class"}
    assert world.threads() == {}


def test_the_certificate_equals_the_facts(world: World) -> None:
    before = world.threads()
    done = world.cull(keep={2: "case"})
    certificate = read_certificate(world.archive, done.certificate)
    assert certificate.number == "2025-kommunstyrelsen-001"
    assert certificate.rehearsal
    gone = [before["1"], before["5"]]
    assert [part.sha256 for part in certificate.culled] == [each.sha256 for each in gone]
    (channel,) = certificate.channels
    assert (channel.threads, channel.items, channel.versions) == (2, 4, 4)
    assert channel.size == certificate.size == done.size == sum(each.size for each in gone)
    assert (channel.earliest, channel.latest) == (dt.date(2025, 12, 1), dt.date(2025, 12, 2))
    assert (channel.there, channel.removed, channel.unknown) == (2, 0, 0)
    assert [(part.row, part.kept) for part in certificate.excepted] == [(2, "case")]
    assert certificate.packages == 2
    assert certificate.remaining == 0
    assert [part.rule for part in certificate.classes] == ["veckan/1"]
    assert {guard.passed for guard in certificate.guards} == {2}
    assert {guard.stopped for guard in certificate.guards} == {0}
    assert certificate.approver.name == "Ingrid Almlöv"
    assert certificate.backups_until == dt.date(2026, 1, 10)
    (intent,) = world.archive.entries(event="cull-intent")
    assert certificate.journal is not None
    assert (certificate.journal.seq, certificate.journal.sha256) == (intent.seq, intent.sha256)
    assert intent.retirement == "culled"
    assert len(intent.retired) == 2


def test_the_certificate_holds_no_word_and_no_author(world: World) -> None:
    done = world.cull(keep={2: "unique"})
    for phrase in (*SAID, "Lånekort", "Snöröjning"):
        assert world.says(phrase, "certificates") == []
        assert world.says(phrase, "journal") == []
    author = world.blog.items["c2"].words
    assert author is not None
    for name in (author.author_name, author.permalink):
        assert world.says(name, "certificates") == []
    assert world.says(done.certificate, "certificates")


def test_a_certificate_survives_being_written_and_read(world: World) -> None:
    certificate = read_certificate(world.archive, world.cull().certificate)
    assert from_json(to_json(certificate)) == certificate
    assert json.loads(to_json(certificate))["proposed"] == "2025-12-11T09:00:00Z"
    (package,) = certificates(world.archive)
    assert world.archive.read(package, FILE) == to_json(certificate)
    with pytest.raises(MissingError, match="certificate-unknown"):
        read_certificate(world.archive, "2025-kommunstyrelsen-002")


def test_certificates_are_numbered_and_chained_by_board_and_year(world: World) -> None:
    first = read_certificate(world.archive, world.cull().certificate)
    assert first.previous is None
    for number, year in ((2, 2025), (1, 2026), (2, 2026)):
        world.later(0.1)
        world.post(f"Nr {number}")
        world.harvest()
        world.later(15)
        world.harvest()
        certificate = read_certificate(world.archive, world.cull().certificate)
        assert certificate.number == f"{year}-kommunstyrelsen-{number:03d}"
        assert certificate.previous is not None
        before = certificates(world.archive)[-2]
        assert certificate.previous.number == before.labels["number"]
        files = world.archive.manifest(before)["files"]
        assert certificate.previous.sha256 == files[0]["sha256"]


def test_what_was_culled_or_kept_is_not_taken_in_again_and_an_edit_is(world: World) -> None:
    world.cull(keep={2: "unique"})
    world.later(0.5)
    seen = world.harvest()
    assert (seen.new, seen.threads) == (0, 0)
    assert world.threads() == {}
    world.later(0.5)
    late = world.comment("1", "En sen fråga")
    world.blog.edit("5", world.now, "Snöröjning är klar")
    world.harvest()
    threads = world.threads()
    assert [post.id for post in threads["1"].thread.posts] == [late]
    assert threads["1"].thread.culled_by == "2025-12-11-kommunstyrelsen-1"
    assert threads["5"].thread.posts[0].words.text == "Snöröjning är klar"
    assert SAID[0] not in str(threads)


def test_every_version_of_everything_culled_has_a_tombstone(world: World) -> None:
    world.later(0.1)
    world.blog.edit("5", world.now, "Snöröjning är klar")
    world.harvest()
    world.later(9)
    world.harvest()
    versions = [
        (post.id, version.digest)
        for stored in world.threads().values()
        for post in stored.thread.posts
        for version in post.versions
    ]
    assert len(versions) >= 5
    done = world.cull()
    stones = world.stones()
    assert all(stones.culled(item, digest) for item, digest in versions)
    assert {stones.list_of(item) for item, _ in versions} == {done.list}
    assert not stones.culled("5", "another wording")
    assert stones.list_of("99") is None


def test_what_was_said_since_the_list_stays_with_its_thread(world: World) -> None:
    list_id = approved(world)
    world.later(0.2)
    world.comment("4", "Gäller det barn också?")
    world.blog.edit("5", world.now, "Snöröjning är klar")
    world.harvest()
    done = world.carry_out(list_id)
    assert (done.culled, done.kept, done.skipped) == (1, 0, 2)
    assert set(world.threads()) == {"4", "5"}
    certificate = read_certificate(world.archive, done.certificate)
    assert {part.row: part.stopped[0] for part in certificate.excepted} == {
        2: "changed",
        3: "changed",
    }


def test_a_thread_that_only_left_the_channel_since_still_goes(world: World) -> None:
    list_id = approved(world)
    listed = world.threads()["4"].sha256
    world.later(0.2)
    world.blog.delete("4")
    world.harvest()
    now = world.threads()["4"]
    assert now.thread.posts[0].visibility is Visibility.GONE
    assert now.sha256 != listed
    done = world.carry_out(list_id)
    assert done.culled == 3
    certificate = read_certificate(world.archive, done.certificate)
    assert certificate.culled[1].sha256 == now.sha256
    assert (certificate.channels[0].there, certificate.channels[0].removed) == (2, 1)


def test_a_hold_laid_after_approval_is_obeyed(world: World) -> None:
    list_id = approved(world)
    holds.add(
        world.archive,
        channel=CHANNEL,
        reason="audit",
        by=APPROVER,
        now=world.now,
        review=dt.date(2026, 6, 1),
    )
    done = world.carry_out(list_id)
    assert (done.culled, done.skipped) == (0, 3)
    assert len(world.threads()) == 3
    certificate = read_certificate(world.archive, done.certificate)
    assert {part.stopped for part in certificate.excepted} == {("held",)}
    assert certificate.packages == 0


def test_a_harvest_just_before_finds_what_was_said_a_minute_ago(world: World) -> None:
    list_id = approved(world)
    world.later(0.5)
    world.comment("1", "Har ni öppet i dag?")
    reread: list[str] = []

    def harvest(channel: str) -> None:
        reread.append(channel)
        world.harvest()

    done = carry_out(
        world.archive,
        world.decision,
        list_id,
        now=world.now,
        run="test",
        software="Kanalarkiv 0",
        reread=harvest,
    )
    assert reread == [CHANNEL]
    assert (done.culled, done.skipped) == (2, 1)
    assert set(world.threads()) == {"1"}


def test_a_stale_harvest_lets_nothing_go(world: World) -> None:
    list_id = approved(world)
    world.later(1.1)
    assert world.carry_out(list_id).culled == 0


@pytest.mark.parametrize("reason", ["list-not-approved", "list-expired", "decision-not-in-force"])
def test_without_a_valid_approval_nothing_happens(world: World, reason: str) -> None:
    list_id = world.propose().list_id
    assert list_id is not None
    if reason != "list-not-approved":
        world.approve(list_id)
    if reason == "list-expired":
        world.later(6)
        world.harvest()
    if reason == "decision-not-in-force":
        world.decision = dc.replace(world.decision, ends=world.decision.in_force)
    entries = world.archive.last.seq
    with pytest.raises(RefusalError, match=reason):
        world.carry_out(list_id)
    assert world.archive.last.seq == entries
    assert len(world.threads()) == 3


def test_an_approver_whom_the_decision_no_longer_names_is_refused(world: World) -> None:
    list_id = approved(world)
    world.decision = dc.replace(world.decision, approvers=world.decision.approvers[1:])
    with pytest.raises(RefusalError, match="not-approver"):
        world.carry_out(list_id)


def test_carrying_out_twice_gives_the_same_certificate(world: World) -> None:
    list_id = approved(world)
    first = world.carry_out(list_id)
    entries = world.archive.last.seq
    again = world.reopened().carry_out(list_id)
    assert again == dc.replace(first, again=True)
    assert world.archive.last.seq == entries
    assert len(certificates(world.archive)) == 1


def test_the_lists_own_papers_go_when_the_certificate_is_there(world: World) -> None:
    world.cull()
    assert world.archive.packages("lists/") == []
    assert not [p for p in (world.folder / "lists").rglob("*") if p.is_file()]


def test_a_run_that_died_after_the_intent_is_completed(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    list_id = approved(world)
    with monkeypatch.context() as patched:
        patched.setattr("tasks.culling.carrying_out._end", _die)
        with pytest.raises(ZeroDivisionError):
            world.carry_out(list_id)
    assert certificates(world.archive) == []
    with pytest.raises(RefusalError, match="cull-unfinished"):
        world.reopened().propose()
    world.later(1)
    done = world.carry_out(list_id)
    certificate = read_certificate(world.archive, done.certificate)
    assert certificate.deviations == ("resumed",)
    assert certificate.finished is not None
    assert certificate.finished - certificate.started == days(1)


def _die(*_: object, **__: object) -> None:
    raise ZeroDivisionError


def test_without_verified_absence_there_is_no_certificate(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    list_id = approved(world)
    with monkeypatch.context() as patched:
        patched.setattr(Archive, "remains", lambda _self, keys: list(keys)[:1])
        with pytest.raises(DamageError, match="not-destroyed"):
            world.carry_out(list_id)
    assert certificates(world.archive) == []
    assert world.reopened().carry_out(list_id).certificate == "2025-kommunstyrelsen-001"


def test_what_a_killed_run_left_of_the_channel_is_swept_first(world: World) -> None:
    leftover = world.folder / "posts" / CHANNEL / "2025-12-01" / "9"
    leftover.mkdir(parents=True)
    (leftover / "threads.jsonl").write_text(SAID[0])
    world.cull()
    assert world.says(SAID[0]) == []


@pytest.mark.parametrize("name", ["cull-kommunstyrelsen", f"channel-{CHANNEL}"])
def test_two_runs_never_cull_at_once(world: World, name: str) -> None:
    list_id = approved(world)
    other = Archive.open(Directory(world.folder))
    with other.lease(name), pytest.raises(HeldError):
        world.carry_out(list_id)
    assert len(world.threads()) == 3
    assert world.carry_out(list_id).culled == 3


def test_snapshots_of_the_same_time_are_cited(world: World) -> None:
    def snapshot(when: str, since: str | None) -> Draft:
        return Draft(
            base=f"snapshots/informationsenheten/{CHANNEL}/2025/{when}T2300-forandring",
            files={"pdf": b"%PDF-1.7"},
            about={"period_from": since},
            labels={
                "kind": "snapshot",
                "channel": CHANNEL,
                "unit": "informationsenheten",
                "occasion": "forandring",
                "state": "preliminary",
                "whole": "yes",
            },
        )

    drafts = (snapshot("2025-12-05", None), snapshot("2025-12-11", "2025-12-10"))
    world.archive.commit(Commit(event="snapshot", now=world.now, actor="snapshot", drafts=drafts))
    certificate = read_certificate(world.archive, world.cull().certificate)
    (part,) = certificate.snapshots
    assert part.key.endswith("/2025-12-05T2300-forandring")
    assert (part.occasion, part.state) == ("forandring", "preliminary")


def test_where_absence_cannot_be_told_the_standing_is_unknown(world: World) -> None:
    world.blog.complete = False
    world.later(0.1)
    world.harvest()
    certificate = read_certificate(world.archive, world.cull().certificate)
    (channel,) = certificate.channels
    assert (channel.there, channel.removed, channel.unknown) == (0, 0, 3)


def test_statistics_are_unharmed(world: World) -> None:
    def numbers() -> dict[str, bytes]:
        found = world.archive.packages("observations/")
        return {package.key: world.archive.read(package, "parquet") for package in found}

    before = numbers()
    world.cull()
    assert numbers() == before
    assert len(before) >= 2
