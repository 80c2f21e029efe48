"""Which file system a path lies on, and what is known of its kind."""

import re
from pathlib import Path
from typing import Final

from archive_store.doctor.report import Answer, Ok, Text, unknown, yes

_MOUNTS: Final = Path("/proc/self/mounts")  # Linux only; elsewhere the kind is not known

LASTING: Final = frozenset(
    {"ext2", "ext3", "ext4", "xfs", "btrfs", "zfs", "f2fs", "jfs", "reiserfs", "bcachefs", "apfs"}
)
FLEETING: Final = frozenset({"tmpfs", "ramfs", "overlay", "aufs", "squashfs"})
LINKLESS: Final = frozenset({"vfat", "msdos", "exfat"})
SHARED: Final = frozenset(
    {
        "nfs",
        "nfs4",
        "cifs",
        "smb3",
        "smbfs",
        "9p",
        "virtiofs",
        "afs",
        "ceph",
        "lustre",
        "glusterfs",
        "gpfs",
        "beegfs",
        "gfs2",
        "ocfs2",
    }
)


def kind_of(path: Path, mounts: Path = _MOUNTS) -> str | None:
    """The type of the file system that holds an existing path, as the system names it.

    Args:
        path: what exists.
        mounts: the system's table.

    Returns:
        Such as ``"ext4"``; ``None`` where the system has no such table.
    """
    try:
        table = mounts.read_text("utf-8", "surrogateescape")
    except FileNotFoundError:
        return None
    real, found, length = path.resolve(), None, -1
    for line in table.splitlines():
        _, point, kind, *_ = line.split(" ")
        mounted = Path(_unescaped(point))
        # The last of equals wins: it was mounted over the earlier.
        if (real == mounted or mounted in real.parents) and len(mounted.parts) >= length:
            found, length = kind, len(mounted.parts)
    return found


def judged(kind: str | None) -> Answer:
    """What a kind of file system means for an archive."""
    if kind is None:
        return unknown("systemet säger inte vilket", "the system does not say which")
    if kind in LASTING:
        return yes(kind)
    if kind in FLEETING:
        return Answer(
            ok=Ok.NO,
            seen=Text.same(kind),
            advice=Text(
                sv="Det som ligger här försvinner när datorn eller containern startas om. Lägg "
                "arkivet på en disk eller en monterad volym.",
                en="What lies here vanishes when the machine or the container is started anew. "
                "Put the archive on a disk or a mounted volume.",
            ),
        )
    if kind in LINKLESS:
        return Answer(ok=Ok.NO, seen=Text.same(kind))
    if kind in SHARED or kind.startswith("fuse"):
        return Answer(
            ok=Ok.UNKNOWN,
            seen=Text(sv=f"{kind}, kan delas av flera datorer", en=f"{kind}, may be shared"),
            advice=Text(
                sv="Det som prövas här prövas från den här datorn. Kör kanalarkiv doctor på varje "
                "dator som ska skriva, och låt bara en dator skriva tills alla har svarat ja.",
                en="What is tried here is tried from this machine. Run kanalarkiv doctor on every "
                "machine that is to write, and let one alone write until all have said yes.",
            ),
        )
    return unknown(kind)


def _unescaped(point: str) -> str:
    # Space, tab, newline and backslash stand as octal numbers: proc(5), fstab(5).
    return re.sub(r"\\([0-7]{3})", lambda found: chr(int(found[1], 8)), point)
