"""What the journal had said up to an entry, as one SQLite file: opening then reads only the rest.

A checkpoint is a cache that lies in the bucket (``checkpoints/000000012000.sqlite``): it can be
deleted, and is made anew from the journal. It is looked into, never loaded, so that an archive of a
million commits is open at once and in little memory. A later entry of the journal (event
``checkpoint``) vouches for its bytes. Format: docs/format.md.
"""

import datetime as dt
import json
import sqlite3
import weakref
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final, Protocol, Self

from archive_store.records import Entry, Package

FORMAT: Final = 1

_TABLES: Final = """
CREATE TABLE about (format INTEGER, seq INTEGER, sha256 BLOB);
CREATE TABLE entry (
  seq INTEGER PRIMARY KEY, sha256 BLOB, nonce BLOB, time TEXT, now TEXT, event TEXT, actor TEXT,
  once TEXT, channel TEXT, facts TEXT, retired TEXT, retirement TEXT, destroyed INTEGER);
CREATE INDEX entry_event ON entry (event, channel, seq);
CREATE INDEX entry_once ON entry (once) WHERE once IS NOT NULL;
CREATE TABLE package (
  key TEXT PRIMARY KEY, sha256 BLOB, size INTEGER, files INTEGER, labels TEXT, seq INTEGER,
  time TEXT, place INTEGER, retired INTEGER) WITHOUT ROWID;
CREATE INDEX package_seq ON package (seq, place);
CREATE TABLE token (key TEXT PRIMARY KEY, sha256 BLOB) WITHOUT ROWID;
CREATE TABLE held (key TEXT, hold TEXT, PRIMARY KEY (key, hold)) WITHOUT ROWID;
CREATE TABLE destroying (seq INTEGER PRIMARY KEY);
"""
_PACKAGE: Final = "SELECT key, sha256, size, files, labels, seq, time FROM package "
_ENTRY: Final = (
    "SELECT seq, sha256, nonce, time, now, event, actor, once, facts, retired, retirement,"
    " destroyed FROM entry "
)


class Told(Protocol):
    """What a checkpoint takes in: the checkpoint before it, if any, and what came since."""

    @property
    def base(self) -> "Checkpoint | None":
        """The checkpoint that this goes on from."""

    @property
    def since(self) -> Iterable[Entry]:
        """Every entry since."""

    @property
    def tokens(self) -> Iterable[tuple[str, str]]:
        """Key and digest of every token journalled since."""

    @property
    def holds(self) -> Iterable[tuple[str, str]]:
        """Every package's key and every hold on it, as it now is."""

    @property
    def pending(self) -> Iterable[int]:
        """Entries of which what they retired is not yet known to be gone."""


class Checkpoint:
    """The journal up to an entry, looked into.

    Args:
        path: an SQLite file that ``write`` made. It must not change any more; once opened, it
            may be unlinked.
    """

    def __init__(self, path: Path) -> None:
        uri = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
        self._database = sqlite3.connect(uri, uri=True, check_same_thread=False)
        weakref.finalize(self, self._database.close)
        made, self.seq, sha256 = self._database.execute("SELECT * FROM about").fetchone()
        if made != FORMAT:
            raise ValueError(made)
        self.sha256: str = sha256.hex()

    @classmethod
    def write(cls, told: Told, path: Path) -> Self:
        """Write the checkpoint of everything told to a new file, and open it."""
        database = sqlite3.connect(path)
        try:
            # Whoever is killed here leaves a file that nobody vouches for.
            database.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;")
            if told.base is None:
                database.executescript(_TABLES)
            else:
                told.base._database.backup(database)  # noqa: SLF001 - our own kind
            _fold(database, told)
            database.commit()
        finally:
            database.close()
        return cls(path)

    def package(self, key: str) -> Package | None:
        """The package with that key, if it was living."""
        row = self._one(f"{_PACKAGE} WHERE key = ? AND retired IS NULL", key)
        return _package(row) if row else None

    def used(self, key: str) -> bool:
        """Whether the key ever named a package."""
        return self._one("SELECT 1 FROM package WHERE key = ?", key) is not None

    def has_below(self, folder: str) -> bool:
        """Whether any package ever lay in the folder."""
        query = "SELECT 1 FROM package WHERE key > ? AND key < ? LIMIT 1"
        return self._one(query, f"{folder}/", f"{folder}0") is not None  # "0" follows "/"

    def packages(self, prefix: str) -> Iterator[Package]:
        """The packages that were living and whose keys begin so, by key."""
        query = f"{_PACKAGE} WHERE key >= ? AND key < ? AND retired IS NULL ORDER BY key"
        return map(_package, self._database.execute(query, (prefix, prefix + "\x7f")))

    def once(self, key: str) -> Entry | None:
        """The first entry that carried that once-key."""
        row = self._one(f"{_ENTRY} WHERE once = ? ORDER BY seq LIMIT 1", key)
        return self._entry(row) if row else None

    def entry(self, seq: int) -> Entry | None:
        """The entry with that number."""
        row = self._one(f"{_ENTRY} WHERE seq = ?", seq)
        return self._entry(row) if row else None

    def entries(
        self, *, event: str | None = None, channel: str | None = None, newest: bool = False
    ) -> Iterator[Entry]:
        """The entries in order, those of an event or of a channel's; the newest first if asked."""
        asked = {"event": event, "channel": channel}
        given = {name: value for name, value in asked.items() if value is not None}
        where = " AND ".join(f"{name} = :{name}" for name in given) or "TRUE"
        order = "DESC" if newest else "ASC"
        query = f"{_ENTRY} WHERE {where} ORDER BY seq {order}"
        return map(self._entry, self._database.execute(query, given))

    def token(self, key: str) -> str | None:
        """The digest of the object's token."""
        row = self._one("SELECT sha256 FROM token WHERE key = ?", key)
        return row[0].hex() if row else None

    def tokens(self) -> Iterator[tuple[str, str]]:
        """Key and digest of every token."""
        for key, sha256 in self._database.execute("SELECT key, sha256 FROM token"):
            yield key, sha256.hex()

    def holds(self) -> list[tuple[str, str]]:
        """Every package's key and every hold on it."""
        return list(self._database.execute("SELECT key, hold FROM held"))

    def pending(self) -> list[Entry]:
        """The entries of which what they retired was not yet known to be gone."""
        numbers = self._database.execute("SELECT seq FROM destroying ORDER BY seq").fetchall()
        return [entry for (seq,) in numbers if (entry := self.entry(seq))]

    def _one(self, query: str, *values: Any) -> Any:
        return self._database.execute(query, values).fetchone()

    def _entry(self, row: Any) -> Entry:
        seq, sha256, nonce, time, now, event, actor, once, facts, retired, retirement, gone = row
        before = self._one("SELECT sha256 FROM entry WHERE seq = ?", seq - 1)
        added = self._database.execute(f"{_PACKAGE} WHERE seq = ? ORDER BY place", (seq,))
        return Entry(
            seq=seq,
            previous=before[0].hex() if before else "0" * 64,
            sha256=sha256.hex(),
            nonce=nonce.hex(),
            time=dt.datetime.fromisoformat(time),
            now=dt.datetime.fromisoformat(now),
            event=event,
            actor=actor,
            once=once,
            facts=json.loads(facts),
            added=tuple(map(_package, added)),
            retired=tuple(json.loads(retired)),
            retirement=retirement,
            destroyed=gone,
        )


def _fold(database: sqlite3.Connection, told: Told) -> None:
    """Write what came since the base."""
    last: Entry | None = None
    for entry in told.since:
        last = entry
        database.execute(
            "INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                entry.seq,
                bytes.fromhex(entry.sha256),
                bytes.fromhex(entry.nonce),
                entry.time.isoformat(),
                entry.now.isoformat(),
                entry.event,
                entry.actor,
                entry.once,
                entry.facts.get("channel") if isinstance(entry.facts.get("channel"), str) else None,
                json.dumps(entry.facts, separators=(",", ":")),
                json.dumps(entry.retired, separators=(",", ":")),
                entry.retirement,
                entry.destroyed,
            ),
        )
        database.executemany(
            "UPDATE package SET retired = ? WHERE key = ?",
            [(entry.seq, key) for key in entry.retired],
        )
        database.executemany(
            "INSERT INTO package VALUES (?, ?, ?, ?, ?, ?, ?, ?, NULL)",
            [
                (
                    package.key,
                    bytes.fromhex(package.sha256),
                    package.size,
                    package.files,
                    json.dumps(dict(package.labels), separators=(",", ":")),
                    package.seq,
                    package.time.isoformat(),
                    place,
                )
                for place, package in enumerate(entry.added)
            ],
        )
    if last is not None:
        database.execute("DELETE FROM about")
        about = (FORMAT, last.seq, bytes.fromhex(last.sha256))
        database.execute("INSERT INTO about VALUES (?, ?, ?)", about)
    tokens = [(key, bytes.fromhex(sha256)) for key, sha256 in told.tokens]
    database.executemany("INSERT OR REPLACE INTO token VALUES (?, ?)", tokens)
    database.executescript("DELETE FROM held; DELETE FROM destroying;")
    database.executemany("INSERT INTO held VALUES (?, ?)", told.holds)
    database.executemany("INSERT INTO destroying VALUES (?)", [(seq,) for seq in told.pending])


def _package(row: Any) -> Package:
    key, sha256, size, files, labels, seq, time = row
    return Package(
        key=key,
        sha256=sha256.hex(),
        size=size,
        files=files,
        labels=json.loads(labels),
        seq=seq,
        time=dt.datetime.fromisoformat(time),
    )
