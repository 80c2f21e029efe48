"""A bucket whose process dies at a chosen write: from then on nothing of that process happens.

The killing of ``tests.faults.killing`` ends real processes; a machine of properties dies thousands
of times, so here the dead one's last words (``finally``, releasing a lease) are refused instead.
What lies within one write of a file is covered there and by the directory's own tests.
"""

import contextlib
from collections.abc import Callable, Iterator
from typing import Any, NoReturn
from unittest import mock

import archive_store.leases
from archive_store.bucket import Bucket
from archive_store.process import Process, this_host
from tests.faults.reopening import NOBODY
from tests.support.passing import Passing

Death = tuple[int, bool]
"""Number of the deadly write, from 1, and whether it still happens."""


class DiedError(BaseException):
    """The end of the process; nobody may catch it but the test."""


class Mortal(Passing):
    """As good as ``inner`` until its hour."""

    def __init__(self, inner: Bucket, death: Death) -> None:
        super().__init__(inner)
        self._left, self._happens = death
        self.dead = False

    def __getattribute__(self, name: str) -> Any:
        found = super().__getattribute__(name)
        if name not in _ASKED:
            return found
        return self._lived(found, writes=name in _WRITES)

    def _lived(self, method: Callable[..., Any], *, writes: bool) -> Callable[..., Any]:
        def call(*given: Any, **named: Any) -> Any:
            if self.dead:
                raise DiedError
            if not writes:
                return method(*given, **named)
            self._left -= 1
            if self._left == 0 and not self._happens:
                self._die()
            done = method(*given, **named)
            if self._left == 0:
                self._die()
            return done

        return call

    def _die(self) -> NoReturn:
        self.dead = True
        raise DiedError


_WRITES = frozenset({"create", "replace", "delete"})
_ASKED = _WRITES | {"settle", "get", "sha256", "list", "sweep"}


@contextlib.contextmanager
def a_process_that_dies() -> Iterator[None]:
    """Leases taken within are those of a process that is no more."""
    nobody = Process(host=this_host(), pid=NOBODY, started="")
    with mock.patch.object(archive_store.leases, "this_process", return_value=nobody):
        yield
