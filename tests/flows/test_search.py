"""``find`` over snapshots, kept threads and posts as a person calls it, and what it leaves."""

import datetime as dt
import io
import json
import logging
from pathlib import Path
from typing import Any

import pytest

from archive_store import Archive, Commit, Directory, Draft, Package
from flows.cli import main as cli
from flows.cli.out import DONE, SHORT, WRONG, call
from flows.searching import FILE, forget
from flows.settings import Settings
from tasks.days import THREADS, day_draft, thread_json
from tasks.documents.markup import drawn
from tasks.model import Media, Post, Thread, Version, Visibility, Words

NOW = dt.datetime(2025, 12, 31, 22, tzinfo=dt.UTC)
SECRET = b"s" * 32
PAGES = ("Vinterns snöröjning i Östra byn", "Badhuset håller stängt över nyår")

pytestmark = pytest.mark.usefixtures("alone")


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive.create(Directory(tmp_path / "archive"), now=NOW, rehearsal=True)


def post(id_: str, *texts: str, name: str = "Anna Berg", alt: str = "", ago: int = 1) -> Post:
    at = NOW - dt.timedelta(days=ago)
    media = (Media(url="http://127.0.0.1/a.png", alt=alt),) if alt else ()
    versions = tuple(
        Version(
            digest=f"{n}",
            seen=at,
            modified=None,
            words=Words(
                author="u1",
                author_name=name,
                title="",
                text=text,
                html=f"<p>{text} osynligt</p>",
                permalink="",
                media=media,
            ),
        )
        for n, text in enumerate(texts)
    )
    return Post(
        id=id_,
        parent=None,
        kind="post",
        own=False,
        published=at,
        first_seen=at,
        visibility=Visibility.PUBLIC,
        visibility_since=at,
        address=f"/?p={id_}",
        versions=versions,
    )


def thread(id_: str, *posts: Post, channel: str = "kommunbloggen") -> Thread:
    day = posts[0].published.date()
    return Thread(id=id_, channel=channel, day=day, salt="00", permalink="", posts=posts)


def day(*threads: Thread, generation: int = 1) -> Draft:
    return day_draft(threads[0].channel, threads[0].day, generation, threads, {}, secret=SECRET)


def kept(name: str, thread_: Thread) -> Draft:
    return Draft(
        base=f"kept/{thread_.channel}/2025/{name}",
        files={"thread.json": thread_json(thread_) + b"\n"},
        about={"reason": "research"},
        labels={"kind": "kept", "channel": thread_.channel},
        folder=True,
    )


def snapshot(*pages: str) -> Draft:
    body = "".join(f'<p style="page-break-after:always">{page}</p>' for page in pages)
    return Draft(
        base="snapshots/info/kommunbloggen/2025/2025-12-31T2300-arsskifte",
        files={"pdf": drawn(f"<html lang=sv><title>Sidan</title>{body}")},
        about={"reason": ""},
        labels={"kind": "snapshot", "channel": "kommunbloggen", "occasion": "arsskifte"},
    )


def commit(archive: Archive, *drafts: Draft, retire: tuple[str, ...] = ()) -> list[Package]:
    change = Commit(
        event="x", now=NOW, actor="x", drafts=drafts, retire=retire, retirement="culled"
    )
    return list(archive.commit(change).added)


def said(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, Any]:
    code = cli.main([*words, "--json"])
    call.json = False
    return code, json.loads(capsys.readouterr().out)


def keys(capsys: pytest.CaptureFixture[str], *words: str) -> list[str]:
    code, found = said(capsys, "find", *words)
    assert code == DONE
    return [hit["key"] for hit in found["hits"]]


def test_a_word_is_found_wherever_it_stands_and_each_hit_says_where(
    archive: Archive, capsys: pytest.CaptureFixture[str]
) -> None:
    commit(
        archive,
        snapshot(*PAGES),
        kept("1", thread("7", post("7", "Om badhuset", ago=20))),
        day(thread("9", post("9", "x"), post("c9", "När öppnar BADHUSET?"))),
    )
    code, found = said(capsys, "find", "badhuset")
    assert (code, found["more"], found["unread"]) == (DONE, False, [])
    snap, posted, old = found["hits"]
    assert snap["key"] == "snapshots/info/kommunbloggen/2025/2025-12-31T2300-arsskifte.pdf"
    assert (snap["zone"], snap["channel"], snap["page"]) == ("snapshots", "kommunbloggen", 2)
    assert (snap["time"], snap["thread"]) == ("2025-12-31T22:00:00Z", None)
    assert [snap["snippet"][a:b] for a, b in snap["marks"]] == ["Badhuset"]
    assert posted["key"] == f"posts/kommunbloggen/2025-12-30/1/{THREADS}"
    assert (posted["thread"], posted["time"]) == ("9", "2025-12-30T22:00:00Z")
    assert posted["snippet"] == "Anna Berg · x · När öppnar BADHUSET?"
    assert (old["zone"], old["thread"], old["package"]) == (
        "kept",
        "7",
        "kept/kommunbloggen/2025/1/manifest.json",
    )
    for hit in found["hits"]:
        assert cli.main(["get", hit["key"], "-o", f"{hit['zone']}.out"]) == DONE


def test_zone_channel_and_limit_narrow_and_more_is_told(
    archive: Archive, capsys: pytest.CaptureFixture[str]
) -> None:
    days = [day(thread(f"{n}", post(f"{n}", "badhus", ago=n))) for n in range(1, 9)]
    other = day(thread("b", post("b", "badhus"), channel="biblioteksbloggen"))
    commit(archive, *days, other, kept("1", thread("k", post("k", "badhus", ago=30))))
    assert len(keys(capsys, "badhus")) == 10
    assert len(keys(capsys, "badhus", "--zone", "posts")) == 9
    assert len(keys(capsys, "badhus", "--zone", "kept")) == 1
    assert len(keys(capsys, "badhus", "--channel", "biblioteksbloggen")) == 1
    _, found = said(capsys, "find", "badhus", "--limit", "3", "--channel", "kommunbloggen")
    assert [hit["thread"] for hit in found["hits"]] == ["1", "2", "3"]
    assert found["more"]


def test_every_version_name_and_picture_is_searched_and_markup_is_not(
    archive: Archive, capsys: pytest.CaptureFixture[str]
) -> None:
    commit(archive, day(thread("1", post("1", "först", "sedan", name="Bo Ek", alt="en båt"))))
    for phrase in ("först", "sedan", "bo ek", "båt", '"bo ek"', "sed*"):
        assert len(keys(capsys, phrase)) == 1
    for phrase in ("osynligt", "bat", '"ek sedan"', "kommunbloggen/?p", "public"):
        assert keys(capsys, phrase) == []


def test_signs_of_a_query_language_are_harmless(
    archive: Archive, capsys: pytest.CaptureFixture[str]
) -> None:
    commit(archive, snapshot(*PAGES), day(thread("1", post("1", "badhus"))))
    for phrase in ('badhus"', "badhus' OR 1=1 --", "NEAR(badhus)", "words:badhus", "(badhus", "^b"):
        code, found = said(capsys, "find", phrase)
        assert (code, "error" in found) == (DONE, False)


def test_a_phrase_without_words_is_a_wrong_call(
    archive: Archive, capsys: pytest.CaptureFixture[str]
) -> None:
    assert archive.last.seq == 1
    code, told = said(capsys, "find", "***")
    assert (code, told["error"]["code"]) == (WRONG, "empty-query")
    assert said(capsys, "find", "a", "--zone", "cellar")[0] == WRONG
    assert said(capsys, "find", "a", "--limit", "0")[0] == WRONG
    assert said(capsys, "find", "a", "--archive", "nowhere")[0] == WRONG


def test_the_phrase_can_come_from_standard_input(
    archive: Archive, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    commit(archive, day(thread("1", post("1", "vårt badhus"))))
    monkeypatch.setattr("sys.stdin", io.StringIO("badhus\n"))
    assert len(keys(capsys, "-")) == 1


def test_a_phrase_leaves_no_trace_in_state_archive_or_logs(
    archive: Archive,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
    tmp_path: Path,
) -> None:
    commit(archive, snapshot(*PAGES), day(thread("1", post("1", "badhus"))))
    with caplog.at_level(logging.DEBUG):
        assert keys(capsys, "Kvastskaft") == []
    assert "kvastskaft" not in caplog.text.lower()
    files = [f for f in tmp_path.rglob("*") if f.is_file()]
    assert any(f.name == FILE for f in files)
    assert [f for f in files if b"kvastskaft" in f.read_bytes().lower()] == []


def test_what_was_culled_or_rewritten_is_not_found_and_lies_in_no_byte_of_the_state(
    archive: Archive, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    state = tmp_path / ".kanalarkiv"

    def state_holds(word: bytes) -> bool:
        return any(word in f.read_bytes().lower() for f in state.rglob("*") if f.is_file())

    secret = thread("1", post("1", "Vassilissa klagade"))
    gone, lasts, old = commit(
        archive,
        kept("1", secret),
        kept("2", thread("2", post("2", "badhus"))),
        day(thread("3", post("3", "Vassilissa klagade mer"))),
    )
    assert len(keys(capsys, "vassilissa")) == 2
    assert state_holds(b"vassilissa")
    new = day(thread("3", post("3", "badhus")), generation=2)
    commit(archive, new, retire=(gone.key, old.key))
    forget(archive, Settings(archive=str(tmp_path / "archive"), state=state))
    assert not state_holds(b"vassilissa")
    assert keys(capsys, "vassilissa") == []
    assert len(keys(capsys, "badhus")) == 2
    assert archive.package(lasts.key) == lasts


def test_forgetting_makes_no_catalogue_where_there_is_none(
    archive: Archive, tmp_path: Path
) -> None:
    forget(archive, Settings(state=tmp_path / "state"))
    assert not (tmp_path / "state").exists()


def test_rebuild_gives_the_same_and_a_damaged_catalogue_is_told_of(
    archive: Archive, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    commit(archive, snapshot(*PAGES), kept("1", thread("1", post("1", "badhus"))))
    before = keys(capsys, "badhus*")
    code, done = said(capsys, "rebuild")
    assert (code, done) == (DONE, {"packages": 2, "texts": 5, "unread": []})
    assert keys(capsys, "badhus*") == before
    (tmp_path / ".kanalarkiv" / FILE).write_bytes(b"rubbish")
    assert cli.main(["find", "badhus*", "--lang", "en"]) == DONE
    told = capsys.readouterr()
    assert "damaged" in told.err
    assert "2 hits" in told.out


def test_what_cannot_be_read_is_named_and_the_rest_is_searched(
    archive: Archive, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    days = [day(thread(f"{n}", post(f"{n}", "badhus", ago=n))) for n in (1, 2)]
    first, _ = commit(archive, *days)
    no_pdf = Draft(
        base="snapshots/info/blogg/2025/x",
        files={"pdf": b"no pdf"},
        labels={"kind": "snapshot", "channel": "blogg"},
    )
    commit(archive, no_pdf)
    damaged = tmp_path / "archive" / first.base / THREADS
    damaged.chmod(0o600)
    damaged.write_bytes(b"{}")
    code, found = said(capsys, "find", "badhus")
    assert (code, len(found["hits"])) == (SHORT, 1)
    assert [each["code"] for each in found["unread"]] == ["text-unreadable", "changed-object"]
    assert first.base in found["unread"][1]["text"]
    assert "snapshots/info/blogg/2025/x" in found["unread"][0]["text"]


def test_people_see_where_and_what_and_what_to_fetch(
    archive: Archive, capsys: pytest.CaptureFixture[str]
) -> None:
    commit(archive, snapshot(*PAGES))
    assert cli.main(["find", "stängt nyår"]) == DONE
    assert capsys.readouterr().out.splitlines() == [
        "2025-12-31  snapshots  kommunbloggen  sida 2",
        "  Badhuset håller stängt över nyår",
        "  snapshots/info/kommunbloggen/2025/2025-12-31T2300-arsskifte.pdf",
        "",
        "1 träff",
    ]


def test_a_day_that_is_rewritten_while_it_is_searched_is_read_in_its_new_form(
    archive: Archive,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (old,) = commit(archive, day(thread("3", post("3", "badhus"))))
    read, turns = Archive.read, []

    def rewriting(self: Archive, package: Package, name: str) -> bytes:
        if not turns:
            turns.append(package)
            new = day(thread("3", post("3", "badhus", "badhus igen")), generation=2)
            commit(archive, new, retire=(old.key,))
        return read(self, package, name)

    monkeypatch.setattr(Archive, "read", rewriting)
    assert keys(capsys, "badhus") == [f"posts/kommunbloggen/2025-12-30/2/{THREADS}"]
    assert turns == [old]
