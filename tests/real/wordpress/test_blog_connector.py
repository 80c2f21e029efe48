"""The blog connector on a real WordPress: what it fetches equals what the seed file says."""

import dataclasses as dc
import datetime as dt
import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

import httpx
import pytest
from wordpress.seed import Seeded, seed
from wordpress.server import WordPress

from archive_store.errors import ChannelError
from tasks.channels import FetchRequest, connector_for
from tasks.model import Channel, Fetched, Item, LifeCycle, Visibility

pytestmark = pytest.mark.real

WEEK = dt.timedelta(days=7)
STATES = {
    "approved": Visibility.PUBLIC,
    "hold": Visibility.HELD,
    "spam": Visibility.SPAM,
    "trash": Visibility.TRASH,
}


@pytest.fixture(scope="module")
def seeded(wordpress: WordPress) -> Seeded:
    """For the tests that only read; those that change the site come last and seed it anew."""
    return seed(wordpress, dt.datetime.now(dt.UTC))


def channel(site: WordPress, **changes: Any) -> Channel:
    told = Channel(
        id="kommunbloggen",
        name="Sjöviks kommun – nyheter",
        unit="informationsenheten",
        platform="blog",
        address=f"{site.url}/",
        life=LifeCycle.ACTIVE,
        api=site.api,
        own_authors=(site.own_author,),
    )
    return dc.replace(told, **changes)


def fetch(  # noqa: PLR0913 -- a request has what a request has
    of: Channel,
    now: dt.datetime,
    *,
    secret: str | None,
    watch: frozenset[str] = frozenset(),
    days: int | None = None,
    client: httpx.Client | None = None,
) -> Fetched:
    request = FetchRequest(
        now=now,
        words_since=now - WEEK,
        changed_since=None,
        watch=watch,
        numbers_since=None if days is None else now - dt.timedelta(days=days),
    )
    with connector_for(of, secret=secret, client=client) as connector:
        return connector.fetch(request)


def by_id(fetched: Fetched) -> dict[str, Item]:
    found = {item.id: item for item in fetched.items}
    assert len(found) == len(fetched.items), "each item once"
    return found


def outline(item: Item) -> tuple[object, ...]:
    words = item.words
    return (
        item.thread,
        item.parent,
        item.kind,
        item.own,
        item.published,
        item.modified,
        item.visibility,
        words and (words.title, words.text, words.author_name, words.author),
    )


def is_public(post: Mapping[str, Any]) -> bool:
    return post.get("status", "publish") == "publish" and not post.get("gone")


def expected(told: Seeded, *, secret: bool) -> dict[str, tuple[object, ...]]:
    """From the seed file alone: what a first fetch should bring."""
    return dict(_expected_posts(told)) | dict(_expected_comments(told, secret=secret))


def _expected_posts(told: Seeded) -> Iterator[tuple[str, tuple[object, ...]]]:
    since = told.now - WEEK
    for name, post in told.posts.items():
        if is_public(post):
            number = str(told.post_ids[name])
            text = "" if post.get("password") else post["text"]
            words = (post["title"], text, "Informationsenheten", "1")
            wanted = post["published"] > since or post["modified"] > since
            times = (post["published"], post["modified"])
            kind = post["kind"]
            seen = Visibility.PUBLIC
            yield number, (number, None, kind, True, *times, seen, words if wanted else None)


def _expected_comments(told: Seeded, *, secret: bool) -> Iterator[tuple[str, tuple[object, ...]]]:
    for name, comment in told.comments.items():
        post = told.posts[comment["post"]]
        readable = is_public(post) and not post.get("password")
        seen = STATES[comment["state"]]
        if seen is Visibility.PUBLIC and not readable:
            seen = Visibility.HELD
        if not secret and (seen is not Visibility.PUBLIC or comment["kind"] == "pingback"):
            continue
        thread = str(told.post_ids[comment["post"]])
        parent = f"c{told.comment_ids[comment['parent']]}" if "parent" in comment else thread
        own = comment["own"]
        author = ("Informationsenheten", "1") if own else (comment["author"], "")
        text = comment["text"].replace("\n\n", "\n").replace("&#8230;", "…")
        words = ("", text, *author) if comment["at"] > told.now - WEEK else None
        kind = comment["kind"]
        yield (
            f"c{told.comment_ids[name]}",
            (thread, parent, kind, own, comment["at"], None, seen, words),
        )


@pytest.mark.parametrize("root", ["api", "plain_api"])
def test_a_fetch_with_the_secret_equals_the_seed(
    wordpress: WordPress, seeded: Seeded, root: str
) -> None:
    blog = channel(wordpress, api=getattr(wordpress, root))

    fetched = fetch(blog, seeded.now, secret=wordpress.secret)

    assert {i: outline(item) for i, item in by_id(fetched).items()} == expected(seeded, secret=True)
    assert fetched.states == set(STATES.values())
    assert fetched.complete
    public = [p for p in seeded.posts.values() if p["kind"] == "post" and is_public(p)]
    assert fetched.total_posts == len(public) > 100, "so many that they need two pages"
    assert (fetched.profile.name, fetched.profile.description) == (
        "Sjöviks kommun – nyheter",
        "Nytt från kommunen",
    )


def test_a_fetch_without_a_secret_tells_of_what_is_public_alone(
    wordpress: WordPress, seeded: Seeded
) -> None:
    fetched = fetch(channel(wordpress), seeded.now, secret=None)

    assert {i: outline(item) for i, item in by_id(fetched).items()} == expected(
        seeded, secret=False
    )
    assert fetched.states == {Visibility.PUBLIC}


def test_only_get_is_used_and_the_editors_view_is_never_asked_for(
    wordpress: WordPress, seeded: Seeded
) -> None:
    asked: list[httpx.Request] = []
    hooks = {"request": [asked.append]}
    with httpx.Client(trust_env=False, event_hooks=hooks) as client:
        fetched = fetch(channel(wordpress), seeded.now, secret=wordpress.secret, client=client)

    assert len(asked) == fetched.requests < 40
    assert {r.method for r in asked} == {"GET"}
    assert not [r for r in asked if "context" in r.url.params]
    told = repr(fetched)
    for private in (
        "privat.adress@person.example",
        "192.0.2.77",
        "gravatar",
        "Mozilla",
        ".example",
    ):
        assert private not in told.replace("dack.example", "").replace("sjovik.example", "")


def test_addresses_are_wordless_and_permalinks_are_not(
    wordpress: WordPress, seeded: Seeded
) -> None:
    found = by_id(fetch(channel(wordpress), seeded.now, secret=wordpress.secret))

    made_by_editor, made_by_script = (found[str(seeded.post_ids[n])] for n in ("om", "badplats"))
    assert made_by_editor.address == f"{wordpress.url}/?page_id={made_by_editor.id}"
    assert made_by_script.address == f"{wordpress.url}/?p={made_by_script.id}"
    assert made_by_script.words
    assert made_by_script.words.permalink == f"{wordpress.url}/badplatsen-far-ny-brygga/"
    assert not [i.address for i in found.values() if "badplats" in i.address]
    with httpx.Client(trust_env=False, follow_redirects=True) as client:
        led = client.get(made_by_script.address)
    assert str(led.url) == made_by_script.words.permalink


def test_pictures_are_found_featured_first_and_fetched_as_uploaded(
    wordpress: WordPress, seeded: Seeded
) -> None:
    blog = channel(wordpress)
    found = by_id(fetch(blog, seeded.now, secret=None))

    words = found[str(seeded.post_ids["lekplats"])].words
    assert words
    assert [m.url for m in words.media] == [
        seeded.picture_urls["lekplats.png"],
        seeded.picture_urls["badplats.png"],
    ]
    assert words.media[0].alt == "Skiss över nya lekplatsen"
    with connector_for(blog) as connector:
        for name, url in seeded.picture_urls.items():
            data, kind = connector.media(url, max_bytes=10_000_000)
            assert kind == "image/png"
            assert hashlib.sha256(data).hexdigest() == seeded.picture_sha256[name]
        with pytest.raises(ChannelError, match="too-large"):
            connector.media(seeded.picture_urls["badplats.png"], max_bytes=100)
        with pytest.raises(ChannelError, match="not-found"):
            connector.media(f"{wordpress.url}/wp-content/uploads/finns-inte.png", max_bytes=10**6)


def test_a_wrong_password_is_login_needed(wordpress: WordPress, seeded: Seeded) -> None:
    with pytest.raises(ChannelError) as caught:
        fetch(channel(wordpress), seeded.now, secret="informationsenheten:fel ord")  # noqa: S106 -- made up

    assert caught.value.code == "login-needed"
    assert "fel ord" not in str(caught.value)


def test_an_address_without_the_interface_is_not_found(
    wordpress: WordPress, seeded: Seeded
) -> None:
    with pytest.raises(ChannelError) as caught:
        fetch(channel(wordpress, api=f"{wordpress.url}/blogg/wp-json"), seeded.now, secret=None)

    assert caught.value.code == "not-found"


def test_the_feed_of_the_same_site_tells_of_the_newest_posts_by_the_same_ids(
    wordpress: WordPress, seeded: Seeded
) -> None:
    blog = channel(wordpress, api="", feed=wordpress.feed)

    fetched = fetch(blog, seeded.now, secret=None)

    newest = sorted(
        (p for p in seeded.posts.values() if p["kind"] == "post" and is_public(p)),
        key=lambda p: p["published"],
    )[-10:]
    assert [i.published for i in fetched.items] == [p["published"] for p in newest]
    found = {item.published: item for item in fetched.items}
    for post in newest:
        item = found[post["published"]]
        number = str(seeded.post_ids[post["name"]])
        assert item.own
        assert item.id == (number if post.get("editor") else item.id)
        if item.words and not post.get("password"):
            assert (item.words.title, item.words.text) == (post["title"], post["text"])
    assert not fetched.complete
    assert fetched.looked_for == frozenset()


def test_a_later_fetch_sees_an_edit_a_deletion_and_a_new_comment(
    wordpress: WordPress,
) -> None:
    seeded = seed(wordpress, dt.datetime.now(dt.UTC))
    names = seeded.post_ids
    first = fetch(channel(wordpress), seeded.now, secret=wordpress.secret)
    watch = frozenset(
        item.thread for item in first.items if item.words and item.id == item.thread
    ) | {str(names["host"])}
    later = seeded.now + dt.timedelta(hours=1)
    wordpress.edit_post(names["host"], at=later, title="Vårstädning", text="<p>Rättat.</p>")
    wordpress.delete_post(names["badplats"])  # its comments go with it
    wordpress.trash_post(names["bibliotek"])
    wordpress.unpublish_post(names["lekplats"])
    wordpress.set_comment(seeded.comment_ids["tack-snor"], "spam")
    wordpress.delete_comment(seeded.comment_ids["hot"])
    fresh = wordpress.add_comment(names["mycket-gammal-fraga"], "Ny fråga", at=later)
    reply = wordpress.add_comment(
        names["host"], "Svar", at=later, own=True, parent=seeded.comment_ids["host-fraga"]
    )

    fetched = fetch(channel(wordpress), later, secret=wordpress.secret, watch=watch, days=90)
    found = by_id(fetched)

    edited = found[str(names["host"])]
    assert edited.words
    assert (edited.words.title, edited.words.text) == ("Vårstädning", "Rättat.")
    assert edited.modified == later
    for gone in ("badplats", "bibliotek", "lekplats"):
        assert str(names[gone]) not in found
        assert str(names[gone]) in fetched.looked_for
    assert f"c{seeded.comment_ids['brygga']}" not in found
    assert f"c{seeded.comment_ids['hot']}" not in found
    assert found[f"c{seeded.comment_ids['tack-snor']}"].visibility is Visibility.SPAM
    unpublished = found[f"c{seeded.comment_ids['gunga']}"]
    assert unpublished.visibility is Visibility.HELD, "no visitor sees it any more"
    new = found[f"c{fresh}"]
    assert new.words
    assert new.words.text == "Ny fråga"
    post = found[str(names["mycket-gammal-fraga"])]
    assert post.words is None, "an old post is not taken in for a comment's sake"
    old = found[f"c{seeded.comment_ids['skjuts-gammal']}"]
    assert old.words is None, "but its thread is counted whole"
    assert found[f"c{reply}"].own
    whole = found[f"c{seeded.comment_ids['host-fraga']}"]
    assert whole.words, "a living thread is read anew with all its words"
    assert fetched.looked_for >= watch
    ages = [seeded.now - item.published for item in fetched.items if item.id.isdigit()]
    assert sum(age > dt.timedelta(days=91) for age in ages) < 5, "history is not read again"


def test_without_a_secret_a_living_thread_that_was_withdrawn_is_gone_not_an_error(
    wordpress: WordPress,
) -> None:
    seeded = seed(wordpress, dt.datetime.now(dt.UTC))
    names = seeded.post_ids
    watch = frozenset(str(names[n]) for n in ("lekplats", "badplats", "losenord", "snorojning"))
    wordpress.unpublish_post(names["lekplats"])
    wordpress.trash_post(names["badplats"])

    fetched = fetch(channel(wordpress), seeded.now, secret=None, watch=watch, days=90)

    threads = {item.thread for item in fetched.items}
    assert str(names["snorojning"]) in threads
    assert not threads & {str(names["lekplats"]), str(names["badplats"])}
    assert fetched.looked_for >= watch


def test_a_comment_in_the_hour_that_comes_twice_is_not_lost(wordpress: WordPress) -> None:
    """Local clocks show 02:10 after they have shown 02:50, on the last Sunday of October."""
    told = seed(wordpress, dt.datetime(2025, 10, 27, 12, tzinfo=dt.UTC))
    since = dt.datetime(2025, 10, 26, 0, 50, tzinfo=dt.UTC)  # 02:50 summer time
    comment = wordpress.add_comment(
        told.post_ids["gammal-fraga"],
        "Mitt i natten",
        at=dt.datetime(2025, 10, 26, 1, 10, tzinfo=dt.UTC),  # 02:10 winter time
    )
    request = FetchRequest(
        now=told.now, words_since=since, changed_since=since, watch=frozenset(), numbers_since=since
    )
    with connector_for(channel(wordpress), secret=wordpress.secret) as connector:
        found = by_id(connector.fetch(request))

    assert found[f"c{comment}"].words
    assert all(i.words is None or (i.modified or i.published) > since for i in found.values())
