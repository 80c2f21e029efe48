"""doctor on a directory: what holds is said to hold, each defect is named, nothing is left."""

import errno
import os
import stat
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from archive_store.directory import Directory
from archive_store.doctor import Needed, Ok, Row, examine, require
from archive_store.errors import InputError
from tests.archive_store.doctor.reports import codes, refusal, row


def test_a_sound_directory_passes_and_nothing_is_left(root: Path) -> None:
    told: list[Row] = []
    report = examine(Directory(root), told=told.append)
    assert report.ok
    assert report.place == str(root)
    assert tuple(told) == report.rows
    assert {each.code for each in report.rows if each.ok is not Ok.YES} <= {"locks", "file-system"}
    assert not report.locks
    assert list(root.parent.iterdir()) == []


def test_an_archive_that_is_there_is_left_as_it_was(root: Path) -> None:
    Directory(root).create("posts/a", b"words")
    before = {path: path.lstat().st_mtime_ns for path in root.rglob("*") if path.is_file()}
    assert examine(Directory(root)).ok
    require(Directory(root), locks=False)
    assert {p: p.lstat().st_mtime_ns for p in root.rglob("*") if p.is_file()} == before
    assert list((root / ".tmp").iterdir()) == []


def test_what_a_killed_examination_left_goes_with_the_next(root: Path) -> None:
    old, young = root / ".tmp" / "doctor-old", root / ".tmp" / "doctor-young"
    for left in (old, young):
        left.mkdir(parents=True)
        (left / "written").write_bytes(b"x")
    os.utime(old, (time.time() - 7200,) * 2)
    examine(Directory(root))
    assert not old.exists()
    assert young.exists()  # another examination may be running


def test_a_quick_look_takes_less_than_a_tenth_of_a_second_and_leaves_nothing(root: Path) -> None:
    began = time.process_time()
    require(Directory(root), locks=False)
    assert time.process_time() - began < 0.1
    assert not root.exists()


def test_locks_are_never_promised_of_a_directory(root: Path) -> None:
    with pytest.raises(InputError, match=r"store-unfit.*locks: .*Object Lock"):
        require(Directory(root), locks=True)
    assert row(examine(Directory(root)), "locks").needed is Needed.USEFUL


def test_a_place_inside_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x")
    report = examine(Directory(tmp_path / "file" / "archive"))
    assert codes(report) == ["place"]
    assert row(report, "place").seen.sv == f"{tmp_path}/file är en fil"
    assert {each.ok for each in report.rows[1:]} == {Ok.NOT_TRIED}
    assert "är en fil" in refusal(tmp_path / "file" / "archive").sv


def no_links(_source: object, _name: object, **_: object) -> None:
    raise OSError(errno.EPERM, os.strerror(errno.EPERM))


def overwriting(source: str | Path, name: str | Path, **_: object) -> None:
    """A file system that lets the last one win, as a rename does."""
    Path(name).unlink(missing_ok=True)
    Path(name).write_bytes(Path(source).read_bytes())


def test_a_file_system_without_hard_links_is_refused(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "link", no_links)
    report = examine(Directory(root))
    assert "write-read" in codes(report)
    assert row(report, "write-read").seen.en == "no-hard-links"
    assert "hårda länkar" in refusal(root).sv
    assert not root.exists()


def test_a_link_that_overwrites_is_refused(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "link", overwriting)
    report = examine(Directory(root))
    assert {"hard-links", "taken-refused", "one-winner"} <= set(codes(report))
    assert row(report, "hard-links").seen.en == "silently overwritten"
    assert "hard-links" in refusal(root).sv


def test_two_processes_that_both_win_are_seen(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from archive_store.doctor import links  # noqa: PLC0415 - its racers are replaced

    lax = links._RACER.replace("os.link(mine, f", "os.symlink(mine, f'{mine}-' f")
    monkeypatch.setattr(links, "_RACER", lax)
    report = examine(Directory(root))
    assert codes(report) == ["two-processes"]
    assert row(report, "two-processes").seen.en == "both won 16 of 16"


def test_two_processes_whose_links_are_refused_are_seen(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from archive_store.doctor import links  # noqa: PLC0415 - its racers are replaced

    monkeypatch.setattr(links, "_RACER", links._RACER.replace("os.link(mine", "os.link(mine + 'x'"))
    assert codes(examine(Directory(root))) == ["two-processes"]


@pytest.mark.parametrize("kind", [stat.S_ISREG, stat.S_ISDIR], ids=["files", "folders"])
def test_a_file_system_that_refuses_to_synchronise_is_named(
    root: Path, monkeypatch: pytest.MonkeyPatch, kind: Callable[[int], bool]
) -> None:
    sync = os.fsync

    def refusing(descriptor: int) -> None:
        if kind(os.fstat(descriptor).st_mode):
            raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))
        sync(descriptor)

    monkeypatch.setattr(os, "fsync", refusing)
    assert "write-read" in codes(examine(Directory(root)))
    assert "fsync" in refusal(root).sv


def test_rights_that_do_not_stick_are_named(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = os.open

    def lax(path: Any, flags: int, mode: int = 0o777, **more: Any) -> int:
        descriptor = opened(path, flags, mode, **more)
        if flags & os.O_CREAT:
            os.fchmod(descriptor, 0o777)
        return descriptor

    monkeypatch.setattr(os, "open", lax)
    report = examine(Directory(root))
    assert codes(report) == ["rights"]
    assert row(report, "rights").seen.en == "0777 for 0444"
    assert row(report, "rights").needed is Needed.PROMISED


def test_a_narrow_umask_is_no_fault(root: Path) -> None:
    before = os.umask(0o077)
    try:
        assert row(examine(Directory(root)), "rights").seen.sv == "0400, 0600"
    finally:
        os.umask(before)


def test_a_replacement_that_can_be_seen_by_half_is_named(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def copied(self: Path, target: Path) -> None:
        data = self.read_bytes()
        target.write_bytes(data[:10])
        time.sleep(0.001)  # while the reader reads
        target.write_bytes(data)

    monkeypatch.setattr(Path, "replace", copied)
    report = examine(Directory(root))
    assert codes(report) == ["whole-pages"]


def test_names_of_128_characters_must_have_room(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = Path.mkdir

    def mkdir(self: Path, *more: Any, **named: Any) -> None:
        if len(self.name) > 100:
            raise OSError(errno.ENAMETOOLONG, os.strerror(errno.ENAMETOOLONG))
        made(self, *more, **named)

    monkeypatch.setattr(Path, "mkdir", mkdir)
    report = examine(Directory(root))
    assert codes(report) == ["long-names"]
