"""Asks a directory whether names are given exclusively and atomically: its compare-and-set.

A hard link fails where the name is taken, a rename does not (notes: an archive that loses nothing,
design 10). A network share may say yes to both of two writers, so that two processes race.
"""

import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import IO, Final

from archive_store.doctor.any_store import WRITERS
from archive_store.doctor.asking import check
from archive_store.doctor.directory import Place
from archive_store.doctor.report import Answer, Needed, no, unknown, yes

_TURNS: Final = 50
_SIZE: Final = 1 << 16
_PATIENCE: Final = 30.0  # seconds

_BEAT: Final = 0.002  # seconds between the names
_RUN_UP: Final = 0.01

# A process of its own: links what it wrote under each number, both at the same beat (a system's
# monotonic clock is the same to all its processes); says which numbers it won.
_RACER: Final = """
import os, sys, time
mine, many, beat = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
print("ready", flush=True)
start = float(sys.stdin.readline())
for number in range(many):
    while time.monotonic() < start + number * beat:
        pass
    try:
        os.link(mine, f"raced-{number}")
    except FileExistsError:
        continue
    print(number)
"""


@check(
    "hard-links",
    sv="en hård länk ges, och nekas där namnet är taget",
    en="a hard link is given, and refused where the name is taken",
    needed=Needed.REQUIRED,
    advice_sv="Filsystemet (eller monteringen) medger inte hårda länkar; utan dem kan två "
    "körningar skriva över varandra. Välj ett vanligt filsystem, till exempel ext4 eller APFS.",
    advice_en="The file system (or how it is mounted) allows no hard links; without them two runs "
    "can overwrite each other. Choose an ordinary one, such as ext4 or APFS.",
)
def hard_links(ground: Place) -> Answer:
    """One name after the other."""
    first, second, name = (ground.scratch / each for each in ("first", "second", "linked"))
    first.write_bytes(b"first")
    second.write_bytes(b"second")
    os.link(first, name)
    try:
        os.link(second, name)
    except FileExistsError:
        if name.read_bytes() == b"first":
            return yes("nekas", "refused")
    return no("skrivs över i tysthet", "silently overwritten")


@check(
    "two-processes",
    sv=f"av två processer som länkar samma {WRITERS} namn vinner en varje",
    en=f"of two processes that link the same {WRITERS} names one wins each",
    needed=Needed.REQUIRED,
    advice_sv="Två körningar kan tro sig ha skrivit samma sak. Välj ett annat filsystem, eller låt "
    "bara en dator skriva.",
    advice_en="Two runs can both believe that they wrote the same thing. Choose another file "
    "system, or let one machine alone write.",
)
def two_processes(ground: Place) -> Answer:
    """Exclusive links by two processes of this machine at the same time."""
    racers = [_racer(ground.scratch, f"racer-{who}") for who in range(2)]
    try:
        for racer in racers:
            _pipe(racer.stdout).readline()
        start = time.monotonic() + _RUN_UP
        for racer in racers:
            _pipe(racer.stdin).write(f"{start}\n")
            _pipe(racer.stdin).flush()
        won = [racer.communicate(timeout=_PATIENCE)[0].split() for racer in racers]
    except subprocess.TimeoutExpired:
        return unknown("länkarna blev inte klara", "the links were not done in time")
    finally:
        for racer in racers:
            _end(racer)
    if any(racer.returncode for racer in racers):
        return no("länken nekades", "the link was refused")
    if sorted(won[0] + won[1], key=int) != [str(number) for number in range(WRITERS)]:
        both = len(set(won[0]) & set(won[1]))
        return no(f"båda vann {both} av {WRITERS}", f"both won {both} of {WRITERS}")
    return yes(f"{len(won[0])} + {len(won[1])}")


@check(
    "whole-pages",
    sv="den som läser en sida medan den byts ser den gamla eller den nya",
    en="who reads a page while it is replaced sees the old or the new",
    needed=Needed.PROMISED,
    advice_sv="Arkivets README och index kan någon gång läsas halva. Välj ett annat filsystem.",
    advice_en="The archive's README and index may now and then be read by half. Choose another "
    "file system.",
)
def whole_pages(ground: Place) -> Answer:
    """A rename over what is there is atomic."""
    page, other = ground.scratch / "page", ground.scratch / "other"
    page.write_bytes(b"0" * _SIZE)
    done = threading.Event()
    failed: list[OSError] = []

    def replaced() -> None:
        try:
            for turn in range(_TURNS):
                other.write_bytes(b"%d" % (turn % 2) * _SIZE)
                other.replace(page)
        except OSError as error:
            failed.append(error)
        finally:
            done.set()

    writer = threading.Thread(target=replaced)
    writer.start()
    try:
        torn = 0
        while not done.is_set():
            read = _read(page)
            torn += read not in {b"0" * _SIZE, b"1" * _SIZE}
    finally:
        writer.join()
    if failed:
        raise failed[0]
    if torn:
        return no(f"{torn} gånger halv eller borta", f"{torn} times half or gone")
    return yes(f"hel, {_TURNS} byten", f"whole, {_TURNS} times replaced")


def _read(page: Path) -> bytes | None:
    try:
        return page.read_bytes()
    except FileNotFoundError:
        return None


def _racer(folder: Path, name: str) -> subprocess.Popen[str]:
    (folder / name).write_bytes(b"x")
    return subprocess.Popen(  # noqa: S603 - our own interpreter and text
        [sys.executable, "-I", "-S", "-c", _RACER, name, str(WRITERS), str(_BEAT)],
        cwd=folder,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )


def _pipe(end: IO[str] | None) -> IO[str]:
    if end is None:
        raise RuntimeError("a racer is always started with pipes")
    return end


def _end(racer: subprocess.Popen[str]) -> None:
    racer.kill()
    racer.wait()
    for end in (racer.stdin, racer.stdout):
        if end is not None:
            end.close()
