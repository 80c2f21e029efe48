"""A clock that is put back, by a person or by itself: nothing is lost, and no two runs meet."""

import datetime as dt
import json
from pathlib import Path

import pytest

from archive_store import Archive, Commit, Directory, Draft
from archive_store.errors import HeldError, InputError
from archive_store.fixity import verify_at

START = dt.datetime(2025, 12, 15, 2, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)


class Clock:
    """One clock for a machine, or one each."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> dt.datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def location(tmp_path: Path, clock: Clock) -> Path:
    Archive.create(Directory(tmp_path / "archive"), now=START, clock=clock)
    return tmp_path / "archive"


def opened(location: Path, clock: Clock) -> Archive:
    return Archive.open(Directory(location), clock=clock)


def note(archive: Archive, clock: Clock, name: str) -> None:
    draft = Draft(base=f"posts/blogg/{name}", files={"a": b"words"}, folder=True)
    archive.commit(
        Commit(event="note", now=clock(), actor="test", drafts=(draft,), once=f"note:{name}")
    )


def test_commits_go_on_and_the_journal_tells_the_clock_as_it_was(
    location: Path, clock: Clock
) -> None:
    archive = opened(location, clock)
    clock.now = START + HOUR
    note(archive, clock, "late")
    clock.now = START
    note(archive, clock, "early")
    note(archive, clock, "late")  # done already, whatever the clock says
    entries = list(opened(location, clock).entries())
    assert [(entry.seq, entry.time) for entry in entries] == [
        (1, START),
        (2, START + HOUR),
        (3, START),
    ]
    assert [entry.previous for entry in entries[1:]] == [entry.sha256 for entry in entries[:-1]]
    assert verify_at(location).findings == ()


def test_in_a_rehearsal_an_earlier_time_is_refused_and_the_message_names_the_last(
    tmp_path: Path, clock: Clock
) -> None:
    archive = Archive.create(Directory(tmp_path / "rehearsal"), now=START, rehearsal=True)
    note(archive, clock, "a")
    with pytest.raises(InputError) as caught:
        archive.accept_time(START - HOUR)
    assert caught.value.code == "time-goes-backwards"
    assert "2025-12-15T02:00:00+00:00" in caught.value.sv
    assert "Ange en senare" in caught.value.sv
    assert "Give a later one" in caught.value.en
    assert archive.last.seq == 2


def test_a_lease_taken_before_the_clock_was_put_back_is_still_its_holders(
    location: Path, clock: Clock
) -> None:
    one, two = opened(location, clock), opened(location, clock)
    with one.lease("harvest-blogg", seconds=60):
        clock.now = START - HOUR
        for turn in range(3):
            with pytest.raises(HeldError), two.lease("harvest-blogg"):
                pass
            note(one, clock, str(turn))
            clock.now += dt.timedelta(seconds=50)
    with two.lease("harvest-blogg"):
        note(two, clock, "after")
    assert len(two.packages("posts/")) == 4


def test_a_lease_taken_after_it_does_not_end_the_earlier_one(location: Path) -> None:
    ahead, behind = Clock(), Clock()
    behind.now = START - HOUR
    one, two = opened(location, ahead), opened(location, behind)
    with two.lease("harvest-blogg", seconds=60):
        # To the clock that is ahead it has long expired: it may be taken over, but never shared.
        with one.lease("harvest-blogg", seconds=60):
            note(one, ahead, "one")
            with pytest.raises(HeldError):
                note(two, behind, "two")
        with pytest.raises(HeldError) as caught:
            note(two, behind, "two")
        assert caught.value.code == "held"
    assert [package.base for package in opened(location, ahead).packages("posts/")] == [
        "posts/blogg/one"
    ]


def test_a_lease_of_another_machine_is_waited_for_no_longer_than_the_clock_went_back(
    location: Path, clock: Clock
) -> None:
    archive = opened(location, clock)
    sign = {
        "name": "x",
        "host": "another-host",
        "pid": 1,
        "started": "",
        "nonce": "n",
        "until": "2025-12-15T02:01:00Z",
    }
    archive.bucket.create("leases/x/1.json", json.dumps(sign).encode())
    clock.now = START - HOUR
    with pytest.raises(HeldError) as caught, archive.lease("x"):
        pass
    assert "Vänta" in caught.value.sv
    clock.now = START + dt.timedelta(seconds=60)
    with archive.lease("x"):
        note(archive, clock, "x")
