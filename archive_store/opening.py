"""Reading the journal into memory: from the newest checkpoint that it vouches for, else whole.

A checkpoint that is damaged, or that no entry vouches for, is passed over: it is a cache, and
``archive_store.fixity`` names it. What it saves is time.
"""

import contextlib
import hashlib
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from archive_store.bucket import Bucket
from archive_store.checkpoint import Checkpoint
from archive_store.errors import MissingError
from archive_store.journal import Head, replay
from archive_store.keys import CHECKPOINTS
from archive_store.records import Entry
from archive_store.state import State

CHECKPOINT: Final = "checkpoint"  # the event of the entry that vouches for one
_DIGITS: Final = 12
_IN_MEMORY: Final = 50_000  # entries; more are folded into a file that is thrown away


def checkpoint_key(seq: int) -> str:
    """Where the checkpoint of the journal up to that entry lies."""
    return f"{CHECKPOINTS}{seq:0{_DIGITS}}.sqlite"


def checkpoint_seqs(bucket: Bucket) -> list[int]:
    """Up to which entries there are checkpoints, vouched for or not."""
    names = (
        stored.key.removeprefix(CHECKPOINTS).removesuffix(".sqlite")
        for stored in bucket.list(CHECKPOINTS)
    )
    return sorted(int(name) for name in names if name.isascii() and name.isdigit())


def read_state(bucket: Bucket) -> State:
    """What the journal says, up to its last entry.

    Raises:
        DamageError: the journal has a gap, was edited or contradicts itself.
    """
    for seq in reversed(checkpoint_seqs(bucket)):
        tail = list(replay(bucket, after=Head(seq=seq, sha256=""), listed=True))
        if base := trusted(bucket, seq, tail):
            return _taken(State(base=base), tail)
    return _taken(State(), replay(bucket, after=Head(), listed=True))


def trusted(bucket: Bucket, seq: int, tail: list[Entry]) -> Checkpoint | None:
    """The checkpoint, if the entries after it vouch for its bytes."""
    vouched = voucher(tail, seq)
    if vouched is None:
        return None
    base = open_checkpoint(bucket, checkpoint_key(seq), vouched.facts["sha256"])
    if base is None or (base.seq, base.sha256) != (seq, tail[0].previous):
        return None
    return base


def open_checkpoint(bucket: Bucket, key: str, sha256: str) -> Checkpoint | None:
    """Open the object if it has that digest and can be read: where it lies, else from a copy."""
    try:
        return _checked(bucket, key, sha256)
    except (MissingError, OSError, ValueError, sqlite3.DatabaseError):
        return None


def voucher(entries: list[Entry], seq: int) -> Entry | None:
    """The entry that vouches for that checkpoint."""
    vouching = (e for e in entries if e.event == CHECKPOINT and e.facts.get("seq") == seq)
    return next(vouching, None)


def folded(state: State) -> State:
    """The same state, looked up in a file of this machine instead of in memory."""
    with scratch() as folder:
        return State(base=Checkpoint.write(state, folder / "folded.sqlite"))


@contextlib.contextmanager
def scratch() -> Iterator[Path]:
    """A folder of this machine for what is thrown away."""
    with tempfile.TemporaryDirectory(prefix="kanalarkiv-") as name:
        yield Path(name)


def _taken(state: State, entries: Iterable[Entry]) -> State:
    for entry in entries:
        state.check(entry)
        state.take(entry)
        if len(state.since) >= _IN_MEMORY:
            state = folded(state)
    return state


def _checked(bucket: Bucket, key: str, sha256: str) -> Checkpoint | None:
    path = bucket.path(key)
    if path is not None:
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
        return Checkpoint(path) if found == sha256 else None
    data = bucket.get(key, digest=sha256)
    if hashlib.sha256(data).hexdigest() != sha256:
        return None
    with scratch() as folder:
        copy = folder / "checkpoint.sqlite"
        copy.write_bytes(data)
        return Checkpoint(copy)
