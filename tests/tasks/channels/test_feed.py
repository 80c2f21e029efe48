"""A blog by its feed: what is told, and that nothing is said to be gone."""

import datetime as dt
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive_store.errors import ChannelError
from tasks.channels import connector_for
from tasks.channels.feed import _moment
from tasks.model import Channel, Fetched, FetchRequest, LifeCycle, Visibility

FEED = "http://127.0.0.1:18080/?feed=rss2"


def read(channel: Channel, body: str | bytes, request: FetchRequest) -> Fetched:
    def answer(_: httpx.Request) -> httpx.Response:
        return httpx.Response(
            200, content=body, headers={"content-type": "application/rss+xml; charset=UTF-8"}
        )

    client = httpx.Client(transport=httpx.MockTransport(answer))
    with connector_for(channel, client=client) as connector:
        return connector.fetch(request)


@pytest.fixture
def blog(channel: Callable[..., Channel]) -> Channel:
    return channel(api="", feed=FEED, address="http://127.0.0.1:18080/")


def test_a_wordpress_feed_gives_the_ids_of_its_interface(
    blog: Channel, ask: Callable[..., FetchRequest], recorded: Callable[[str], str]
) -> None:
    fetched = read(blog, recorded("wordpress/feed.rss"), ask())

    assert [(i.id, i.address) for i in fetched.items[-2:]] == [
        ("28", "http://127.0.0.1:18080/?p=28"),
        ("1", "http://127.0.0.1:18080/?p=1"),
    ]
    newest, older = fetched.items[-1], fetched.items[-2]
    assert newest.published == dt.datetime(2026, 11, 22, 23, 52, 57, tzinfo=dt.UTC)
    assert newest.words
    assert newest.words.title == "Hello world!"
    assert newest.words.text.startswith("Welcome to WordPress.")
    assert older.words is None, "words of the last week alone"
    assert all(i.own and i.thread == i.id and i.kind == "post" for i in fetched.items)
    assert (fetched.complete, fetched.looked_for, fetched.total_posts) == (False, frozenset(), None)
    assert fetched.states == {Visibility.PUBLIC}
    assert fetched.profile.name == "Skurups kommun – bloggen"
    assert fetched.requests == 1


def test_a_ghost_feed_gives_its_pictures_and_no_slug(
    blog: Channel, ask: Callable[..., FetchRequest], recorded: Callable[[str], str]
) -> None:
    fetched = read(blog, recorded("ghost/feed.rss"), ask())

    newest = fetched.items[-1]
    assert newest.id == "6b0381d199f09a055b302355"
    assert newest.address == ""
    assert newest.words
    assert newest.words.permalink == "http://127.0.0.1:12368/coming-soon/"
    assert [(m.url, m.alt) for m in newest.words.media] == [
        ("https://static.ghost.org/v4.0.0/images/feature-image.jpg", "Coming soon")
    ]
    assert newest.words.author_name == "Informationsenheten"


def test_words_are_given_of_what_lives_in_the_archive_and_numbers_no_further_than_asked(
    blog: Channel, ask: Callable[..., FetchRequest], recorded: Callable[[str], str]
) -> None:
    feed = recorded("wordpress/feed.rss")
    since = dt.datetime(2026, 10, 21, tzinfo=dt.UTC)

    fetched = read(blog, feed, ask(watch=frozenset({"24", "20"}), numbers_since=since))

    found = {i.id: i.words is not None for i in fetched.items}
    numbers = dict.fromkeys(["28", "27", "26", "25"], False)
    assert found == {"1": True, "24": True, "20": True} | numbers


ATOM = """<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom"><title>Biblioteket &amp; du</title>
<subtitle>Nytt</subtitle><link href="https://bibliotek.sjovik.example/"/>
<entry><id>https://bibliotek.sjovik.example/2026/sagostund-for-alla</id><title>Sagostund</title>
<link href="/2026/sagostund-for-alla"/><author><name>Biblioteket</name></author>
<published>2026-10-01T10:00:00+02:00</published><updated>2026-11-22T10:00:00+01:00</updated>
<content type="html">
&lt;p&gt;Klockan elva.&lt;/p&gt;&lt;img src="/b.jpg" alt="Bok"&gt;</content>
</entry>
<entry><id>tag:bibliotek.sjovik.example,2026:2</id><title>Gammalt</title>
<updated>2026-01-01T10:00:00Z</updated><summary>Text</summary></entry></feed>"""


def test_an_atom_entry_that_was_edited_lately_has_its_words_and_a_digest_for_an_id(
    blog: Channel, ask: Callable[..., FetchRequest]
) -> None:
    fetched = read(blog, ATOM, ask())

    old, edited = fetched.items
    assert edited.published == dt.datetime(2026, 10, 1, 8, tzinfo=dt.UTC)
    assert edited.modified == dt.datetime(2026, 11, 22, 9, tzinfo=dt.UTC)
    assert edited.words
    assert edited.words.text == "Klockan elva.\nBok"
    assert edited.words.media[0].url == "http://127.0.0.1:18080/b.jpg"
    assert old.words is None
    for item in fetched.items:
        assert item.id.startswith("f")
        assert "sagostund" not in (item.id + item.address)
    assert fetched.profile.name == "Biblioteket & du"
    assert read(blog, ATOM, ask()).items == fetched.items, "the same ids each time"


ENTRY = "<item><guid>{guid}</guid><title>T</title><pubDate>{date}</pubDate></item>"
DATE = "Sun, 22 Nov 2026 23:52:57 +0000"


def rss(*entries: str) -> str:
    return f'<rss version="2.0"><channel><title>B</title>{"".join(entries)}</channel></rss>'


@pytest.mark.parametrize(
    "body",
    [
        "<!DOCTYPE html><html><body>Logga in, Vera Vind</body></html>",
        "",
        "{}",
        "/etc/passwd",
        rss(ENTRY.format(guid="x", date="igår")),
        rss("<item><title>T</title><pubDate>" + DATE + "</pubDate></item>"),
        rss(ENTRY.format(guid="x", date="Sun, 22 Nov 99999999 23:52:57 +0000")),
    ],
)
def test_what_is_no_feed_or_has_no_ids_or_dates_is_a_bad_answer(
    blog: Channel, ask: Callable[..., FetchRequest], body: str
) -> None:
    with pytest.raises(ChannelError) as caught:
        read(blog, body, ask())

    assert caught.value.code == "bad-answer"
    assert "Vera" not in str(caught.value)


def test_an_answer_is_never_taken_for_a_files_name(
    blog: Channel, ask: Callable[..., FetchRequest], tmp_path: Path
) -> None:
    file = tmp_path / "feed.rss"
    file.write_text(rss(ENTRY.format(guid="1", date=DATE)))

    with pytest.raises(ChannelError, match="bad-answer"):
        read(blog, str(file), ask())


@pytest.mark.parametrize("year", [-1, 0, 10_000, 10**9, 10**18])
def test_a_year_that_no_calendar_knows_is_no_date(year: int) -> None:
    assert _moment(time.struct_time((year, 1, 1, 0, 0, 0, 0, 1, 0))) is None


def test_an_empty_feed_is_a_feed(blog: Channel, ask: Callable[..., FetchRequest]) -> None:
    assert read(blog, rss(), ask()).items == ()


def test_a_number_of_another_site_is_not_taken_for_this_ones(
    blog: Channel, ask: Callable[..., FetchRequest]
) -> None:
    body = rss(ENTRY.format(guid="http://gamla.example/?p=28", date=DATE))

    [item] = read(blog, body, ask()).items

    assert item.id != "28"
    assert item.address == ""


REQUEST = FetchRequest(
    now=dt.datetime(2026, 11, 23, tzinfo=dt.UTC),
    words_since=dt.datetime(2026, 11, 1, tzinfo=dt.UTC),
    changed_since=None,
    watch=frozenset(),
    numbers_since=None,
)
HOSTILE = Channel(
    id="bloggen", name="", unit="u", platform="blog", address="", life=LifeCycle.ACTIVE, feed=FEED
)
PIECES = ["<item>", "</item>", "<title>", "]]>", "<![CDATA[", "&", "<guid>", "<link>", "\x00", "å"]


@settings(max_examples=60)
@given(st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=5)), max_size=12), st.binary())
def test_a_hostile_feed_is_read_or_refused(pieces: list[str], tail: bytes) -> None:
    entry = ENTRY.format(guid="1", date=DATE)
    body: Any = rss(entry, *pieces).encode("utf-8", "replace") + tail
    try:
        fetched = read(HOSTILE, body, REQUEST)
    except ChannelError as error:
        assert error.code == "bad-answer"  # noqa: PT017 -- either answer is right
    else:
        for item in fetched.items:
            assert item.published.tzinfo
            (item.id + item.address + repr(item.words)).encode()
