"""What the journal says: what lives, what is gone, what was done once, what is held.

Up to the last checkpoint it is looked up there (``archive_store.checkpoint``); what came since is
replayed into memory. So memory is bounded by the distance between checkpoints, not by the archive.
"""

import dataclasses as dc
from collections.abc import Iterable, Iterator
from typing import Any

from archive_store.checkpoint import Checkpoint
from archive_store.errors import DamageError
from archive_store.journal import Head, entry_key
from archive_store.keys import folders
from archive_store.records import Entry, Package

HOLD, RELEASE, STAMPED = "hold", "release", "stamped"


@dc.dataclass(slots=True)
class State:
    """The archive after its last entry.

    Attributes:
        base: the checkpoint that everything else here goes on from.
        since: every entry since, in order.
        living: packages added since and still living, by key.
        gone: keys retired since.
        used: every key that named a package since; a key never names a second one.
        folders: every folder in which such packages lie.
        done: the entry since that carried each once-key.
        stamps: digests of the tokens journalled since, by their objects' keys.
        held: holds by package, all of them.
        destroying: entries that retired something, as long as nobody has said that its bytes are
            gone; all of them.
    """

    base: Checkpoint | None = None
    since: list[Entry] = dc.field(default_factory=list)
    living: dict[str, Package] = dc.field(default_factory=dict)
    gone: set[str] = dc.field(default_factory=set)
    used: set[str] = dc.field(default_factory=set)
    folders: set[str] = dc.field(default_factory=set)
    done: dict[str, Entry] = dc.field(default_factory=dict)
    stamps: dict[str, str] = dc.field(default_factory=dict)
    held: dict[str, set[str]] = dc.field(default_factory=dict)
    destroying: dict[int, Entry] = dc.field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.base is not None:
            for key, hold in self.base.holds():
                self.held.setdefault(key, set()).add(hold)
            self.destroying = {entry.seq: entry for entry in self.base.pending()}

    @property
    def head(self) -> Head:
        """The last entry's number and digest."""
        last = self.since[-1] if self.since else self.base
        return Head(seq=last.seq, sha256=last.sha256) if last else Head()

    @property
    def last(self) -> Entry:
        """The last entry; ``LookupError`` where there is none."""
        return self.since[-1] if self.since else self.entry(self.head.seq)

    @property
    def destroyed(self) -> int:
        """Up to which entry everything retired is known to be gone."""
        return min(self.destroying, default=self.head.seq + 1) - 1

    def package(self, key: str) -> Package | None:
        """The living package with that key."""
        if key in self.living:
            return self.living[key]
        if self.base is None or key in self.gone:
            return None
        return self.base.package(key)

    def was_used(self, key: str) -> bool:
        """Whether the key ever named a package."""
        return key in self.used or (self.base is not None and self.base.used(key))

    def has_below(self, folder: str) -> bool:
        """Whether any package ever lay in the folder."""
        return folder in self.folders or (self.base is not None and self.base.has_below(folder))

    def packages(self, prefix: str = "") -> Iterator[Package]:
        """The living packages whose keys begin so, by key."""
        since = sorted(key for key in self.living if key.startswith(prefix))
        if self.base is None:
            yield from (self.living[key] for key in since)
            return
        mine = iter(since)
        next_mine = next(mine, None)
        for package in self.base.packages(prefix):
            while next_mine is not None and next_mine < package.key:
                yield self.living[next_mine]
                next_mine = next(mine, None)
            if package.key not in self.gone:
                yield package
        while next_mine is not None:
            yield self.living[next_mine]
            next_mine = next(mine, None)

    def once(self, key: str) -> Entry | None:
        """The entry that carried that once-key."""
        found = self.base.once(key) if self.base is not None else None
        return found or self.done.get(key)

    def entry(self, seq: int) -> Entry:
        """The entry with that number; ``LookupError`` where there is none."""
        first = self.base.seq + 1 if self.base is not None else 1
        if seq >= first:
            return self.since[seq - first]
        found = self.base.entry(seq) if self.base is not None and seq > 0 else None
        if found is None:
            raise LookupError(seq)
        return found

    def entries(
        self, *, event: str | None = None, channel: str | None = None, newest: bool = False
    ) -> Iterator[Entry]:
        """The entries in order, those of an event or of a channel's; the newest first if asked."""
        since = [
            entry
            for entry in self.since
            if (event is None or entry.event == event)
            and (channel is None or entry.facts.get("channel") == channel)
        ]
        if newest:
            yield from reversed(since)
        if self.base is not None:
            yield from self.base.entries(event=event, channel=channel, newest=newest)
        if not newest:
            yield from since

    def token(self, key: str) -> str | None:
        """The digest of an object's token of trusted time."""
        if key in self.stamps or self.base is None:
            return self.stamps.get(key)
        return self.base.token(key)

    def all_tokens(self) -> Iterator[tuple[str, str]]:
        """Every stamped object and its token's digest, also of what has been withdrawn since."""
        if self.base is not None:
            yield from self.base.tokens()
        yield from self.stamps.items()

    def check(self, entry: Entry) -> None:
        """``DamageError`` where the next entry contradicts those before."""
        gone = [key for key in entry.retired if self.package(key) is None]
        again = [package.key for package in entry.added if self.was_used(package.key)]
        if gone or again:
            raise _contradiction(entry)

    def take(self, entry: Entry) -> None:
        """Take in the next entry."""
        for key in entry.retired:
            self.living.pop(key, None)
            self.gone.add(key)
        for package in entry.added:
            self.used.add(package.key)
            self.living[package.key] = package
            for folder in folders(package.base):
                if folder in self.folders:
                    break  # and so are those above it
                self.folders.add(folder)
        if entry.once is not None:
            self.done.setdefault(entry.once, entry)
        if entry.retired:
            self.destroying[entry.seq] = entry
        if entry.destroyed:
            for seq in [seq for seq in self.destroying if seq <= entry.destroyed]:
                del self.destroying[seq]
        self._take_protection(entry)
        self.since.append(entry)

    def _take_protection(self, entry: Entry) -> None:
        facts: Any = entry.facts
        if entry.event == HOLD:
            for key in facts["packages"]:
                self.held.setdefault(key, set()).add(facts["hold"])
        elif entry.event == RELEASE:
            for key in facts["packages"]:
                self.held.get(key, set()).discard(facts["hold"])
                if not self.held.get(key):
                    self.held.pop(key, None)
        elif entry.event == STAMPED:
            self.stamps.update(facts["tokens"])

    # What a checkpoint takes in (``checkpoint.Told``).

    @property
    def tokens(self) -> Iterable[tuple[str, str]]:
        """See ``checkpoint.Told``."""
        return self.stamps.items()

    @property
    def holds(self) -> Iterable[tuple[str, str]]:
        """See ``checkpoint.Told``."""
        return [(key, hold) for key, holds in self.held.items() for hold in sorted(holds)]

    @property
    def pending(self) -> Iterable[int]:
        """See ``checkpoint.Told``."""
        return list(self.destroying)


def _contradiction(entry: Entry) -> DamageError:
    return DamageError(
        "journal-contradiction",
        sv=f"Journalposten {entry_key(entry.seq)} motsäger de tidigare. Återställ journalen från "
        "en säkerhetskopia och kör kanalarkiv verify.",
        en=f"The journal entry {entry_key(entry.seq)} contradicts those before it. Restore the "
        "journal from a backup and run kanalarkiv verify.",
    )
