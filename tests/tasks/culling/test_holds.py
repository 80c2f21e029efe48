"""A hold stops culling until someone lifts it."""

import datetime as dt
from pathlib import Path

import pytest

from archive_store.errors import HeldError, InputError, MissingError
from tasks.culling import holds
from tests.tasks.culling.world import CHANNEL, World

REVIEW = dt.date(2026, 3, 1)


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path / "archive")


def lay(world: World, thread: str | None = None, **more: str) -> holds.Hold:
    said = {"reason": "request", **more}
    return holds.add(
        world.archive,
        channel=CHANNEL,
        thread=thread,
        by="arkivarie-1",
        now=world.now,
        review=REVIEW,
        **said,
    )


def test_a_hold_is_in_force_from_then_until_it_is_released(world: World) -> None:
    first, second = lay(world), lay(world, reason="police")
    assert (first.id, second.id) == ("2025-12-01-kommunbloggen-1", "2025-12-01-kommunbloggen-2")
    assert set(holds.active(world.reopened().archive)) == {first, second}
    assert set(holds.active(world.archive, CHANNEL)) == {first, second}
    assert holds.active(world.archive, "biblioteksbloggen") == ()
    holds.release(world.archive, first.id, by="arkivarie-1", now=world.now)
    assert holds.active(world.archive) == (second,)
    with pytest.raises(MissingError, match="hold-unknown"):
        holds.release(world.archive, first.id, by="arkivarie-1", now=world.now)


def test_an_id_is_never_used_twice(world: World) -> None:
    lay(world, id="revision-2025")
    holds.release(world.archive, "revision-2025", by="arkivarie-1", now=world.now)
    for taken in ("revision-2025", "Revision 2025", ""):
        with pytest.raises(InputError, match="hold-id"):
            lay(world, id=taken)


def test_a_hold_that_would_protect_nothing_is_refused(world: World) -> None:
    post = world.post("Hej")
    world.harvest()
    assert lay(world, post).thread == post
    with pytest.raises(MissingError, match="thread-unknown"):
        lay(world, "17")
    with pytest.raises(InputError, match="hold-reason"):
        lay(world, reason="because")
    world.now = dt.datetime(2026, 3, 1, 9, tzinfo=dt.UTC)
    with pytest.raises(InputError, match="hold-review"):
        lay(world, post)


def test_the_journal_tells_the_reasons_code_and_never_the_thread(world: World) -> None:
    post = world.post("Hej")
    world.harvest()
    lay(world, post)
    assert world.archive.last.facts == {
        "hold": "2025-12-01-kommunbloggen-1",
        "channel": CHANNEL,
        "reason": "request",
    }


def test_many_threads_are_held_under_one_id_and_released_together(world: World) -> None:
    first, second, third = (world.post(text) for text in ("Ett", "Två", "Tre"))
    world.harvest()
    said = {"channel": CHANNEL, "reason": "request", "by": "arkivarie-1", "review": REVIEW}
    laid = holds.add_threads(
        world.archive, threads=(second, first, "17"), id="begaran-1", now=world.now, **said
    )
    assert [hold.thread for hold in laid] == [first, second]
    stops = holds.active(world.reopened().archive)
    assert stops == laid
    assert [any(h.covers(CHANNEL, t) for h in stops) for t in (first, second, third)] == [
        True,
        True,
        False,
    ]
    holds.release(world.archive, "begaran-1", by="arkivarie-1", now=world.now)
    assert holds.active(world.archive) == ()
    none = holds.add_threads(world.archive, threads=("17",), id="b-2", now=world.now, **said)
    assert none == holds.active(world.archive)


def test_no_hold_slips_in_while_a_culling_reads_them(world: World) -> None:
    with world.archive.lease(holds.lease_name(CHANNEL)):
        elsewhere = world.reopened()
        with pytest.raises(HeldError):
            lay(elsewhere)


def test_a_hold_names_the_role_that_answers_for_it_and_never_a_person(world: World) -> None:
    said = {"channel": CHANNEL, "reason": "police", "by": "arkivarie-1", "review": REVIEW}
    holds.add(world.archive, role="sakerhetschef", now=world.now, **said)
    assert [hold.role for hold in holds.active(world.reopened().archive)] == ["sakerhetschef"]
    with pytest.raises(InputError, match="hold-role") as refused:
        holds.add(world.archive, role="Maja Ekdal", now=world.now, **said)
    assert "Maja" not in refused.value.sv
