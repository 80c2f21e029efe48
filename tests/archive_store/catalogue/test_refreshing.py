"""The catalogue follows its archive: reads what is new, forgets what is gone, is built anew."""

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from archive_store import Archive, Directory
from archive_store.catalogue import Catalogue
from tests.archive_store.catalogue.catalogued import (
    NOW,
    bytes_of,
    commit,
    day,
    dump,
    found,
    kept,
    pages,
)


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


def test_progress_is_told_to_its_end(archive: Archive, catalogue: Catalogue) -> None:
    commit(archive, *(kept(f"a{n}", "ett") for n in range(3)))
    told: list[tuple[int, int]] = []
    catalogue.rebuild(archive, on_progress=lambda done, of: told.append((done, of)))
    assert told == [(0, 3), (1, 3), (2, 3), (3, 3)]


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
