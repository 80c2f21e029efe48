"""What the WordPress connector lets in of an item: its words, whose, from where and when."""

import datetime as dt
from collections.abc import Callable

import httpx
import pytest

from archive_store.errors import ChannelError
from tasks.channels import connector_for
from tasks.model import Visibility
from tests.tasks.channels.fake_wordpress import HOME, SECRET, FakeWordPress, comment, post
from tests.tasks.channels.wordpress.reading import Ask, Make, Read, days, refused


def test_recorded_answers_of_a_real_wordpress_are_read(
    channel: Make, ask: Ask, recorded: Callable[[str], httpx.Response]
) -> None:
    states = {"approve": "public", "hold": "hold", "spam": "spam", "trash": "trash"}

    def answer(request: httpx.Request) -> httpx.Response:
        query = dict(request.url.params)
        route = query["rest_route"]
        if route == "/":
            return httpx.Response(200, json={"name": "Bloggen"})
        if route == "/wp/v2/comments":
            return recorded(f"wordpress/comments_{states[query.get('status', 'approve')]}.json")
        if route == "/wp/v2/pages":
            return httpx.Response(200, json=[], headers={"x-wp-totalpages": "0"})
        page = query.get("page", "1")
        return recorded(
            "wordpress/posts_p1.json" if page == "1" else "wordpress/error_past_last_page.json"
        )

    blog = channel(
        api="http://127.0.0.1:18080/?rest_route=",
        address="http://127.0.0.1:18080/",
    )
    client = httpx.Client(transport=httpx.MockTransport(answer))
    with connector_for(blog, secret=SECRET, client=client) as connector:
        fetched = connector.fetch(ask())

    found = {item.id: item for item in fetched.items}
    reply = found["c17"]
    assert (reply.thread, reply.parent, reply.own) == ("11", "c16", True)
    assert reply.words
    assert reply.words.text == "På fredag. /Informationsenheten"
    assert found["c16"].parent == "11"
    assert found["c18"].visibility is Visibility.SPAM
    assert found["c19"].visibility is Visibility.HELD
    assert found["c4"].visibility is Visibility.TRASH
    assert found["1"].address == "http://127.0.0.1:18080/?p=1"
    assert fetched.total_posts == 26
    told = repr(fetched)
    for private in (
        "@example.test",
        "127.0.0.1'",
        "10.1.2.3",
        "gravatar.com/avatar",
        "python-httpx",
    ):
        assert private not in told, "e-mail, IP, avatar and browser stop at the door"


def test_nothing_of_a_commenter_but_name_and_words_is_let_in(read: Read) -> None:
    site = FakeWordPress([post(1, days(1))], [comment(2, 1, days(1))])

    told = repr(read(site))

    assert "Vera Vind" in told
    for private in ("vera@", "192.0.2", "Mozilla", "vera.example", "gravatar"):
        assert private not in told


def test_only_public_comments_are_told_without_a_secret(read: Read) -> None:
    site = FakeWordPress(
        [post(1, days(1))], [comment(2, 1, days(1)), comment(3, 1, days(1), status="hold")]
    )

    fetched = read(site, secret=None)

    assert [i.id for i in fetched.items if i.kind == "comment"] == ["c2"]
    assert fetched.states == {Visibility.PUBLIC}
    assert {query.get("status", "approve") for _, query in site.asked} == {"approve"}


def test_an_approved_comment_that_no_visitor_can_read_is_held(read: Read) -> None:
    locked = post(1, days(1), content={"rendered": "", "protected": True})
    site = FakeWordPress(
        [locked],
        [
            comment(2, 1, days(1)),
            comment(3, 999, days(1)),
            comment(4, 999, days(1), status="spam"),
        ],
    )

    found = {item.id: item for item in read(site).items}

    assert found["c2"].visibility is Visibility.HELD
    assert found["c3"].visibility is Visibility.HELD
    assert found["c4"].visibility is Visibility.SPAM
    assert (found["c3"].thread, found["c3"].address) == ("999", f"{HOME}/?p=999#comment-3")
    assert "999" not in found, "an orphan has no post"


def test_pingbacks_are_told_and_private_notes_of_plugins_are_not(read: Read) -> None:
    site = FakeWordPress(
        [post(1, days(1))],
        [comment(2, 1, days(1), type="pingback"), comment(3, 1, days(1), type="order_note")],
    )

    found = {item.id: item.kind for item in read(site).items}

    assert found == {"1": "post", "c2": "pingback"}


def test_an_address_is_never_a_slug_nor_another_sites_number(read: Read) -> None:
    site = FakeWordPress(
        [
            post(1, days(1), guid={"rendered": f"{HOME}/en-rubrik-med-ord/"}),
            post(2, days(1), guid={"rendered": "https://gamla.example/?p=2"}),
            post(3, days(1), guid={"rendered": f"{HOME}/?p=33"}),
            post(4, days(1), guid={"rendered": f"{HOME}/?post_type=x&#038;p=4"}),
            post(5, days(1), guid={"rendered": f"{HOME}/?page_id=5"}),
        ]
    )

    assert [i.address for i in read(site).items] == [
        *(f"{HOME}/?p={n}" for n in range(1, 5)),
        f"{HOME}/?page_id=5",
    ]


def test_nobody_without_an_account_is_taken_for_the_body(channel: Make, ask: Ask) -> None:
    site = FakeWordPress([post(1, days(1))], [comment(2, 1, days(1), author=0)])
    blog = channel(own_authors=("0", "1"))

    with connector_for(blog, client=site.client()) as connector:
        found = {item.id: item.own for item in connector.fetch(ask()).items}

    assert found == {"1": True, "c2": False}


def test_a_post_by_an_account_that_is_not_the_bodys_is_not_its_own(read: Read) -> None:
    site = FakeWordPress([post(1, days(1)), post(2, days(1), author=2)])

    assert {item.id: item.own for item in read(site).items} == {"1": True, "2": False}


def test_an_imported_row_without_utc_has_the_sites_own_time(read: Read) -> None:
    zero = "-0001-11-30T00:00:00"
    site = FakeWordPress(
        [post(1, days(1))],
        [comment(2, 1, days(1), date_gmt=zero, date="2015-07-01T12:00:00")],
    )

    found = {item.id: item for item in read(site).items}

    assert found["c2"].published == dt.datetime(2015, 7, 1, 10, tzinfo=dt.UTC)
    site.comments[0]["date"] = zero
    assert refused(read, site).code == "bad-answer"


def test_strange_letters_and_markup_in_names_and_titles_are_made_plain(read: Read) -> None:
    site = FakeWordPress(
        [
            post(
                1,
                days(1),
                title={"rendered": "Bro &amp; <em>bad</em>\ud800"},
                content={"rendered": "<p>bro\ud800</p>", "protected": False},
            )
        ],
        [comment(2, 1, days(1), author_name="Vera &lt;3 <b>Vind</b>\ud800")],
    )

    post_item, comment_item = sorted(read(site).items, key=lambda i: i.id)

    assert post_item.words
    assert comment_item.words
    assert post_item.words.title == "Bro & bad?"
    assert post_item.words.html == "<p>bro?</p>"
    assert comment_item.words.author_name == "Vera <3 Vind?"


def test_a_page_instead_of_a_picture_is_not_taken(channel: Make) -> None:
    answers = {
        "/a.png": httpx.Response(200, content=b"\x89PNG", headers={"content-type": "IMAGE/PNG; x"}),
        "/b.png": httpx.Response(200, text="Logga in", headers={"content-type": "text/html"}),
        "/c.png": httpx.Response(200, content=b"", headers={"content-type": "image/png"}),
    }
    client = httpx.Client(transport=httpx.MockTransport(lambda r: answers[r.url.path]))
    with connector_for(channel(), secret=SECRET, client=client) as connector:
        assert connector.media(f"{HOME}/a.png", max_bytes=10) == (b"\x89PNG", "image/png")
        for name, code in (("a", "too-large"), ("b", "bad-answer"), ("c", "bad-answer")):
            with pytest.raises(ChannelError) as caught:
                connector.media(f"{HOME}/{name}.png", max_bytes=3 if name == "a" else 10)
            assert caught.value.code == code


def test_a_picture_is_fetched_without_the_secret(channel: Make) -> None:
    seen: list[str | None] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request.headers.get("authorization"))
        if request.url.host == "blogg.sjovik.example":
            return httpx.Response(302, headers={"location": "https://bilder.example/a.png"})
        return httpx.Response(200, content=b"x", headers={"content-type": "image/png"})

    client = httpx.Client(transport=httpx.MockTransport(answer))
    with connector_for(channel(), secret=SECRET, client=client) as connector:
        assert connector.media(f"{HOME}/a.png", max_bytes=10) == (b"x", "image/png")

    assert seen == [None, None]
