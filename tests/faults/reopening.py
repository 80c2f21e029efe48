"""What every archive must show that is opened after a death, whichever work died.

"Nothing acknowledged is lost": each package and journal entry of before is there byte for byte, or
a later entry has taken it away. "Nothing half done is visible": nothing but leftovers that no entry
names. And "fail if their number falls below what the journal and the objects show": ``assert_all``.
"""

import contextlib
import functools
import os
import sys
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path
from unittest import mock

from archive_store import Archive, Package, archive_at
from archive_store.fixity import verify_at
from archive_store.journal import entry_key
from archive_store.keys import LEASES, ROOT_PAGES, territory
from archive_store.process import this_process
from tests.faults.killing import Killed

BEFORE_OPENING = {"uncommitted", "retired-leftover"}
LEFTOVERS = {"uncommitted"}
NOBODY = 2**31 - 1  # no system gives a process so high a number


@contextlib.contextmanager
def unsynchronised() -> Iterator[None]:
    """What a process has written outlives it: only a power cut asks for synchronising, and it
    would take most of these tests' time.
    """
    with mock.patch.object(os, "fsync"):
        yield


def files(location: Path) -> dict[str, bytes]:
    """Every file below a place by key, temporary ones too."""
    found = sorted(path for path in location.rglob("*") if path.is_file())
    return {str(path.relative_to(location)): path.read_bytes() for path in found}


_untouched = functools.cache(files)


def holding(location: Path, *needles: str | bytes) -> list[str]:
    """The files in which any of these can be read."""
    sought = [each.encode() if isinstance(each, str) else each for each in needles]
    return [key for key, data in files(location).items() if any(each in data for each in sought)]


def entry_of(location: Path, once: str) -> str:
    """The step by which a finished work's commit with that once-key was made."""
    entry = archive_at(location).once(once)
    assert entry is not None, once
    return f"create {entry_key(entry.seq)}"


def has_done(death: Killed, step: str) -> bool:
    """Whether this step happened before the process died."""
    done = death.steps if death.when == "after" else death.steps[:-1]
    return step in done


def assert_all(steps: Sequence[str], before: Path, after: Path) -> None:
    """No write or delete went past the list of steps, by what two states of an archive tell."""
    was, now = files(before), files(after)
    by_objects = {f"delete {key}" for key in was.keys() - now.keys()}
    for key in now:
        if now[key] != was.get(key):
            by_objects.add(f"{'replace' if key in ROOT_PAGES else 'create'} {key}")
    by_journal = _told(was.keys(), after)
    number = f"{len(steps)} steps; objects show {len(by_objects)}, journal {by_journal}"
    assert by_objects <= set(steps), f"{number}: {sorted(by_objects - set(steps))}"
    assert len(steps) >= max(len(by_objects), by_journal) > 0, number
    ours = [step for step in steps if LEASES not in step and not step.startswith("replace ")]
    assert len(ours) == by_journal, f"{number}: {ours}"
    sys.stdout.write(f"\n{number}\n")  # seen with -s


def _told(was: Collection[str], after: Path) -> int:
    """How many objects new entries have made, themselves included, and all have destroyed."""
    entries = list(archive_at(after).entries())
    objects = {package.key: package.files + 1 for entry in entries for package in entry.added}
    new = [entry for entry in entries if entry_key(entry.seq) not in was]
    made = {package.key for entry in new for package in entry.added}
    gone = [key for entry in entries for key in entry.retired if key in made or key in was]
    return len(new) + sum(objects[key] for key in (*made, *gone))


def reopened(prepared: Path, death: Killed) -> Archive:
    """Open what a death has left, and see that it is whole and has lost nothing."""
    assert_undamaged(death.location, BEFORE_OPENING)
    archive = archive_at(death.location)
    assert_undamaged(death.location, LEFTOVERS)
    was, now = _untouched(prepared), files(death.location)
    retired = {key for entry in archive.entries() for key in entry.retired}
    earlier = archive_at(prepared)
    for entry in earlier.entries():
        assert now[entry_key(entry.seq)] == was[entry_key(entry.seq)], entry.seq
    for package in earlier.packages():
        mine = {key for key in was if key.startswith(territory(package.key))}
        if package.key in retired:
            assert not mine & now.keys(), package.key
        else:
            assert archive.package(package.key) == package
            assert {key: now[key] for key in mine} == {key: was[key] for key in mine}, package.key
    for package in archive.packages():
        read(archive, package)
    return archive


def read(archive: Archive, package: Package) -> dict[str, bytes]:
    """Every file of a package, each checked against its digest."""
    names = [file["name"] for file in archive.manifest(package)["files"]]
    return {name: archive.read(package, name) for name in names}


def assert_undamaged(location: Path, allowed: Iterable[str] = ()) -> None:
    findings = verify_at(location).findings
    assert {finding.code for finding in findings} <= set(allowed), findings


def assert_same_keys(whole: Path, location: Path) -> None:
    """The same objects as after a run that nobody killed: no more, no fewer, no other names."""
    mine, theirs = files(location).keys(), files(whole).keys()
    assert mine == theirs, sorted(mine ^ theirs)
    assert_undamaged(location)


def leave_half_written(location: Path, data: bytes) -> None:
    """What a process leaves that dies while it writes an object: a temporary file."""
    temporary = location / ".tmp" / f"{this_process().host}-{NOBODY}-0123456789abcdef"
    temporary.parent.mkdir(exist_ok=True)
    temporary.write_bytes(data)
