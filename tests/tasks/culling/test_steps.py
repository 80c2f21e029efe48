"""The steps give ids and counts; nothing of a thread passes through them."""

import dataclasses as dc
from pathlib import Path

import pytest
from prefect.logging import disable_run_logger

from archive_store.errors import MissingError, RefusalError
from tasks.culling.steps import carry_out_step, propose_step
from tests.tasks.culling.world import CHANNEL, PROPOSER, World


@pytest.fixture
def world(tmp_path: Path) -> World:
    made = World(tmp_path / "archive")
    made.post("Badet öppnar", title="Bad")
    made.post("Lånekort")
    made.harvest()
    made.later(9)
    made.harvest()
    return made


def test_a_board_is_proposed_and_carried_out_by_ids_and_counts(world: World) -> None:
    decisions = {"kommunstyrelsen": world.decision}
    with disable_run_logger():
        row = propose_step.fn(str(world.folder), world.decision, [CHANNEL], PROPOSER, world.now)
    assert row == {
        "lista": "2025-12-10-kommunstyrelsen-1",
        "trådar": 2,
        "bevaras": 0,
        "att granska": 0,
        "ej förfallna": 0,
        "stoppade": "",
    }
    world.archive.refresh()
    world.approve(row["lista"], keep={2: "unique"})
    with disable_run_logger():
        certificate, done = carry_out_step.fn(
            str(world.folder), decisions, row["lista"], world.now, "run", "Kanalarkiv 0"
        )
    assert (done["gallrade"], done["bevarade"], done["överhoppade"]) == (1, 1, 0)
    assert done["protokoll"] == certificate.number == "2025-kommunstyrelsen-001"
    assert "Bad" not in f"{row}{done}{certificate}"


def test_nothing_to_cull_is_said_with_its_reasons(world: World) -> None:
    world.later(2)
    with disable_run_logger():
        row = propose_step.fn(str(world.folder), world.decision, [CHANNEL], PROPOSER, world.now)
    assert (row["lista"], row["stoppade"]) == ("", "kanalen var inte skördad inom 24 timmar: 2")


def test_errors_cross_a_step_as_they_are_without_cause(world: World) -> None:
    decisions = {"kommunstyrelsen": world.decision}
    with disable_run_logger(), pytest.raises(MissingError, match="list-unknown"):
        carry_out_step.fn(str(world.folder), decisions, "2025-1", world.now, "run", "x")
    list_id = str(world.propose().list_id)
    with disable_run_logger(), pytest.raises(RefusalError, match="no-decision") as caught:
        carry_out_step.fn(str(world.folder), {}, list_id, world.now, "run", "x")
    assert caught.value.__cause__ is None
    other = dc.replace(world.decision, approvers=())
    with disable_run_logger(), pytest.raises(RefusalError, match="list-not-approved"):
        carry_out_step.fn(
            str(world.folder), {"kommunstyrelsen": other}, list_id, world.now, "run", "x"
        )
