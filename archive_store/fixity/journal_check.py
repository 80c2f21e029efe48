"""The journal: read whole, or the part that is due, and held against what others say of it."""

import hashlib
from collections.abc import Iterable, Iterator
from typing import Final

from archive_store.bucket import Bucket
from archive_store.drafts import read_checked
from archive_store.errors import DamageError
from archive_store.fixity.findings import Findings
from archive_store.fixity.part import Part
from archive_store.journal import Head, entry_key, replay
from archive_store.opening import (
    CHECKPOINT,
    checkpoint_key,
    checkpoint_seqs,
    folded,
    open_checkpoint,
    read_state,
)
from archive_store.records import Entry, Package
from archive_store.state import State

_LOST: Final = {"journal-gap", "journal-hidden", "journal-unreadable"}
_OF_ENTRY: Final = {
    "missing-object": "journal-gap",
    "hidden-object": "journal-hidden",
    "changed-object": "journal-edited",
}
"""What is told of an object, told of an entry."""
_IN_MEMORY: Final = 50_000  # entries; more are looked up in a file that is thrown away


class JournalCheck:
    """One reading of the journal.

    Attributes:
        state: what it says.
        read: how many entries were read.
        damaged: whether an entry is missing, hidden or unreadable.
    """

    def __init__(self, bucket: Bucket, found: Findings) -> None:
        self.state = State()
        self.read = 0
        self._bucket = bucket
        self._found = found
        self._digests: dict[int, str | None] = {}  # None where an entry is there but unreadable
        self._last = 0
        self.damaged = False
        self._gaps: set[str] = set()
        self._longest = 0  # how many entries somebody has seen
        self._checkpoints = set(checkpoint_seqs(bucket))
        self._vouched: dict[int, str] = {}

    def whole(self) -> None:
        """Read all of it, and every checkpoint."""
        for entry in replay(self._bucket, after=Head(), listed=True, on_flaw=self._flawed):
            self._digests[entry.seq] = entry.sha256
            self._last = entry.seq
            self.read += 1
            if not self._found:  # after a gap everything contradicts
                try:
                    self.state.check(entry)
                except DamageError as flaw:
                    self._found.damage(entry_key(entry.seq), flaw)
            self.state.take(entry)
            if entry.event == CHECKPOINT and isinstance(entry.facts["seq"], int):
                self._vouched[entry.facts["seq"]] = entry.facts["sha256"]
            if len(self.state.since) >= _IN_MEMORY and not self._found:
                self.state = folded(self.state)
        self._check_checkpoints()

    def part(self, part: Part) -> None:
        """Read what is new since the last checkpoint, and the due part of what is older."""
        try:
            self.state = read_state(self._bucket)
        except DamageError:
            self.whole()  # it names what is wrong
            return
        self._last = self.state.head.seq
        for entry in self.state.entries(event=CHECKPOINT):
            self._vouched[entry.facts["seq"]] = entry.facts["sha256"]
        for seq in self._checkpoints:
            if part.has(key := checkpoint_key(seq)) and (
                seq not in self._vouched
                or open_checkpoint(self._bucket, key, self._vouched[seq]) is None
            ):
                self._found.add("changed-checkpoint", key, level="warning")
        for seq in range(1, self._last + 1):
            key = entry_key(seq)
            if not part.has(key):
                continue
            self.read += 1
            try:
                read_checked(self._bucket, key, self.state.entry(seq).sha256)
            except DamageError as flaw:
                self._found.damage(key, flaw, code=_OF_ENTRY[flaw.code])

    def read_on(self) -> None:
        """Take in what others have written since: an archive is verified while it is used."""
        if self.empty or self._found.has_journal_flaw:
            return
        for entry in replay(self._bucket, after=self.state.head, listed=True, on_flaw=self._flawed):
            if self._digests:
                self._digests[entry.seq] = entry.sha256
            self._last = entry.seq
            self.read += 1
            self.state.take(entry)
        self._checkpoints |= set(checkpoint_seqs(self._bucket))

    def compare(self, head: Head) -> None:
        """Hold it against what somebody once saw of it."""
        self._longest = max(self._longest, head.seq)
        seen = self.digest(head.seq)
        if (seen or head.sha256) != head.sha256:
            self._found.add("journal-edited", entry_key(head.seq))

    def digest(self, seq: int) -> str | None:
        """Of an entry that is there, as far as it could be read."""
        if self._digests or not 0 < seq <= self._last:
            return self._digests.get(seq)
        return self.state.entry(seq).sha256

    def has(self, key: str) -> bool:
        """Whether the key is an entry's, read or unreadable, or a checkpoint's."""
        if key.startswith("checkpoints/"):
            return key in {checkpoint_key(seq) for seq in self._checkpoints}
        if key in self._gaps:
            return True  # a bucket lists what a delete marker hides; it has been told
        number = key.removeprefix("journal/").removesuffix(".json")
        if not number.isascii() or not number.isdigit() or entry_key(int(number)) != key:
            return False
        return int(number) in self._digests or int(number) <= self._last

    @property
    def empty(self) -> bool:
        """Whether there is no entry at all."""
        return self._last == 0 and not self._digests

    def judge_length(self) -> bool:
        """Whether it was cut short: somebody has seen more of it."""
        longest = max(self._longest, max(self._checkpoints, default=0))
        there = max(self._digests, default=self._last)
        if longest > there:
            self._found.add("journal-cut", entry_key(longest))
        return longest > there

    def _flawed(self, key: str, flaw: DamageError) -> None:
        self.damaged |= flaw.code in _LOST
        self._gaps.add(key)
        if flaw.code != "journal-gap":
            self._digests.setdefault(int(key.removeprefix("journal/").removesuffix(".json")), None)
        self._found.damage(key, flaw)

    def _check_checkpoints(self) -> None:
        """Is each what was vouched for, and does the newest say what the journal says?"""
        sound = not self._found
        for seq in self._checkpoints - set(self._vouched):
            self._found.add("unvouched-checkpoint", checkpoint_key(seq), level="warning")
        newest = max(self._checkpoints & set(self._vouched), default=0)
        for seq in self._checkpoints & set(self._vouched):
            key = checkpoint_key(seq)
            base = open_checkpoint(self._bucket, key, self._vouched[seq])
            if (
                base is None
                or (base.seq, base.sha256) != (seq, self._digests.get(seq))
                or (seq == newest and sound and not _same(State(base=base), self._until(seq)))
            ):
                self._found.add("changed-checkpoint", key, level="warning")

    def _until(self, seq: int) -> State:
        """What the journal said then, read again up to there."""
        state = State()
        for entry in _first(replay(self._bucket, after=Head(), listed=True), seq):
            state.take(entry)
            if len(state.since) >= _IN_MEMORY:
                state = folded(state)
        return state


def _first(entries: Iterable[Entry], seq: int) -> Iterator[Entry]:
    for entry in entries:
        yield entry
        if entry.seq == seq:
            return


def _same(one: State, other: State) -> bool:
    return (
        one.head == other.head
        and _listing(one.packages()) == _listing(other.packages())
        and sorted(one.holds) == sorted(other.holds)
        and sorted(one.all_tokens()) == sorted(other.all_tokens())
    )


def _listing(packages: Iterable[Package]) -> str:
    digest = hashlib.sha256()
    for package in packages:
        digest.update(f"{package.key} {package.sha256} {package.seq}\n".encode())
    return digest.hexdigest()
