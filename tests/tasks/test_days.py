import dataclasses as dc
import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive_store import Archive, Commit
from archive_store.directory import Directory
from archive_store.errors import DamageError
from tasks import gists
from tasks.days import (
    day_draft,
    day_media,
    generation_of,
    line_digest,
    living_days,
    load_day,
    rest_draft,
    thread_from_json,
    thread_json,
)
from tasks.model import Media, Outcome, Post, Thread, Version, Visibility, Words

NOW = dt.datetime(2025, 12, 15, 2, tzinfo=dt.UTC)
DAY = dt.date(2025, 12, 14)
SECRET = b"s" * 32

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
MOMENT = st.datetimes(timezones=st.just(dt.UTC))
MEDIA = st.builds(Media, url=TEXT, alt=TEXT, file=TEXT, media_type=TEXT, sha256=TEXT)
WORDS = st.builds(
    Words,
    author=TEXT,
    author_name=TEXT,
    title=TEXT,
    text=TEXT,
    html=TEXT,
    permalink=TEXT,
    media=st.tuples(MEDIA) | st.just(()),
)
VERSION = st.builds(Version, digest=TEXT, seen=MOMENT, modified=MOMENT | st.none(), words=WORDS)
POST = st.builds(
    Post,
    id=TEXT,
    parent=TEXT | st.none(),
    kind=st.sampled_from(["post", "page", "comment", "pingback"]),
    own=st.booleans(),
    published=MOMENT,
    first_seen=MOMENT,
    visibility=st.sampled_from(Visibility),
    visibility_since=MOMENT,
    address=TEXT,
    versions=st.lists(VERSION, min_size=1, max_size=2).map(tuple),
    outcome=st.sampled_from(Outcome) | st.none(),
    outcome_by=TEXT,
    outcome_at=MOMENT | st.none(),
)
THREAD = st.builds(
    Thread,
    id=TEXT,
    channel=TEXT,
    day=st.dates(),
    salt=TEXT,
    permalink=TEXT,
    posts=st.lists(POST, min_size=1, max_size=2).map(tuple),
    culled_by=TEXT,
    record_class=TEXT,
    counted_as=TEXT,
)


def a_thread(thread_id: str, *, file: str = "", minute: int = 0) -> Thread:
    published = NOW - dt.timedelta(hours=12) + dt.timedelta(minutes=minute)
    media = (Media(url="http://127.0.0.1/a.png", file=file),) if file else ()
    words = Words(
        author="own",
        author_name="Informationsenheten",
        title="",
        text="Hemligt ord",
        html="",
        permalink="",
        media=media,
    )
    return Thread(
        id=thread_id,
        channel="blogg",
        day=DAY,
        salt="00",
        permalink="",
        posts=(
            Post(
                id=thread_id,
                parent=None,
                kind="post",
                own=True,
                published=published,
                first_seen=NOW,
                visibility=Visibility.PUBLIC,
                visibility_since=NOW,
                address="/?p=1",
                versions=(Version(digest="d", seen=NOW, modified=None, words=words),),
            ),
        ),
    )


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive.create(Directory(tmp_path / "archive"), now=NOW)


@given(THREAD)
def test_a_thread_comes_back_from_its_line_as_it_was(thread: Thread) -> None:
    line = thread_json(thread)
    assert line.splitlines() == [line]
    assert thread_from_json(line) == thread


def test_stored_times_are_utc_with_a_z() -> None:
    assert b'"first_seen":"2025-12-15T02:00:00Z"' in thread_json(a_thread("1"))


@pytest.mark.parametrize(
    "line",
    [b"", b"{}", b'{"id": "hemligt ord"}', b"[]", thread_json(a_thread("1")).replace(b"post", b"")],
)
def test_a_line_that_is_no_thread_is_damage_and_shows_no_word(line: bytes) -> None:
    with pytest.raises(DamageError) as error:
        thread_from_json(line.replace(b'"own":true', b'"own":"Hemligt ord"'))
    assert "emligt" not in str(error.value) + error.value.sv
    assert error.value.__cause__ is None
    assert error.value.__suppress_context__


def test_a_day_holds_its_threads_in_order_and_only_the_pictures_they_name(
    archive: Archive,
) -> None:
    threads = [a_thread("2", minute=5), a_thread("1", file="media/0001.png")]
    media = {"media/0001.png": b"bild", "media/0002.png": b"annan"}
    archive.commit(
        Commit(
            event="harvest",
            now=NOW,
            actor="harvest",
            drafts=(day_draft("blogg", DAY, 1, threads, media, secret=SECRET),),
        )
    )
    (package,) = living_days(archive, "blogg")
    assert load_day(archive, package) == (threads[1], threads[0])
    assert day_media(archive, package) == {"media/0001.png": b"bild"}
    assert package.labels == {
        "kind": "day",
        "channel": "blogg",
        "day": "2025-12-14",
        "threads": "2",
    }
    assert b"Hemligt" not in archive.get(package.key)


def test_the_rest_of_a_day_is_what_stays_byte_for_byte_with_its_pictures(
    archive: Archive,
) -> None:
    threads = [a_thread(f"{n}", minute=n, file=f"media/000{n}.png") for n in range(1, 4)]
    media = {f"media/000{n}.png": b"bild %d" % n for n in range(1, 4)}
    first = day_draft("blogg", DAY, 1, threads, media, secret=SECRET)
    archive.commit(Commit(event="harvest", now=NOW, actor="harvest", drafts=(first,)))
    (package,) = living_days(archive, "blogg")
    lines = archive.read(package, "threads.jsonl").splitlines(keepends=True)
    rest = rest_draft(
        archive,
        package,
        gone={line_digest(lines[1].rstrip(b"\n"))},
        threads=2,
        media={"media/0001.png", "media/0003.png"},
    )
    expected = day_draft("blogg", DAY, 2, [threads[0], threads[2]], media, secret=SECRET)
    assert dict(rest.files) == dict(expected.files)
    assert rest.files["threads.jsonl"] == lines[0] + lines[2]
    assert (rest.base, rest.about, rest.labels) == (expected.base, expected.about, expected.labels)
    assert rest.folder


def test_the_rest_of_a_damaged_day_is_not_written(archive: Archive, tmp_path: Path) -> None:
    threads = [a_thread("1"), a_thread("2", minute=5)]
    first = day_draft("blogg", DAY, 1, threads, {}, secret=SECRET)
    archive.commit(Commit(event="harvest", now=NOW, actor="harvest", drafts=(first,)))
    (package,) = living_days(archive, "blogg")
    rest = rest_draft(archive, package, gone={"0" * 64}, threads=2, media=())
    stored = next(tmp_path.rglob("threads.jsonl"))
    stored.chmod(0o644)
    stored.write_bytes(stored.read_bytes().replace(b"blogg", b"blugg"))
    with pytest.raises(DamageError, match="changed-object"):
        archive.commit(Commit(event="culled", now=NOW, actor="cull", drafts=(rest,)))
    assert living_days(archive, "blogg") == [package]


def test_a_rest_leaves_out_no_thread_that_no_gist_tells_of(archive: Archive) -> None:
    threads = [a_thread("1"), a_thread("2", minute=5)]
    whole = day_draft("blogg", DAY, 1, threads, {}, secret=SECRET)
    fewer = day_draft("blogg", DAY, 1, threads[:1], {}, secret=SECRET)
    files = {**whole.files, gists.FILE: fewer.files[gists.FILE]}
    draft = dc.replace(whole, files=files)
    archive.commit(Commit(event="harvest", now=NOW, actor="harvest", drafts=(draft,)))
    (package,) = living_days(archive, "blogg")
    rest = rest_draft(archive, package, gone={"0" * 64}, threads=1, media=())
    with pytest.raises(DamageError, match="changed-object"):
        dict(rest.files)


def test_a_rewritten_day_is_its_newest_generation_also_after_its_key_was_taken(
    archive: Archive,
) -> None:
    for generation in (1, 2, 2):
        living = [package.key for package in living_days(archive, "blogg")]
        archive.commit(
            Commit(
                event="harvest",
                now=NOW,
                actor="harvest",
                drafts=(day_draft("blogg", DAY, generation, [a_thread("1")], {}, secret=SECRET),),
                retire=tuple(living),
            )
        )
    (package,) = living_days(archive, "blogg")
    assert package.key == "posts/blogg/2025-12-14/2-2/manifest.json"
    assert generation_of(package) == 2


def test_another_channels_days_are_not_this_ones(archive: Archive) -> None:
    archive.commit(
        Commit(
            event="harvest",
            now=NOW,
            actor="harvest",
            drafts=(day_draft("blogg-2", DAY, 1, [a_thread("1")], {}, secret=SECRET),),
        )
    )
    assert living_days(archive, "blogg") == []
