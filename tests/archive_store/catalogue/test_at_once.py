"""Readers and writers of one catalogue at once."""

import concurrent.futures
import threading
from pathlib import Path

from archive_store import Archive, Directory, Package
from archive_store.catalogue import Catalogue
from archive_store.reader import Reader
from archive_store.texts import Text
from tests.archive_store.catalogue.catalogued import commit, found, kept

READERS = 8


def test_readers_read_on_while_others_refresh_and_rebuild(
    archive: Archive, catalogue: Catalogue, tmp_path: Path
) -> None:
    first = commit(archive, kept("a", "alltid"), *(kept(f"b{n}", "ord") for n in range(20)))
    catalogue.refresh(archive)
    over = threading.Event()

    def read() -> int:
        turns = 0
        while not over.is_set() or not turns:
            assert found(catalogue, "alltid") == ["kept/blogg/a#1"]
            turns += 1
        return turns

    def write(who: int) -> None:
        mine = Archive.open(Directory(tmp_path / "archive"))
        for turn in range(4):
            commit(mine, kept(f"w{who}-{turn}", "nytt"))
            catalogue.refresh(mine)
            if turn == 2:
                commit(mine, retire=(first[1 + who].key,))
                catalogue.rebuild(mine) if who % 2 else catalogue.refresh(mine)

    with concurrent.futures.ThreadPoolExecutor(READERS) as pool:
        reading = [pool.submit(read) for _ in range(3)]
        writing = [pool.submit(write, who) for who in range(4)]
        try:
            for job in writing:
                job.result()
        finally:
            over.set()
        assert all(job.result() for job in reading)
    archive.refresh()
    assert catalogue.packages() == archive.packages()
    assert len(found(catalogue, "nytt")) == 16
    assert len(found(catalogue, "ord")) == 16


def test_who_must_wait_for_another_is_told(archive: Archive, catalogue: Catalogue) -> None:
    inside, go_on, told = threading.Event(), threading.Event(), threading.Event()

    def slow(_reader: Reader, _package: Package) -> list[Text]:
        inside.set()
        go_on.wait(30)
        return []

    commit(archive, kept("a", "ett"))
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        first = pool.submit(Catalogue(catalogue.path, {"kept": slow}).refresh, archive)
        assert inside.wait(30)
        second = pool.submit(catalogue.refresh, archive, on_wait=told.set)
        assert told.wait(30)
        go_on.set()
        assert first.result().made == "absent"
        assert second.result().made == "nothing-new"
