"""One harvest after another: again, without change, refused, held, broken off, and of all."""

import dataclasses as dc
from pathlib import Path

import pytest

from archive_store import Archive
from archive_store.directory import Directory
from archive_store.errors import ChannelError, HeldError, RefusalError
from tasks.days import living_days
from tests.tasks.harvest.fake_channel import FakeChannel
from tests.tasks.harvest.harvests import CHANNEL, Harvest, utc


def test_the_same_harvest_again_does_nothing_and_says_so(
    archive: Archive, platform: FakeChannel, harvest: Harvest
) -> None:
    platform.post(utc("2025-12-14T10:00"), "Ett")
    first = harvest("2025-12-15T02:00")
    seq = archive.last.seq
    again = harvest("2025-12-15T02:00")
    assert archive.last.seq == seq
    assert len(platform.requests) == 1
    assert again == dc.replace(first, again=True)


def test_a_harvest_without_change_writes_no_day_but_tells_that_it_happened(
    archive: Archive, platform: FakeChannel, harvest: Harvest
) -> None:
    platform.post(utc("2025-12-14T10:00"), "Ett")
    harvest("2025-12-15T02:00")
    days = living_days(archive, CHANNEL.id)
    outcome = harvest("2025-12-15T03:00")
    assert living_days(archive, CHANNEL.id) == days
    assert (outcome.days, outcome.observations) == (0, 0)
    assert archive.last.facts["channel"] == CHANNEL.id


def test_a_channel_that_does_not_answer_leaves_the_archive_as_it_was(
    archive: Archive, platform: FakeChannel, harvest: Harvest
) -> None:
    platform.post(utc("2025-12-14T10:00"), "Ett")
    harvest("2025-12-15T02:00")
    seq = archive.last.seq
    platform.down = True
    with pytest.raises(ChannelError):
        harvest("2025-12-16T02:00")
    assert archive.last.seq == seq
    platform.down = False
    assert harvest("2025-12-16T02:00").threads == 1


def test_a_harvest_before_the_last_one_is_refused(harvest: Harvest) -> None:
    harvest("2025-12-15T02:00")
    with pytest.raises(RefusalError, match="harvest-backwards"):
        harvest("2025-12-14T02:00")


def test_two_runs_do_not_harvest_one_channel_at_once(tmp_path: Path, harvest: Harvest) -> None:
    other = Archive.open(Directory(tmp_path / "archive"))
    with other.lease("channel-kommunbloggen"), pytest.raises(HeldError):
        harvest("2025-12-15T02:00")


@pytest.mark.parametrize(
    "left",
    [
        "posts/kommunbloggen/2025-12-14/1/threads.jsonl",
        "observations/kommunbloggen/2025/20251214T020000Z.parquet",
        "tombstones/kommunbloggen/seen-20251214T020000Z.marks.json",
    ],
)
def test_leftovers_of_a_killed_harvest_are_swept(
    archive: Archive, harvest: Harvest, left: str
) -> None:
    archive.bucket.create(left, b"half done")
    harvest("2025-12-15T02:00")
    assert left not in [stored.key for stored in archive.bucket.list()]


def test_every_thirtieth_day_all_history_is_looked_at(
    platform: FakeChannel, harvest: Harvest
) -> None:
    for now in ("2025-12-01T02:00", "2025-12-02T02:00", "2025-12-31T02:00", "2026-01-01T02:00"):
        harvest(now)
    asked = [request.numbers_since is None for request in platform.requests]
    assert asked == [True, False, True, False]
