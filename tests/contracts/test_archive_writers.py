"""Writers at once in an archive over any store: one chain, one winner, one secret."""

import concurrent.futures
from collections.abc import Callable

import pytest

from archive_store import Archive, Draft
from archive_store.errors import ConflictError, DamageError, InputError
from tests.contracts.archives import change, day, numbers, stored
from tests.contracts.stores import is_stand_in


def test_a_commit_on_a_package_that_another_run_took_away_writes_nothing(
    archive: Archive, reopen: Callable[[], Archive]
) -> None:
    old = archive.commit(change(day(1))).added[0]
    reopen().commit(change(day(2), retire=(old.key,)))
    before = stored(archive)
    with pytest.raises(ConflictError):
        archive.commit(change(day(3), retire=(old.key,)))
    assert stored(archive) == before


def test_sixteen_writers_at_once_make_one_chain_and_each_once_key_is_won_by_one(
    reopen: Callable[[], Archive], address: str
) -> None:
    turns = 1 if is_stand_in(address) else 4  # it answers one at a time: its races are slow

    def write(who: int) -> int:
        mine = reopen()
        for turn in range(turns):
            mine.commit(change(numbers(f"{who}-{turn}")))
            mine.commit(change(numbers(f"once-{who}-{turn}"), once=f"turn-{turn}"))
        return who

    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        list(pool.map(write, range(16)))
    final = reopen()
    assert len(final.packages()) == 16 * turns + turns
    assert final.last.seq == 1 + 16 * turns + turns
    assert len(stored(final)) == 2 * len(final.packages())


def test_of_writers_that_retire_the_same_package_one_wins(
    archive: Archive, reopen: Callable[[], Archive]
) -> None:
    old = archive.commit(change(day(1))).added[0]

    def write(who: int) -> bool:
        mine = reopen()
        try:
            mine.commit(change(day(who + 2), retire=(old.key,)))
        except ConflictError:
            return False
        return True

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        assert list(pool.map(write, range(8))).count(True) == 1
    final = reopen()
    assert len(final.packages()) == 1
    assert len(stored(final)) == 3


@pytest.mark.parametrize("base", ["tombstones/blogg/list-1", "posts/blogg/2025-12-14"])
def test_the_secret_is_made_once_by_one_of_many_and_its_loss_is_told(
    archive: Archive, reopen: Callable[[], Archive], base: str
) -> None:
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        secrets = set(pool.map(lambda _: reopen().secret(), range(8)))
    assert len(secrets) == 1
    assert len(secrets.pop()) == 32
    marked = Draft(base=base, files={"marks.json": b"{}"}, labels={"kind": "day"})
    archive.commit(change(marked))
    archive.bucket.delete("tombstones/key")
    with pytest.raises(DamageError):
        archive.secret()
    with pytest.raises(InputError):
        archive.secret("tombstones/other")
