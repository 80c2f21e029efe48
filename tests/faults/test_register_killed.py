"""A changed register kept by a run killed at each step: one version more, and nothing beside it.

Harvesting and proposing begin so (``flows.house.keep_register``).
"""

import dataclasses as dc
import datetime as dt
from pathlib import Path

import pytest

from archive_store import Archive, Directory, archive_at
from flows.house import keep_register
from flows.settings import Settings
from tests.faults.house import house_at
from tests.faults.killing import kill_everywhere
from tests.faults.reopening import (
    assert_all,
    assert_undamaged,
    has_done,
    leave_half_written,
    read,
    reopened,
    unsynchronised,
)

WORK = "tests.faults.test_register_killed:keep"
FIRST = "2025-12-01T02:00:00+00:00"
NOW = "2025-12-02T02:00:00+00:00"
LATER = "2025-12-02T07:00:00+00:00"


@unsynchronised()
def keep(location: str, now: str, register: str) -> None:
    house = house_at(location, dt.datetime.fromisoformat(now))
    settings = Settings(archive=location, register=Path(register))
    keep_register(dc.replace(house, settings=settings))


def versions(archive: Archive) -> list[dict[str, bytes]]:
    return [read(archive, package) for package in archive.packages("register/", kind="register")]


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """An archive with the register's first version, and the register, changed since."""
    folder = tmp_path_factory.mktemp("prepared")
    register = folder / "register.toml"
    register.write_bytes(b"# forsta\n")
    Archive.create(
        Directory(folder / "archive"), now=dt.datetime.fromisoformat(FIRST), rehearsal=True
    )
    keep(str(folder / "archive"), FIRST, str(register))
    register.write_bytes(b"# andra\n")
    return folder / "archive", register


def test_a_register_is_kept_once_whenever_the_run_that_kept_it_died(
    prepared: tuple[Path, Path], tmp_path: Path, *, both: bool
) -> None:
    archive, register = prepared
    old, new = {"toml": b"# forsta\n"}, {"toml": b"# andra\n"}
    steps, killed = kill_everywhere(
        WORK, archive, tmp_path, {"now": NOW, "register": str(register)}, both=both
    )
    assert_all(steps, archive, tmp_path / "whole")
    [commit] = [step for step in steps if step.startswith("create journal/")]
    for death in killed:
        done = has_done(death, commit)
        assert versions(reopened(archive, death)) == ([old, new] if done else [old])
        leave_half_written(death.location, b"# andra\n")
        for _ in range(2):
            keep(str(death.location), LATER, str(register))
            assert versions(archive_at(death.location)) == [old, new]
        assert_undamaged(death.location)
