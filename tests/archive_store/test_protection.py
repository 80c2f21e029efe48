"""Locks from the first moment, holds, withdrawal by decision, and what old backups bring back."""

import datetime as dt
import shutil
from pathlib import Path
from typing import Any

import pytest

from archive_store import Archive, Commit, Directory, Draft
from archive_store.errors import ArchiveError, InputError, MissingError, RefusalError
from archive_store.fixity import verify
from archive_store.records import Locks
from tests.support.locking import Locking

NOW = dt.datetime(2026, 1, 2, 8, tzinfo=dt.UTC)
LOCKS = Locks(first=dt.timedelta(days=30), long=dt.timedelta(days=3653))
SNAPSHOT = "snapshots/info/blogg/2025/2025-12-31T2300-arsskifte.json"
DAY = "posts/blogg/2025-12-30/1/manifest.json"


@pytest.fixture
def store(root: Path) -> Locking:
    return Locking(Directory(root), now=NOW)


@pytest.fixture
def archive(store: Locking) -> Archive:
    archive = Archive.create(store, now=NOW, locks=LOCKS, clock=lambda: store.now)
    archive.commit(Commit(event="snapshot", now=NOW, actor="snapshot", drafts=(snapshot(), day())))
    return archive


def snapshot(data: bytes = b"%PDF of the page") -> Draft:
    return Draft(base=SNAPSHOT.removesuffix(".json"), files={"pdf": data})


def day(generation: int = 1) -> Draft:
    files = {"threads.jsonl": b"words", "media/0001.jpg": b"\xff"}
    return Draft(base=f"posts/blogg/2025-12-30/{generation}", files=files, folder=True)


def cull(*keys: str) -> Commit:
    return Commit(event="culled", now=NOW, actor="cull", retire=keys, retirement="culled")


def test_each_zone_is_locked_from_the_first_moment_as_its_law_says(
    archive: Archive, store: Locking
) -> None:
    pdf = SNAPSHOT.replace(".json", ".pdf")
    assert {key: until - NOW for key, until in store.until.items()} == {
        "journal/000000000001.json": LOCKS.long,
        "journal/000000000002.json": LOCKS.long,
        SNAPSHOT: LOCKS.first,
        pdf: LOCKS.first,
    }
    assert archive.locks == LOCKS
    certificate = Draft(base="certificates/kn/2026-1", files={"pdf": b"%PDF"})
    archive.commit(Commit(event="x", now=NOW, actor="x", drafts=(certificate,)))
    assert store.until["certificates/kn/2026-1.pdf"] == NOW + LOCKS.long
    archive.commit(cull(DAY))
    assert archive.remains([DAY]) == []


def test_an_archive_without_locks_locks_nothing(store: Locking) -> None:
    archive = Archive.create(store, now=NOW)
    archive.commit(Commit(event="x", now=NOW, actor="x", drafts=(snapshot(),)))
    assert archive.locks is None
    assert store.until == {}


def test_locks_are_refused_where_the_store_has_none(root: Path) -> None:
    with pytest.raises(ArchiveError) as caught:
        Archive.create(Directory(root), now=NOW, locks=LOCKS)
    assert caught.value.code == "no-locks"
    assert not root.exists()


def test_confirming_lengthens_the_lock_once_and_is_journalled(
    archive: Archive, store: Locking
) -> None:
    store.now += dt.timedelta(days=3)
    first = archive.confirm(SNAPSHOT, now=NOW, actor="arkivarie-1")
    assert store.until[SNAPSHOT] == store.now + LOCKS.long
    assert store.until[SNAPSHOT.replace("json", "pdf")] == store.now + LOCKS.long
    assert first.facts == {"package": SNAPSHOT, "until": "2036-01-06T08:00:00Z"}
    assert archive.confirm(SNAPSHOT, now=NOW, actor="arkivarie-1") == first
    with pytest.raises(MissingError):
        archive.confirm("snapshots/none.json", now=NOW, actor="arkivarie-1")


TOKEN = SNAPSHOT.replace(".json", ".tsr")


@pytest.mark.parametrize("first", ["token", "confirmation"])
def test_a_token_is_locked_for_as_long_as_the_confirmed_snapshot_that_it_vouches_for(
    archive: Archive, store: Locking, first: str
) -> None:
    steps = [
        lambda: archive.stamp({SNAPSHOT: b"token"}, now=NOW),
        lambda: archive.confirm(SNAPSHOT, now=NOW, actor="arkivarie-1"),
    ]
    for step in steps if first == "token" else reversed(steps):
        store.now += dt.timedelta(minutes=1)
        step()
    assert store.until[TOKEN] == store.until[SNAPSHOT] > store.now + LOCKS.first


@pytest.mark.parametrize("between", ["list", "create"])
def test_and_also_where_token_and_confirmation_come_at_once(
    archive: Archive, store: Locking, monkeypatch: pytest.MonkeyPatch, between: str
) -> None:
    """Another run confirms while the token is being put, or stamps while the locks are set."""
    other = Archive.open(store, clock=lambda: store.now)
    if between == "create":
        create = store.create

        def created(key: str, data: bytes, **how: Any) -> None:
            if key == TOKEN:
                monkeypatch.undo()
                other.confirm(SNAPSHOT, now=NOW, actor="arkivarie-1")
            create(key, data, **how)

        monkeypatch.setattr(store, "create", created)
        archive.stamp({SNAPSHOT: b"token"}, now=NOW)
    else:
        lock = store.lock

        def locked(key: str, until: dt.datetime) -> None:
            monkeypatch.undo()
            lock(key, until)
            other.stamp({SNAPSHOT: b"token"}, now=NOW)

        monkeypatch.setattr(store, "lock", locked)
        archive.confirm(SNAPSHOT, now=NOW, actor="arkivarie-1")
    assert store.until[TOKEN] == store.until[SNAPSHOT] > store.now + LOCKS.first


def test_what_is_held_is_neither_culled_nor_superseded_until_every_hold_is_lifted(
    archive: Archive, store: Locking
) -> None:
    archive.hold([DAY], "begaran-1", now=NOW, actor="arkivarie-1")
    archive.hold([DAY], "revision-2", now=NOW, actor="arkivarie-1")
    assert store.held == {DAY, DAY.replace("manifest.json", "threads.jsonl")} | {
        DAY.replace("manifest.json", "media/0001.jpg")
    }
    for again in (archive, Archive.open(store)):
        assert again.holds(DAY) == {"begaran-1", "revision-2"}
        with pytest.raises(RefusalError) as caught:
            again.commit(cull(DAY))
        assert caught.value.code == "held-package"
    archive.release([DAY], "begaran-1", now=NOW, actor="arkivarie-1")
    assert len(store.held) == 3
    with pytest.raises(RefusalError):
        archive.commit(cull(DAY))
    archive.release([DAY], "revision-2", now=NOW, actor="arkivarie-1")
    assert store.held == set()
    archive.commit(cull(DAY))
    assert archive.remains([DAY]) == []


def test_a_hold_on_what_is_not_living_holds_nothing(archive: Archive, store: Locking) -> None:
    with pytest.raises(MissingError):
        archive.hold([DAY, "posts/none.json"], "begaran-1", now=NOW, actor="arkivarie-1")
    assert store.held == set()
    assert archive.holds(DAY) == frozenset()


def test_a_hold_that_a_killed_release_left_in_the_store_does_not_stop_a_lawful_culling(
    archive: Archive, store: Locking
) -> None:
    archive.hold([DAY], "begaran-1", now=NOW, actor="arkivarie-1")
    left = set(store.held)
    archive.release([DAY], "begaran-1", now=NOW, actor="arkivarie-1")
    store.held = left  # killed before the store was told
    archive.commit(cull(DAY))
    assert archive.remains([DAY]) == []


def test_a_withdrawal_needs_a_decision_and_a_replacement_and_breaks_the_lock(
    archive: Archive,
) -> None:
    with pytest.raises(RefusalError) as caught:
        archive.withdraw(SNAPSHOT, snapshot(b"masked"), decision="", now=NOW, actor="a-1")
    assert caught.value.code == "no-decision"
    elsewhere = Draft(base="reports/2025/x", files={"pdf": b"masked"})
    with pytest.raises(RefusalError) as caught:
        archive.withdraw(SNAPSHOT, elsewhere, decision="KS-2026/12", now=NOW, actor="a-1")
    assert caught.value.code == "nothing-instead"
    archive.confirm(SNAPSHOT, now=NOW, actor="a-1")
    entry = archive.withdraw(
        SNAPSHOT, snapshot(b"masked"), decision="KS-2026/12", now=NOW, actor="a-1"
    )
    assert (entry.retired, entry.retirement) == ((SNAPSHOT,), "withdrawn")
    assert entry.facts == {"decision": "KS-2026/12"}
    (replacement,) = archive.packages("snapshots/")
    assert archive.read(replacement, "pdf") == b"masked"
    assert archive.remains([SNAPSHOT]) == []
    again = archive.withdraw(
        SNAPSHOT, snapshot(b"masked"), decision="KS-2026/12", now=NOW, actor="a-1"
    )
    assert again == entry
    assert verify(archive).findings == ()


@pytest.mark.parametrize("zone", ["certificates", "reports", "register"])
def test_nothing_else_is_withdrawn(archive: Archive, zone: str) -> None:
    draft = Draft(base=f"{zone}/x/y", files={"pdf": b"x"})
    (package,) = archive.commit(Commit(event="x", now=NOW, actor="x", drafts=(draft,))).added
    with pytest.raises(RefusalError) as caught:
        archive.withdraw(package.key, draft, decision="KS-2026/12", now=NOW, actor="a-1")
    assert caught.value.code == "kept-for-ever"


def test_a_held_snapshot_is_not_withdrawn(archive: Archive) -> None:
    archive.hold([SNAPSHOT], "polis-1", now=NOW, actor="arkivarie-1")
    with pytest.raises(RefusalError):
        archive.withdraw(SNAPSHOT, snapshot(b"x"), decision="KS-2026/1", now=NOW, actor="a-1")


def test_what_a_failed_commit_wrote_is_taken_back_although_it_is_locked(
    archive: Archive, store: Locking, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object, **__: object) -> bool:
        raise ArchiveError("store-refused", sv="Nej.", en="No.")

    monkeypatch.setattr("archive_store.committing.put", refused)
    second = Draft(base="snapshots/info/blogg/2026/x", files={"pdf": b"%PDF"})
    with pytest.raises(ArchiveError):
        archive.commit(Commit(event="x", now=NOW, actor="x", drafts=(second,)))
    assert [s.key for s in store.list("snapshots/info/blogg/2026/")] == []


def test_an_old_backup_restored_over_the_archive_brings_nothing_back(
    archive: Archive, store: Locking, root: Path, tmp_path: Path
) -> None:
    shutil.copytree(root / "posts", tmp_path / "backup")
    archive.commit(cull(DAY))
    archive.commit(Commit(event="harvest", now=NOW, actor="harvest", drafts=(day(2),)))
    shutil.copytree(tmp_path / "backup", root / "posts", dirs_exist_ok=True)
    assert len(archive.remains([DAY])) == 3
    assert {f.code for f in verify(archive).findings} == {"retired-leftover"}
    opened = Archive.open(store)
    assert opened.remains([DAY]) == []
    (package,) = opened.packages("posts/")
    assert opened.read(package, "threads.jsonl") == b"words"
    assert verify(opened).findings == ()


def test_an_old_backup_brings_nothing_back_after_a_checkpoint_either(
    archive: Archive, store: Locking, root: Path, tmp_path: Path
) -> None:
    archive.commit(Commit(event="harvest", now=NOW, actor="x", drafts=(record("lists/l-1/list"),)))
    shutil.copytree(root / "lists", tmp_path / "backup")
    archive.commit(cull("lists/l-1/list.json"))
    archive.checkpoint()
    shutil.copytree(tmp_path / "backup", root / "lists", dirs_exist_ok=True)
    Archive.open(store)
    assert list(store.list("lists/")) == []


def record(base: str) -> Draft:
    return Draft(base=base, files={"jsonl": b"{}"})


def test_a_token_lies_beside_its_object_is_checked_and_asked_for_once(
    archive: Archive, store: Locking
) -> None:
    archive.checkpoint()
    voucher = f"journal/{archive.last.seq:012}.json"
    assert archive.unstamped() == [SNAPSHOT, voucher]
    store.create(SNAPSHOT.replace("json", "tsr"), b"of a killed run")
    archive.stamp({SNAPSHOT: b"token", voucher: b"token too"}, now=NOW)
    for again in (archive, Archive.open(store)):
        assert again.unstamped() == []
        assert again.token(SNAPSHOT) == again.get(SNAPSHOT.replace("json", "tsr")) == b"token"
        assert again.get(voucher.replace("json", "tsr")) == b"token too"
        assert again.token(DAY) is None
    assert store.until[SNAPSHOT.replace("json", "tsr")] == NOW + LOCKS.first
    archive.checkpoint()
    opened = Archive.open(store)
    assert opened.token(SNAPSHOT) == b"token"
    # What stands in for tokens here is none; nothing else is wrong.
    assert {finding.code for finding in verify(opened).findings} == {"wrong-token"}


@pytest.mark.parametrize("event", ["hold", "release", "confirmed", "stamped", "checkpoint"])
def test_nobody_else_makes_the_archives_own_entries(archive: Archive, event: str) -> None:
    with pytest.raises(InputError) as caught:
        archive.commit(Commit(event=event, now=NOW, actor="x"))
    assert caught.value.code == "reserved-event"


def test_a_withdrawn_snapshot_does_not_come_back_with_an_old_backup(
    archive: Archive, store: Locking, root: Path, tmp_path: Path
) -> None:
    shutil.copytree(root / "snapshots", tmp_path / "backup")
    archive.withdraw(SNAPSHOT, snapshot(b"masked"), decision="KS-2026/12", now=NOW, actor="a-1")
    archive.commit(Commit(event="note", now=NOW, actor="x"))
    for path in (tmp_path / "backup").rglob("*.*"):
        target = root / "snapshots" / path.relative_to(tmp_path / "backup")
        if not target.exists():
            shutil.copyfile(path, target)
    assert len(archive.remains([SNAPSHOT])) == 2
    opened = Archive.open(store)
    assert opened.remains([SNAPSHOT]) == []
    (replacement,) = opened.packages("snapshots/")
    assert opened.read(replacement, "pdf") == b"masked"


def test_only_what_is_preliminary_is_confirmed_and_nothing_is_locked_before_it_is_checked(
    archive: Archive, store: Locking
) -> None:
    with pytest.raises(RefusalError) as caught:
        archive.confirm(DAY, now=NOW, actor="arkivarie-1")
    assert caught.value.code == "not-preliminary"
    before = dict(store.until)
    for attempt in (
        lambda: archive.confirm(SNAPSHOT, now=NOW, actor="Anna Andersson"),
        lambda: archive.hold([DAY], "två ord", now=NOW, actor="arkivarie-1"),
    ):
        with pytest.raises(InputError):
            attempt()
    assert (store.until, store.held) == (before, set())


def test_a_package_culled_meanwhile_is_not_held_by_one_who_has_not_seen_it(
    archive: Archive, store: Locking
) -> None:
    other = Archive.open(store)
    archive.commit(cull(DAY))
    with pytest.raises(MissingError):
        other.hold([DAY], "begaran-1", now=NOW, actor="arkivarie-1")


def test_a_lock_that_nobody_here_may_lift_stops_neither_opening_nor_the_next_run(
    archive: Archive, store: Locking, monkeypatch: pytest.MonkeyPatch
) -> None:
    leftover = "snapshots/info/blogg/2026/x.pdf"
    store.create(leftover, b"%PDF", until=NOW + LOCKS.first)
    archive.withdraw(SNAPSHOT, snapshot(b"masked"), decision="KS-2026/12", now=NOW, actor="a-1")
    destroyed = store.delete

    def without_the_right(key: str, *, withdrawn: bool = False) -> None:
        del withdrawn
        destroyed(key)

    monkeypatch.setattr(store, "delete", without_the_right)
    opened = Archive.open(store)
    assert opened.sweep("snapshots/info/blogg/") == 1
    assert store.get(leftover) == b"%PDF"
    opened.commit(Commit(event="note", now=NOW, actor="x"))
