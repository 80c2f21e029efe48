"""An archive is verified in parts: one by its key, or all within a period."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest

from archive_store import Archive, Draft, write_index
from archive_store.errors import InputError, MissingError
from archive_store.fixity import Part, verify, verify_at
from archive_store.keys import ZONES
from tests.archive_store.fixity.damage import PDF, commit, flip, found


def test_a_part_can_be_verified_alone(archive: Archive, edit: Callable[..., None]) -> None:
    edit(PDF, flip)
    assert found(verify(archive, "snapshots/")) == {("changed-object", PDF)}
    assert found(verify(archive, PDF)) == {("changed-object", PDF)}
    assert found(verify(archive, "posts/")) == set()
    assert verify(archive, "posts/").objects == 3
    with pytest.raises(MissingError):
        verify(archive, "posts/annan/")
    with pytest.raises(InputError):
        verify(archive, "../")


def test_rolling_parts_read_everything_once_and_find_what_is_damaged(
    archive: Archive, root: Path, edit: Callable[..., None]
) -> None:
    for number in range(30):
        commit(archive, Draft(base=f"register/version-{number}", files={"toml": b"x" * number}))
    archive.checkpoint()
    write_index(archive)
    edit(PDF, flip)
    edit("journal/000000000003.json", lambda data: data.replace(b'"test"', b'"tost"'))
    first = dt.date(2026, 1, 1)
    week = [first + dt.timedelta(days=7 * number) for number in range(4)]
    parts = [Part.due(day, within=28, every=7) for day in week]
    reports = [verify_at(root, part=part) for part in parts]
    assert [found(report) for report in reports].count(set()) in {2, 3}
    together = {each for report in reports for each in found(report)}
    assert together == {("changed-object", PDF), ("journal-edited", "journal/000000000003.json")}
    packaged = [key for zone in ZONES for key in (root / zone).rglob("*") if key.is_file()]
    packaged.remove(root / "tombstones/key")
    assert len(packaged) == 30 * 2 + 2 + 3 + 2
    read = [len(packaged) - report.listed for report in reports]
    assert sum(read) == len(packaged)
    assert all(read)


@pytest.mark.parametrize(("within", "every"), [(1, 1), (7, 1), (90, 7), (91, 7), (30, 30)])
def test_every_key_is_due_within_the_period(within: int, every: int) -> None:
    first = dt.date(2026, 1, 1)
    days = [first + dt.timedelta(days=day) for day in range(0, within + every - 1, every)]
    for number in range(50):
        due = [Part.due(day, within=within, every=every).has(f"x/{number}") for day in days]
        assert any(due)
        assert due.count(True) <= 2


@pytest.mark.parametrize(("within", "every"), [(0, 1), (5, 0), (5, 6)])
def test_an_impossible_period_is_refused(within: int, every: int) -> None:
    with pytest.raises(ValueError, match=str(within)):
        Part.due(dt.date(2026, 1, 1), within=within, every=every)
