"""A mark is the standard library's HMAC, halved; a thread's marks tell which item began it."""

import dataclasses as dc
import hashlib
import hmac

from hypothesis import given
from hypothesis import strategies as st

from tasks.marks import DIGITS, marking, marks_of, of_wording
from tasks.model import Thread
from tests.tasks.test_days import THREAD, a_thread

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
SECRET = b"s" * 32


def said(secret: bytes, *parts: str) -> str:
    return hmac.new(secret, "\0".join(parts).encode(), hashlib.sha256).hexdigest()


@given(secret=st.binary(min_size=1, max_size=100), channel=TEXT, item=TEXT, digest=TEXT)
def test_a_mark_is_half_of_what_the_standard_librarys_hmac_says(
    secret: bytes, channel: str, item: str, digest: str
) -> None:
    mark = marking(secret, channel)
    assert mark(item) == said(secret, channel, item)[:DIGITS]
    assert mark(of_wording(item, digest)) == said(secret, channel, item, digest)[:DIGITS]
    assert len(mark(item)) * 4 == 128


@given(THREAD)
def test_a_threads_marks_are_those_of_its_items_the_first_posts_first(thread: Thread) -> None:
    mark = marking(SECRET, thread.channel)
    marks = marks_of(thread, SECRET)
    assert sorted(item for item, _ in marks) == sorted(mark(post.id) for post in thread.posts)
    if any(post.id == thread.id for post in thread.posts):
        assert marks[0][0] == mark(thread.id)
    for item, wordings in marks:
        assert [*wordings] == sorted(set(wordings))
        of_item = [post for post in thread.posts if mark(post.id) == item]
        assert any(
            {*wordings} == {mark(of_wording(post.id, each.digest)) for each in post.versions}
            for post in of_item
        )


def test_the_post_that_began_a_thread_is_marked_first_wherever_it_lies() -> None:
    thread = a_thread("17")
    comment = dc.replace(thread.posts[0], id="c1", kind="comment")
    first = marking(SECRET, thread.channel)("17")
    for posts in ((comment, *thread.posts), (*thread.posts, comment)):
        assert marks_of(dc.replace(thread, posts=posts), SECRET)[0][0] == first


def test_another_channel_or_secret_has_other_marks() -> None:
    marks = {marking(secret, of)("17") for secret in (SECRET, b"t" * 32) for of in ("a", "b")}
    assert len(marks) == 4
