"""An office whose channel holds a thread with a question, and another."""

from pathlib import Path

import pytest

from tests.flows.disclosing.office import Office


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    found = Office(tmp_path, monkeypatch)
    world = found.world
    post = world.post("Badet öppnar klockan nio", title="Bad")
    world.comment(post, "När öppnar badet")
    world.later(0.01)
    world.comment(post, "Klockan nio, välkommen", own=True)
    world.post("Lånekort delas ut")
    world.harvest()
    return found
