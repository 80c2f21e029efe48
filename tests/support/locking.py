"""A directory that locks as a bucket with Object Lock does, by a clock of the test's own."""

import datetime as dt
from typing import Any

from archive_store.directory import Directory
from archive_store.errors import ArchiveError
from tests.support.passing import Passing


class Locking(Passing):
    """Refuses to destroy what is locked (save to ``withdrawn``) or held (to everybody)."""

    def __init__(self, inner: Directory, *, now: dt.datetime) -> None:
        super().__init__(inner)
        self.locks = True
        self.now = now
        self.until: dict[str, dt.datetime] = {}
        self.held: set[str] = set()

    def create(
        self, key: str, data: bytes, *, until: dt.datetime | None = None, **how: Any
    ) -> None:
        super().create(key, data, **how)
        if until is not None:
            self.until[key] = until

    def delete(self, key: str, *, withdrawn: bool = False) -> None:
        locked = self.until.get(key, self.now) > self.now and not withdrawn
        if locked or key in self.held:
            raise ArchiveError("locked", sv=f"{key} är låst.", en=f"{key} is locked.")
        super().delete(key)
        self.until.pop(key, None)

    def lock(self, key: str, until: dt.datetime) -> None:
        self.until[key] = max(until, self.until.get(key, until))

    def hold(self, key: str, *, on: bool) -> None:
        (self.held.add if on else self.held.discard)(key)
