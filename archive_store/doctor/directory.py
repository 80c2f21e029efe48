"""Asks a directory what the archive relies on: hard links, synchronising, rights, names, room.

Trials are made in ``.tmp/doctor-…`` below the archive's root, on the same file system and out of
the archive's sight, and are gone afterwards; so is every folder that had to be made for them.
"""

import contextlib
import itertools
import os
import secrets
import shutil
import stat
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from archive_store.directory import Directory
from archive_store.doctor.asking import check
from archive_store.doctor.clocks import clock_answer
from archive_store.doctor.file_systems import judged, kind_of
from archive_store.doctor.report import Answer, Needed, Ok, Text, no, yes

_TMP: Final = ".tmp"
_FORGOTTEN: Final = 3600.0  # seconds; no examination takes so long
_SYNCS: Final = 8
_LITTLE_ROOM: Final = 1 << 30
_NO_ROOM: Final = 64 << 20
_FEW_FILES: Final = 10_000


class Place:
    """A directory to be examined.

    Args:
        root: the archive's root, whether or not it exists yet.
    """

    prefix = ""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.scratch = root / _TMP / f"doctor-{secrets.token_hex(8)}"
        self.bucket = Directory(self.scratch / "store")
        self._made: list[Path] = []

    def enter(self) -> None:
        """Make the scratch folder, and the root where there is none."""
        above = itertools.takewhile(lambda folder: not folder.exists(), self.scratch.parents)
        for folder in reversed([self.scratch, *above]):
            folder.mkdir()
            self._made.append(folder)

    def told(self) -> contextlib.AbstractContextManager[None]:
        """Its errors are the archive's or the system's already."""
        return contextlib.nullcontext()

    def leave(self) -> None:
        """Take away what was made, and what killed examinations left."""
        for left in [self.scratch, *_forgotten(self.root / _TMP)]:
            shutil.rmtree(left, ignore_errors=True)
        for folder in reversed(self._made):
            with contextlib.suppress(OSError):  # someone else has put something there
                folder.rmdir()


def _forgotten(tmp: Path) -> Iterable[Path]:
    for left in tmp.glob("doctor-*"):
        with contextlib.suppress(FileNotFoundError):
            if time.time() - left.stat().st_mtime > _FORGOTTEN:
                yield left


@check(
    "place",
    sv="platsen är en katalog, eller kan bli det",
    en="the place is a directory, or can become one",
    needed=Needed.REQUIRED,
    advice_sv="Ange en katalog med --archive, i en mapp som finns.",
    advice_en="Name a directory with --archive, in a folder that exists.",
    stops=True,
)
def place(ground: Place) -> Answer:
    """There, or may be made."""
    if ground.root.is_dir():
        return yes("finns", "exists")
    nearest = _nearest(ground.root)
    if not nearest.is_dir():
        return no(f"{nearest} är en fil", f"{nearest} is a file")
    return yes("kan skapas", "can be made")


@check(
    "writable",
    sv="den som kör får skriva här",
    en="whoever runs this may write here",
    needed=Needed.REQUIRED,
    advice_sv="Ge användaren som kör Kanalarkiv skrivrätt, eller montera disken skrivbar.",
    advice_en="Give the user who runs Kanalarkiv the right to write, or mount the disk writable.",
    stops=True,
)
def writable(ground: Place) -> Answer:
    """The scratch folder can be made, and a file in it."""
    ground.enter()
    (ground.scratch / "written").write_bytes(b"written")
    return yes("ja", "yes")


@check(
    "file-system",
    sv="filsystemet är ett som består",
    en="the file system is one that lasts",
    needed=Needed.USEFUL,
    advice_sv="Välj ett vanligt filsystem, till exempel ext4, XFS, Btrfs, ZFS eller APFS.",
    advice_en="Choose an ordinary file system, such as ext4, XFS, Btrfs, ZFS or APFS.",
)
def file_system(ground: Place) -> Answer:
    """The kind, by the system's own table."""
    return judged(kind_of(_nearest(ground.root)))


@check(
    "one-file-system",
    sv="arkivets mappar ligger på ett och samma filsystem",
    en="the archive's folders lie on one file system",
    needed=Needed.REQUIRED,
    advice_sv="Montera inget inuti arkivet: en hård länk når inte över till ett annat filsystem.",
    advice_en="Mount nothing inside the archive: a hard link does not reach another file system.",
)
def one_file_system(ground: Place) -> Answer:
    """No zone is mounted from elsewhere, nor is the folder for temporary files."""
    device = ground.root.stat().st_dev
    folders = [entry for entry in ground.root.iterdir() if entry.is_dir()]
    other = sorted(entry.name for entry in folders if entry.stat().st_dev != device)
    if other:
        return no(f"någon annanstans: {', '.join(other)}", f"elsewhere: {', '.join(other)}")
    return yes("ett", "one")


@check(
    "synchronised",
    sv="filer och mappar kan tvingas ner på disken",
    en="files and folders can be forced onto the disk",
    needed=Needed.REQUIRED,
    advice_sv="Filsystemet tar inte emot fsync: efter ett strömavbrott kan det senaste saknas. "
    "Välj ett annat.",
    advice_en="The file system accepts no fsync: after a power cut the latest may be missing. "
    "Choose another.",
)
def synchronised(ground: Place) -> Answer:
    """``fsync`` of files and of their folder is accepted; whether the disk obeys none can see."""
    began = time.perf_counter()
    for number in range(_SYNCS):
        with (ground.scratch / f"synchronised-{number}").open("wb") as file:
            file.write(b"x" * 4096)
            file.flush()
            os.fsync(file.fileno())
        _sync_folder(ground.scratch)
    each = (time.perf_counter() - began) / _SYNCS * 1000
    return yes(f"{each:.1f} ms per fil".replace(".", ","), f"{each:.1f} ms a file")


@check(
    "synchronised-once",
    sv="filer och mappar kan tvingas ner på disken",
    en="files and folders can be forced onto the disk",
    needed=Needed.REQUIRED,
    advice_sv="Filsystemet tar inte emot fsync. Välj ett annat.",
    advice_en="The file system accepts no fsync. Choose another.",
)
def synchronised_once(ground: Place) -> Answer:
    """The quick form of ``synchronised``."""
    with (ground.scratch / "written").open("rb") as file:
        os.fsync(file.fileno())
    _sync_folder(ground.scratch)
    return yes("ja", "yes")


@check(
    "rights",
    sv="filer blir skrivskyddade, och hemligheten bara ägarens",
    en="files become read-only, and the secret its owner's alone",
    needed=Needed.PROMISED,
    advice_sv="Filsystemet bär inte rättigheter (vanligt för delningar från Windows). Välj ett "
    "annat, eller montera det så att bara den som kör når det.",
    advice_en="The file system does not carry permissions (common for shares from Windows). "
    "Choose another, or mount it so that only whoever runs this reaches it.",
)
def rights(ground: Place) -> Answer:
    """0444 and 0600, or narrower by the umask."""
    seen = []
    for name, mode in (("read-only", 0o444), ("owner-only", 0o600)):
        path = ground.scratch / name
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode))
        found = stat.S_IMODE(path.stat().st_mode)
        seen.append(f"{found:04o}")
        if found & ~mode or not found & stat.S_IRUSR:
            return no(f"{found:04o} i stället för {mode:04o}", f"{found:04o} for {mode:04o}")
    return yes(", ".join(seen))


@check(
    "letter-case",
    sv="stora och små bokstäver skiljer namn åt",
    en="capitals and small letters tell names apart",
    needed=Needed.USEFUL,
    advice_sv="Nycklar som bara skiljer sig i stora och små bokstäver kan inte båda finnas; den "
    "andra avvisas. Ge kanaler id i små bokstäver.",
    advice_en="Keys that differ in case alone cannot both exist; the second is refused. Give "
    "channels ids in small letters.",
)
def letter_case(ground: Place) -> Answer:
    """Two names that differ in case alone are two."""
    (ground.scratch / "Case").write_bytes(b"")
    if (ground.scratch / "case").exists():
        return no("samma fil", "the same file")
    return yes("två filer", "two files")


@check(
    "long-names",
    sv="namn på 128 och nycklar på 512 tecken får plats",
    en="names of 128 and keys of 512 characters have room",
    needed=Needed.REQUIRED,
    advice_sv="Flytta arkivet till en kortare sökväg, eller till ett filsystem utan den gränsen.",
    advice_en="Move the archive to a shorter path, or to a file system without that limit.",
)
def long_names(ground: Place) -> Answer:
    """The longest key that the archive allows."""
    key = "/".join(["n" * 128] * 3 + ["n" * 125])
    ground.bucket.create(key, b"long")
    return yes("128 och 512", "128 and 512") if ground.bucket.get(key) == b"long" else no("–")


@check(
    "room",
    sv="det finns plats kvar",
    en="there is room left",
    needed=Needed.USEFUL,
    advice_sv="Frigör plats eller flytta arkivet till en större disk.",
    advice_en="Free some space or move the archive to a larger disk.",
)
def room(ground: Place) -> Answer:
    """Bytes and files that this user may still add."""
    status = os.statvfs(ground.scratch)
    free = status.f_bavail * status.f_frsize
    counted = status.f_files > 0  # some file systems have no fixed number
    en = f"{free / 1e9:,.1f} GB" + (f", {status.f_favail:,} files" if counted else "")
    sv = en.replace("files", "filer").replace(", ", ";").replace(",", " ").replace(".", ",")
    seen = Text(sv=sv.replace(";", ", "), en=en)
    if free < _NO_ROOM:
        return Answer(ok=Ok.NO, seen=seen, needed=Needed.REQUIRED)
    little = free < _LITTLE_ROOM or (counted and status.f_favail < _FEW_FILES)
    return Answer(ok=Ok.NO if little else Ok.YES, seen=seen)


@check(
    "clock",
    sv="filernas tider följer den här datorns klocka",
    en="files' times follow this machine's clock",
    needed=Needed.REQUIRED,
    advice_sv="Ställ klockorna med NTP, här och på servern som delar ut katalogen.",
    advice_en="Set the clocks by NTP, here and on the server that shares the directory.",
)
def clock(ground: Place) -> Answer:
    """On a share the times are its server's; a lease would be judged by the wrong clock."""
    before = time.time()
    path = ground.scratch / "clock"
    path.write_bytes(b"x")
    return clock_answer(path.stat().st_mtime - before)


def _nearest(path: Path) -> Path:
    return next(each for each in (path, *path.parents) if each.exists())


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
