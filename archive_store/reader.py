"""The reading half of an archive: what lives, what it says, what the journal tells.

Every byte handed out has been hashed and compared. A reader writes nothing, so what only reads
(notebooks, the reading room) can be given one.
"""

import contextlib
import threading
from collections.abc import Iterator
from typing import Any, Final

from archive_store.bucket import Bucket
from archive_store.drafts import read_checked, read_manifest
from archive_store.errors import DamageError, MissingError
from archive_store.journal import entry_key, replay
from archive_store.keys import JOURNAL, ROOT_PAGES, check_key, file_key, owners, territory
from archive_store.records import Entry, Package
from archive_store.state import State


class Reader:
    """An archive as its journal tells it, read up to ``last``; ``refresh`` reads on."""

    def __init__(self, bucket: Bucket) -> None:
        self.bucket: Final = bucket
        self._state = State()
        self._lock = threading.RLock()

    @property
    def last(self) -> Entry:
        """The journal's last entry, as far as read."""
        return self._state.entries[-1]

    @property
    def rehearsal(self) -> bool:
        """Whether this is a rehearsal, in which ``now`` may lie in the past."""
        return bool(self._state.entries[0].facts.get("rehearsal"))

    def refresh(self) -> None:
        """Read the entries that others have written."""
        with self._lock:
            for entry in replay(self.bucket, after=self._state.head):
                self._state.check(entry)
                self._state.take(entry)

    def packages(self, prefix: str = "", **labels: str) -> list[Package]:
        """The living packages whose key starts so and whose labels equal these, by key."""
        with self._lock:
            found = [
                package for key, package in self._state.living.items() if key.startswith(prefix)
            ]
        return sorted(
            (each for each in found if labels.items() <= each.labels.items()),
            key=lambda package: package.key,
        )

    def package(self, key: str) -> Package:
        """The living package with that key; ``MissingError`` also for a destroyed one."""
        try:
            return self._state.living[key]
        except KeyError:
            check_key(key)
            gone = key in self._state.used
            raise MissingError(
                "destroyed" if gone else "no-package",
                sv=f"Paketet {key} " + ("är gallrat eller ersatt." if gone else "finns inte."),
                en=f"The package {key} "
                + ("has been culled or replaced." if gone else "does not exist."),
            ) from None

    def manifest(self, package: Package) -> dict[str, Any]:
        """What is stored about a package; see docs/format.md.

        Raises:
            MissingError: it has been destroyed.
            DamageError: it is missing or changed.
        """
        with self._told_if_destroyed(package):
            return dict(read_manifest(self.bucket, package))

    def read(self, package: Package, name: str) -> bytes:
        """A file of a package.

        Raises:
            MissingError: the package has no such file, or has been destroyed.
            DamageError: it is missing or changed.
        """
        for file in self.manifest(package)["files"]:
            if file["name"] == name:
                with self._told_if_destroyed(package):
                    return read_checked(self.bucket, file_key(package.key, name), file["sha256"])
        raise MissingError(
            "no-file",
            sv=f"Paketet {package.key} har ingen sådan fil.",
            en=f"The package {package.key} has no such file.",
        )

    def get(self, key: str) -> bytes:
        """Any file of a living package, journal entry or page of the root, checked."""
        if key in ROOT_PAGES:
            return self.bucket.get(key)
        if key.startswith(JOURNAL):
            for entry in self._state.entries:
                if entry_key(entry.seq) == key:
                    return read_checked(self.bucket, key, entry.sha256)
        for owner in owners(key):
            package = self._state.living.get(owner)
            if package is not None and owner == key:
                return read_checked(self.bucket, key, package.sha256)
            if package is not None:
                return self.read(package, key.removeprefix(territory(owner)))
        check_key(key)
        raise MissingError(
            "no-such-key",
            sv=f"Det finns inget {key} i arkivet. Se kanalarkiv list.",
            en=f"There is no {key} in the archive. See kanalarkiv list.",
        )

    def entries(self, *, event: str | None = None) -> Iterator[Entry]:
        """The journal's entries in order, or those of one event."""
        return (e for e in tuple(self._state.entries) if event is None or e.event == event)

    def once(self, key: str) -> Entry | None:
        """The commit that carried that once-key, as far as read."""
        return self._state.once.get(key)

    @contextlib.contextmanager
    def _told_if_destroyed(self, package: Package) -> Iterator[None]:
        """A package destroyed by another run is missing, not damaged."""
        try:
            yield
        except DamageError:
            self.refresh()
            self.package(package.key)
            raise
