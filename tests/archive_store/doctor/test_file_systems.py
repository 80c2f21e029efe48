"""doctor on disks that are full, read-only or mounted elsewhere; kinds of disk, and clocks."""

import errno
import os
from pathlib import Path
from typing import Any

import pytest

from archive_store.doctor import Needed, Ok
from archive_store.doctor.clocks import clock_answer
from archive_store.doctor.file_systems import judged, kind_of
from tests.archive_store.small_disks import played


def scene(place: Path, options: str, prepared: str = "") -> dict[str, Any]:
    """What doctor says of a small file system of its own, mounted for one process alone."""
    return played(
        "import json, subprocess, sys; from pathlib import Path\n"
        "from archive_store.directory import Directory\n"
        "from archive_store.doctor import examine, require\n"
        "from archive_store.errors import InputError\n"
        "from tests.archive_store.doctor.reports import codes\n"
        "from tests.archive_store.small_disks import mount\n"
        "place = Path(sys.argv[1])\n"
        f"mount(place, {options!r})\n{prepared}\n"
        "report = examine(Directory(place / 'archive'))\n"
        "try: require(Directory(place / 'archive'), locks=False)\n"
        "except InputError as error: refused = error.sv\n"
        "else: refused = ''\n"
        "rows = {r.code: [r.ok, r.seen.sv] for r in report.rows}\n"
        "left = [str(p) for p in place.rglob('*')]\n"
        "print(json.dumps(dict(rows=rows, failed=codes(report), refused=refused, left=left)))",
        place,
    )


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
