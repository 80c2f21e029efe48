"""A gist says what its thread says, never its words, and comes back from its line as it was."""

import dataclasses as dc
import json
from pathlib import Path

import pytest
from hypothesis import given

from archive_store.errors import DamageError
from tasks import gists
from tasks.days import day_draft, gist_of_line, media_names, thread_json
from tasks.gists import gist_of, gists_from_json, gists_json, marks_in
from tasks.marks import marks_of
from tasks.model import Outcome, Thread, Visibility
from tasks.threads import last_activity, open_questions
from tests.tasks.culling.test_clock import thread_of
from tests.tasks.test_days import DAY, THREAD, a_thread

SECRET = b"s" * 32
ASKED = "published 2025-12-01 09:30; comment 2025-12-02 10:00"


@given(THREAD)
def test_a_gist_is_its_thread_in_short(thread: Thread) -> None:
    gist = gist_of(thread)
    for name in ("id", "channel", "day", "record_class", "filed"):
        assert getattr(gist, name) == getattr(thread, name)
    heads = [post for post in thread.posts if post.id == thread.id]
    assert gist.head == (heads[0].visibility if heads else "")
    assert gist.began == (heads[0].published if heads else None)
    assert gist.own == (heads or thread.posts)[0].own
    assert gist.active == last_activity(thread)
    assert gist.seen == min(post.first_seen for post in thread.posts)
    assert gist.questions == len(open_questions(thread))
    assert gist.posts == len(thread.posts)
    assert gist.comments == len([p for p in thread.posts if p.kind == "comment" and not p.own])
    assert gist.versions == sum(len(post.versions) for post in thread.posts)
    assert set(gist.pictures) == media_names([thread])
    closed = [post.outcome_at for post in thread.posts if post.outcome_at]
    assert gist.closed == (max(closed) if closed else None)


@given(THREAD)
def test_a_gist_comes_back_from_its_line_as_it_was(thread: Thread) -> None:
    gist = gist_of_line(thread, thread_json(thread), {}, SECRET)
    line = gists_json([gist])
    assert line.count(b"\n") == 1
    assert gists_from_json(line) == [gist]
    assert list(marks_in(gist)) == marks_of(thread, SECRET)


@given(THREAD)
def test_a_gist_tells_no_words_no_names_and_no_addresses(thread: Thread) -> None:
    said = "Hemligt"
    posts = tuple(
        dc.replace(
            post,
            address=said,
            versions=tuple(
                dc.replace(
                    each,
                    digest=said,
                    words=dc.replace(
                        each.words,
                        author=said,
                        author_name=said,
                        title=said,
                        text=said,
                        html=said,
                        permalink=said,
                        media=(),
                    ),
                )
                for each in post.versions
            ),
        )
        for post in thread.posts
    )
    told = dc.replace(thread, posts=posts, permalink=said, salt=said)
    line = gists_json([gist_of_line(told, thread_json(told), {}, SECRET)])
    assert said.encode() in thread_json(told)
    assert said.encode() not in line


def test_what_an_approver_should_look_at_is_flagged() -> None:
    thread = thread_of(ASKED)
    head, comment = thread.posts
    assert gist_of(thread).flags == ()
    edited = dc.replace(comment, versions=comment.versions * 2)
    assert gist_of(dc.replace(thread, posts=(head, edited))).flags == ("edited",)
    for state, flags in (
        (Visibility.GONE, ("gone",)),
        (Visibility.HELD, ("hidden",)),
        (Visibility.SPAM, ("hidden",)),
        (Visibility.TRASH, ("hidden",)),
    ):
        changed = dc.replace(comment, visibility=state)
        assert gist_of(dc.replace(thread, posts=(head, changed))).flags == flags
    hidden = dc.replace(head, visibility=Visibility.HELD)  # its own post is no hidden comment
    assert gist_of(dc.replace(thread, posts=(hidden, comment))).flags == ()
    for outcome, flags in ((Outcome.HERE, ()), (Outcome.NOT_NEEDED, ("outcome",))):
        closed = dc.replace(comment, outcome=outcome)
        assert gist_of(dc.replace(thread, posts=(head, closed))).flags == flags


def test_a_day_holds_the_gists_of_its_threads_in_their_order() -> None:
    threads = [a_thread("2", minute=5), a_thread("1", file="media/0001.png")]
    media = {"media/0001.png": b"bild"}
    files = day_draft("blogg", DAY, 1, threads, media, secret=SECRET).files
    lines = files["threads.jsonl"].splitlines()
    told = gists_from_json(files[gists.FILE])
    assert [gist.id for gist in told] == ["1", "2"]
    assert [gist.length for gist in told] == [len(line) for line in lines]
    assert [gist.size - gist.length for gist in told] == [len(b"bild"), 0]


@pytest.mark.parametrize(
    "line",
    [
        b'{"id": "17", "channel": "hemligt',
        b'{"id": "17", "hemligt": 1}',
        b'{"id": "17", "channel": "k", "day": "hemligt"}',
        b'{"id": "17", "channel": "hemligt \xff"}',
    ],
)
def test_a_line_that_is_no_gist_is_damage_and_tells_nothing_of_it(line: bytes) -> None:
    with pytest.raises(DamageError) as caught:
        gists_from_json(line)
    assert caught.value.code == "gists-unreadable"
    assert "hemligt" not in f"{caught.value.sv}{caught.value.en}{caught.value!r}"
    assert caught.value.__cause__ is None


def test_what_a_gist_says_is_held_to_the_name_of_its_file() -> None:
    """Where this fails for a changed rule: give ``gists.FILE`` a new name, then mend it."""
    asked = thread_of(
        "published 2025-12-01 09:30; comment 2025-12-02 10:00; reply 2025-12-03 10:00; "
        "comment 2025-12-04 08:00; hidden 2025-12-05 09:00; comment 2025-12-06 10:00"
    )
    line = gists_json([gist_of_line(asked, b"line", {}, SECRET)])
    assert gists.FILE == "gists-1.jsonl"
    assert json.loads(line) == json.loads((Path(__file__).parent / "gist-1.json").read_text())


def test_one_id_is_one_thread_of_a_day() -> None:
    with pytest.raises(AssertionError):
        day_draft("blogg", DAY, 1, [a_thread("1"), a_thread("1", minute=5)], {}, secret=SECRET)
