"""A checkpoint saves time and changes nothing: with and without, the archive is the same."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from archive_store import Archive, Commit, Directory, Draft, committing, opening
from archive_store.bucket import Stored
from archive_store.errors import ConflictError, DamageError, HeldError
from archive_store.keys import CHECKPOINTS
from tests.support.passing import Passing

NOW = dt.datetime(2025, 12, 15, 2, tzinfo=dt.UTC)


class Remote(Passing):
    """A store whose objects are no files here, and which tells what was asked of it."""

    def __init__(self, inner: Directory) -> None:
        super().__init__(inner)
        self.got: list[str] = []

    def get(self, key: str, *, digest: str | None = None) -> bytes:
        self.got.append(key)
        return super().get(key, digest=digest)

    def path(self, key: str) -> None:
        del key


@pytest.fixture
def archive(root: Path) -> Archive:
    """Two channels with three harvests each, of which each replaced the one before."""
    archive = Archive.create(Directory(root), now=NOW)
    for number in range(3):
        for channel in ("blogg", "annan"):
            living = tuple(p.key for p in archive.packages(f"posts/{channel}/"))
            archive.commit(harvest(channel, number, retire=living))
    archive.hold(["posts/blogg/2/manifest.json"], "begaran-1", now=NOW, actor="arkivarie-1")
    return archive


def harvest(channel: str, number: int, *, retire: tuple[str, ...] = ()) -> Commit:
    draft = Draft(
        base=f"posts/{channel}/{number}",
        files={"threads.jsonl": b"words"},
        labels={"kind": "day", "channel": channel},
        folder=True,
    )
    return Commit(
        event="harvest",
        now=NOW,
        actor="harvest",
        drafts=(draft,),
        retire=retire,
        once=f"harvest:{channel}:{number}",
        facts={"channel": channel, "number": number},
    )


def everything(archive: Archive) -> dict[str, Any]:
    """All that can be asked of an archive."""
    return {
        "packages": archive.packages(),
        "blogg": archive.packages("posts/blogg/", channel="blogg"),
        "entries": [e for e in archive.entries() if e.event != "checkpoint"],
        "harvests": list(archive.entries(event="harvest", channel="blogg")),
        "newest": next(archive.entries(event="harvest", channel="annan", newest=True)),
        "once": [archive.once(f"harvest:blogg:{number}") for number in range(4)],
        "first": archive.first,
        "held": archive.holds("posts/blogg/2/manifest.json"),
    }


def test_an_archive_opened_from_a_checkpoint_tells_the_same(archive: Archive, root: Path) -> None:
    before = everything(archive)
    archive.checkpoint()
    assert everything(archive) == before
    for bucket in (Directory(root), Remote(Directory(root))):
        opened = Archive.open(bucket)
        assert opened._state.base is not None
        assert everything(opened) == before
        assert opened.last == archive.last


def test_what_came_before_and_after_a_checkpoint_is_one_archive(
    archive: Archive, root: Path, tmp_path: Path
) -> None:
    del tmp_path
    archive.checkpoint()
    archive.release(["posts/blogg/2/manifest.json"], "begaran-1", now=NOW, actor="arkivarie-1")
    archive.commit(harvest("blogg", 3, retire=("posts/blogg/2/manifest.json",)))
    archive.commit(harvest("ny", 1))
    expected = everything(archive)
    opened = Archive.open(Directory(root))
    assert opened._state.base is not None
    assert everything(opened) == expected
    for key in root.glob("checkpoints/*"):
        key.unlink()
    replayed = Archive.open(Directory(root))
    assert replayed._state.base is None
    assert everything(replayed) == expected
    assert [p.key for p in opened.packages("posts/blogg/")] == ["posts/blogg/3/manifest.json"]


def test_a_second_checkpoint_goes_on_from_the_first(archive: Archive, root: Path) -> None:
    archive.checkpoint()
    archive.commit(harvest("ny", 1))
    archive.commit(harvest("ny", 2, retire=("posts/ny/1/manifest.json",)))
    expected = everything(archive)
    archive.checkpoint()
    opened = Archive.open(Directory(root))
    assert everything(opened) == everything(archive) == expected
    assert opened._state.base is not None
    assert opened._state.base.seq == archive.last.seq - 1


def test_only_what_came_after_the_checkpoint_is_read(archive: Archive, root: Path) -> None:
    archive.checkpoint()
    archive.commit(harvest("ny", 1))
    remote = Remote(Directory(root))
    opened = Archive.open(remote)
    seq = opened.last.seq
    assert [key for key in remote.got if not key.startswith("leases/")] == [
        "index.html",
        f"journal/{seq - 1:012}.json",
        f"journal/{seq:012}.json",
        f"checkpoints/{seq - 2:012}.sqlite",
    ]


@pytest.mark.parametrize("damage", ["flipped", "cut", "emptied", "unvouched"])
def test_a_checkpoint_that_nobody_vouches_for_is_passed_over(
    archive: Archive, root: Path, damage: str
) -> None:
    expected = everything(archive)
    archive.checkpoint()
    (path,) = root.glob("checkpoints/*.sqlite")
    data = path.read_bytes()
    path.unlink()
    if damage == "unvouched":
        path = path.with_name(f"{archive.last.seq:012}.sqlite")
    else:
        data = {"flipped": data[:-1] + b"\x01", "cut": data[:5000], "emptied": b""}[damage]
    path.write_bytes(data)
    for bucket in (Directory(root), Remote(Directory(root))):
        opened = Archive.open(bucket)
        assert opened._state.base is None
        assert everything(opened) == expected


def test_a_gap_or_an_edit_after_the_checkpoint_is_seen(archive: Archive, root: Path) -> None:
    archive.checkpoint()
    archive.commit(harvest("ny", 1))
    archive.commit(harvest("ny", 2))
    last = root / f"journal/{archive.last.seq - 1:012}.json"
    data = last.read_bytes()
    last.unlink()
    with pytest.raises(DamageError, match="journal-gap"):
        Archive.open(Directory(root))
    last.write_bytes(data.replace(b'"ny"', b'"nx"'))
    with pytest.raises(DamageError, match="journal-edited"):
        Archive.open(Directory(root))


def test_commits_make_checkpoints_by_themselves_and_keep_two(
    archive: Archive, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(committing, "_APART", 5)
    other = Archive.open(Directory(root))
    for number in range(20):
        archive.commit(harvest("ny", number))
        assert len(archive._state.since) <= 6
    assert len(list(root.glob("checkpoints/*.sqlite"))) == 2
    assert list(root.glob("leases/*/*")) == []
    other.refresh()
    assert everything(other) == everything(archive) == everything(Archive.open(Directory(root)))
    # One that has opened from a checkpoint which is gone meanwhile goes on, and adopts the newest.
    other.commit(harvest("annan", 99))
    archive.refresh()
    assert everything(other) == everything(archive)


def test_a_killed_checkpoint_leaves_what_the_next_one_clears_away(
    archive: Archive, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(archive, "_record", killed)
    with pytest.raises(KeyboardInterrupt):
        archive.checkpoint()
    monkeypatch.undo()
    assert len(list(root.glob("checkpoints/*"))) == 1
    archive = Archive.open(Directory(root))
    assert archive._state.base is None
    archive.checkpoint()
    assert Archive.open(Directory(root))._state.base is not None


def test_only_one_run_makes_a_checkpoint_at_a_time(archive: Archive, root: Path) -> None:
    with Archive.open(Directory(root)).lease("checkpoint"), pytest.raises(HeldError):
        archive.checkpoint()
    assert list(root.glob("checkpoints/*")) == []


def test_a_very_long_journal_without_checkpoint_is_folded_as_it_is_read(
    archive: Archive, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = everything(archive)
    monkeypatch.setattr(opening, "_IN_MEMORY", 3)
    opened = Archive.open(Directory(root))
    assert len(opened._state.since) < 3
    assert everything(opened) == expected
    with pytest.raises(ConflictError):
        opened.commit(harvest("blogg", 9, retire=("posts/blogg/1/manifest.json",)))


@pytest.mark.usefixtures("archive")
def test_what_was_not_yet_destroyed_at_a_checkpoint_is_destroyed_later(root: Path) -> None:
    class Stuck(Passing):
        def delete(self, key: str, *, withdrawn: bool = False) -> None:
            if not key.startswith("observations/"):
                super().delete(key, withdrawn=withdrawn)

    def numbers(name: str, **more: tuple[str, ...]) -> Commit:
        draft = Draft(base=f"observations/blogg/{name}", files={"parquet": b"PAR1"})
        return Commit(event="note", now=NOW, actor="x", drafts=(draft,), **more)  # type: ignore[arg-type]  # as given

    stuck = Archive.open(Stuck(Directory(root)))
    (old,) = stuck.commit(numbers("1")).added
    with pytest.raises(DamageError, match="not-destroyed"):
        stuck.commit(numbers("2", retire=(old.key,)))
    stuck.checkpoint()
    assert (root / "observations/blogg/1.parquet").exists()
    Archive.open(Directory(root))
    assert not (root / "observations/blogg/1.parquet").exists()


def test_checkpoints_hold_ids_and_no_words(archive: Archive, root: Path) -> None:
    archive.checkpoint()
    (path,) = root.glob("checkpoints/*.sqlite")
    data = path.read_bytes()
    assert b"posts/blogg/2" in data  # so a search for words would find them
    assert b"words" not in data


@pytest.mark.usefixtures("archive")
def test_the_list_of_checkpoints_is_not_asked_for_by_a_plain_commit(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    bucket = Directory(root)
    listing = bucket.list

    def listed(prefix: str = "", **how: str) -> Iterator[Stored]:
        asked.append(prefix)
        return listing(prefix, **how)

    opened = Archive.open(bucket)
    monkeypatch.setattr(bucket, "list", listed)
    opened.commit(harvest("ny", 1))
    assert CHECKPOINTS not in asked
