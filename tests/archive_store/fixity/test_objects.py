"""What lies in an archive is verified: changed, missing, foreign or left over, and the sound."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest

from archive_store import Archive, Commit, Directory, Draft
from archive_store.errors import MissingError
from archive_store.fixity import VerifyReport, verify, verify_at
from tests.archive_store.fixity.damage import MANIFEST, NOW, PDF, THREADS, flip, found, put


def test_a_sound_archive_has_been_read_whole(archive: Archive, root: Path) -> None:
    sizes = [path.stat().st_size for path in root.rglob("*") if path.is_file()]
    for report in (verify(archive), verify_at(root)):
        assert report == VerifyReport(objects=len(sizes), bytes=sum(sizes), findings=())
        assert report.ok


@pytest.mark.parametrize(
    ("key", "code"),
    [(PDF, "changed-object"), (THREADS, "changed-object"), (MANIFEST, "changed-manifest")],
)
def test_one_flipped_bit_is_found(
    archive: Archive, edit: Callable[..., None], key: str, code: str
) -> None:
    edit(key, flip)
    assert found(verify(archive)) == {(code, key)}


@pytest.mark.parametrize(
    ("key", "code"),
    [
        (PDF, "missing-object"),
        (MANIFEST, "missing-manifest"),
        ("posts/blogg/2025-12-30/2/media/0001.jpg", "missing-object"),
        ("tombstones/key", "secret-damaged"),
        ("README.md", "missing-readme"),
    ],
)
def test_what_is_missing_is_found(archive: Archive, root: Path, key: str, code: str) -> None:
    (root / key).unlink()
    assert found(verify(archive)) == {(code, key)}
    assert verify(archive).ok == (code == "missing-readme")


def test_a_secret_that_is_gone_is_found_as_soon_as_words_were_marked(tmp_path: Path) -> None:
    root = tmp_path / "marked"
    archive = Archive.create(Directory(root), now=NOW)
    archive.secret()
    marked = Draft(
        base="posts/blogg/2025-12-30/1",
        files={"threads.jsonl": b"words"},
        labels={"kind": "day"},
        folder=True,
    )
    archive.commit(Commit(event="harvest", now=NOW, actor="x", drafts=(marked,)))
    (root / "tombstones" / "key").unlink()
    assert ("secret-damaged", "tombstones/key") in found(verify_at(str(root)))


def test_a_secret_cut_short_is_found(archive: Archive, edit: Callable[..., None]) -> None:
    edit("tombstones/key", lambda data: data[:31])
    assert found(verify_at(edit_root(archive))) == {("secret-damaged", "tombstones/key")}


def edit_root(archive: Archive) -> Path:
    bucket = archive.bucket
    assert isinstance(bucket, Directory)
    return bucket._root


@pytest.mark.parametrize(
    "key",
    [
        "snapshots/info/blogg/2025/Semester bild.png",
        "posts/blogg/2025-12-30/2/media/0002.jpg",
        PDF + ".bak",
        "Thumbs.db",
        "elsewhere/x.pdf",
        "journal/kopia.json",
        "posts.txt",
    ],
)
def test_what_is_foreign_is_found(archive: Archive, root: Path, key: str) -> None:
    put(root, key)
    assert found(verify(archive)) == {("foreign-object", key)}
    assert not verify(archive).ok


def test_leftovers_of_retired_packages_are_found_and_destroyed_when_opened(
    archive: Archive, root: Path
) -> None:
    key = "posts/blogg/2025-12-30/1/threads.jsonl"
    put(root, key)
    assert found(verify(archive)) == {("retired-leftover", key)}


def test_leftovers_of_the_unborn_are_a_warning(archive: Archive, root: Path) -> None:
    put(root, "posts/blogg/2025-12-31/1/threads.jsonl")
    put(root, "leases/harvest-blogg/1.json")
    report = verify(archive)
    assert found(report) == {("uncommitted", "posts/blogg/2025-12-31/1/threads.jsonl")}
    assert report.ok


def test_where_there_is_no_archive_there_is_nothing_to_verify(tmp_path: Path) -> None:
    with pytest.raises(MissingError) as caught:
        verify_at(tmp_path / "none")
    assert caught.value.code == "no-archive"


def test_what_lies_there_long_after_any_interrupted_run_is_an_error(
    archive: Archive, root: Path
) -> None:
    put(root, "snapshots/info/blogg/2025/planted.pdf")
    now = dt.datetime.now(dt.UTC)
    young, old = verify(archive, at=now), verify(archive, at=now + dt.timedelta(days=3))
    assert found(young) == {("uncommitted", "snapshots/info/blogg/2025/planted.pdf")}
    assert found(old) == {("old-leftover", "snapshots/info/blogg/2025/planted.pdf")}
    assert (young.ok, old.ok) == (True, False)


@pytest.mark.parametrize(
    ("page", "code"), [("README.md", "changed-readme"), ("index.html", "changed-page")]
)
def test_a_page_in_the_root_that_somebody_has_changed_is_found(
    archive: Archive, edit: Callable[..., None], page: str, code: str
) -> None:
    edit(page, lambda data: data.replace(b"a", b"\xc3\xa5", 1))
    assert found(verify(archive)) == {(code, page)}
    edit(page, lambda _: b"<h1>another page</h1>")
    assert found(verify(archive)) == {(code, page)}
    assert not verify(archive).ok


@pytest.mark.parametrize("damage", ["missing", "changed"])
def test_a_token_that_is_gone_or_changed_is_found(
    stamped: Archive, root: Path, edit: Callable[..., None], damage: str
) -> None:
    key = MANIFEST.replace("json", "tsr")
    if damage == "missing":
        (root / key).unlink()
    else:
        edit(key, flip)
    assert found(verify(stamped)) == {(f"{damage}-token", key)}
