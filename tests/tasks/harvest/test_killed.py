"""A harvest killed at each write: nothing is lost, nothing half done shows, a rerun ends it."""

import datetime as dt
from pathlib import Path

from archive_store import Archive, Directory, archive_at
from archive_store.fixity import verify_at
from tasks.days import day_media, living_days, load_day
from tasks.harvest import HarvestOutcome, harvest_channel
from tasks.harvest.table import to_parquet
from tasks.office_time import is_working_day
from tests.faults.killing import kill_everywhere
from tests.tasks.harvest.fake_channel import FakeChannel, a_channel

CHANNEL = a_channel()
FIRST = dt.datetime(2025, 12, 15, 2, tzinfo=dt.UTC)
SECOND = FIRST + dt.timedelta(days=1)
PICTURE = "http://127.0.0.1/bild.png"


# What these load when first used, each of the killed children would load anew.
to_parquet([])
is_working_day(FIRST.date())


def platform(*, later: bool) -> FakeChannel:
    channel = FakeChannel()
    post = channel.post(FIRST - dt.timedelta(hours=9), "Före", pictures=(PICTURE,))
    if later:
        channel.edit(post, FIRST + dt.timedelta(hours=5), "Efter")
        channel.comment(post, FIRST + dt.timedelta(hours=6), "Får jag fråga?")
        channel.post(FIRST + dt.timedelta(hours=7), "Nytt", pictures=(PICTURE,))
    return channel


def second_harvest(location: str) -> HarvestOutcome:
    return harvest_channel(archive_at(location), CHANNEL, platform(later=True), now=SECOND)


def held(archive: Archive) -> dict[str, list[str]]:
    return {
        post.id: [version.words.text for version in post.versions]
        for package in living_days(archive, CHANNEL.id)
        for thread in load_day(archive, package)
        for post in thread.posts
    }


BEFORE = {"1": ["Före"]}
AFTER = {"1": ["Före", "Efter"], "c2": ["Får jag fråga?"], "3": ["Nytt"]}


def test_a_harvest_killed_at_any_write_is_whole_or_nothing_and_a_rerun_completes_it(
    tmp_path: Path,
) -> None:
    prepared = tmp_path / "prepared"
    archive = Archive.create(Directory(prepared), now=FIRST, rehearsal=True)
    harvest_channel(archive, CHANNEL, platform(later=False), now=FIRST)

    steps, killed = kill_everywhere(
        "tests.tasks.harvest.test_killed:second_harvest", prepared, tmp_path / "killed"
    )

    # lease and release, two days (3 files each), observations (2), journal, the old day (3)
    assert len(steps) == 14, steps
    journal = next(at for at, step in enumerate(steps, 1) if "journal/" in step)
    for death in killed:
        acknowledged = (death.at, death.when != "before") >= (journal, True)
        opened = archive_at(death.location)
        assert held(opened) == (AFTER if acknowledged else BEFORE), death
        assert second_harvest(str(death.location)).again is acknowledged, death
        done = archive_at(death.location)
        assert held(done) == AFTER, death
        assert all(day_media(done, package) for package in living_days(done, CHANNEL.id)), death
        assert not verify_at(death.location).findings, death
