"""The archive: packages under a journal, and the one door that everything above goes through.

A commit is atomic by its journal entry: before it nothing is visible, after it everything is, and
what it retires is destroyed. Whoever opens the archive next finishes what a killed process left
(notes: an archive that loses nothing, design 1 to 5).
"""

import contextlib
import datetime as dt
import secrets
import threading
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final, Self

from archive_store.bucket import Bucket
from archive_store.checks import check_commit, check_ground
from archive_store.directory import Directory
from archive_store.drafts import Writer, read_checked, read_manifest
from archive_store.errors import (
    ArchiveError,
    ConflictError,
    DamageError,
    ExistsError,
    InputError,
    MissingError,
    UnsureError,
)
from archive_store.journal import decode, encode, entry_key, put, replay
from archive_store.keys import (
    JOURNAL,
    README,
    ROOT_PAGES,
    SECRETS,
    ZONES,
    check_key,
    file_key,
    is_safe,
    owners,
    territory,
)
from archive_store.leases import Clock, Lease
from archive_store.readme import readme
from archive_store.records import Commit, Entry, Package
from archive_store.state import State

_SECRET_BYTES: Final = 32
_TRIES: Final = 1000
_LONGEST_WAIT: Final = 0.25  # seconds
_DICE: Final = secrets.SystemRandom()


def real_time() -> dt.datetime:
    """The clock on the wall, which the journal records beside the rule's time."""
    return dt.datetime.now(dt.UTC)


class Archive:
    """An opened archive. Safe to share between threads; open one in each process.

    Use ``Archive.create``, ``Archive.open`` or ``archive_at``.
    """

    def __init__(self, bucket: Bucket, *, clock: Clock = real_time) -> None:
        self.bucket: Final = bucket
        self._clock = clock
        self._state = State()
        self._lock = threading.RLock()
        self._leases: dict[int, list[Lease]] = {}

    @classmethod
    def create(
        cls,
        bucket: Bucket,
        *,
        now: dt.datetime,
        rehearsal: bool = False,
        clock: Clock = real_time,
    ) -> Self:
        """Make a new archive: the README in its root and the journal's first entry.

        Args:
            bucket: where; nothing else may lie there.
            now: the rule's time.
            rehearsal: whether later commits may have a ``now`` in the past.
            clock: real time.

        Raises:
            ExistsError: something lies there already.
        """
        first = next((s for s in bucket.list() if s.key not in ROOT_PAGES), None)
        if first is not None:
            raise _occupied()
        bucket.replace(README, readme())
        archive = cls(bucket, clock=clock)
        archive.commit(
            Commit(event="created", now=now, actor="kanalarkiv", facts={"rehearsal": rehearsal})
        )
        if archive.last.seq != 1:
            raise _occupied()
        return archive

    @classmethod
    def open(cls, bucket: Bucket, *, clock: Clock = real_time) -> Self:
        """Replay and check the journal, and finish the destructions a killed process left.

        Raises:
            MissingError: there is no archive.
            DamageError: the journal has a gap, was edited or contradicts itself.
        """
        archive = cls(bucket, clock=clock)
        archive.refresh()
        if archive._state.head.seq == 0:
            raise MissingError(
                "no-archive",
                sv="Här finns inget arkiv. Skapa ett med kanalarkiv init, eller ange var det "
                "ligger med --archive.",
                en="There is no archive here. Create one with kanalarkiv init, or say where it "
                "lies with --archive.",
            )
        bucket.sweep()
        for seq in sorted(archive._state.destroying):
            archive._destroy(seq)
        return archive

    @property
    def last(self) -> Entry:
        """The journal's last entry, as far as read."""
        return self._state.entries[-1]

    @property
    def rehearsal(self) -> bool:
        """Whether this is a rehearsal, in which ``now`` may lie in the past."""
        return bool(self._state.entries[0].facts.get("rehearsal"))

    def accept_time(self, now: dt.datetime) -> None:
        """Refuse, in a rehearsal, a ``now`` before the last commit's (``InputError``).

        In an archive in earnest the flows refuse any ``now`` but the real one.
        """
        if self.rehearsal and now < self.last.now:
            last = self.last.now.isoformat()
            raise InputError(
                "time-goes-backwards",
                sv=f"Tidpunkten ligger före arkivets senaste ändring ({last}). Ange en senare.",
                en=f"The time is before the archive's last commit ({last}). Give a later one.",
            )

    def refresh(self) -> None:
        """Read the entries that others have written."""
        with self._lock:
            for entry in replay(self.bucket, after=self._state.head):
                self._state.apply(entry)

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

    def commit(self, change: Commit) -> Entry:
        """Make one atomic change, and destroy what it retires.

        Args:
            change: what; its drafts' real keys are in the entry's ``added``.

        Returns:
            The entry; the earlier one, with nothing written, where its ``once`` was done before.

        Raises:
            InputError: the commit is malformed.
            RefusalError: a zone's law forbids it.
            ConflictError: a retired package is no longer living.
            HeldError: a lease that this thread took here has been lost to another run.
        """
        check_commit(change)
        with self._lock:
            self.refresh()
            if change.once is not None and change.once in self._state.once:
                return self._state.once[change.once]
            check_ground(change, self._state.living)
            writer = Writer(
                bucket=self.bucket,
                used=self._state.used,
                head=self._state.head,
                time=self._clock(),
            )
            try:
                added = tuple(writer.write(draft, now=change.now) for draft in change.drafts)
            except BaseException:
                writer.take_back()
                raise
            try:
                entry = self._put(change, added)
            except UnsureError:
                raise  # the entry may yet appear: leave what it names
            except ArchiveError:
                writer.take_back()
                raise
            if entry is None:
                writer.take_back()
                return self._state.once[change.once or ""]
            self._state.apply(entry)
            self._destroy(entry.seq)
            return entry

    def _put(self, change: Commit, added: tuple[Package, ...]) -> Entry | None:
        """Put the journal entry; ``None`` where another run did it first (``once``)."""
        nonce = secrets.token_hex(16)
        for attempt in range(_TRIES):
            for lease in self._leases.get(threading.get_ident(), ()):
                lease.keep()
            data = encode(
                change,
                head=self._state.head,
                nonce=nonce,
                time=self._clock(),
                destroyed=self._state.destroyed,
                added=added,
            )
            entry = decode(data, seq=self._state.head.seq + 1)
            if put(self.bucket, seq=entry.seq, data=data):
                return entry
            # Another writer was faster: learn what it did, and let the others go first.
            self.refresh()
            if change.once in self._state.once:
                return None
            check_ground(change, self._state.living)
            time.sleep(_DICE.uniform(0, min(_LONGEST_WAIT, 0.001 * 2 ** min(attempt, 10))))
        raise ConflictError(
            "journal-busy",
            sv="Så många skriver till arkivet samtidigt att ändringen inte kom in. Kör igen.",
            en="So many write to the archive at once that the commit did not get in. Run again.",
        )

    def remains(self, keys: Iterable[str]) -> list[str]:
        """Every stored key of these retired packages; empty is verified absence."""
        return [stored.key for key in keys for stored in self.bucket.list(territory(key))]

    def _destroy(self, seq: int) -> None:
        """Destroy what an entry retired, every version, and see that it is gone."""
        retired = self._state.destroying.get(seq, ())
        for key in retired:
            for stored in self.remains([key]):
                self.bucket.delete(stored)
        if left := self.remains(retired):
            raise DamageError(
                "not-destroyed",
                sv=f"{left[0]} skulle ha förstörts men finns kvar. Kontrollera rättigheter och "
                "lås i lagringen; nästa körning försöker igen.",
                en=f"{left[0]} should have been destroyed but is still there. Check permissions "
                "and locks in the store; the next run tries again.",
            )
        self._state.destroying.pop(seq, None)

    @contextlib.contextmanager
    def lease(self, name: str, *, seconds: float = 3600) -> Iterator[None]:
        """Hold a name while the block runs; commits in it fail if the lease is lost.

        Args:
            name: such as ``"harvest-kommunbloggen"``.
            seconds: how long without a commit before others may take over.

        Raises:
            HeldError: another living run holds it.
        """
        lease = Lease(self.bucket, name, seconds=seconds, clock=self._clock)
        lease.take()
        mine = self._leases.setdefault(threading.get_ident(), [])
        mine.append(lease)
        try:
            yield
        finally:
            mine.remove(lease)
            lease.release()

    def sweep(self, prefix: str) -> int:
        """Destroy what commits that never came to be have left below ``prefix``.

        The caller holds the lease under which such commits are made, else a living one's files
        would go.

        Returns:
            How many objects were destroyed.
        """
        stored = [each.key for each in self.bucket.list(prefix)]
        with self._lock:
            self.refresh()  # after listing: what was committed meanwhile is known
            left = [key for key in stored if self._is_leftover(key)]
        for key in left:
            self.bucket.delete(key)
        return len(left)

    def _is_leftover(self, key: str) -> bool:
        if not is_safe(key) or key.split("/", 1)[0] not in ZONES or key in SECRETS:
            return False
        for owner in owners(key):
            package = self._state.living.get(owner)
            if package is not None:
                names = {file["name"] for file in self.manifest(package)["files"]}
                return key != owner and key.removeprefix(territory(owner)) not in names
        return True

    def secret(self, name: str = "tombstones/key") -> bytes:
        """The archive's secret: 32 random bytes, made when first asked for (DESIGN, settled).

        Raises:
            DamageError: it is not 32 bytes long.
        """
        if name not in SECRETS:
            raise InputError(
                "no-such-secret",
                sv="Arkivet har ingen sådan hemlighet.",
                en="The archive has no such secret.",
            )
        with contextlib.suppress(ExistsError):
            try:
                self.bucket.get(name)
            except MissingError:
                self.bucket.create(name, secrets.token_bytes(_SECRET_BYTES), secret=True)
        secret = self.bucket.get(name)
        if len(secret) != _SECRET_BYTES:
            raise DamageError(
                "secret-damaged",
                sv=f"{name} har fel längd. Återställ den från en säkerhetskopia: utan den tas "
                "gallrat in igen.",
                en=f"{name} has the wrong length. Restore it from a backup: without it, what was "
                "culled is taken in again.",
            )
        return secret

    @contextlib.contextmanager
    def _told_if_destroyed(self, package: Package) -> Iterator[None]:
        """A package destroyed by another run is missing, not damaged."""
        try:
            yield
        except DamageError:
            self.refresh()
            self.package(package.key)
            raise


def archive_at(location: str | Path, *, clock: Clock = real_time) -> Archive:
    """Open the archive at a place.

    Args:
        location: a directory such as ``"./archive"``.
        clock: real time.

    Raises:
        MissingError: there is no archive; ``kanalarkiv init`` makes one.
    """
    if "://" in str(location):
        raise InputError(
            "no-such-store",
            sv="Arkivet kan ännu bara ligga i en katalog, till exempel ./archive.",
            en="The archive can so far only lie in a directory, such as ./archive.",
        )
    return Archive.open(Directory(Path(location)), clock=clock)


def _occupied() -> ExistsError:
    return ExistsError(
        "not-empty",
        sv="Här ligger redan något: ett arkiv eller andra filer. Välj en tom katalog, eller öppna "
        "arkivet som finns.",
        en="Something lies here already: an archive or other files. Choose an empty directory, or "
        "open the archive that is there.",
    )
