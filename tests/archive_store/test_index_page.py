"""The page that a person opens by a double click."""

import datetime as dt
import html.parser
from pathlib import Path

import pytest

from archive_store import Archive, Commit, Directory, Draft, write_index
from archive_store.index_page import stated_head
from archive_store.journal import Head

NEW_YEAR = dt.datetime(2025, 12, 31, 22, tzinfo=dt.UTC)
PDF = "snapshots/biblioteket/biblioteksbloggen/2025/2025-12-31T2300-arsskifte.pdf"


class Page(html.parser.HTMLParser):
    """Links, tags and text; complains of what is not closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: dict[str, str] = {}
        self.tags: set[str] = set()
        self.ids: set[str] = set()
        self.open: list[str] = []
        self.text = ""
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.tags.add(tag)
        self.ids.add(given.get("id") or "")
        if tag == "a":
            self.links[given["href"] or ""] = given.get("aria-label") or ""
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive.create(Directory(tmp_path / "archive"), now=NEW_YEAR, rehearsal=True)


def page(archive: Archive) -> Page:
    return Page(archive.get("index.html").decode())


def commit(archive: Archive, base: str, files: dict[str, bytes], **labels: str) -> None:
    draft = Draft(base=base, files=files, labels=labels)
    archive.commit(Commit(event="test", now=NEW_YEAR, actor="test", drafts=(draft,)))


def fill(archive: Archive) -> None:
    commit(
        archive,
        PDF.removesuffix(".pdf"),
        {"pdf": b"x" * 1_250_000},
        kind="snapshot",
        occasion="arsskifte",
        state="preliminary",
        whole="no",
    )
    number = {"number": "2025-kulturnamnden-001", "board": "kulturnamnden"}
    base = "certificates/2025/2025-kulturnamnden-001"
    commit(archive, base, {"certificate.json": b"{}"}, kind="certificate", **number)
    commit(archive, base + "-protokoll", {"pdf": b"x"}, kind="certificate-pdf", **number)
    files = {"pdf": b"x", "html": b"x"}
    commit(archive, "reports/2025/arsrapport-2025", files, kind="report", year="2025")
    commit(archive, "register/20251231-register", {"toml": b"x"}, kind="register")
    commit(
        archive,
        "statistics/biblioteksbloggen/monthly",
        {"parquet": b"x"},
        kind="monthly-facts",
        channel="biblioteksbloggen",
    )


def test_an_empty_archive_says_in_swedish_that_there_is_nothing_yet(archive: Archive) -> None:
    write_index(archive)
    text = page(archive).text
    for said in (
        "Inga ögonblicksbilder har tagits ännu.",
        "Inget har gallrats ännu.",
        "Ingen årsrapport har upprättats ännu.",
        "Övningsarkiv.",
    ):
        assert said in text


def test_every_record_is_linked_and_every_link_leads_somewhere(archive: Archive) -> None:
    fill(archive)
    write_index(archive)
    links = page(archive).links
    files = {
        stored.key
        for stored in archive.bucket.list()
        if not stored.key.startswith("journal/") and "." in stored.key.replace(".json", "")
    }
    assert files - {"index.html"} <= set(links) | {
        stored.key for stored in archive.bucket.list() if stored.key.endswith(".json")
    }
    for target in links:
        assert target.removeprefix("#") in page(archive).ids or archive.get(target)


def test_names_times_and_words_are_those_of_people(archive: Archive) -> None:
    fill(archive)
    names = {"biblioteksbloggen": "Sjöviks <bibliotek>", "biblioteket": "Biblioteket"}
    write_index(archive, organisation="Sjöviks kommun", names=names)
    text = page(archive).text
    for said in (
        "Kanalarkiv – Sjöviks kommun",
        "Sjöviks <bibliotek>, Biblioteket",
        "2025-12-31 kl. 23.00",
        "årsskifte",
        "preliminär",
        "ofullständig",
        "PDF (1,2 MB)",
        "2025-kulturnamnden-001",
    ):
        assert said in text
    label = page(archive).links[PDF]
    assert label == "PDF (1,2 MB): Sjöviks <bibliotek>, Biblioteket, 2025-12-31 kl. 23.00"


def test_it_needs_nothing_but_itself(archive: Archive) -> None:
    fill(archive)
    write_index(archive)
    assert not page(archive).tags & {"script", "link", "img", "iframe", "form"}
    assert b"http" not in archive.get("index.html")
    assert b'<html lang="sv">' in archive.get("index.html")


def test_it_states_the_journals_head_and_is_written_only_when_it_differs(
    archive: Archive, tmp_path: Path
) -> None:
    write_index(archive)
    file = tmp_path / "archive/index.html"
    before = file.stat().st_ino
    write_index(archive)
    assert file.stat().st_ino == before
    assert stated_head(file.read_bytes()) == Head(seq=1, sha256=archive.last.sha256)
    fill(archive)
    write_index(archive)
    assert stated_head(file.read_bytes()) == Head(seq=7, sha256=archive.last.sha256)
    assert stated_head(b"<html>") is None


def test_a_damaged_package_does_not_keep_the_page_from_being_written(
    archive: Archive, tmp_path: Path
) -> None:
    fill(archive)
    (tmp_path / "archive" / PDF.replace("pdf", "json")).unlink()
    write_index(archive)
    assert "kanalarkiv verify" in page(archive).text
    assert PDF not in page(archive).links
