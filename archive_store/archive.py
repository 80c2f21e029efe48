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
from typing import Final, Self

from archive_store.bucket import Bucket
from archive_store.checks import check_commit, check_ground, check_time
from archive_store.destruction import destroy, is_leftover, remains
from archive_store.directory import Directory
from archive_store.drafts import Writer
from archive_store.errors import (
    ConflictError,
    ExistsError,
    InputError,
    KanalarkivError,
    MissingError,
    UnsureError,
)
from archive_store.journal import Head, decode, encode, put
from archive_store.keys import README
from archive_store.leases import Clock, Lease
from archive_store.reader import Reader
from archive_store.readme import readme
from archive_store.records import Commit, Entry, Package
from archive_store.secret import secret_of

_TRIES: Final = 1000
_LONGEST_WAIT: Final = 0.25  # seconds
_DICE: Final = secrets.SystemRandom()


def real_time() -> dt.datetime:
    """The clock on the wall, which the journal records beside the rule's time."""
    return dt.datetime.now(dt.UTC)


class Archive(Reader):
    """An opened archive. Safe to share between threads; open one in each process.

    Use ``Archive.create``, ``Archive.open`` or ``archive_at``.
    """

    def __init__(self, bucket: Bucket, *, clock: Clock = real_time) -> None:
        super().__init__(bucket)
        self._clock = clock
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
        for stored in bucket.list():
            # Our own README may be there from a process killed at this very point.
            if stored.key != README or bucket.get(README) != readme():
                raise _occupied()
        bucket.replace(README, readme())
        change = Commit(
            event="created", now=now, actor="kanalarkiv", facts={"rehearsal": rehearsal}
        )
        check_commit(change)
        data = encode(change, head=Head(), nonce=_nonce(), time=clock(), destroyed=0, added=())
        if not put(bucket, seq=1, data=data):
            raise _occupied()
        return cls.open(bucket, clock=clock)

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
            raise no_archive(bucket)
        bucket.sweep()
        for seq in sorted(archive._state.destroying):
            archive._destroy(seq)
        return archive

    def accept_time(self, now: dt.datetime) -> None:
        """Refuse, in a rehearsal, a ``now`` before the last commit's (``InputError``).

        In an archive in earnest the flows refuse any ``now`` but the real one.
        """
        check_time(now)
        if self.rehearsal and now < self.last.now:
            last = self.last.now.isoformat()
            raise InputError(
                "time-goes-backwards",
                sv=f"Tidpunkten ligger före arkivets senaste ändring ({last}). Ange en senare.",
                en=f"The time is before the archive's last commit ({last}). Give a later one.",
            )

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
            DamageError: the commit is made, but what it retires could not be destroyed.
        """
        check_commit(change)
        with self._lock:
            self.refresh()
            if change.once is not None and change.once in self._state.once:
                return self._state.once[change.once]
            check_ground(change, self._state)
            writer = Writer(bucket=self.bucket, state=self._state, time=self._clock())
            try:
                added = writer.write(change.drafts, now=change.now)
            except BaseException:
                writer.take_back()
                raise
            try:
                entry = self._put(change, added)
            except UnsureError:
                raise  # the entry may yet appear: leave what it names
            except KanalarkivError:
                writer.take_back()
                raise
            if entry is None:
                writer.take_back()
                return self._state.once[change.once or ""]
            self._state.take(entry)
            self._destroy(entry.seq)
            return entry

    def _put(self, change: Commit, added: tuple[Package, ...]) -> Entry | None:
        """Put the journal entry; ``None`` where another run did it first (``once``)."""
        nonce = _nonce()
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
            check_ground(change, self._state)
            time.sleep(_DICE.uniform(0, min(_LONGEST_WAIT, 0.001 * 2 ** min(attempt, 10))))
        raise ConflictError(
            "journal-busy",
            sv="Så många skriver till arkivet samtidigt att ändringen inte kom in. Kör igen.",
            en="So many write to the archive at once that the commit did not get in. Run again.",
        )

    def remains(self, keys: Iterable[str]) -> list[str]:
        """Every stored key of these retired packages; empty is verified absence."""
        return remains(self.bucket, keys)

    def _destroy(self, seq: int) -> None:
        """Destroy what an entry retired."""
        destroy(self.bucket, self._state.destroying.get(seq, ()))
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
            left = [key for key in stored if is_leftover(self.bucket, self._state, key)]
        for key in left:
            self.bucket.delete(key)
        return len(left)

    def secret(self, name: str = "tombstones/key") -> bytes:
        """The archive's secret: 32 random bytes, made when first asked for.

        Raises:
            DamageError: it is lost although tombstones depend on it, or is not 32 bytes long.
        """
        return secret_of(self.bucket, name, may_create=not self.packages("tombstones/"))


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


def no_archive(place: Bucket) -> MissingError:
    """The error where an archive should be."""
    return MissingError(
        "no-archive",
        sv=f"{place}: här finns inget arkiv. Skapa ett med kanalarkiv init, eller ange var det "
        "ligger med --archive.",
        en=f"{place}: there is no archive here. Create one with kanalarkiv init, or say where it "
        "lies with --archive.",
    )


def _nonce() -> str:
    return secrets.token_hex(16)


def _occupied() -> ExistsError:
    return ExistsError(
        "not-empty",
        sv="Här ligger redan något: ett arkiv eller andra filer. Välj en tom katalog, eller öppna "
        "arkivet som finns.",
        en="Something lies here already: an archive or other files. Choose an empty directory, or "
        "open the archive that is there.",
    )
