"""Every kind of damage is found and named, and a sound archive has none."""

import datetime as dt
import hashlib
import json
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from archive_store import Archive, Commit, Directory, Draft, write_index
from archive_store.checkpoint import Checkpoint, Told
from archive_store.errors import DamageError, InputError, MissingError
from archive_store.fixity import Part, VerifyReport, verify, verify_at
from archive_store.keys import ZONES

NOW = dt.datetime(2025, 12, 31, 22, tzinfo=dt.UTC)
PDF = "snapshots/info/blogg/2025/2025-12-31T2300-arsskifte.pdf"
MANIFEST = PDF.replace("pdf", "json")
THREADS = "posts/blogg/2025-12-30/2/threads.jsonl"
LAST = "journal/000000000005.json"


def commit(archive: Archive, *drafts: Draft, retire: tuple[str, ...] = ()) -> None:
    archive.commit(Commit(event="test", now=NOW, actor="test", drafts=drafts, retire=retire))


def day(generation: int) -> Draft:
    files = {"threads.jsonl": b"words", "media/0001.jpg": b"\xff"}
    return Draft(base=f"posts/blogg/2025-12-30/{generation}", files=files, folder=True)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "archive"


@pytest.fixture
def archive(root: Path) -> Archive:
    """Five entries: a snapshot, a day, its next generation, a tombstone."""
    archive = Archive.create(Directory(root), now=NOW)
    commit(archive, Draft(base=PDF.removesuffix(".pdf"), files={"pdf": b"%PDF" * 100}))
    commit(archive, day(1))
    commit(archive, day(2), retire=("posts/blogg/2025-12-30/1/manifest.json",))
    archive.secret()
    commit(archive, Draft(base="tombstones/blogg/list", files={"marks.json": b"{}"}))
    write_index(archive)
    return archive


@pytest.fixture
def edit(root: Path) -> Callable[[str, Callable[[bytes], bytes]], None]:
    def edit(key: str, how: Callable[[bytes], bytes]) -> None:
        data = how((root / key).read_bytes())
        (root / key).unlink()
        (root / key).write_bytes(data)

    return edit


def put(root: Path, key: str, data: bytes = b"x") -> None:
    (root / key).parent.mkdir(parents=True, exist_ok=True)
    (root / key).write_bytes(data)


def flip(data: bytes) -> bytes:
    return data[:-2] + bytes([data[-2] ^ 1]) + data[-1:]


def found(report: VerifyReport) -> set[tuple[str, str]]:
    for finding in report.findings:
        assert finding.text("sv")
        assert finding.text("en") != finding.text("sv")
        assert finding.key in finding.sv
    return {(finding.code, finding.key) for finding in report.findings}


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


def test_a_part_can_be_verified_alone(archive: Archive, edit: Callable[..., None]) -> None:
    edit(PDF, flip)
    assert found(verify(archive, "snapshots/")) == {("changed-object", PDF)}
    assert found(verify(archive, PDF)) == {("changed-object", PDF)}
    assert found(verify(archive, "posts/")) == set()
    assert verify(archive, "posts/").objects == 3
    with pytest.raises(MissingError):
        verify(archive, "posts/annan/")
    with pytest.raises(InputError):
        verify(archive, "../")


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


@pytest.fixture
def stamped(archive: Archive) -> Archive:
    archive.checkpoint()
    archive.stamp({MANIFEST: b"token"}, now=NOW)
    return archive


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


def test_a_journal_shorter_than_its_checkpoint_is_found(archive: Archive, root: Path) -> None:
    archive.checkpoint()
    (root / "index.html").unlink()
    for seq in (5, 6):
        (root / f"journal/{seq:012}.json").unlink()
    codes = {code for code, _ in found(verify_at(root))}
    assert codes >= {"journal-cut", "behind-cut"}


def test_rolling_parts_read_everything_once_and_find_what_is_damaged(
    archive: Archive, root: Path, edit: Callable[..., None]
) -> None:
    for number in range(30):
        commit(archive, Draft(base=f"register/version-{number}", files={"toml": b"x" * number}))
    archive.checkpoint()
    write_index(archive)
    edit(PDF, flip)
    edit("journal/000000000003.json", lambda data: data.replace(b'"test"', b'"tost"'))
    first = dt.date(2026, 1, 1)
    week = [first + dt.timedelta(days=7 * number) for number in range(4)]
    parts = [Part.due(day, within=28, every=7) for day in week]
    reports = [verify_at(root, part=part) for part in parts]
    assert [found(report) for report in reports].count(set()) in {2, 3}
    together = {each for report in reports for each in found(report)}
    assert together == {("changed-object", PDF), ("journal-edited", "journal/000000000003.json")}
    packaged = [key for zone in ZONES for key in (root / zone).rglob("*") if key.is_file()]
    packaged.remove(root / "tombstones/key")
    assert len(packaged) == 30 * 2 + 2 + 3 + 2
    read = [len(packaged) - report.listed for report in reports]
    assert sum(read) == len(packaged)
    assert all(read)


@pytest.mark.parametrize(("within", "every"), [(1, 1), (7, 1), (90, 7), (91, 7), (30, 30)])
def test_every_key_is_due_within_the_period(within: int, every: int) -> None:
    first = dt.date(2026, 1, 1)
    days = [first + dt.timedelta(days=day) for day in range(0, within + every - 1, every)]
    for number in range(50):
        due = [Part.due(day, within=within, every=every).has(f"x/{number}") for day in days]
        assert any(due)
        assert due.count(True) <= 2


@pytest.mark.parametrize(("within", "every"), [(0, 1), (5, 0), (5, 6)])
def test_an_impossible_period_is_refused(within: int, every: int) -> None:
    with pytest.raises(ValueError, match=str(within)):
        Part.due(dt.date(2026, 1, 1), within=within, every=every)
