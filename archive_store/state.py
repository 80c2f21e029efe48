"""What the journal says, replayed into memory: what lives, what is gone, what was done once."""

import dataclasses as dc

from archive_store.errors import DamageError
from archive_store.journal import Head, entry_key
from archive_store.keys import folders
from archive_store.records import Entry, Package


@dc.dataclass(slots=True)
class State:
    """The archive after its last entry.

    Attributes:
        entries: all of them, in order.
        living: packages by key.
        used: every key that ever named a package; a key never names a second one.
        folders: every folder in which such packages lie.
        once: the entry that carried each once-key.
        destroying: retired keys by entry, as long as nobody has said that their bytes are gone.
    """

    entries: list[Entry] = dc.field(default_factory=list)
    living: dict[str, Package] = dc.field(default_factory=dict)
    used: set[str] = dc.field(default_factory=set)
    folders: set[str] = dc.field(default_factory=set)
    once: dict[str, Entry] = dc.field(default_factory=dict)
    destroying: dict[int, tuple[str, ...]] = dc.field(default_factory=dict)

    @property
    def head(self) -> Head:
        """The last entry's number and digest."""
        if not self.entries:
            return Head()
        return Head(seq=self.entries[-1].seq, sha256=self.entries[-1].sha256)

    @property
    def destroyed(self) -> int:
        """Up to which entry everything retired is known to be gone."""
        return min(self.destroying, default=self.head.seq + 1) - 1

    def check(self, entry: Entry) -> None:
        """``DamageError`` where the next entry contradicts those before."""
        gone = [key for key in entry.retired if key not in self.living]
        again = [package.key for package in entry.added if package.key in self.used]
        if gone or again:
            raise _contradiction(entry)

    def take(self, entry: Entry) -> None:
        """Take in the next entry."""
        for key in entry.retired:
            self.living.pop(key, None)
        for package in entry.added:
            self.used.add(package.key)
            self.living[package.key] = package
            for folder in folders(package.base):
                if folder in self.folders:
                    break  # and so are those above it
                self.folders.add(folder)
        if entry.once is not None:
            self.once.setdefault(entry.once, entry)
        if entry.retired:
            self.destroying[entry.seq] = entry.retired
        if entry.destroyed:
            for seq in [seq for seq in self.destroying if seq <= entry.destroyed]:
                del self.destroying[seq]
        self.entries.append(entry)


def _contradiction(entry: Entry) -> DamageError:
    return DamageError(
        "journal-contradiction",
        sv=f"Journalposten {entry_key(entry.seq)} motsäger de tidigare. Återställ journalen från "
        "en säkerhetskopia och kör kanalarkiv verify.",
        en=f"The journal entry {entry_key(entry.seq)} contradicts those before it. Restore the "
        "journal from a backup and run kanalarkiv verify.",
    )
