"""The journal: one entry a commit, each holding the digest of the one before.

It is the truth of the archive (notes: design 3 and 5). ``journal/000000000017.json`` holds one line
of JSON; putting it, exclusively, *is* the commit. Digests are of stored bytes, never of anything
serialised anew. Format: docs/format.md.
"""

import concurrent.futures
import dataclasses as dc
import datetime as dt
import hashlib
import itertools
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

from archive_store.bucket import Bucket, Pace
from archive_store.errors import ArchiveError, DamageError, ExistsError, MissingError, UnsureError
from archive_store.hidden import hidden
from archive_store.keys import JOURNAL
from archive_store.records import Commit, Entry, Package

FORMAT: Final = 1
BEFORE_FIRST: Final = "0" * 64
_DIGITS: Final = 12
_AHEAD: Final = 64  # entries asked for side by side, where asking takes time

_OWN_FACTS: Final = {  # what the archive's own entries must say
    "hold": ("hold", "packages"),
    "release": ("hold", "packages"),
    "confirmed": ("package",),
    "stamped": ("tokens",),
    "checkpoint": ("seq", "sha256", "size"),
}
_MALFORMED: Final = (KeyError, TypeError, ValueError, AttributeError)


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """How far the journal has been read: number and digest of the last entry.

    An empty digest is one that is not known (yet).
    """

    seq: int = 0
    sha256: str = BEFORE_FIRST


def entry_key(seq: int) -> str:
    """Where the entry with that number lies."""
    return f"{JOURNAL}{seq:0{_DIGITS}}.json"


def stamp(time: dt.datetime) -> str:
    """An aware time as the archive writes it: UTC with a ``Z``."""
    return time.astimezone(dt.UTC).isoformat().replace("+00:00", "Z")


def encode(  # noqa: PLR0913 (an entry has these parts)
    change: Commit,
    *,
    head: Head,
    nonce: str,
    time: dt.datetime,
    destroyed: int,
    added: tuple[Package, ...],
) -> bytes:
    """The bytes of the entry that follows ``head``."""
    document = {
        "format": FORMAT,
        "seq": head.seq + 1,
        "previous": head.sha256,
        "nonce": nonce,
        "time": stamp(time),
        "now": stamp(change.now),
        "event": change.event,
        "actor": change.actor,
        "once": change.once,
        "facts": dict(change.facts),
        "added": [
            {
                "key": package.key,
                "sha256": package.sha256,
                "size": package.size,
                "files": package.files,
                "labels": dict(package.labels),
            }
            for package in added
        ],
        "retired": list(change.retire),
        "retirement": change.retirement,
        "destroyed": destroyed,
    }
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def decode(data: bytes, *, seq: int) -> Entry:
    """The entry in ``data``; ``DamageError`` where it is not one, or not that number's."""
    try:
        document = json.loads(data)
        now = dt.datetime.fromisoformat(document["now"])
        if document["format"] != FORMAT or document["seq"] != seq:
            raise ValueError
        for name in _OWN_FACTS.get(document["event"], ()):
            document["facts"][name]
        return Entry(
            seq=seq,
            previous=document["previous"],
            sha256=hashlib.sha256(data).hexdigest(),
            nonce=document["nonce"],
            time=dt.datetime.fromisoformat(document["time"]),
            now=now,
            event=sys.intern(document["event"]),
            actor=sys.intern(document["actor"]),
            once=document["once"],
            facts=document["facts"],
            added=tuple(_package(each, seq=seq, time=now) for each in document["added"]),
            retired=tuple(document["retired"]),
            retirement=document["retirement"],
            destroyed=document["destroyed"],
        )
    except _MALFORMED:
        raise DamageError(
            "journal-unreadable",
            sv=f"Journalposten {entry_key(seq)} går inte att läsa. Återställ den från en "
            "säkerhetskopia och kör kanalarkiv verify.",
            en=f"The journal entry {entry_key(seq)} cannot be read. Restore it from a backup and "
            "run kanalarkiv verify.",
        ) from None


def _package(document: Mapping[str, Any], *, seq: int, time: dt.datetime) -> Package:
    return Package(
        key=document["key"],
        sha256=document["sha256"],
        size=document["size"],
        files=document["files"],
        labels=document["labels"],
        seq=seq,
        time=time,
    )


def strict(key: str, flaw: DamageError) -> None:
    """What to do with a flaw when the archive is opened: refuse."""
    del key  # the flaw names it
    raise flaw


def replay(
    bucket: Bucket,
    *,
    after: Head,
    listed: bool = False,
    on_flaw: Callable[[str, DamageError], None] = strict,
) -> Iterator[Entry]:
    """Every entry after ``after``, checked against the one before.

    Args:
        bucket: where.
        after: what is known already.
        listed: whether the numbers are listed first, so that a lost entry is seen and many are
            read side by side; else the next number is simply asked for.
        on_flaw: told of each flaw and its entry's key; if it returns, reading goes on.
    """
    if listed:
        numbers: Iterable[int] = range(after.seq + 1, _last(bucket, after=after.seq) + 1)
        found = _read_ahead(bucket, numbers)
    else:
        numbers = itertools.count(after.seq + 1)
        found = map(_get, itertools.repeat(bucket), numbers)
    previous: str | None = after.sha256 or None
    for seq, data in zip(itertools.count(after.seq + 1), found, strict=False):
        if data is None:
            if not listed:
                return
            key = entry_key(seq)
            on_flaw(key, hidden(bucket, key, code="journal-hidden") or _gap(seq))
            previous = None
            continue
        try:
            entry = decode(data, seq=seq)
        except DamageError as flaw:
            on_flaw(entry_key(seq), flaw)
            previous = hashlib.sha256(data).hexdigest()
            continue
        if previous is not None and entry.previous != previous:
            on_flaw(entry_key(seq - 1), _edited(seq))
        yield entry
        previous = entry.sha256


def _get(bucket: Bucket, seq: int) -> bytes | None:
    try:
        return bucket.get(entry_key(seq))
    except MissingError:
        return None


def _read_ahead(bucket: Bucket, numbers: Iterable[int]) -> Iterator[bytes | None]:
    """Each entry's bytes; side by side where the store answers slower than threads change."""
    if bucket.pace.readers <= Pace().readers:
        yield from (_get(bucket, seq) for seq in numbers)
        return
    with concurrent.futures.ThreadPoolExecutor(bucket.pace.readers) as pool:
        left = iter(numbers)
        waiting = [pool.submit(_get, bucket, seq) for seq in itertools.islice(left, _AHEAD)]
        while waiting:
            yield waiting.pop(0).result()
            waiting += [pool.submit(_get, bucket, seq) for seq in itertools.islice(left, 1)]


def put(bucket: Bucket, *, seq: int, data: bytes, until: dt.datetime | None = None) -> bool:
    """Put an entry, exclusively, locked until then; whether it is there and ours.

    After a lost answer the key may be taken by our own write: its nonce tells.

    Raises:
        UnsureError: no answer came, and the entry is not there (yet), or it cannot be told.
    """
    try:
        bucket.create(entry_key(seq), data, until=until)
    except ExistsError:
        try:
            return bucket.get(entry_key(seq)) == data
        except MissingError:
            return False  # another's is on its way: Ceph refuses before it shows
    except UnsureError as unsure:
        try:
            if bucket.settle([entry_key(seq)]):  # it must last before anything is destroyed for it
                return False
            return bucket.get(entry_key(seq)) == data
        except ArchiveError:  # nobody can tell: what it names must stay
            raise unsure from None
    return True


def _last(bucket: Bucket, *, after: int) -> int:
    last = after
    for stored in bucket.list(JOURNAL, after=entry_key(after) if after else ""):
        name = stored.key.removeprefix(JOURNAL).removesuffix(".json")
        if name.isascii() and name.isdigit() and stored.key == entry_key(int(name)):
            last = int(name)
    return last


def journal_cut(seq: int) -> DamageError:
    """The error where somebody has seen an entry beyond the last."""
    return DamageError(
        "journal-cut",
        sv=f"Journalen är avkortad: den har nått till {entry_key(seq)}, som nu saknas. Återställ "
        "den från en säkerhetskopia och kör kanalarkiv verify. Inget har ändrats.",
        en=f"The journal was cut short: it has reached {entry_key(seq)}, which is missing now. "
        "Restore it from a backup and run kanalarkiv verify. Nothing was changed.",
    )


def journal_edited(seq: int) -> DamageError:
    """The error where somebody has seen another entry under that number."""
    return DamageError(
        "journal-edited",
        sv=f"{entry_key(seq)} har ändrats sedan den skrevs. Återställ journalen från en "
        "säkerhetskopia och kör kanalarkiv verify. Inget har ändrats.",
        en=f"{entry_key(seq)} has changed since it was written. Restore the journal from a backup "
        "and run kanalarkiv verify. Nothing was changed.",
    )


def _gap(seq: int) -> DamageError:
    return DamageError(
        "journal-gap",
        sv=f"Journalposten {entry_key(seq)} saknas fast senare poster finns. Återställ den från "
        "en säkerhetskopia och kör kanalarkiv verify.",
        en=f"The journal entry {entry_key(seq)} is missing although later ones exist. Restore it "
        "from a backup and run kanalarkiv verify.",
    )


def _edited(seq: int) -> DamageError:
    return DamageError(
        "journal-edited",
        sv=f"Journalen är bruten: {entry_key(seq - 1)} har ändrats efter att {entry_key(seq)} "
        "skrevs, eller tvärtom. Återställ från en säkerhetskopia och kör kanalarkiv verify.",
        en=f"The journal is broken: {entry_key(seq - 1)} was changed after {entry_key(seq)} was "
        "written, or the other way round. Restore from a backup and run kanalarkiv verify.",
    )
