"""The scan of files without an index finds what reading every line would, in any spelling."""

import datetime as dt
import json
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from archive_store import Archive, Commit, Directory, Draft, Package
from archive_store.errors import InputError
from archive_store.scanning import Scan, _Sieve, scan
from archive_store.texts import Text
from archive_store.words import Query, joined

NOW = dt.datetime(2025, 12, 15, 2, tzinfo=dt.UTC)

ODD = "\u212a\u017f\xad\u200d\u2019\u1e9e\u01c5\U0001d5d5\ufb01\uff21\u2122"
letters = st.text('aAåÅäoöÖ a\u030ao\u0308kßİiIfsSn"\\\n\t\x01_-.7дД😀' + ODD)
phrases = st.text('aAåÄoöksßfinbдД7 "*-_' + ODD)


def line(*parts: str, ascii_only: bool = False) -> bytes:
    return json.dumps({"html": "<b>x</b>", "parts": parts}, ensure_ascii=ascii_only).encode()


def parse(_package: Package, data: bytes) -> Text:
    return Text(parts=tuple(json.loads(data)["parts"]))


def answers(query: Query, data: bytes) -> bool:
    return query.snippet(joined(json.loads(data)["parts"])) is not None


@given(st.lists(st.lists(letters, max_size=3), max_size=4), phrases, st.booleans())
@example([["bil"], ["hej\nbil"]], "bil", False)
@example([["a"], ["\u212a"]], "k", False)
@example([["åka"]], '"å a"', False)
@example([["дом"]], "Дом", True)
def test_no_line_that_answers_is_passed_over(
    texts: list[list[str]],
    phrase: str,
    escaped: bool,  # noqa: FBT001 - hypothesis gives it
) -> None:
    try:
        query = Query(phrase)
    except InputError:
        return
    lines = [line(*parts, ascii_only=escaped) for parts in texts]
    let_through = list(_Sieve(query).lines(b"".join(each + b"\n" for each in lines)))
    assert [each for each in lines if answers(query, each)] == [
        each for each in let_through if answers(query, each)
    ]


def test_lines_that_hold_a_word_only_inside_another_are_not_parsed() -> None:
    lines = [line("mobilen"), line("bilder"), line("en bil, sade hon"), line("vägbil")]
    assert list(_Sieve(Query("bil")).lines(b"\n".join(lines))) == [lines[2]]


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive.create(Directory(tmp_path / "archive"), now=NOW)


def day(number: int, *texts: str) -> Draft:
    return Draft(
        base=f"posts/blogg/2025-12-{number:02}/1",
        files={"threads.jsonl": b"".join(line(text) + b"\n" for text in texts)},
        labels={"kind": "day"},
        folder=True,
    )


def commit(archive: Archive, *drafts: Draft, retire: tuple[str, ...] = ()) -> list[Package]:
    change = Commit(
        event="harvest", now=NOW, actor="harvest", drafts=drafts, retire=retire, retirement="culled"
    )
    return list(archive.commit(change).added)


def look(archive: Archive, packages: list[Package], phrase: str, limit: int = 99) -> Scan:
    return scan(archive, packages, Query(phrase), name="threads.jsonl", parse=parse, limit=limit)


def test_hits_come_in_the_order_of_the_packages_with_key_and_words(archive: Archive) -> None:
    days = commit(archive, day(1, "vårt badhus"), day(2, "x", "Badhus två"), day(3, "inget"))
    found = look(archive, days[::-1], "badhus")
    assert [(hit.key, hit.snippet.text) for hit in found.hits] == [
        ("posts/blogg/2025-12-02/1/threads.jsonl", "Badhus två"),
        ("posts/blogg/2025-12-01/1/threads.jsonl", "vårt badhus"),
    ]
    assert found.whole


def test_a_scan_stops_where_enough_is_found_and_says_so(archive: Archive) -> None:
    days = commit(archive, *(day(number, "badhus", "badhus") for number in range(1, 20)))
    found = look(archive, days, "badhus", limit=3)
    assert (len(found.hits), found.whole) == (4, False)


def test_a_day_that_another_run_took_away_is_told_and_a_damaged_one_too(
    archive: Archive, tmp_path: Path
) -> None:
    days = commit(archive, day(1, "badhus"), day(2, "badhus"), day(3, "badhus"))
    Archive.open(Directory(tmp_path / "archive")).commit(
        Commit(event="x", now=NOW, actor="x", retire=(days[0].key,), retirement="culled")
    )
    damaged = tmp_path / "archive" / days[1].base / "threads.jsonl"
    damaged.chmod(0o600)
    damaged.write_bytes(line("badhus badhus"))
    found = look(archive, days, "badhus")
    assert [package.key for package in found.gone] == [days[0].key]
    assert [flaw.code for flaw in found.flaws] == ["changed-object"]
    assert [hit.package.key for hit in found.hits] == [days[2].key]
