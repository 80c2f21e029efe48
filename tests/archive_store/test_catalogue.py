"""The catalogue: a cache that says what the archive says, and forgets what it has destroyed."""

import concurrent.futures
import contextlib
import datetime as dt
import sqlite3
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive_store import Archive, Commit, Directory, Draft, Package
from archive_store.catalogue import Catalogue
from archive_store.errors import ArchiveError, CaptureError
from archive_store.reader import Reader
from archive_store.texts import Text
from archive_store.words import Query

NOW = dt.datetime(2025, 12, 15, 2, tzinfo=dt.UTC)
READERS = 8


def pages(reader: Reader, package: Package) -> Iterator[Text]:
    for number, words in enumerate(reader.read(package, "txt").decode().split("\f"), 1):
        if words == "broken":
            raise CaptureError("readback-failed", sv="trasig", en="broken")
        yield Text(parts=tuple(words.split("|")), file="txt", page=number)


def kept(name: str, words: str, channel: str = "blogg") -> Draft:
    return Draft(
        base=f"kept/{channel}/{name}",
        files={"txt": words.encode()},
        about={"reason": "forskning", "nested": [{"a": "Djupsinne"}, 7]},
        labels={"kind": "kept", "channel": channel},
    )


def day(name: str = "2025-12-14", words: str = "badhus") -> Draft:
    return Draft(
        base=f"posts/blogg/{name}/1",
        files={"threads.jsonl": words.encode()},
        about={"word": words},
        labels={"kind": "day", "channel": "blogg"},
        folder=True,
    )


def commit(archive: Archive, *drafts: Draft, retire: tuple[str, ...] = ()) -> list[Package]:
    change = Commit(
        event="x", now=NOW, actor="x", drafts=drafts, retire=retire, retirement="culled"
    )
    return list(archive.commit(change).added)


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive.create(Directory(tmp_path / "archive"), now=NOW)


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    return Catalogue(tmp_path / "state" / "catalogue.sqlite", {"kept": pages})


def found(catalogue: Catalogue, phrase: str, prefix: str = "", **labels: str) -> list[str]:
    return [
        f"{hit.package.base}#{hit.page}"
        for hit in catalogue.find(Query(phrase), prefix=prefix, **labels)
    ]


def dump(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """Every row, and what the index finds, whatever the order in which it came to be."""
    columns = {
        "packages": "*",
        "texts": "package, file, page, part, time, words",
        "unread": "*",
        "meta": "*",
    }
    with contextlib.closing(sqlite3.connect(path)) as db:
        rows = {
            table: sorted(db.execute(f"SELECT {names} FROM {table}"), key=repr)  # noqa: S608 - ours
            for table, names in columns.items()
        }
        db.execute("CREATE VIRTUAL TABLE temp.said USING fts5vocab(main, words, instance)")
        told = (
            "SELECT term, package, file, page, part, offset FROM temp.said JOIN texts ON id = doc"
        )
        return rows | {"words": sorted(db.execute(told), key=repr)}


def bytes_of(folder: Path) -> bytes:
    return b"".join(f.read_bytes() for f in sorted(folder.rglob("*")) if f.is_file()).lower()


def test_a_hit_names_package_page_and_words(archive: Archive, catalogue: Catalogue) -> None:
    commit(archive, kept("a", "om skolan\fom vårt badhus"), kept("b", "badhus", "annan"))
    done = catalogue.refresh(archive)
    assert (done.made, done.packages, done.texts, done.read) == ("absent", 2, 5, 2)
    assert found(catalogue, "badhus") == ["kept/annan/b#1", "kept/blogg/a#2"]
    assert found(catalogue, "badhus", channel="blogg") == ["kept/blogg/a#2"]
    assert found(catalogue, "badhus", "kept/an") == ["kept/annan/b#1"]
    (hit,) = catalogue.find(Query("vårt"))
    assert (hit.key, hit.time, hit.snippet.text) == ("kept/blogg/a.txt", NOW, "om vårt badhus")
    assert hit.package == archive.package("kept/blogg/a.json")


@pytest.mark.parametrize(
    ("phrase", "pages"),
    [
        ("kor", ["kept/blogg/a#1"]),
        ("kör", ["kept/blogg/a#2"]),
        ("KÖ*", ["kept/blogg/a#2"]),
        ('"vi kör"', ["kept/blogg/a#2"]),
        ('"kör vi"', []),
        ('"sist först"', []),
        ("sist först", ["kept/blogg/a#3"]),
        ('a" OR words:kor NOT (', []),
        ("kor*:^{}", ["kept/blogg/a#1"]),
        ("NEAR", []),
    ],
)
def test_the_index_means_what_a_scan_means(
    archive: Archive, catalogue: Catalogue, phrase: str, pages: list[str]
) -> None:
    commit(archive, kept("a", "En kor här\fvi Kör nu\fsist|först"))
    catalogue.refresh(archive)
    assert found(catalogue, phrase) == pages


def test_labels_and_the_manifests_words_are_found_and_name_no_page(
    archive: Archive, catalogue: Catalogue
) -> None:
    commit(archive, kept("a", "x"))
    catalogue.refresh(archive)
    assert found(catalogue, "djupsinne forskning blogg") == ["kept/blogg/a#None"]


def test_posts_numbers_and_what_is_secret_are_listed_and_never_indexed(
    archive: Archive, catalogue: Catalogue, tmp_path: Path
) -> None:
    secret = Draft(
        base="restricted/blogg/a",
        files={"txt": b"Hemligord"},
        about={"why": "Hemligord"},
        labels={"kind": "kept"},
    )
    commit(archive, day(words="Gallerord"), secret, kept("a", "Synligt"))
    catalogue.refresh(archive)
    assert catalogue.packages() == archive.packages()
    assert catalogue.packages("posts/") == archive.packages("posts/")
    state = bytes_of(tmp_path / "state")
    assert b"synligt" in state
    assert b"gallerord" not in state
    assert b"hemligord" not in state


def test_what_is_destroyed_is_in_no_byte_of_the_state_folder(
    archive: Archive, catalogue: Catalogue, tmp_path: Path
) -> None:
    state = tmp_path / "state"
    gone, *_ = commit(
        archive, kept("a", "Hon heter Vassilissa"), *(kept(f"b{n}", f"ord{n}") for n in range(50))
    )
    catalogue.refresh(archive)
    assert b"vassilissa" in bytes_of(state)  # the search below would see it
    before = catalogue.path.stat().st_ino
    commit(archive, kept("c", "nytt"), retire=(gone.key,))
    done = catalogue.refresh(archive)
    assert (done.made, done.read) == ("updated", 1)
    assert b"vassilissa" not in bytes_of(state)
    assert found(catalogue, "vassilissa") == []
    assert found(catalogue, "ord7") == ["kept/blogg/b7#1"]
    assert catalogue.path.stat().st_ino != before
    assert sorted(f.name for f in state.iterdir()) == ["catalogue.sqlite", "catalogue.sqlite.lock"]


def test_only_what_is_new_is_read(archive: Archive, catalogue: Catalogue) -> None:
    old = commit(archive, kept("a", "ett"), day())[1]
    catalogue.refresh(archive)
    assert catalogue.refresh(archive).made == "nothing-new"
    commit(archive, kept("b", "två"), day("2025-12-15"), retire=(old.key,))
    assert catalogue.refresh(archive).read == 2
    assert catalogue.packages() == archive.packages()
    assert found(catalogue, "två") == ["kept/blogg/b#1"]


def test_the_file_is_its_owners_alone(archive: Archive, catalogue: Catalogue) -> None:
    catalogue.refresh(archive)
    assert catalogue.path.stat().st_mode & 0o077 == 0


def test_another_archives_catalogue_is_built_anew_and_holds_nothing_of_the_other(
    archive: Archive, catalogue: Catalogue, tmp_path: Path
) -> None:
    commit(archive, kept("a", "Ettan"))
    catalogue.refresh(archive)
    other = Archive.create(Directory(tmp_path / "other"), now=NOW)
    commit(other, kept("a", "Tvåan"))
    assert catalogue.refresh(other).made == "other-archive"
    assert found(catalogue, "tvåan") == ["kept/blogg/a#1"]
    assert b"ettan" not in bytes_of(tmp_path / "state")
    for entry in (tmp_path / "other" / "journal").glob("*2.json"):
        entry.unlink()  # as after restoring a backup that is older than the catalogue
    shorter = Archive.open(Directory(tmp_path / "other"))
    assert catalogue.refresh(shorter).made == "other-archive"
    assert catalogue.packages() == []


def test_other_extractors_are_asked_anew(archive: Archive, catalogue: Catalogue) -> None:
    commit(archive, kept("a", "ett"))
    Catalogue(catalogue.path, {}).refresh(archive)
    assert catalogue.refresh(archive).made == "other-format"
    assert found(catalogue, "ett") == ["kept/blogg/a#1"]


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


def test_what_cannot_be_read_is_told_and_read_when_it_is_mended(
    archive: Archive, catalogue: Catalogue
) -> None:
    commit(archive, kept("a", "ett\fbroken"), kept("b", "två"))
    catalogue.refresh(archive)
    assert [(each.key, each.code) for each in catalogue.unread()] == [
        ("kept/blogg/a.json", "readback-failed")
    ]
    assert found(catalogue, "två") == ["kept/blogg/b#1"]
    assert len(catalogue.packages()) == 2
    mended = Catalogue(catalogue.path, {"kept": lambda _r, _p: [Text(parts=("ett",), page=1)]})
    mended.rebuild(archive)
    assert mended.unread() == []
    assert len(found(mended, "ett")) == 2


def test_an_archive_without_texts_works(archive: Archive, catalogue: Catalogue) -> None:
    done = catalogue.refresh(archive)
    assert (done.packages, done.texts) == (0, 0)
    assert found(catalogue, "ett") == []
    assert catalogue.refresh(archive).made == "nothing-new"


def test_a_state_folder_that_cannot_be_written_is_told_and_nothing_half_stays(
    archive: Archive, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    catalogue = Catalogue(tmp_path / "file" / "catalogue.sqlite", {})
    with pytest.raises(ArchiveError) as caught:
        catalogue.refresh(archive)
    assert caught.value.code == "catalogue-not-written"


def test_progress_is_told_to_its_end(archive: Archive, catalogue: Catalogue) -> None:
    commit(archive, *(kept(f"a{n}", "ett") for n in range(3)))
    told: list[tuple[int, int]] = []
    catalogue.rebuild(archive, on_progress=lambda done, of: told.append((done, of)))
    assert told == [(0, 3), (1, 3), (2, 3), (3, 3)]


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
    root = Path(__file__).parents[2]
    assert subprocess.run(command, cwd=root, check=False).returncode == -9
    assert dump(catalogue.path) == before
    assert (tmp_path / "state" / "catalogue.sqlite.new").exists()
    catalogue.refresh(archive)
    assert not (tmp_path / "state" / "catalogue.sqlite.new").exists()
    assert b"vassilissa" not in bytes_of(tmp_path / "state")
    assert found(catalogue, "stannar") == ["kept/blogg/b#1"]
    assert found(catalogue, "nytt") == ["kept/blogg/c#1"]


steps = st.lists(
    st.tuples(
        st.lists(st.sampled_from(["alfa", "Beta Ö", "alfa|gamma\fbeta", "", "broken"]), max_size=3),
        st.lists(st.integers(0, 9), max_size=2, unique=True),
        st.sampled_from(["", "refresh", "refresh", "rebuild"]),
    ),
    min_size=1,
    max_size=6,
)


@settings(max_examples=40)
@given(steps)
def test_refreshing_step_by_step_gives_what_building_anew_gives(
    history: list[tuple[list[str], list[int], str]],
) -> None:
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        archive = Archive.create(Directory(home / "archive"), now=NOW)
        stepwise = Catalogue(home / "a" / "catalogue.sqlite", {"kept": pages})
        for number, (texts, retired, then) in enumerate(history):
            drafts = [kept(f"{number}-{n}", words) for n, words in enumerate(texts)]
            living = [package.key for package in archive.packages()]
            retire = tuple(sorted({living[n % len(living)] for n in retired if living}))
            commit(archive, *drafts, day(f"d{number}"), retire=retire)
            if then:
                getattr(stepwise, then)(archive)
        stepwise.refresh(archive)
        anew = Catalogue(home / "b" / "catalogue.sqlite", {"kept": pages})
        anew.rebuild(archive)
        assert dump(stepwise.path) == dump(anew.path)
        assert stepwise.packages() == anew.packages() == archive.packages()
        for phrase in ("alfa", "beta ö", '"alfa gamma"', "b*"):
            assert found(stepwise, phrase) == found(anew, phrase)
