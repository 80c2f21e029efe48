"""The journal and its checkpoints are verified: gaps, edits, forgeries, and what was cut off."""

import hashlib
import json
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from archive_store import Archive, Directory, Draft
from archive_store.checkpoint import Checkpoint, Told
from archive_store.errors import DamageError
from archive_store.fixity import verify, verify_at
from tests.archive_store.fixity.damage import LAST, commit, flip, found


def test_a_gap_in_the_journal_is_found_and_the_archive_refuses_to_open(
    archive: Archive, root: Path
) -> None:
    (root / "journal/000000000003.json").unlink()
    assert ("journal-gap", "journal/000000000003.json") in found(verify(archive))
    assert ("journal-gap", "journal/000000000003.json") in found(verify_at(root))
    with pytest.raises(DamageError) as caught:
        Archive.open(Directory(root))
    assert caught.value.code == "journal-gap"


@pytest.mark.parametrize("seq", [1, 2, 4])
def test_an_edited_entry_is_found_and_the_archive_refuses_to_open(
    archive: Archive, root: Path, edit: Callable[..., None], seq: int
) -> None:
    key = f"journal/{seq:012}.json"
    edit(key, lambda data: data.replace(b'"actor":"', b'"actor":"x'))
    assert found(verify(archive)) == found(verify_at(root)) == {("journal-edited", key)}
    with pytest.raises(DamageError) as caught:
        Archive.open(Directory(root))
    assert caught.value.code == "journal-edited"


def test_an_edited_last_entry_is_found_by_the_page_in_the_root_or_an_open_archive(
    archive: Archive, root: Path, edit: Callable[..., None]
) -> None:
    edit(LAST, lambda data: data.replace(b'"actor":"', b'"actor":"x'))
    assert found(verify_at(root)) == {("journal-edited", LAST)}
    (root / "index.html").unlink()
    assert found(verify(archive)) == {("journal-edited", LAST)}


def test_an_unreadable_entry_is_found(
    archive: Archive, root: Path, edit: Callable[..., None]
) -> None:
    edit("journal/000000000003.json", lambda data: data[:50])
    codes = {code for code, _ in found(verify(archive))}
    assert codes >= {"journal-unreadable", "journal-edited"}
    with pytest.raises(DamageError) as caught:
        Archive.open(Directory(root))
    assert caught.value.code == "journal-unreadable"


def test_a_journal_cut_short_is_found_by_an_open_archive_and_by_the_page_in_the_root(
    archive: Archive, root: Path
) -> None:
    (root / LAST).unlink()
    left = {("behind-cut", f"tombstones/blogg/list.{end}") for end in ("json", "marks.json")}
    assert found(verify(archive)) == found(verify_at(root)) == {("journal-cut", LAST)} | left


def test_a_journal_cut_short_is_found_by_what_the_manifests_say(
    archive: Archive, root: Path
) -> None:
    del archive
    (root / "index.html").unlink()
    (root / LAST).unlink()
    (root / "journal/000000000004.json").unlink()
    assert ("journal-cut", "journal/000000000004.json") in found(verify_at(root))


def test_a_journal_forged_from_the_edited_entry_on_is_found_by_what_the_manifests_say(
    archive: Archive, root: Path, edit: Callable[..., None]
) -> None:
    del archive
    (root / "index.html").unlink()
    previous = ""
    for path in sorted((root / "journal").iterdir()):

        def forge(data: bytes, previous: str = previous) -> bytes:
            entry = json.loads(data) | ({"previous": previous} if previous else {})
            return json.dumps(entry | {"actor": "somebody-else"}).encode()

        edit(f"journal/{path.name}", forge)
        previous = hashlib.sha256(path.read_bytes()).hexdigest()
    Archive.open(Directory(root))  # the chain itself holds
    codes = found(verify_at(root))
    assert ("journal-edited", "journal/000000000001.json") in codes
    assert {code for code, _ in codes} == {"journal-edited"}


def test_an_entry_that_contradicts_the_others_is_found(
    archive: Archive, root: Path, edit: Callable[..., None]
) -> None:
    del archive
    (root / "index.html").unlink()
    edit(LAST, lambda data: data.replace(b'"retired":[]', b'"retired":["posts/none.json"]'))
    assert ("journal-contradiction", LAST) in found(verify_at(root))
    with pytest.raises(DamageError) as caught:
        Archive.open(Directory(root))
    assert caught.value.code == "journal-contradiction"


def test_a_sound_checkpoint_is_no_finding_and_a_changed_one_is(
    stamped: Archive, root: Path, edit: Callable[..., None]
) -> None:
    (key,) = [stored.key for stored in stamped.bucket.list("checkpoints/")]
    codes = {code for code, _ in found(verify(stamped))}
    assert codes == {"wrong-token"}  # what stands in for a token here is none
    edit(key, flip)
    report = verify_at(root)
    assert ("changed-checkpoint", key) in found(report)
    (finding,) = [each for each in report.findings if each.code == "changed-checkpoint"]
    assert finding.level == "warning"  # nothing is lost by it


def test_a_checkpoint_that_says_something_else_than_the_journal_is_found(
    archive: Archive, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = Checkpoint.write

    def lying(told: Told, path: Path) -> Checkpoint:
        base = written(told, path)
        with sqlite3.connect(path) as database:
            database.execute("DELETE FROM package WHERE key LIKE 'snapshots/%'")
        database.close()
        return base

    monkeypatch.setattr(Checkpoint, "write", lying)
    commit(archive, Draft(base="register/x", files={"toml": b"x"}))
    archive.checkpoint()
    assert {code for code, _ in found(verify_at(root))} == {"changed-checkpoint"}


def test_a_journal_shorter_than_its_checkpoint_is_found(archive: Archive, root: Path) -> None:
    archive.checkpoint()
    (root / "index.html").unlink()
    for seq in (5, 6):
        (root / f"journal/{seq:012}.json").unlink()
    codes = {code for code, _ in found(verify_at(root))}
    assert codes >= {"journal-cut", "behind-cut"}
