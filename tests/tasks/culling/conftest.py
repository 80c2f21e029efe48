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


@pytest.fixture
def four_days(tmp_path: Path) -> World:
    """Threads 1 and 2 on the first day, 3 and 4 on the next, up to 8."""
    made = World(tmp_path / "archive")
    for day in range(4):
        made.post(f"Dag {day}")
        made.post(f"Dag {day}, igen")
        made.harvest()
        made.later(1)
    return made
