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
from archive_store.journal import Head, entry_key, replay
from archive_store.keys import (
    JOURNAL,
    ROOT_PAGES,
    STAMPED_ZONES,
    check_key,
    file_key,
    owners,
    territory,
    token_key,
)
from archive_store.opening import CHECKPOINT
from archive_store.records import Entry, Package
from archive_store.state import State


def confirmation(key: str) -> str:
    """The once-key of the entry that makes a package final."""
    return f"confirmed:{key}"


class Reader:
    """An archive as its journal tells it, read up to ``last``; ``refresh`` reads on."""

    def __init__(self, bucket: Bucket) -> None:
        self.bucket: Final = bucket
        self._state = State()
        self._lock = threading.RLock()

    @property
    def last(self) -> Entry:
        """The journal's last entry, as far as read."""
        return self._state.last

    @property
    def first(self) -> Entry:
        """The journal's first entry, which says what kind of archive this is."""
        return self._state.entry(1)

    @property
    def rehearsal(self) -> bool:
        """Whether this is a rehearsal, in which ``now`` may lie in the past."""
        return bool(self.first.facts.get("rehearsal"))

    def refresh(self) -> None:
        """Read the entries that others have written."""
        with self._lock:
            listed = self.bucket.pace.listing and self._state.head.seq > 0
            for entry in replay(self.bucket, after=self._state.head, listed=listed):
                self._state.check(entry)
                self._state.take(entry)

    def packages(self, prefix: str = "", **labels: str) -> list[Package]:
        """The living packages whose key starts so and whose labels equal these, by key."""
        with self._lock:
            return [
                package
                for package in self._state.packages(prefix)
                if labels.items() <= package.labels.items()
            ]

    def package(self, key: str) -> Package:
        """The living package with that key; ``MissingError`` also for a destroyed one."""
        package = self._state.package(key)
        if package is not None:
            return package
        check_key(key)
        gone = self._state.was_used(key)
        raise MissingError(
            "destroyed" if gone else "no-package",
            sv=f"Paketet {key} " + ("är gallrat eller ersatt." if gone else "finns inte."),
            en=f"The package {key} "
            + ("has been culled or replaced." if gone else "does not exist."),
        )

    def holds(self, key: str) -> frozenset[str]:
        """The holds that keep a package from being taken away."""
        return frozenset(self._state.held.get(key, ()))

    def token(self, key: str) -> bytes | None:
        """The token of trusted time over a manifest or journal entry, if it has one.

        Raises:
            DamageError: it is missing or changed.
        """
        sha256 = self._state.token(key)
        return None if sha256 is None else read_checked(self.bucket, token_key(key), sha256)

    def unstamped(self) -> list[str]:
        """The objects that should have a token of trusted time and have none, oldest first.

        They are the manifests of snapshots and certificates, and the journal's entries that vouch
        for a checkpoint, and so for all before them.
        """
        with self._lock:
            due = [(e.seq, entry_key(e.seq)) for e in self._state.entries(event=CHECKPOINT)]
            for zone in STAMPED_ZONES:
                due += [(package.seq, package.key) for package in self._state.packages(zone)]
            return [key for _, key in sorted(due) if self._state.token(key) is None]

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
        """Any file of a living package, journal entry, token or page of the root, checked."""
        if key in ROOT_PAGES:
            return self.bucket.get(key)
        if key.endswith(".tsr") and (token := self.token(key.removesuffix("tsr") + "json")):
            return token
        if key.startswith(JOURNAL) and (entry := self._entry_at(key)):
            return read_checked(self.bucket, key, entry.sha256)
        for owner in owners(key):
            package = self._state.package(owner)
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

    def entries(
        self, *, event: str | None = None, channel: str | None = None, newest: bool = False
    ) -> Iterator[Entry]:
        """The journal's entries in order.

        Args:
            event: only those of one event.
            channel: only those of which the facts name this channel.
            newest: from the last one backwards.
        """
        return self._state.entries(event=event, channel=channel, newest=newest)

    def heads(self) -> Iterator[Head]:
        """The journal as this archive has seen it: its last checkpoint, and every entry since."""
        base, since = self._state.base, list(self._state.since)
        if base is not None:
            yield Head(seq=base.seq, sha256=base.sha256)
        yield from (Head(seq=entry.seq, sha256=entry.sha256) for entry in since)

    def once(self, key: str) -> Entry | None:
        """The commit that carried that once-key, as far as read."""
        return self._state.once(key)

    def confirmed(self, key: str) -> bool:
        """Whether a package, preliminary when it was put, has been made final since."""
        return self._state.once(confirmation(key)) is not None

    def _entry_at(self, key: str) -> Entry | None:
        number = key.removeprefix(JOURNAL).removesuffix(".json")
        if not (number.isascii() and number.isdigit()) or key != entry_key(int(number)):
            return None
        with contextlib.suppress(LookupError):
            return self._state.entry(int(number))
        return None

    @contextlib.contextmanager
    def _told_if_destroyed(self, package: Package) -> Iterator[None]:
        """A package destroyed by another run is missing, not damaged."""
        try:
            yield
        except DamageError:
            self.refresh()
            self.package(package.key)
            raise
