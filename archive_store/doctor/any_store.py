"""What every store must do, asked through the Bucket protocol alone: hold bytes, one winner a key.

Many servers take ``If-None-Match`` and overwrite all the same, without a word (measured: rclone
serve and others); only a trial shows it.
"""

import concurrent.futures
import contextlib
import dataclasses as dc
import threading
from typing import Final, Protocol

from archive_store.bucket import Bucket
from archive_store.doctor.asking import check
from archive_store.doctor.report import Answer, Needed, no, yes
from archive_store.errors import ExistsError, MissingError

WRITERS: Final = 16


class Scratch(Protocol):
    """A store and the place in it where trials are made."""

    @property
    def bucket(self) -> Bucket:
        """The store."""

    @property
    def prefix(self) -> str:
        """How the keys of the trials begin."""


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Corner:
    """A scratch place below a prefix of a store."""

    bucket: Bucket
    prefix: str

    def told(self) -> contextlib.AbstractContextManager[None]:
        """Its errors are the archive's or the system's already."""
        return contextlib.nullcontext()

    def leave(self) -> None:
        """Destroy what the trials wrote."""
        for stored in list(self.bucket.list(self.prefix)):
            self.bucket.delete(stored.key)


@check(
    "write-read",
    sv="objekt skrivs, läses, listas och tas bort",
    en="objects are written, read, listed and removed",
    needed=Needed.REQUIRED,
    advice_sv="Ge kontot rätt att skriva, läsa, lista och ta bort här.",
    advice_en="Give the account the right to write, read, list and remove here.",
    stops=True,
)
def write_read(scratch: Scratch) -> Answer:
    """The whole way of a few objects, in the order that the archive relies on."""
    bucket, at = scratch.bucket, f"{scratch.prefix}whole/"
    keys = [f"{at}A", f"{at}a-1", f"{at}a.json", f"{at}a/b"]  # as their bytes sort
    for key in keys:
        bucket.create(key, key.encode())
    if any(bucket.get(key) != key.encode() for key in keys):
        return no("andra byte än de som skrevs", "other bytes than were written")
    if [stored.key for stored in bucket.list(at)] != keys:
        return no("listan är inte vad som skrevs", "the listing is not what was written")
    if [stored.key for stored in bucket.list(at, after=keys[1])] != keys[2:]:
        return no("listan börjar fel", "the listing begins at the wrong key")
    for key in keys:
        bucket.delete(key)
    if list(bucket.list(at)):
        return no("det borttagna listas ännu", "what was removed is still listed")
    with contextlib.suppress(MissingError):
        bucket.get(keys[0])
        return no("det borttagna läses ännu", "what was removed is still read")
    return yes(f"{len(keys)} objekt", f"{len(keys)} objects")


@check(
    "taken-refused",
    sv="en nyckel som är tagen skrivs inte över",
    en="a key that is taken is not written over",
    needed=Needed.REQUIRED,
    advice_sv="Lagret skriver över i tysthet. Lägg arkivet i ett annat: se docs/stores.md.",
    advice_en="The store silently overwrites. Put the archive in another: see docs/stores.md.",
)
def taken_refused(scratch: Scratch) -> Answer:
    """Exclusive creation, one writer after the other."""
    key = f"{scratch.prefix}taken"
    scratch.bucket.create(key, b"first")
    try:
        scratch.bucket.create(key, b"second")
    except ExistsError:
        if scratch.bucket.get(key) == b"first":
            return yes("avvisas", "refused")
        return no("avvisas, men skrivs ändå över", "refused, but overwritten all the same")
    return no("skrivs över i tysthet", "silently overwritten")


@check(
    "one-winner",
    sv=f"av {WRITERS} som skriver samma nyckel på en gång vinner en",
    en=f"of {WRITERS} who write the same key at once one wins",
    needed=Needed.REQUIRED,
    advice_sv="Två körningar kan skriva över varandra. Lägg arkivet i ett annat lager: se "
    "docs/stores.md.",
    advice_en="Two runs can overwrite each other. Put the archive in another store: see "
    "docs/stores.md.",
)
def one_winner(scratch: Scratch) -> Answer:
    """Exclusive creation by many at once, thrice."""
    for turn in range(3):
        key = f"{scratch.prefix}raced-{turn}"
        won = race(scratch.bucket, key)
        if len(won) != 1:
            return no(f"{len(won)} av {WRITERS} vann", f"{len(won)} of {WRITERS} won")
        if scratch.bucket.get(key) != won[0]:
            return no("en annan än vinnaren ligger där", "another than the winner lies there")
    return yes(f"1 av {WRITERS}, tre gånger", f"1 of {WRITERS}, three times")


def race(bucket: Bucket, key: str) -> list[bytes]:
    """What each of those who believe that they created the key wrote."""
    start = threading.Barrier(WRITERS)

    def attempt(who: int) -> bytes | None:
        data = b"%d" % who
        start.wait()
        try:
            bucket.create(key, data)
        except ExistsError:
            return None
        return data

    with concurrent.futures.ThreadPoolExecutor(WRITERS) as pool:
        return [data for data in pool.map(attempt, range(WRITERS)) if data is not None]


@check(
    "locks",
    sv="objekt kan låsas mot förstöring",
    en="objects can be locked against destruction",
    needed=Needed.USEFUL,
    advice_sv="Lås kräver en S3-hink som skapats med Object Lock; annars skyddar bara "
    "rättigheterna det som bevaras.",
    advice_en="Locks take an S3 bucket that was made with Object Lock; else permissions alone "
    "guard what is kept.",
    locks=True,
)
def locks(scratch: Scratch) -> Answer:
    """Whether the store has them at all."""
    return yes("ja", "yes") if scratch.bucket.locks else no("nej", "no")
