"""The writing half of an archive: atomic commits, under leases, with a checkpoint now and then.

A commit is atomic by its journal entry: before it nothing is visible, after it everything is, and
what it retires is destroyed (notes: an archive that loses nothing, design 1 to 5).
"""

import contextlib
import datetime as dt
import hashlib
import secrets
import sqlite3
import threading
import time
from collections.abc import Iterable, Iterator
from typing import Final

from archive_store.bucket import Bucket
from archive_store.checkpoint import Checkpoint
from archive_store.checks import check_commit, check_event, check_ground
from archive_store.destruction import destroy, remains
from archive_store.drafts import Writer
from archive_store.errors import (
    ConflictError,
    KanalarkivError,
    UnsureError,
)
from archive_store.journal import decode, encode, put
from archive_store.keys import JOURNAL, ZONES
from archive_store.leases import Clock, Lease
from archive_store.opening import CHECKPOINT, checkpoint_key, checkpoint_seqs, read_state, scratch
from archive_store.reader import Reader
from archive_store.records import Commit, Entry, Locks, Package
from archive_store.state import State
from archive_store.turns import turn

_TRIES: Final = 1000
_WAIT: Final = 12  # times as long as a try took, of a writer that has lost for the first time
_LAPS: Final = 5  # times that a writer reads on before it tries all the same
_DICE: Final = secrets.SystemRandom()
_APART: Final = 500  # entries between checkpoints, and at least …
_SHARE: Final = 500  # … this part of all of them, since each checkpoint is written whole
_KEPT: Final = 2  # checkpoints; the older one serves whoever is just opening from it


def real_time() -> dt.datetime:
    """The clock on the wall, which the journal records beside the rule's time."""
    return dt.datetime.now(dt.UTC)


def nonce() -> str:
    """A mark by which a writer knows its own entry again."""
    return secrets.token_hex(16)


class _OvertakenError(Exception):
    """Another has had a package under a key that was chosen here."""


class Committer(Reader):
    """A reader that also commits. Safe to share between threads; open one in each process.

    Args:
        bucket: where.
        clock: real time.
    """

    def __init__(self, bucket: Bucket, *, clock: Clock = real_time) -> None:
        super().__init__(bucket)
        self._clock = clock
        self._leases: dict[int, list[Lease]] = {}
        self._crowded = False  # whether others have lately written at the same time

    def commit(self, change: Commit) -> Entry:
        """Make one atomic change, and destroy what it retires.

        Args:
            change: what; its drafts' real keys are in the entry's ``added``.

        Returns:
            The entry; the earlier one, with nothing written, where its ``once`` was done before.

        Raises:
            InputError: the commit is malformed.
            RefusalError: a zone's law forbids it, or a hold.
            ConflictError: a retired package is no longer living.
            HeldError: a lease that this thread took here has been lost to another run.
            DamageError: the commit is made, but what it retires could not be destroyed.
        """
        check_event(change.event)
        check_commit(change)
        return self._record(change)

    def _record(self, change: Commit) -> Entry:
        """Commit what has been checked."""
        with self._lock:
            before = self._state.head.seq
            self.refresh()
            self._crowded &= self._state.head.seq > before
            if done := self._done(change):
                return done
            check_ground(change, self._state)
            now = self._clock()
            writer = Writer(
                bucket=self.bucket,
                state=self._state,
                time=now,
                until=lambda key: self.locked_until(key, since=now),
                keep=self._keep_leases,
            )
            try:
                added = writer.write(change.drafts, now=change.now)
            except BaseException:
                self._take_back(writer)
                raise
            try:
                with turn(self.refresh) as waited:
                    self._crowded |= waited
                    entry = self._put(change, added)
            except UnsureError:
                raise  # the entry may yet appear: leave what it names
            except _OvertakenError:
                writer.take_back()
                return self._record(change)
            except KanalarkivError:
                self._take_back(writer)
                raise
            if entry is None:
                writer.take_back()
                return self._done(change) or self.last
            self._state.take(entry)
            self._destroy(entry)
            self._checkpoint_if_due(change)
            return entry

    def _take_back(self, writer: Writer) -> None:
        """Destroy what was written; whoever has lost a lease leaves it to the holder's sweep."""
        try:
            self._keep_leases()
        except KanalarkivError:
            return  # swept since, and written anew by another: the keys may be theirs
        writer.take_back()

    def _keep_leases(self) -> None:
        """Prolong the leases that this thread holds; ``HeldError`` where one is lost."""
        for lease in self._leases.get(threading.get_ident(), ()):
            lease.keep()

    def _done(self, change: Commit) -> Entry | None:
        return self._state.once(change.once) if change.once is not None else None

    def _put(self, change: Commit, added: tuple[Package, ...]) -> Entry | None:
        """Put the journal entry; ``None`` where another run did it first (``once``)."""
        mark = nonce()
        if self._crowded and not self._catch_up(change, added):
            return None
        for attempt in range(_TRIES):
            self._keep_leases()
            began, now = time.monotonic(), self._clock()
            data = encode(
                change,
                head=self._state.head,
                nonce=mark,
                time=now,
                destroyed=self._state.destroyed,
                added=added,
            )
            entry = decode(data, seq=self._state.head.seq + 1)
            until = self.locked_until(JOURNAL, since=now)
            if put(self.bucket, seq=entry.seq, data=data, until=until):
                return entry
            # Another writer was faster. Who has lost often waits least, so that nobody waits long.
            self._crowded = True
            took = time.monotonic() - began
            time.sleep(_DICE.uniform(0, took * _WAIT / (1 + attempt)))
            if not self._catch_up(change, added):
                return None
        raise ConflictError(
            "journal-busy",
            sv="Så många skriver till arkivet samtidigt att ändringen inte kom in. Kör igen.",
            en="So many write to the archive at once that the commit did not get in. Run again.",
        )

    def _catch_up(self, change: Commit, added: tuple[Package, ...]) -> bool:
        """Learn what others did, until nothing more comes; ``False`` where it is done already.

        Reading takes time, in which others write on: who tries from far behind only loses again.
        """
        for _ in range(_LAPS):
            before = self._state.head.seq
            self.refresh()
            if self._done(change):
                return False
            if self._state.head.seq <= before + 1:
                break
        check_ground(change, self._state)
        if any(
            self._state.was_used(package.key)
            or (
                package.key == f"{package.base}/manifest.json"
                and self._state.has_below(package.base)
            )
            for package in added
        ):
            raise _OvertakenError  # its bytes were gone again when ours were written
        return True

    @property
    def locks(self) -> Locks | None:
        """For how long this archive locks what is written once; ``None`` where it does not."""
        given = self.first.facts.get("locks") if self._state.head.seq else None
        return None if given is None else Locks.told(given)

    def locked_until(self, key: str, *, since: dt.datetime) -> dt.datetime | None:
        """Until when an object put at a time is locked by the law of its zone."""
        if self.locks is None:
            return None
        zone = key.split("/", 1)[0]
        kind = "long" if key.startswith(JOURNAL) else ZONES[zone].locked if zone in ZONES else ""
        return since + {"first": self.locks.first, "long": self.locks.long}[kind] if kind else None

    def remains(self, keys: Iterable[str]) -> list[str]:
        """Every stored key of these retired packages; empty is verified absence."""
        return remains(self.bucket, keys)

    def _destroy(self, entry: Entry) -> None:
        """Destroy what an entry retired."""
        if entry.seq in self._state.destroying:
            withdrawn = entry.retirement == "withdrawn"
            destroy(self.bucket, entry.retired, withdrawn=withdrawn)
            del self._state.destroying[entry.seq]

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

    def _checkpoint_if_due(self, change: Commit) -> None:
        due = max(_APART, self._state.head.seq // _SHARE)
        if change.event != CHECKPOINT and len(self._state.since) >= due:
            with contextlib.suppress(KanalarkivError, OSError, sqlite3.Error, ValueError):
                self.checkpoint()

    def checkpoint(self) -> None:
        """Write what the journal says into one file, from which the next opening goes on.

        It is done by itself now and then; nothing is lost without.

        Raises:
            HeldError: another run is at it.
        """
        with self._lock, self.lease(CHECKPOINT, seconds=900):
            self._adopt_newer()
            if not self._state.since:
                return
            head = self._state.head
            with scratch() as folder:
                base = Checkpoint.write(self._state, folder / "checkpoint.sqlite")
                data = (folder / "checkpoint.sqlite").read_bytes()
            key = checkpoint_key(head.seq)
            self.bucket.delete(key)  # of a run killed before anything vouched for it
            self.bucket.create(key, data)
            self._record(self._voucher(head.seq, data))
            since = [entry for entry in self._state.since if entry.seq > head.seq]
            self._state = State(base=base)
            for entry in since:
                self._state.take(entry)
            for seq in checkpoint_seqs(self.bucket)[:-_KEPT]:
                self.bucket.delete(checkpoint_key(seq))

    def _voucher(self, seq: int, data: bytes) -> Commit:
        digest = hashlib.sha256(data).hexdigest()
        return Commit(
            event=CHECKPOINT,
            now=self.last.now,
            actor="kanalarkiv",
            facts={"seq": seq, "sha256": digest, "size": len(data)},
        )

    def _adopt_newer(self) -> None:
        """Go on from a checkpoint that another has written since."""
        self.refresh()
        base = self._state.base.seq if self._state.base else 0
        if any(seq > base for seq in checkpoint_seqs(self.bucket)):
            self._state = read_state(self.bucket)
