"""The archive: packages under a journal, and the one door that everything above goes through.

Whoever opens the archive finishes what a killed process left, and destroys again what an old backup
has brought back (notes: an archive that loses nothing, design 8 and 12).
"""

import contextlib
import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Self

from archive_store.bucket import Bucket
from archive_store.checks import check_commit, check_time
from archive_store.committing import Committer, nonce, real_time
from archive_store.destruction import brought_back, destroy, is_leftover
from archive_store.drafts import left_if_locked, stated_after
from archive_store.errors import (
    ArchiveError,
    ConflictError,
    ExistsError,
    InputError,
    MissingError,
    RefusalError,
)
from archive_store.index_page import stated_head
from archive_store.journal import Head, encode, journal_cut, journal_edited, put, stamp
from archive_store.keys import INDEX, README, law, token_key
from archive_store.leases import Clock
from archive_store.opening import read_state
from archive_store.places import bucket_at
from archive_store.reader import confirmation
from archive_store.readme import readme
from archive_store.records import Commit, Draft, Entry, Locks
from archive_store.secret import depend_on_it, secret_of
from archive_store.state import HOLD, RELEASE, STAMPED


class Archive(Committer):
    """An opened archive. Safe to share between threads; open one in each process.

    Use ``Archive.create``, ``Archive.open`` or ``archive_at``.
    """

    @classmethod
    def create(
        cls,
        bucket: Bucket,
        *,
        now: dt.datetime,
        rehearsal: bool = False,
        locks: Locks | None = None,
        clock: Clock = real_time,
    ) -> Self:
        """Make a new archive: the README in its root and the journal's first entry.

        Args:
            bucket: where; nothing else may lie there.
            now: the rule's time.
            rehearsal: whether later commits may have a ``now`` in the past.
            locks: for how long what is written once is locked; ``None`` where it is not.
            clock: real time.

        Raises:
            ExistsError: something lies there already.
            ArchiveError: the store cannot lock.
        """
        if locks is not None and not bucket.locks:
            raise _cannot_lock(bucket)
        for stored in bucket.list():
            # Our own README may be there from a process killed at this very point.
            if stored.key != README or bucket.get(README) != readme():
                raise _occupied(bucket)
        bucket.replace(README, readme())
        facts: dict[str, Any] = {
            "rehearsal": rehearsal,
            "readme": hashlib.sha256(readme()).hexdigest(),
        }
        if locks is not None:
            facts["locks"] = locks.facts()
        change = Commit(event="created", now=now, actor="kanalarkiv", facts=facts)
        check_commit(change)
        time = clock()
        data = encode(change, head=Head(), nonce=nonce(), time=time, destroyed=0, added=())
        if not put(bucket, seq=1, data=data, until=time + locks.long if locks else None):
            raise _occupied(bucket)
        return cls.open(bucket, clock=clock)

    @classmethod
    def open(cls, bucket: Bucket, *, clock: Clock = real_time) -> Self:
        """Read and check the journal, and finish what killed processes and backups left.

        The journal is read from the newest checkpoint on; ``archive_store.fixity`` reads it whole.

        Raises:
            MissingError: there is no archive.
            DamageError: the journal has a gap, was edited or cut short, or contradicts itself.
        """
        archive = cls(bucket, clock=clock)
        page = _page(bucket)  # before the journal, which only grows
        archive._state = read_state(bucket)
        if archive._state.head.seq == 0:
            raise no_archive(bucket)
        archive._refuse_cut(stated_head(page))
        bucket.sweep()
        for _, entry in sorted(archive._state.destroying.items()):
            with left_if_locked() if entry.retirement == "withdrawn" else contextlib.nullcontext():
                archive._destroy(entry)  # else it is still destroying, and asked for again
        for key in brought_back(bucket, archive._state):
            with left_if_locked():
                destroy(bucket, [key], withdrawn=law(key).write_once)
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

    def hold(self, keys: Iterable[str], hold: str, *, now: dt.datetime, actor: str) -> Entry:
        """Keep packages from being taken away, whatever their zone's law, until released.

        Args:
            keys: living packages.
            hold: id of the request, appeal or audit that asks for it.
            now: the rule's time.
            actor: id of the person or flow.

        Raises:
            MissingError: one of them is not living.
        """
        self.refresh()
        packages = [self.package(key) for key in keys]
        facts = {"hold": hold, "packages": [package.key for package in packages]}
        check_commit(Commit(event=HOLD, now=now, actor=actor, facts=facts))  # before the store
        if self.bucket.locks:
            # Before the journal says so: there is never a hold that the store does not know.
            for stored in (stored for p in packages for stored in self.remains([p.key])):
                self.bucket.hold(stored, on=True)
        return self._protect(HOLD, facts, now=now, actor=actor)

    def release(self, keys: Iterable[str], hold: str, *, now: dt.datetime, actor: str) -> Entry:
        """Lift a hold; those that others have set on the same packages stand."""
        packages = list(keys)
        facts = {"hold": hold, "packages": packages}
        entry = self._protect(RELEASE, facts, now=now, actor=actor)
        if self.bucket.locks:
            free = [key for key in packages if not self.holds(key)]
            for stored in self.remains(free):
                self.bucket.hold(stored, on=False)
            self.refresh()  # another hold may have come between
            for stored in self.remains(key for key in free if self.holds(key)):
                self.bucket.hold(stored, on=True)
        return entry

    def confirm(self, key: str, *, now: dt.datetime, actor: str) -> Entry:
        """Make a preliminary package final: from now it has the long lock, where there are locks.

        Doing it twice does nothing twice.
        """
        self.refresh()
        package = self.package(key)
        facts: dict[str, str] = {"package": package.key}
        check_commit(Commit(event="confirmed", now=now, actor=actor, facts=facts))
        if law(key).locked != "first":
            raise RefusalError(
                "not-preliminary",
                sv=f"{key} kan inte fastställas: bara ögonblicksbilder är preliminära.",
                en=f"{key} cannot be confirmed: only snapshots are preliminary.",
            )
        if self.locks is not None:
            until = (self._clock() + self.locks.long).replace(microsecond=0)
            for stored in self.remains([package.key]):
                self.bucket.lock(stored, until)
            facts["until"] = stamp(until)
        entry = self._protect("confirmed", facts, now=now, actor=actor, once=confirmation(key))
        self._lock_token(package.key)  # one that has come meanwhile
        return entry

    def withdraw(
        self, key: str, replacement: Draft, *, decision: str, now: dt.datetime, actor: str
    ) -> Entry:
        """Take away what is otherwise kept for ever, by a decision, and put a masked copy there.

        Args:
            key: a living package of a zone whose law permits it.
            replacement: what takes its place.
            decision: the decision's registration number.
            now: the rule's time.
            actor: id of the person.

        Raises:
            RefusalError: the zone's law or a hold forbids it, or there is no decision.
            ArchiveError: the withdrawal is made, but a lock that nobody may lift keeps the bytes.
        """
        return self.commit(
            Commit(
                event="withdrawn",
                now=now,
                actor=actor,
                drafts=(replacement,),
                retire=(key,),
                retirement="withdrawn",
                once=f"withdrawn:{key}",
                facts={"decision": decision},
            )
        )

    def stamp(
        self, tokens: Mapping[str, bytes], *, now: dt.datetime, actor: str = "timestamps"
    ) -> Entry:
        """Put tokens of trusted time beside the objects that they are over, and journal them.

        Args:
            tokens: by the key of a manifest or journal entry that has none yet (``unstamped``).
            now: the rule's time.
            actor: id of the flow.

        Raises:
            ConflictError: one of them has a token by now.
        """
        digests = {}
        self.refresh()
        for key, token in tokens.items():
            if self._state.token(key) is not None:
                raise _stamped_already(key)
            place = token_key(key)
            self.bucket.delete(place, withdrawn=True)  # of a run killed before it was journalled
            until = self.locked_until(place, since=self._clock())
            self.bucket.create(place, token, until=until)
            digests[key] = hashlib.sha256(token).hexdigest()
        entry = self._protect(STAMPED, {"tokens": digests}, now=now, actor=actor)
        for key in tokens:
            self._lock_token(key)
        return entry

    def _lock_token(self, key: str) -> None:
        """Lock a token for as long as what it vouches for, where that has been made final.

        Whoever comes last, the token or the confirmation, sees both.
        """
        self.refresh()
        final = self._state.once(confirmation(key))
        living = self._state.package(key) is not None and self._state.token(key) is not None
        if living and final is not None and "until" in final.facts:
            until = dt.datetime.fromisoformat(final.facts["until"])
            self.bucket.lock(token_key(key), until)

    def _protect(
        self,
        event: str,
        facts: Mapping[str, Any],
        *,
        now: dt.datetime,
        actor: str,
        once: str | None = None,
    ) -> Entry:
        change = Commit(event=event, now=now, actor=actor, facts=facts, once=once)
        check_commit(change)
        return self._record(change)

    def sweep(self, prefix: str) -> int:
        """Destroy what commits that never came to be have left below ``prefix``.

        The caller holds the lease under which such commits are made, else a living one's files
        would go.

        Returns:
            How many objects were destroyed.

        Raises:
            DamageError: what lies there tells of a longer or another journal; nothing is destroyed.
        """
        stored = [each.key for each in self.bucket.list(prefix)]
        with self._lock:
            self.refresh()  # after listing: what was committed meanwhile is known
            left = [key for key in stored if is_leftover(self.bucket, self._state, key)]
            for key in left:
                if key.endswith(".json"):
                    self._refuse_cut(stated_after(self.bucket, key))
            if (
                left and self.bucket.pace.late
            ):  # an entry that names them may yet be on its way: take its number first
                self._record(Commit(event="swept", now=self.last.now, actor="kanalarkiv"))
                left = [key for key in left if is_leftover(self.bucket, self._state, key)]
        for key in left:
            with left_if_locked():  # what was never committed may be locked
                self.bucket.delete(key, withdrawn=True)
        return len(left)

    def _refuse_cut(self, seen: Head | None) -> None:
        """Refuse to go on where somebody has seen more of the journal than there is."""
        if seen is None or seen.seq == 0:
            return
        if seen.seq > self._state.head.seq:
            raise journal_cut(seen.seq)
        if self._state.entry(seen.seq).sha256 != seen.sha256:
            raise journal_edited(seen.seq)

    def secret(self, name: str = "tombstones/key") -> bytes:
        """The archive's secret: 32 random bytes, made when first asked for.

        Raises:
            DamageError: it is lost although marks depend on it, or is not 32 bytes long.
        """
        return secret_of(self.bucket, name, may_create=self._nothing_marked)

    def _nothing_marked(self) -> bool:
        with self._lock:
            return not depend_on_it(self._state)


def archive_at(location: str | Path, *, clock: Clock = real_time) -> Archive:
    """Open the archive at a place.

    Args:
        location: a directory such as ``"./archive"``, or ``"s3://bucket/prefix"``.
        clock: real time.

    Raises:
        InputError: no such kind of store.
        MissingError: there is no archive; ``kanalarkiv init`` makes one.
    """
    return Archive.open(bucket_at(location), clock=clock)


def _page(bucket: Bucket) -> bytes:
    try:
        return bucket.get(INDEX)
    except MissingError:
        return b""


def no_archive(place: Bucket) -> MissingError:
    """The error where an archive should be."""
    return MissingError(
        "no-archive",
        sv=f"{place}: här finns inget arkiv. Är disken monterad och platsen rätt (--archive, "
        "kanalarkiv.toml)? Finns inget ännu, skapa ett med kanalarkiv init.",
        en=f"{place}: there is no archive here. Is the disk mounted and the place right "
        "(--archive, kanalarkiv.toml)? If there is none yet, create one with kanalarkiv init.",
    )


def _cannot_lock(bucket: Bucket) -> ArchiveError:
    return ArchiveError(
        "no-locks",
        sv=f"{bucket}: här går det inte att låsa. Välj en hink med Object Lock, eller skapa "
        "arkivet utan lås. kanalarkiv doctor visar vad lagringen kan.",
        en=f"{bucket}: nothing can be locked here. Choose a bucket with Object Lock, or create "
        "the archive without locks. kanalarkiv doctor shows what the store can.",
    )


def _stamped_already(key: str) -> ConflictError:
    return ConflictError(
        "stamped-already",
        sv=f"{key} har redan en tidsstämpel. Läs om och försök igen.",
        en=f"{key} has a timestamp already. Read anew and try again.",
    )


def _occupied(place: Bucket) -> ExistsError:
    return ExistsError(
        "not-empty",
        sv=f"{place}: här ligger redan ett arkiv eller andra filer. Välj en tom plats. För att "
        "använda ett arkiv som finns: skriv dess plats som archive i kanalarkiv.toml.",
        en=f"{place}: an archive or other files lie here already. Choose an empty place. To use an "
        "archive that exists, write its place as archive in kanalarkiv.toml.",
    )
