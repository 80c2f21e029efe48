"""Promises of a fetch from WordPress, on whatever site and whatever is asked.

Threads come whole, words come only where they are wanted, and a visitor's view has nothing hidden.
"""

import datetime as dt
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.channels import connector_for
from tasks.model import Channel, Fetched, FetchRequest, LifeCycle, Visibility
from tests.tasks.channels.fake_wordpress import HOME, SECRET, FakeWordPress, comment, gmt, post

NOW = dt.datetime(2026, 11, 23, 2, tzinfo=dt.UTC)
BLOG = Channel(
    id="bloggen",
    name="Bloggen",
    unit="biblioteket",
    platform="blog",
    address=f"{HOME}/",
    life=LifeCycle.ACTIVE,
    api=f"{HOME}/wp-json",
    own_authors=("1",),
)
STATES = {
    "approve": Visibility.PUBLIC,
    "hold": Visibility.HELD,
    "spam": Visibility.SPAM,
    "trash": Visibility.TRASH,
}


def ages(longest: int) -> st.SearchStrategy[dt.datetime]:
    return st.integers(1, longest * 24).map(lambda hours: NOW - dt.timedelta(hours=hours))


@st.composite
def sites(draw: st.DrawFn) -> FakeWordPress:
    posts = []
    for number in range(1, draw(st.integers(0, 6)) + 1):
        at = draw(ages(120))
        changes: dict[str, Any] = {"modified_gmt": gmt(draw(st.one_of(st.just(at), ages(120))))}
        if draw(st.integers(0, 5)) == 0:
            changes["content"] = {"rendered": "", "protected": True}
        if draw(st.integers(0, 3)) == 0:
            changes["type"] = "page"
        posts.append(post(number, at, **changes))
    comments = [
        comment(
            100 + n,
            draw(st.integers(1, 8)),
            draw(ages(120)),
            status=draw(st.sampled_from(list(STATES))),
            author=draw(st.sampled_from([0, 0, 1])),
        )
        for n in range(draw(st.integers(0, 10)))
    ]
    return FakeWordPress(posts, comments)


@st.composite
def requests(draw: st.DrawFn) -> FetchRequest:
    numbers = draw(st.one_of(st.none(), st.integers(1, 100)))
    return FetchRequest(
        now=NOW,
        words_since=NOW - dt.timedelta(days=draw(st.integers(1, 20))),
        changed_since=None,
        watch=frozenset(map(str, draw(st.sets(st.integers(1, 8), max_size=4)))),
        numbers_since=None if numbers is None else NOW - dt.timedelta(days=numbers),
    )


def fetch(site: FakeWordPress, request: FetchRequest, secret: str | None) -> Fetched:
    with connector_for(BLOG, secret=secret, client=site.client()) as connector:
        return connector.fetch(request)


@settings(max_examples=120, deadline=None)
@given(sites(), requests(), st.booleans())
def test_threads_come_whole_and_words_only_where_wanted(
    site: FakeWordPress,
    request: FetchRequest,
    known: bool,  # noqa: FBT001 -- drawn
) -> None:
    fetched = fetch(site, request, SECRET if known else None)

    found = {item.id: item for item in fetched.items}
    assert len(found) == len(fetched.items), "each item once"
    open_posts = {p["id"] for p in site.posts if not p["content"]["protected"]}
    for item in fetched.items:
        if item.id == item.thread:
            whole = {
                f"c{c['id']}"
                for c in site.comments
                if c["post"] == int(item.id)
                and (known or (c["status"] == "approve" and c["post"] in open_posts))
            }
            assert whole <= found.keys(), "a thread that is told of is told whole"
        lately = max(item.published, item.modified or item.published) > request.words_since
        wanted = lately or item.thread in request.watch
        assert (item.words is not None) == wanted
        if item.kind == "comment":
            if any(p["id"] == int(item.thread) for p in site.posts):
                assert item.thread in found, "and so is the thread of a late comment"
            told = next(c for c in site.comments if f"c{c['id']}" == item.id)
            readable = told["post"] in open_posts
            public = told["status"] == "approve"
            expected = STATES[told["status"]] if readable or not public else Visibility.HELD
            assert item.visibility is expected
            assert known or expected is Visibility.PUBLIC
    for number in request.watch:
        there = any(p["id"] == int(number) for p in site.posts)
        assert (number in found) == there
        assert number in fetched.looked_for
    horizon = request.numbers_since or dt.datetime.min.replace(tzinfo=dt.UTC)
    counted = {str(p["id"]) for p in site.posts if p["date_gmt"] > gmt(horizon)}
    assert counted <= found.keys(), "and numbers reach as far as they were asked for"
