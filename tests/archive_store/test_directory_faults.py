"""Disks that are full or may only be read: real ones, small, mounted for one process alone.

Each scene below is played in a process with its own view of the file systems.
"""

import datetime as dt
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from archive_store import Archive, Commit, Directory, Draft, archive_at
from archive_store.errors import ArchiveError, KanalarkivError
from archive_store.fixity import verify_at
from archive_store.process import this_process
from tests.archive_store.small_disks import ROOT, mount, played

NOW = dt.datetime(2025, 12, 15, 2, tzinfo=dt.UTC)
SMALL = "2m"
MANY = 1000


def note(name: str, data: bytes = b"more", **more: Any) -> Commit:
    # What is large comes last, so that a full disk finds something half done.
    draft = Draft(base=f"posts/blogg/{name}", files={"a": b"words", "b": data}, folder=True)
    fields: dict[str, Any] = {"event": "note", "now": NOW, "actor": "test", "drafts": (draft,)}
    return Commit(**fields | more)


def play(scene: Callable[[Path], dict[str, Any]], place: Path) -> dict[str, Any]:
    """What the scene tells that is played on a small disk mounted at ``place``."""
    return played(
        "import json, sys, pathlib; from tests.archive_store import test_directory_faults as t;"
        f"print(json.dumps(t.{scene.__name__}(pathlib.Path(sys.argv[1]))))",
        place,
    )


def refused(call: Callable[[], object]) -> dict[str, str]:
    """How the archive said no."""
    try:
        call()
    except KanalarkivError as error:
        return {"code": error.code, "sv": error.sv, "en": error.en}
    return {"code": "done"}


def findings(location: Path) -> list[str]:
    return [finding.code for finding in verify_at(location).findings]


def state_of(archive: Archive) -> list[Any]:
    return [archive.last.seq, archive.last.sha256, [p.key for p in archive.packages()]]


def a_full_disk(place: Path) -> dict[str, Any]:
    mount(place, f"size={SMALL}")
    location = place / "archive"
    ballast = place / "ballast"
    ballast.write_bytes(bytes(400_000))
    archive = Archive.create(Directory(location), now=NOW)
    acknowledged, said = 0, {"code": "done"}
    for number in range(MANY):
        said = refused(lambda number=number: archive.commit(note(str(number), bytes(20_000))))  # type: ignore[misc]  # bound at once
        if said["code"] != "done":
            break
        acknowledged += 1
    told: dict[str, Any] = {
        "said": said,
        "acknowledged": acknowledged,
        "same": state_of(archive) == state_of(archive_at(location)),
        "packages": len(archive.packages()),
        "seq": archive.last.seq,
        "temporary": [path.name for path in (location / ".tmp").iterdir()],
        "findings": findings(location),
        "left": archive.sweep("posts/"),
    }
    ballast.unlink()
    archive.commit(note("after", bytes(20_000)))
    return told | {
        "afterwards": archive_at(location).packages("posts/blogg/after")[0].files,
        "findings afterwards": findings(location),
    }


def a_culling_on_a_full_disk(place: Path) -> dict[str, Any]:
    mount(place, f"size={SMALL}")
    location = place / "archive"
    archive = Archive.create(Directory(location), now=NOW)
    keys = [archive.commit(note(name, bytes(20_000))).added[0].key for name in "abc"]
    ballast = place / "ballast"
    fill(ballast)
    cull = note("-", drafts=(), retire=tuple(keys[:2]), retirement="culled")
    said = refused(lambda: archive.commit(cull))
    before = [p.key for p in archive_at(location).packages()]
    ballast.unlink()
    archive.commit(cull)
    return {
        "said": said,
        "before": before == keys,
        "after": [p.key for p in archive_at(location).packages()] == keys[2:],
        "remains": archive.remains(keys[:2]),
        "findings": findings(location),
    }


def fill(path: Path) -> None:
    """Take the last byte of a disk."""
    with path.open("wb", buffering=0) as file:
        for size in (65536, 1):
            try:
                while file.write(bytes(size)):
                    pass
            except OSError:
                continue


def a_disk_that_may_only_be_read(place: Path) -> dict[str, Any]:
    mount(place, "size=8m")
    location = place / "archive"
    archive = Archive.create(Directory(location), now=NOW)
    package = archive.commit(note("a")).added[0]
    subprocess.run(["mount", "-o", "remount,ro", place], check=True)

    def lease() -> None:
        with archive.lease("harvest-blogg"):
            pass

    opened = archive_at(location)
    return {
        "opened": state_of(opened) == state_of(archive),
        "read": opened.read(opened.package(package.key), "a").decode(),
        "findings": findings(location),
        "commit": refused(lambda: archive.commit(note("b"))),
        "cull": refused(
            lambda: archive.commit(note("-", drafts=(), retire=(package.key,), retirement="culled"))
        ),
        "lease": refused(lease),
        "packages": [p.key for p in archive.packages()] == [package.key],
    }


def leftovers_on_a_disk_that_may_only_be_read(place: Path) -> dict[str, Any]:
    mount(place, "size=8m")
    location = place / "archive"
    archive = Archive.create(Directory(location), now=NOW)
    package = archive.commit(note("a")).added[0]
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    (location / ".tmp" / f"{this_process().host}-{dead.pid}-00").write_bytes(b"half")
    subprocess.run(["mount", "-o", "remount,ro", place], check=True)
    said = refused(lambda: archive_at(location).read(package, "a"))
    return {"said": said}


def test_a_full_disk_is_said_and_costs_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    told = play(a_full_disk, tmp_path / "disk")
    assert told["said"]["code"] == "disk-full"
    assert "Frigör plats" in told["said"]["sv"]
    assert "Free some space" in told["said"]["en"]
    assert told["acknowledged"] > 10
    assert told["packages"] == told["acknowledged"] == told["seq"] - 1
    assert told["same"]
    assert (told["temporary"], told["findings"], told["left"]) == ([], [], 0)


def test_with_room_again_the_same_archive_goes_on(tmp_path: Path) -> None:
    told = play(a_full_disk, tmp_path / "disk")
    assert told["afterwards"] == 2
    assert told["findings afterwards"] == []


def test_a_culling_that_the_full_disk_cannot_record_destroys_nothing(tmp_path: Path) -> None:
    told = play(a_culling_on_a_full_disk, tmp_path / "disk")
    assert told["said"]["code"] == "disk-full"
    assert told["before"]
    assert told["after"]
    assert (told["remains"], told["findings"]) == ([], [])


def test_a_disk_that_may_only_be_read_is_read_and_refuses_every_change(tmp_path: Path) -> None:
    told = play(a_disk_that_may_only_be_read, tmp_path / "disk")
    assert told["opened"]
    assert told["read"] == "words"
    assert told["findings"] == []
    for what in ("commit", "cull", "lease"):
        assert told[what]["code"] == "store-refused", what
        assert "monterat bara för läsning" in told[what]["sv"]
        assert "mounted read-only" in told[what]["en"]
        assert "Kontrollera rättigheter och disk" in told[what]["sv"]
    assert told["packages"]


def test_what_dead_writers_left_does_not_stop_anybody_from_reading_such_a_disk(
    tmp_path: Path,
) -> None:
    told = play(leftovers_on_a_disk_that_may_only_be_read, tmp_path / "disk")
    assert told["said"]["code"] == "done"


def test_a_file_larger_than_the_system_allows_is_refused_and_leaves_nothing(
    tmp_path: Path,
) -> None:
    location = tmp_path / "archive"
    Archive.create(Directory(location), now=NOW)
    code = (
        "import pathlib, resource, sys; from tests.archive_store import test_directory_faults as t;"
        "archive = t.archive_at(pathlib.Path(sys.argv[1]));"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000));"
        "print(t.refused(lambda: archive.commit(t.note('a', bytes(200_000))))['code'])"
    )
    child = subprocess.run(
        [sys.executable, "-c", code, str(location)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert child.stdout.strip() == "store-refused"
    assert archive_at(location).last.seq == 1
    assert list(Directory(location).list("posts/")) == []
    assert findings(location) == []


def test_what_was_lost_of_the_archives_folder_is_said(tmp_path: Path) -> None:
    location = tmp_path / "archive"
    archive = Archive.create(Directory(location), now=NOW)
    archive.commit(note("a"))
    location.rename(tmp_path / "elsewhere")
    with pytest.raises(ArchiveError) as caught:
        archive_at(location)
    assert caught.value.code == "no-archive"
    assert str(location) in caught.value.sv
