"""Writers of one machine take turns, in the order in which they came, and none depends on it."""

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from archive_store import turns
from archive_store.turns import turn


def nothing() -> None:
    """What need not be done meanwhile."""


@pytest.fixture(autouse=True)
def line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A line of these tests' own: other tests write beside them."""
    path = tmp_path / "line"
    path.touch()
    monkeypatch.setattr(turns, "_LINE", str(path))
    return path


@pytest.fixture
def holder(line: Path) -> Iterator["subprocess.Popen[str]"]:
    """Another process whose turn it is, until it is told to go."""
    code = (
        "import sys; from archive_store import turns; turns._LINE = sys.argv[1]\n"
        "with turns.turn(lambda: None): print('mine', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, line], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "mine\n"
        yield child
        child.kill()


def test_a_free_turn_is_had_at_once_and_given_back() -> None:
    for _ in range(3):
        with turn(nothing) as waited:
            assert not waited


def test_another_process_is_waited_for_and_something_done_meanwhile(
    holder: "subprocess.Popen[str]", monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "_MEANWHILE", 0.01)
    done = threading.Event()

    def meanwhile() -> None:
        assert holder.stdin is not None
        holder.stdin.close()
        done.set()

    monkeypatch.setattr(turns, "_LONGEST", 60)
    with turn(meanwhile) as waited:
        assert waited
        assert done.is_set()
        assert holder.wait(10) == 0


def test_a_dead_process_is_not_waited_for(holder: "subprocess.Popen[str]") -> None:
    holder.kill()
    holder.wait()
    with turn(nothing) as waited:
        assert not waited


def test_whoever_is_stuck_is_waited_for_only_so_long(
    holder: "subprocess.Popen[str]", monkeypatch: pytest.MonkeyPatch
) -> None:
    assert holder.poll() is None
    monkeypatch.setattr(turns, "_MEANWHILE", 0.01)
    monkeypatch.setattr(turns, "_LONGEST", 0.1)
    began = time.monotonic()
    with turn(nothing) as waited:
        assert waited
    assert time.monotonic() - began < 10
    assert holder.poll() is None


def test_turns_come_one_at_a_time_to_everybody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "_LONGEST", 60)
    inside: list[int] = []
    order: list[int] = []
    together = 0

    def write(who: int) -> None:
        nonlocal together
        with turn(nothing):
            inside.append(who)
            together = max(together, len(inside))
            order.append(who)
            inside.remove(who)

    threads = [threading.Thread(target=write, args=(who,)) for who in range(8)]
    with turn(nothing):
        for number, thread in enumerate(threads):
            thread.start()
            # In line once its own thread waits for the lock.
            while sum(isinstance(t, turns._Waiting) for t in threading.enumerate()) <= number:
                time.sleep(0.001)
    for thread in threads:
        thread.join()
    assert together == 1
    assert sorted(order) == list(range(8))


def test_no_thread_or_file_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "_LONGEST", 0.01)
    monkeypatch.setattr(turns, "_MEANWHILE", 0.01)
    with turn(nothing), turn(nothing) as waited:
        assert waited
    for thread in threading.enumerate():
        if isinstance(thread, turns._Waiting):
            thread.join(10)
            assert not thread.is_alive()
