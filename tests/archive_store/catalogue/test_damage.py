"""A catalogue that is damaged, killed or cannot be written: told, and built anew."""

import contextlib
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from archive_store import Archive
from archive_store.catalogue import Catalogue
from archive_store.errors import ArchiveError
from tests.archive_store.catalogue.catalogued import bytes_of, commit, dump, found, kept


def test_the_file_is_its_owners_alone(archive: Archive, catalogue: Catalogue) -> None:
    catalogue.refresh(archive)
    assert catalogue.path.stat().st_mode & 0o077 == 0


def _emptied(path: Path) -> None:
    path.write_bytes(b"")


def _garbled(path: Path) -> None:
    path.write_bytes(b"no database " * 1000)


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-4096])


def _tables_gone(path: Path) -> None:
    with contextlib.closing(sqlite3.connect(path)) as db:
        db.execute("DROP TABLE meta")


def _index_forgets(path: Path) -> None:
    with contextlib.closing(sqlite3.connect(path)) as db:
        db.execute("UPDATE words_data SET block = x'00' WHERE id > 1")
        db.commit()


def _one_bit(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[-100] ^= 1
    path.write_bytes(data)


def _inside(path: Path) -> None:
    data = path.read_bytes()
    path.write_bytes(data[:4096] + b"\xff" * (len(data) - 4096))


@pytest.mark.parametrize(
    "harm", [_emptied, _garbled, _cut, _tables_gone, _index_forgets, _one_bit, _inside]
)
def test_a_damaged_file_is_built_anew_and_that_is_told(
    archive: Archive, catalogue: Catalogue, harm: Callable[[Path], None]
) -> None:
    commit(archive, kept("a", "ett"))
    catalogue.refresh(archive)
    harm(catalogue.path)
    assert catalogue.refresh(archive).made == "damaged"
    assert found(catalogue, "ett") == ["kept/blogg/a#1"]


def test_damage_that_only_a_search_meets_is_told_with_what_to_do(
    archive: Archive, catalogue: Catalogue
) -> None:
    commit(archive, *(kept(f"a{n}", f"ett {n} " * 50) for n in range(40)))
    catalogue.refresh(archive)
    _inside(catalogue.path)
    with pytest.raises(ArchiveError) as caught:
        found(catalogue, "ett")
    assert caught.value.code == "catalogue-damaged"
    assert "kanalarkiv rebuild" in caught.value.sv
    catalogue.rebuild(archive)
    assert len(found(catalogue, "ett")) == 40


def test_a_state_folder_that_cannot_be_written_is_told_and_nothing_half_stays(
    archive: Archive, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    catalogue = Catalogue(tmp_path / "file" / "catalogue.sqlite", {})
    with pytest.raises(ArchiveError) as caught:
        catalogue.refresh(archive)
    assert caught.value.code == "catalogue-not-written"


KILLED = """
import os, sys
from pathlib import Path
from archive_store import Archive, Directory
from archive_store.catalogue import Catalogue
from archive_store.texts import Text
def extract(reader, package):
    if package.key.endswith(sys.argv[3]):
        os.kill(os.getpid(), 9)
    return [Text(parts=(reader.read(package, "txt").decode(),), page=1)]
home = Path(sys.argv[1])
archive = Archive.open(Directory(home / "archive"))
catalogue = Catalogue(home / "state" / "catalogue.sqlite", {"kept": extract})
if sys.argv[2] == "replace":
    os.replace = Path.replace = lambda *a: os.kill(os.getpid(), 9)
catalogue.refresh(archive)
"""


@pytest.mark.parametrize(("where", "key"), [("extract", "c.json"), ("replace", "none")])
def test_killed_anywhere_the_old_file_stands_and_the_next_run_clears_and_goes_on(
    archive: Archive, catalogue: Catalogue, tmp_path: Path, where: str, key: str
) -> None:
    gone, _ = commit(archive, kept("a", "Vassilissa"), kept("b", "stannar"))
    catalogue.refresh(archive)
    before = dump(catalogue.path)
    commit(archive, kept("c", "nytt"), retire=(gone.key,))
    command = [sys.executable, "-c", KILLED, str(tmp_path), where, key]
    root = Path(__file__).parents[3]
    assert subprocess.run(command, cwd=root, check=False).returncode == -9
    assert dump(catalogue.path) == before
    assert (tmp_path / "state" / "catalogue.sqlite.new").exists()
    catalogue.refresh(archive)
    assert not (tmp_path / "state" / "catalogue.sqlite.new").exists()
    assert b"vassilissa" not in bytes_of(tmp_path / "state")
    assert found(catalogue, "stannar") == ["kept/blogg/b#1"]
    assert found(catalogue, "nytt") == ["kept/blogg/c#1"]
