"""What is found in the catalogue: what a scan finds, by page, and never what is not for all."""

from pathlib import Path

import pytest

from archive_store import Archive, Draft
from archive_store.catalogue import Catalogue
from archive_store.texts import Text
from archive_store.words import Query
from tests.archive_store.catalogue.catalogued import NOW, bytes_of, commit, day, found, kept


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
