"""doctor on a directory: what holds is said to hold, each defect is named, nothing is left."""

import errno
import json
import os
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from archive_store.bucket import Pace, Stored
from archive_store.directory import Directory
from archive_store.doctor import Needed, Ok, Report, Row, examine, require
from archive_store.doctor.clocks import clock_answer
from archive_store.doctor.file_systems import judged, kind_of
from archive_store.errors import InputError
from tests.archive_store.test_directory_faults import may_mount

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "archive"


def row(report: Report, code: str) -> Row:
    (found,) = [each for each in report.rows if each.code == code]
    return found


def codes(report: Report) -> list[str]:
    return [each.code for each in report.failed]


def refusal(root: Path) -> InputError:
    with pytest.raises(InputError) as caught:
        require(Directory(root), locks=False)
    assert caught.value.code == "store-unfit"
    assert str(root) in caught.value.sv
    assert "kanalarkiv doctor" in caught.value.sv
    return caught.value


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


def scene(place: Path, options: str, prepared: str = "") -> dict[str, Any]:
    """What doctor says of a small file system of its own, mounted for one process alone."""
    if not may_mount():
        pytest.skip("this system lets nobody mount a file system of their own")
    place.mkdir()
    code = (
        "import json, subprocess, sys; from pathlib import Path\n"
        "from tests.archive_store import test_doctor as t\n"
        "from tests.archive_store.test_directory_faults import mount\n"
        "place = Path(sys.argv[1])\n"
        f"mount(place, {options!r})\n{prepared}\n"
        "report = t.examine(t.Directory(place / 'archive'))\n"
        "try: t.require(t.Directory(place / 'archive'), locks=False)\n"
        "except t.InputError as error: refused = error.sv\n"
        "else: refused = ''\n"
        "rows = {r.code: [r.ok, r.seen.sv] for r in report.rows}\n"
        "left = [str(p) for p in place.rglob('*')]\n"
        "print(json.dumps(dict(rows=rows, failed=t.codes(report), refused=refused, left=left)))"
    )
    child = subprocess.run(
        ["unshare", "--map-root-user", "--mount", sys.executable, "-c", code, str(place)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert child.returncode == 0, child.stderr
    told: dict[str, Any] = json.loads(child.stdout)
    return told


def test_a_disk_that_may_only_be_read_is_a_clear_no(tmp_path: Path) -> None:
    told = scene(tmp_path / "disk", "size=2m,ro")
    assert told["failed"] == ["writable"]
    assert told["rows"]["writable"] == ["no", os.strerror(errno.EROFS)]
    assert told["rows"]["hard-links"][0] == "not-tried"
    assert "skrivbar" in told["refused"]


def test_a_full_disk_has_no_room_and_nothing_is_left_on_it(tmp_path: Path) -> None:
    told = scene(tmp_path / "disk", "size=8m", "(place / 'ballast').write_bytes(bytes(6 << 20))")
    assert "room" in told["failed"]
    assert told["rows"]["file-system"] == ["no", "tmpfs"]
    assert [Path(left).name for left in told["left"]] == ["ballast"]


def test_a_zone_mounted_from_elsewhere_is_named(tmp_path: Path) -> None:
    told = scene(
        tmp_path / "disk",
        "size=200m",
        "zone = place / 'archive' / 'posts'; zone.mkdir(parents=True); mount(zone, 'size=1m')",
    )
    assert told["failed"] == ["one-file-system"]
    assert told["rows"]["one-file-system"] == ["no", "någon annanstans: posts"]
    assert "posts" in told["refused"]


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


@pytest.mark.parametrize(
    ("ahead", "ok", "needed"),
    [
        (0.2, Ok.YES, None),
        (-59, Ok.YES, None),
        (61, Ok.NO, Needed.USEFUL),
        (-600, Ok.NO, Needed.USEFUL),
        (901, Ok.NO, Needed.REQUIRED),
        (-1e6, Ok.NO, Needed.REQUIRED),
    ],
)
def test_a_clock_is_well_worth_mending_or_fatal(
    ahead: float, ok: Ok, needed: Needed | None
) -> None:
    answer = clock_answer(ahead)
    assert (answer.ok, answer.needed) == (ok, needed)
    assert answer.seen.sv == {0.2: "±0 s", 61: "61 s före", -600: "600 s efter"}.get(
        ahead, answer.seen.sv
    )


MOUNTS = """\
/dev/sda1 / ext4 rw 0 0
server:/export /srv/my\\040share nfs4 rw 0 0
tmpfs /srv/my\\040share/inner tmpfs rw 0 0
//win/x /mnt cifs rw 0 0
/dev/sdb1 /mnt xfs rw 0 0
"""


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/home/a", "ext4"),
        ("/srv/my share", "nfs4"),
        ("/srv/my share/a/b", "nfs4"),
        ("/srv/my share/inner/a", "tmpfs"),
        ("/srv/my sharex", "ext4"),
        ("/mnt/a", "xfs"),
    ],
)
def test_the_file_system_is_that_of_the_nearest_and_latest_mount(
    tmp_path: Path, path: str, kind: str
) -> None:
    (tmp_path / "mounts").write_text(MOUNTS)
    assert kind_of(Path(path), tmp_path / "mounts") == kind


def test_a_system_without_a_table_of_mounts_cannot_tell(tmp_path: Path) -> None:
    assert kind_of(tmp_path, tmp_path / "none") is None
    assert judged(None).ok is Ok.UNKNOWN


@pytest.mark.parametrize(
    ("kind", "ok", "word"),
    [
        ("ext4", Ok.YES, "ext4"),
        ("overlay", Ok.NO, "volym"),
        ("vfat", Ok.NO, "vfat"),
        ("nfs4", Ok.UNKNOWN, "varje dator"),
        ("fuse.sshfs", Ok.UNKNOWN, "varje dator"),
        ("odd", Ok.UNKNOWN, "odd"),
    ],
)
def test_a_kind_of_file_system_is_judged(kind: str, ok: Ok, word: str) -> None:
    answer = judged(kind)
    assert answer.ok is ok
    assert word in answer.seen.sv + (answer.advice.sv if answer.advice else "")


class Other:
    """A store of another kind, over a directory; ``taken`` says whether a taken key is refused."""

    pace = Pace()
    locks = False

    def __init__(self, inner: Directory, *, taken: bool) -> None:
        self._inner, self._taken = inner, taken

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def create(self, key: str, data: bytes, **_: Any) -> None:
        if not self._taken:
            self._inner.delete(key)
        self._inner.create(key, data)

    def list(self, prefix: str = "", *, after: str = "") -> Iterator[Stored]:
        return self._inner.list(prefix, after=after)


def test_a_store_of_another_kind_is_tried_through_its_protocol(root: Path) -> None:
    other: Any = Other(Directory(root), taken=True)
    assert examine(other).ok
    require(other, locks=False)
    assert list(Directory(root).list()) == []


def test_a_store_of_another_kind_that_overwrites_is_refused(root: Path) -> None:
    other: Any = Other(Directory(root), taken=False)
    assert codes(examine(other))[0] == "taken-refused"
    with pytest.raises(InputError, match="silently overwritten"):
        require(other, locks=False)
    assert list(Directory(root).list()) == []
