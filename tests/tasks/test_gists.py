"""A gist says what its thread says, and never its words."""

import dataclasses as dc
import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given

from archive_store.errors import DamageError
from tasks.culling import load_decisions
from tasks.culling.decision import Decision
from tasks.culling.guards import Counted, Ground, judge
from tasks.days import media_names, thread_json
from tasks.gists import gist_from_json
from tasks.model import Post, Thread
from tests.tasks.test_days import NOW, THREAD

EXAMPLES = Path(__file__).parents[2] / "examples" / "sjovik" / "decisions"
OF_A_POST = (
    *("id", "kind", "own", "published", "first_seen"),
    *("visibility", "outcome", "outcome_at"),
)


@given(THREAD)
def test_a_gist_is_its_thread_without_words(thread: Thread) -> None:
    gist = gist_from_json(thread_json(thread))
    for name in ("id", "channel", "day", "record_class", "filed"):
        assert getattr(gist, name) == getattr(thread, name)
    assert len(gist.posts) == len(thread.posts)
    for short, post in zip(gist.posts, thread.posts, strict=True):
        for name in OF_A_POST:
            assert getattr(short, name) == getattr(post, name)
        told = [(each.digest, each.seen, each.modified) for each in short.versions]
        assert told == [(each.digest, each.seen, each.modified) for each in post.versions]
    assert gist.pictures == media_names([thread])


@pytest.fixture(scope="module")
def decision() -> Decision:
    return load_decisions(EXAMPLES)["kommunstyrelsen"]


@given(thread=THREAD)
def test_a_gist_is_judged_as_its_thread_is(thread: Thread, decision: Decision) -> None:
    near = dc.replace(thread, posts=tuple(_near(thread)), record_class=thread.record_class[:1])
    ground = Ground(
        decision=decision,
        now=NOW,
        harvested=NOW,
        counted=Counted(threads=frozenset({thread.id}), last=NOW),
    )
    assert judge(gist_from_json(thread_json(near)), ground) == judge(near, ground)


@pytest.mark.parametrize(
    "line",
    [
        b'{"id": "17", "channel": "hemligt',
        b'{"id": "17", "hemligt": 1}',
        b'{"id": "17", "channel": "k", "day": "hemligt", "posts": []}',
    ],
)
def test_a_line_that_is_no_thread_is_damage_and_tells_no_words(line: bytes) -> None:
    with pytest.raises(DamageError) as caught:
        gist_from_json(line)
    assert caught.value.code == "thread-unreadable"
    assert "hemligt" not in f"{caught.value.sv}{caught.value.en}{caught.value!r}"
    assert caught.value.__cause__ is None


def _near(thread: Thread) -> list[Post]:
    """Its posts in times that a calendar of today has: not the year 1."""
    return [
        dc.replace(
            post,
            published=_in_2024(post.published),
            first_seen=_in_2024(post.first_seen),
            outcome_at=post.outcome_at and _in_2024(post.outcome_at),
            versions=tuple(
                dc.replace(
                    each,
                    seen=_in_2024(each.seen),
                    modified=each.modified and _in_2024(each.modified),
                )
                for each in post.versions
            ),
        )
        for post in thread.posts
    ]


def _in_2024(moment: dt.datetime) -> dt.datetime:
    return moment.replace(year=2024)  # a leap year, so that every date is in it
