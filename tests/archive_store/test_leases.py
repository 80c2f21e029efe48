"""One run at a time: held, expired, dead, lost."""

import concurrent.futures
import datetime as dt
import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from archive_store import Archive, Commit, Directory, Draft
from archive_store.errors import ArchiveError, DamageError, HeldError, InputError
from archive_store.process import Process, is_dead, this_process

START = dt.datetime(2025, 12, 15, 2, tzinfo=dt.UTC)


class Clock:
    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> dt.datetime:
        return self.now

    def forward(self, seconds: float) -> None:
        self.now += dt.timedelta(seconds=seconds)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def location(tmp_path: Path, clock: Clock) -> Path:
    path = tmp_path / "archive"
    Archive.create(Directory(path), now=START, clock=clock)
    return path


def opened(location: Path, clock: Clock) -> Archive:
    return Archive.open(Directory(location), clock=clock)


def leases(archive: Archive) -> list[str]:
    return [stored.key for stored in archive.bucket.list("leases/")]


def note(archive: Archive) -> None:
    draft = Draft(base="posts/blogg/2025-12-15/1", files={"x": b"words"}, folder=True)
    archive.commit(Commit(event="note", now=START, actor="test", drafts=(draft,)))


def test_a_held_lease_is_refused_and_a_released_one_is_free(location: Path, clock: Clock) -> None:
    one, two = opened(location, clock), opened(location, clock)
    with one.lease("harvest-blogg"), two.lease("harvest-annan"):
        with pytest.raises(HeldError) as caught, two.lease("harvest-blogg"):
            pass
        assert "harvest-blogg" in caught.value.sv
    with two.lease("harvest-blogg"):
        assert leases(two) == ["leases/harvest-blogg/1.json"]
    assert leases(one) == []


def test_a_lease_is_released_when_the_work_fails(location: Path, clock: Clock) -> None:
    archive = opened(location, clock)
    with pytest.raises(ZeroDivisionError), archive.lease("x"):
        _ = 1 / 0
    assert leases(archive) == []


def test_names_that_begin_alike_do_not_disturb_each_other(location: Path, clock: Clock) -> None:
    archive = opened(location, clock)
    with archive.lease("cull"), archive.lease("cull/list-1"), archive.lease("cull-x"):
        note(archive)
        assert len(leases(archive)) == 3
    assert leases(archive) == []


def test_an_unsafe_name_is_refused(location: Path, clock: Clock) -> None:
    with pytest.raises(InputError), opened(location, clock).lease("../x"):
        pass


def test_an_expired_lease_is_taken_over_and_its_holder_can_commit_no_more(
    location: Path, clock: Clock
) -> None:
    slow, next_ = opened(location, clock), opened(location, clock)
    with slow.lease("harvest-blogg", seconds=60):
        clock.forward(61)
        with next_.lease("harvest-blogg", seconds=60):
            assert leases(next_) == ["leases/harvest-blogg/2.json"]
            with pytest.raises(HeldError):
                note(slow)
            note(next_)
        # Nor afterwards, when the lease is free: what the slow one read is old.
        with pytest.raises(HeldError):
            note(slow)
    # Its files may by now be another's, so it leaves them to the next holder's sweep.
    with next_.lease("harvest-blogg", seconds=60):
        next_.sweep("posts/blogg/")
    (package,) = next_.packages()
    assert [stored.key for stored in next_.bucket.list("posts/")] == [
        package.key,
        f"{package.base}/x",
    ]


def test_each_commit_prolongs_the_lease(location: Path, clock: Clock) -> None:
    busy, other = opened(location, clock), opened(location, clock)
    with busy.lease("harvest-blogg", seconds=60):
        for _ in range(5):
            clock.forward(45)
            note(busy)
            with pytest.raises(HeldError), other.lease("harvest-blogg"):
                pass
    assert leases(busy) == []


def test_an_expired_lease_that_nobody_wanted_goes_on(location: Path, clock: Clock) -> None:
    archive = opened(location, clock)
    with archive.lease("harvest-blogg", seconds=60):
        clock.forward(600)
        note(archive)


def test_a_lease_of_another_thread_does_not_stop_a_commit(location: Path, clock: Clock) -> None:
    archive = opened(location, clock)
    taken, done = threading.Event(), threading.Event()

    def hold() -> None:
        with archive.lease("harvest-annan", seconds=60):
            taken.set()
            done.wait(30)

    thread = threading.Thread(target=hold)
    thread.start()
    taken.wait(30)
    clock.forward(61)
    with opened(location, clock).lease("harvest-annan"):
        note(archive)
    done.set()
    thread.join()


def test_the_lease_of_a_dead_process_here_is_taken_over_at_once(
    location: Path, clock: Clock
) -> None:
    code = (
        "import os, sys; from archive_store import archive_at; a = archive_at(sys.argv[1])\n"
        "with a.lease('harvest-blogg'): os._exit(137)"
    )
    child = subprocess.run([sys.executable, "-c", code, str(location)], check=False)
    assert child.returncode == 137
    archive = opened(location, clock)
    assert leases(archive) == ["leases/harvest-blogg/1.json"]
    with archive.lease("harvest-blogg"):
        assert leases(archive) == ["leases/harvest-blogg/2.json"]


@pytest.mark.parametrize(
    ("host", "pid", "started"),
    [("another-host", 1, ""), ("another-host", 999_999_999, ""), (None, os.getpid(), "")],
    ids=["another host", "another host's dead process", "a living process here"],
)
def test_whoever_may_be_alive_keeps_the_lease(
    location: Path, clock: Clock, host: str | None, pid: int, started: str
) -> None:
    archive = opened(location, clock)
    sign = {
        "name": "x",
        "host": host or this_process().host,
        "pid": pid,
        "started": started,
        "nonce": "n",
        "until": "2025-12-15T03:00:00Z",
    }
    archive.bucket.create("leases/x/1.json", json.dumps(sign).encode())
    with pytest.raises(HeldError), archive.lease("x"):
        pass
    clock.forward(3601)
    with archive.lease("x"):
        pass


def test_a_number_given_to_a_new_process_is_not_the_old_one() -> None:
    me = this_process()
    if not me.started:
        pytest.skip("this system does not tell when a process started")
    assert not is_dead(me)
    assert is_dead(Process(host=me.host, pid=me.pid, started=me.started + "0"))
    assert not is_dead(Process(host=me.host, pid=1, started=""))


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b'{"until": "x"}'])
def test_an_unreadable_lease_is_told_by_its_key(location: Path, clock: Clock, data: bytes) -> None:
    archive = opened(location, clock)
    archive.bucket.create("leases/x/1.json", data)
    with pytest.raises(DamageError) as caught, archive.lease("x"):
        pass
    assert "leases/x/1.json" in caught.value.en


def test_there_are_never_two_holders(location: Path, clock: Clock) -> None:
    holders, most, guard = 0, 0, threading.Lock()

    def contend(_: int) -> int:
        nonlocal holders, most
        archive, won = opened(location, clock), 0
        for _ in range(30):
            try:
                with archive.lease("x"):
                    with guard:
                        holders += 1
                        most = max(most, holders)
                    won += 1
                    with guard:
                        holders -= 1
            except HeldError:
                continue
            except ArchiveError as error:  # pragma: no cover - shows what went wrong
                pytest.fail(error.code)
        return won

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(contend, range(8))) > 0
    assert most == 1
    assert leases(opened(location, clock)) == []
