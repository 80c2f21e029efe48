"""The world that most tests of culling begin with."""

from pathlib import Path

import pytest

from tests.tasks.culling.world import BATH, PICTURE, World


@pytest.fixture
def bath(tmp_path: Path) -> World:
    """Thread 1 with question, answer and picture; thread 4 on the same day; 5 the day after."""
    made = World(tmp_path / "archive")
    post = made.post(BATH[0], title="Bad", pictures=(PICTURE,))
    made.comment(post, BATH[1])
    made.later(0.01)
    made.comment(post, BATH[2], own=True)
    made.post("Lånekort delas ut")
    made.harvest()
    made.later(1)
    made.post("Snöröjning pågår")
    made.harvest()
    made.later(8.99)
    made.harvest()
    return made
