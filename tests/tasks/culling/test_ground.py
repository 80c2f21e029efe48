"""What the archive knows is read in its order, however far ahead it is fetched."""

from pathlib import Path

import pytest

from archive_store.errors import DamageError
from tasks.culling import ground
from tasks.culling.ground import Observed, stored_threads, threads_of_day, threads_of_days
from tasks.days import living_days
from tests.tasks.culling.world import CHANNEL, World

DAYS = 4


@pytest.fixture
def world(tmp_path: Path) -> World:
    made = World(tmp_path / "archive")
    for day in range(DAYS):
        made.post(f"Dag {day}")
        made.post(f"Dag {day}, igen")
        made.harvest()
        made.later(1)
    return made


def test_days_come_in_their_order_with_the_threads_of_each(world: World) -> None:
    days = living_days(world.archive, CHANNEL)
    assert len(days) == DAYS
    read = list(threads_of_days(world.archive, days))
    assert [package for package, _ in read] == days
    assert [threads for _, threads in read] == [threads_of_day(world.archive, p) for p in days]
    ids = [stored.gist.id for stored in stored_threads(world.archive, CHANNEL)]
    assert ids == [str(number + 1) for number in range(2 * DAYS)]


def test_a_damaged_day_stops_the_reading_where_it_lies(world: World) -> None:
    days = living_days(world.archive, CHANNEL)
    broken = world.folder / days[3].base / "threads.jsonl"
    broken.write_bytes(broken.read_bytes().replace(b"Dag 3", b"Dag 9"))
    reading = threads_of_days(world.archive, days)
    assert [next(reading)[0] for _ in range(3)] == days[:3]
    with pytest.raises(DamageError, match="changed-object"):
        next(reading)


def test_numbers_are_read_as_far_as_they_are_asked_for(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []
    rows = ground._rows
    monkeypatch.setattr(ground, "_rows", lambda a, p: read.append(p.key) or rows(a, p))
    numbers = Observed(world.archive, CHANNEL)
    stored = world.archive.packages(f"observations/{CHANNEL}/", kind="observations")
    assert numbers.last == max(package.time for package in stored)
    assert not read
    assert numbers.of_own("1")
    assert read == [stored[0].key]
    assert numbers.of_own("7")
    assert not numbers.of_own("99")
    assert not numbers.of_others(world.now)
    assert read == [package.key for package in stored]
