"""A harvest killed at each of its steps: all that it saw is there or nothing, a rerun ends it.

Its second-but-one day is all that can happen to a channel: an edit, a question, a new post with a
picture, a post that left, and a culled one that still stands there.
"""

import dataclasses as dc
import datetime as dt
from pathlib import Path

import pytest

from archive_store import Archive, Commit, Directory, archive_at
from tasks import tombstones
from tasks.days import living_days, load_day
from tasks.harvest import HarvestOutcome, harvest_channel
from tasks.harvest.table import last_rows, to_parquet
from tasks.harvest.words import version_digest
from tasks.model import Thread, Visibility
from tasks.office_time import is_working_day
from tests.faults.killing import copy_of, kill_everywhere
from tests.faults.reopening import (
    assert_all,
    assert_same_keys,
    entry_of,
    has_done,
    leave_half_written,
    read,
    reopened,
    unsynchronised,
)
from tests.support.marked import gone
from tests.tasks.harvest.fake_channel import FakeChannel, a_channel

WORK = "tests.faults.test_harvest_killed:third_harvest"
CHANNEL = a_channel()
FIRST = dt.datetime(2025, 12, 2, 2, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
THIRD = FIRST + 2 * DAY
SIGHTED = FIRST - 5.5 * DAY
ONCE = "harvest:kommunbloggen:20251204T020000Z"
PICTURES = ("http://127.0.0.1/bad.png", "http://127.0.0.1/is.png", "http://127.0.0.1/ny.png")
CULLED, EDITED, LEAVING, SAME, QUESTION, NEW = "1", "2", "3", "4", "c5", "6"
STAYS, GONE = (Visibility.PUBLIC, Visibility.GONE)
BEFORE = {
    EDITED: (STAYS, ["Badet öppnar", "Badet öppnar nio"]),
    LEAVING: (STAYS, ["Isen bär"]),
    SAME: (STAYS, ["Lånekort delas ut"]),
}
AFTER = BEFORE | {
    EDITED: (STAYS, ["Badet öppnar", "Badet öppnar nio", "Badet öppnar tio"]),
    QUESTION: (STAYS, ["Varför inte nio?"]),
    LEAVING: (GONE, ["Isen bär"]),
    NEW: (STAYS, ["Ny simhall"]),
}

# What these load when first used, each of the killed children would load anew.
to_parquet([])
is_working_day(FIRST.date())


def platform(day: int) -> FakeChannel:
    """The channel as it stands at the first, second or third harvest."""
    channel = FakeChannel()
    channel.post(FIRST - 30 * DAY, "Gallrat för länge sedan")
    bath = channel.post(FIRST - 2 * DAY, "Badet öppnar", pictures=PICTURES[:1])
    ice = channel.post(FIRST - 3 * DAY, "Isen bär", pictures=PICTURES[1:2])
    channel.post(FIRST - 4 * DAY, "Lånekort delas ut")
    if day > 1:
        channel.edit(bath, FIRST + 0.5 * DAY, "Badet öppnar nio")
    if day > 2:
        channel.edit(bath, FIRST + 1.2 * DAY, "Badet öppnar tio")
        channel.comment(bath, FIRST + 1.3 * DAY, "Varför inte nio?")
        channel.delete(ice)
        channel.post(FIRST + 1.4 * DAY, "Ny simhall", pictures=PICTURES[2:])
    return channel


@unsynchronised()
def third_harvest(location: str) -> HarvestOutcome:
    return harvest_channel(archive_at(location), CHANNEL, platform(3), now=THIRD)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two harvests, the second with a rewritten day, and the tombstone of an older culling."""
    path = tmp_path_factory.mktemp("prepared") / "archive"
    archive = Archive.create(Directory(path), now=FIRST, rehearsal=True)
    words = platform(1).items[CULLED].words
    assert words is not None
    culled = gone(archive, CHANNEL.id, (CULLED, version_digest(words)))
    stone = tombstones.draft(CHANNEL.id, "2025-11-20-ks-1", culled, SIGHTED)
    archive.commit(Commit(event="cull-intent", now=FIRST, actor="cull", drafts=(stone,)))
    harvest_channel(archive, CHANNEL, platform(1), now=FIRST)
    harvest_channel(archive, CHANNEL, platform(2), now=FIRST + DAY)
    assert held(archive) == BEFORE
    return path


@pytest.fixture(scope="module")
def whole(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same archive after a harvest that nobody killed."""
    path = copy_of(prepared, tmp_path_factory.mktemp("whole") / "archive")
    assert third_harvest(str(path)).gone == 1
    assert held(archive_at(path)) == AFTER
    return path


def threads(archive: Archive) -> list[Thread]:
    return [t for package in living_days(archive, CHANNEL.id) for t in load_day(archive, package)]


def held(archive: Archive) -> dict[str, tuple[Visibility, list[str]]]:
    return {
        post.id: (post.visibility, [version.words.text for version in post.versions])
        for thread in threads(archive)
        for post in thread.posts
    }


def pictures(archive: Archive) -> dict[str, bytes]:
    """The picture of every post that shows one, as its package holds it."""
    found = {}
    for package in living_days(archive, CHANNEL.id):
        stored = read(archive, package)
        for thread in load_day(archive, package):
            for post in thread.posts:
                for picture in post.words.media:
                    found[post.id] = stored[picture.file]
    return found


def assert_whole_or_nothing(archive: Archive, *, done: bool) -> None:
    """Words, pictures, numbers and tombstones are all of one harvest."""
    shown = platform(1).pictures | platform(3).pictures
    assert held(archive) == (AFTER if done else BEFORE)
    posts = (EDITED, LEAVING, NEW) if done else (EDITED, LEAVING)
    assert pictures(archive) == {
        post: shown[url] for post, url in zip(posts, PICTURES, strict=False)
    }
    counted = last_rows(archive, CHANNEL.id)
    assert (NEW in counted) is done
    assert counted[EDITED].age_days == (4 if done else 3)
    assert len(archive.packages("observations/")) == (3 if done else 2)
    stones = tombstones.load(archive, CHANNEL.id)
    [grave] = stones.graves.values()
    assert grave.seen == (THIRD if done else SIGHTED)
    assert len(tombstones.packages(archive, CHANNEL.id)) == 1
    assert (archive.once(ONCE) is not None) is done


def assert_completed(whole: Path, location: Path) -> None:
    """As if nobody had killed anything; only the new thread's salt is its own."""
    archive, expected = archive_at(location), archive_at(whole)
    assert_same_keys(whole, location)
    assert_whole_or_nothing(archive, done=True)
    bare = [dc.replace(thread, salt="") for thread in threads(archive)]
    assert bare == [dc.replace(thread, salt="") for thread in threads(expected)]
    assert archive.once(ONCE).facts == expected.once(ONCE).facts  # type: ignore[union-attr]  # seen above
    for package in expected.packages("observations/"):
        assert read(archive, archive.package(package.key)) == read(expected, package)


def rerun(location: Path, *, done: bool) -> None:
    leave_half_written(location, b"Ny simhall")
    assert third_harvest(str(location)).again is done
    assert third_harvest(str(location)).again


def test_a_harvest_killed_at_any_step_is_whole_or_nothing_and_a_rerun_completes_it(
    prepared: Path, whole: Path, tmp_path: Path, *, both: bool
) -> None:
    steps, killed = kill_everywhere(WORK, prepared, tmp_path, both=both)
    assert_all(steps, prepared, whole)
    commit = entry_of(whole, ONCE)
    for death in killed:
        done = has_done(death, commit)
        assert_whole_or_nothing(reopened(prepared, death), done=done)
        rerun(death.location, done=done)
        assert_completed(whole, death.location)
    assert {has_done(death, commit) for death in killed} == {False, True}
