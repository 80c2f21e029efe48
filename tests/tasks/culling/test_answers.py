"""A person may say that a question was dealt with elsewhere."""

from pathlib import Path

import pytest

from archive_store.errors import InputError, MissingError
from tasks.culling import answer
from tasks.model import Outcome
from tests.tasks.culling.world import APPROVER, CHANNEL, World


@pytest.fixture
def world(tmp_path: Path) -> World:
    """A question that nobody has answered, on a post with a picture, long ago."""
    made = World(tmp_path / "archive")
    post = made.post("Badet", pictures=("http://127.0.0.1/bad.png",))
    made.comment(post, "När öppnar det?")
    made.harvest()
    made.later(10)
    made.harvest()
    return made


def close(world: World, post: str = "c2", outcome: Outcome = Outcome.ELSEWHERE) -> object:
    return answer(world.archive, CHANNEL, post, outcome=outcome, by=APPROVER, now=world.now)


def test_an_outcome_releases_the_thread(world: World) -> None:
    assert world.propose().blocked == {"unanswered": 1}
    close(world)
    post = world.threads()["1"].thread.posts[1]
    assert (post.outcome, post.outcome_by, post.outcome_at) == (
        Outcome.ELSEWHERE,
        APPROVER,
        world.now,
    )
    assert world.propose().rows == 1


def test_the_day_is_written_anew_and_the_old_one_is_gone(world: World) -> None:
    before = world.threads()["1"].package
    close(world)
    after = world.threads()["1"].package
    assert after.base.endswith("/2025-12-01/2")
    assert world.archive.remains([before.key]) == []
    assert world.archive.read(after, "media/0001.png")


def test_the_same_answer_twice_writes_nothing(world: World) -> None:
    close(world)
    entries = world.archive.last.seq
    assert close(world) is None
    assert world.archive.last.seq == entries
    assert close(world, outcome=Outcome.CASE) is not None


def test_only_a_living_comment_of_others_is_answered(world: World) -> None:
    with pytest.raises(MissingError, match="post-unknown"):
        close(world, "c99")
    with pytest.raises(InputError, match="answer-own"):
        close(world, "1")


def test_the_journal_names_no_comment(world: World) -> None:
    close(world)
    assert world.archive.last.facts == {"channel": CHANNEL, "outcome": "elsewhere"}
