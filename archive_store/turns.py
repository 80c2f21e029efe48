"""Writers of one machine take turns at the journal, so that they do not lose to one another.

Nothing depends on it: the journal's own exclusive put decides, here as between machines. It spares
the store the tries that would be lost, and serves writers in the order in which they came. What
they queue for is a lock on this very file, so that nothing is left lying.
"""

import contextlib
import fcntl
import os
import threading
import time
from collections.abc import Callable, Iterator
from typing import Final

_LINE = __file__
_LONGEST: Final = 2.0  # seconds; whoever has its turn for longer is stuck, and is not waited for
_MEANWHILE: Final = 0.2  # seconds between the things done while waiting


@contextlib.contextmanager
def turn(meanwhile: Callable[[], None]) -> Iterator[bool]:
    """Wait for one's turn, but not for ever; whether there was any waiting.

    Args:
        meanwhile: done now and then while waiting.
    """
    try:
        descriptor = os.open(_LINE, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:  # installed in a way that leaves no file: then without turns
        yield True
        return
    try:
        taken = _taken(descriptor)
    except OSError:  # such as NFS, which gives no lock on what is only read: then without turns
        os.close(descriptor)
        yield True
        return
    if taken:
        try:
            yield False
        finally:
            os.close(descriptor)
        return
    waiting = _Waiting(descriptor)
    waiting.start()
    try:
        end = time.monotonic() + _LONGEST
        while not waiting.came.wait(_MEANWHILE) and time.monotonic() < end:
            meanwhile()
        yield True
    finally:
        waiting.leave()


class _Waiting(threading.Thread):
    """Waits in the line that the system keeps for a lock; ends with the lock, wanted or not."""

    def __init__(self, descriptor: int) -> None:
        super().__init__(daemon=True)
        self.came = threading.Event()
        self._descriptor = descriptor
        self._left = threading.Event()

    def run(self) -> None:
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX)
            self.came.set()
            self._left.wait()
        finally:
            os.close(self._descriptor)

    def leave(self) -> None:
        """Let the next one in."""
        self._left.set()
        if self.came.is_set():
            self.join()


def _taken(descriptor: int) -> bool:
    """Take the turn if nobody has it."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
