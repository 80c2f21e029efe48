"""An archive on disk, a platform in memory, and a harvest from one to the other."""

from pathlib import Path

import pytest

from archive_store import Archive
from archive_store.directory import Directory
from tasks.harvest import HarvestOutcome, harvest_channel
from tests.tasks.harvest.fake_channel import FakeChannel
from tests.tasks.harvest.harvests import CHANNEL, Harvest, utc


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive.create(
        Directory(tmp_path / "archive"), now=utc("2025-12-01T00:00"), rehearsal=True
    )


@pytest.fixture
def platform() -> FakeChannel:
    return FakeChannel()


@pytest.fixture
def harvest(archive: Archive, platform: FakeChannel) -> Harvest:
    def run(now: str) -> HarvestOutcome:
        return harvest_channel(archive, CHANNEL, platform, now=utc(now))

    return run
