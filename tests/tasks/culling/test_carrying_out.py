"""Carrying out: what is approved and still eligible goes, and the certificate tells the truth."""

import dataclasses as dc
import datetime as dt

import pytest

from archive_store import Archive, Directory
from archive_store.errors import DamageError, HeldError, RefusalError
from tasks.culling import carry_out, holds, read_certificate
from tasks.culling.certificate import certificates
from tasks.days import thread_from_json
from tasks.marks import marking
from tasks.model import Visibility
from tests.tasks.culling.world import APPROVER, BATH, CHANNEL, PICTURE, World, days


def test_nothing_of_what_was_culled_remains_in_any_file(bath: World) -> None:
    picture = bath.blog.pictures[PICTURE]
    for said in BATH:
        assert bath.says(said, "posts")
    assert [p for p in bath.folder.rglob("*") if p.is_file() and p.read_bytes() == picture]
    done = bath.cull()
    assert (done.culled, done.kept, done.skipped) == (3, 0, 0)
    for said in BATH:
        assert bath.says(said) == []
    assert not [p for p in bath.folder.rglob("*") if p.is_file() and p.read_bytes() == picture]
    assert not [p for p in (bath.folder / "posts").rglob("*") if p.is_file()]
    assert bath.threads() == {}


def test_what_stays_on_the_day_stays_whole_with_its_pictures(bath: World) -> None:
    before = bath.threads()["1"]
    held = holds.add(
        bath.archive,
        channel=CHANNEL,
        thread="1",
        reason="request",
        by=APPROVER,
        now=bath.now,
        review=dt.date(2026, 6, 1),
    )
    assert bath.cull().culled == 2
    after = bath.reopened().threads()
    assert list(after) == ["1"]
    assert after["1"].gist == before.gist
    assert bath.archive.read(after["1"].package, "media/0001.png") == bath.blog.pictures[PICTURE]
    assert bath.says("Lånekort") == []
    holds.release(bath.archive, held.id, by=APPROVER, now=bath.now)
    assert bath.cull().culled == 1


def test_a_kept_thread_moves_with_reason_and_review_date(bath: World) -> None:
    done = bath.cull(keep={1: "unique"})
    assert (done.culled, done.kept, done.skipped) == (2, 1, 0)
    (kept,) = bath.archive.packages("kept/")
    assert kept.base == f"kept/{CHANNEL}/2025/{done.list}-1"
    assert dict(kept.labels) == {
        "kind": "kept",
        "channel": CHANNEL,
        "reason": "unique",
        "list": done.list,
    }
    about = bath.archive.manifest(kept)["about"]
    assert (about["by"], about["review"]) == (APPROVER, "2026-12-11")
    thread = thread_from_json(bath.archive.read(kept, "thread.json"))
    assert [post.words.text for post in thread.posts] == list(BATH)
    assert bath.archive.read(kept, "media/0001.png") == bath.blog.pictures[PICTURE]
    assert {where.split("/")[0] for where in bath.says(BATH[0])} == {"kept"}


def test_a_class_that_keeps_keeps_without_a_persons_doing(bath: World) -> None:
    bath.decision = dc.replace(
        bath.decision,
        classes=tuple(dc.replace(c, default=c.id == "unik") for c in bath.decision.classes),
    )
    done = bath.cull()
    assert (done.culled, done.kept) == (0, 3)
    reasons = {package.labels["reason"] for package in bath.archive.packages("kept/")}
    assert reasons == {"class"}
    assert bath.threads() == {}


def test_what_was_culled_or_kept_is_not_taken_in_again_and_an_edit_is(bath: World) -> None:
    bath.cull(keep={2: "unique"})
    bath.later(0.5)
    seen = bath.harvest()
    assert (seen.new, seen.threads) == (0, 0)
    assert bath.threads() == {}
    bath.later(0.5)
    late = bath.comment("1", "En sen fråga")
    bath.blog.edit("5", bath.now, "Snöröjning är klar")
    bath.harvest()
    threads = bath.threads()
    assert [post.id for post in threads["1"].thread.posts] == [late]
    assert threads["1"].thread.culled_by == "2025-12-11-kommunstyrelsen-1"
    assert threads["5"].thread.posts[0].words.text == "Snöröjning är klar"
    assert BATH[0] not in str(threads)


def test_every_version_of_everything_culled_has_a_tombstone(bath: World) -> None:
    bath.later(0.1)
    bath.blog.edit("5", bath.now, "Snöröjning är klar")
    bath.harvest()
    bath.later(9)
    bath.harvest()
    versions = [
        (post.id, version.digest)
        for stored in bath.threads().values()
        for post in stored.thread.posts
        for version in post.versions
    ]
    assert len(versions) >= 5
    done = bath.cull()
    stones = bath.stones()
    assert all(stones.culled(item, digest) for item, digest in versions)
    assert {stones.list_of(item) for item, _ in versions} == {done.list}
    assert not stones.culled("5", "another wording")
    assert stones.list_of("99") is None


def test_the_stones_tell_which_items_began_a_culled_thread(bath: World) -> None:
    """A supplement counts those: no kept thread, and no late comment on a culled post."""
    bath.cull(keep={2: "case"})
    stones = bath.stones()
    marked = {item: stones.list_of(item) is not None for item in ("1", "4", "5")}
    assert marked == {"1": True, "4": True, "5": True}
    mark = marking(bath.archive.secret(), CHANNEL)
    assert began(bath) == {mark("1"), mark("5")}
    late = bath.comment("5", "Är det plogat nu?")
    bath.later(0.01)
    bath.comment("5", "Ja, sedan i morse", own=True)
    bath.later(1)
    bath.harvest()
    assert bath.threads()["5"].thread.posts[0].id == late
    bath.later(9)
    bath.harvest()
    assert bath.cull().culled == 1
    assert began(bath) == {mark("1"), mark("5")}
    assert bath.stones().list_of(late) is not None


def test_a_day_that_was_damaged_is_not_culled(bath: World) -> None:
    """What is certified is what the harvest took in: a changed line is nothing that was listed."""
    list_id = bath.approved()
    for stored in bath.threads().values():
        path = bath.folder / stored.package.base / "threads.jsonl"
        path.chmod(0o644)
        path.write_bytes(path.read_bytes().replace(b"Badet", b"Sjuke"))
    with pytest.raises(DamageError, match="changed-object"):
        bath.carry_out(list_id)
    assert not certificates(bath.reopened().archive)
    assert len(list((bath.folder / "posts").rglob("threads.jsonl"))) == 2


def began(world: World) -> set[str]:
    return {item for item, grave in world.stones().graves.items() if grave.began}


def test_what_was_said_since_the_list_stays_with_its_thread(bath: World) -> None:
    list_id = bath.approved()
    bath.later(0.2)
    bath.comment("4", "Gäller det barn också?")
    bath.blog.edit("5", bath.now, "Snöröjning är klar")
    bath.harvest()
    done = bath.carry_out(list_id)
    assert (done.culled, done.kept, done.skipped) == (1, 0, 2)
    assert set(bath.threads()) == {"4", "5"}
    certificate = read_certificate(bath.archive, done.certificate)
    assert {part.row: part.stopped[0] for part in certificate.excepted} == {
        2: "changed",
        3: "changed",
    }


def test_a_thread_that_only_left_the_channel_since_still_goes(bath: World) -> None:
    list_id = bath.approved()
    listed = bath.threads()["4"].sha256
    bath.later(0.2)
    bath.blog.delete("4")
    bath.harvest()
    now = bath.threads()["4"]
    assert now.thread.posts[0].visibility is Visibility.GONE
    assert now.sha256 != listed
    done = bath.carry_out(list_id)
    assert done.culled == 3
    certificate = read_certificate(bath.archive, done.certificate)
    assert certificate.culled[1].sha256 == now.sha256
    assert (certificate.channels[0].there, certificate.channels[0].removed) == (2, 1)


def test_a_hold_laid_after_approval_is_obeyed(bath: World) -> None:
    list_id = bath.approved()
    holds.add(
        bath.archive,
        channel=CHANNEL,
        reason="audit",
        by=APPROVER,
        now=bath.now,
        review=dt.date(2026, 6, 1),
    )
    done = bath.carry_out(list_id)
    assert (done.culled, done.skipped) == (0, 3)
    assert len(bath.threads()) == 3
    certificate = read_certificate(bath.archive, done.certificate)
    assert {part.stopped for part in certificate.excepted} == {("held",)}
    assert certificate.packages == 0


def test_a_harvest_just_before_finds_what_was_said_a_minute_ago(bath: World) -> None:
    list_id = bath.approved()
    bath.later(0.5)
    bath.comment("1", "Har ni öppet i dag?")
    reread: list[str] = []

    def harvest(channel: str) -> None:
        reread.append(channel)
        bath.harvest()

    done = carry_out(
        bath.archive,
        bath.decision,
        list_id,
        now=bath.now,
        run="test",
        software="Kanalarkiv 0",
        reread=harvest,
    )
    assert reread == [CHANNEL]
    assert (done.culled, done.skipped) == (2, 1)
    assert set(bath.threads()) == {"1"}


def test_a_stale_harvest_lets_nothing_go(bath: World) -> None:
    list_id = bath.approved()
    bath.later(1.1)
    assert bath.carry_out(list_id).culled == 0


@pytest.mark.parametrize("reason", ["list-not-approved", "list-expired", "decision-not-in-force"])
def test_without_a_valid_approval_nothing_happens(bath: World, reason: str) -> None:
    list_id = bath.propose().list_id
    assert list_id is not None
    if reason != "list-not-approved":
        bath.approve(list_id)
    if reason == "list-expired":
        bath.later(6)
        bath.harvest()
    if reason == "decision-not-in-force":
        bath.decision = dc.replace(bath.decision, ends=bath.decision.in_force)
    entries = bath.archive.last.seq
    with pytest.raises(RefusalError, match=reason):
        bath.carry_out(list_id)
    assert bath.archive.last.seq == entries
    assert len(bath.threads()) == 3


def test_an_approver_whom_the_decision_no_longer_names_is_refused(bath: World) -> None:
    list_id = bath.approved()
    bath.decision = dc.replace(bath.decision, approvers=bath.decision.approvers[1:])
    with pytest.raises(RefusalError, match="not-approver"):
        bath.carry_out(list_id)


def test_carrying_out_twice_gives_the_same_certificate(bath: World) -> None:
    list_id = bath.approved()
    first = bath.carry_out(list_id)
    entries = bath.archive.last.seq
    again = bath.reopened().carry_out(list_id)
    assert again == dc.replace(first, again=True)
    assert bath.archive.last.seq == entries
    assert len(certificates(bath.archive)) == 1


def test_the_lists_own_papers_go_when_the_certificate_is_there(bath: World) -> None:
    bath.cull()
    assert bath.archive.packages("lists/") == []
    assert not [p for p in (bath.folder / "lists").rglob("*") if p.is_file()]


def test_a_run_that_died_after_the_intent_is_completed(
    bath: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    list_id = bath.approved()
    with monkeypatch.context() as patched:
        patched.setattr("tasks.culling.carrying_out._end", _die)
        with pytest.raises(ZeroDivisionError):
            bath.carry_out(list_id)
    assert certificates(bath.archive) == []
    with pytest.raises(RefusalError, match="cull-unfinished"):
        bath.reopened().propose()
    bath.later(1)
    done = bath.carry_out(list_id)
    certificate = read_certificate(bath.archive, done.certificate)
    assert certificate.deviations == ("resumed",)
    assert certificate.finished is not None
    assert certificate.finished - certificate.started == days(1)


def _die(*_: object, **__: object) -> None:
    raise ZeroDivisionError


def test_without_verified_absence_there_is_no_certificate(
    bath: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    list_id = bath.approved()
    with monkeypatch.context() as patched:
        patched.setattr(Archive, "remains", lambda _self, keys: list(keys)[:1])
        with pytest.raises(DamageError, match="not-destroyed"):
            bath.carry_out(list_id)
    assert certificates(bath.archive) == []
    assert bath.reopened().carry_out(list_id).certificate == "2025-kommunstyrelsen-001"


def test_what_a_killed_run_left_of_the_channel_is_swept_first(bath: World) -> None:
    leftover = bath.folder / "posts" / CHANNEL / "2025-12-01" / "9"
    leftover.mkdir(parents=True)
    (leftover / "threads.jsonl").write_text(BATH[0])
    bath.cull()
    assert bath.says(BATH[0]) == []


@pytest.mark.parametrize("name", ["cull-kommunstyrelsen", f"channel-{CHANNEL}"])
def test_two_runs_never_cull_at_once(bath: World, name: str) -> None:
    list_id = bath.approved()
    other = Archive.open(Directory(bath.folder))
    with other.lease(name), pytest.raises(HeldError):
        bath.carry_out(list_id)
    assert len(bath.threads()) == 3
    assert bath.carry_out(list_id).culled == 3


def test_statistics_are_unharmed(bath: World) -> None:
    def numbers() -> dict[str, bytes]:
        found = bath.archive.packages("observations/")
        return {package.key: bath.archive.read(package, "parquet") for package in found}

    before = numbers()
    bath.cull()
    assert numbers() == before
    assert len(before) >= 2
