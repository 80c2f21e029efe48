"""The catalogue's file: its tables, how it is read, and how the next one is built beside it.

``packages`` lists the living ones; ``texts`` holds words as they are shown, one row for what is
found together; ``words`` is the index over them (FTS5 without contents of its own). It is fed the
words already taken apart and folded, so that a search here and one through ``posts/`` mean the
same; its ``ascii`` tokenizer then only parts them at the spaces.
"""

import contextlib
import datetime as dt
import json
import os
import shutil
import sqlite3
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from archive_store.errors import KanalarkivError
from archive_store.journal import Head, stamp
from archive_store.records import Package
from archive_store.texts import Text
from archive_store.words import Query, fold, joined, words_of

FORMAT: Final = 1  # higher where tables, folding or an extractor change: files are then built anew

_SEAL: Final = range(68, 72)  # SQLite's application id: four bytes that are the owner's to use
_BREAK: Final = "\ue000"  # in the index for a part's end; no phrase can hold it
_SCHEMA: Final = f"""
PRAGMA user_version = {FORMAT};
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE packages (
    key TEXT PRIMARY KEY, zone TEXT NOT NULL, time TEXT NOT NULL, seq INTEGER NOT NULL,
    size INTEGER NOT NULL, files INTEGER NOT NULL, sha256 TEXT NOT NULL, labels TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE texts (
    id INTEGER PRIMARY KEY, package TEXT NOT NULL, file TEXT NOT NULL, page INTEGER,
    part TEXT NOT NULL, time TEXT NOT NULL, words TEXT NOT NULL
);
CREATE INDEX texts_of ON texts (package);
CREATE TABLE unread (
    package TEXT PRIMARY KEY, code TEXT NOT NULL, sv TEXT NOT NULL, en TEXT NOT NULL
) WITHOUT ROWID;
CREATE VIRTUAL TABLE words USING fts5(folded, content='', tokenize='ascii');
"""
_PACKAGE: Final = "key, zone, time, seq, size, files, sha256, labels"
_TEXT: Final = "id, package, file, page, part, time, words"
_MATCHING: Final = """
SELECT p.key, p.zone, p.time, p.seq, p.size, p.files, p.sha256, p.labels,
       t.file, t.page, t.part, t.time, t.words
FROM words JOIN texts AS t ON t.id = words.rowid JOIN packages AS p ON p.key = t.package
WHERE words.folded MATCH ? AND substr(p.key, 1, length(?)) = ?
ORDER BY t.time DESC, t.package, t.file, t.page, t.part
"""


class DamagedError(Exception):
    """The file is none of ours, or is broken: to be built anew."""


def package(row: Sequence[Any]) -> Package:
    """The package of a row of the listing."""
    key, _, time, seq, size, files, sha256, labels = row
    return Package(
        key=key,
        sha256=sha256,
        size=size,
        files=files,
        labels=json.loads(labels),
        seq=seq,
        time=dt.datetime.fromisoformat(time),
    )


class Reading:
    """A file that is only read."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def format(self) -> int:
        """Which form of the tables it has."""
        return int(self._one("PRAGMA user_version"))

    def kinds(self) -> str:
        """The kinds of packages whose texts were extracted."""
        return str(self._one("SELECT value FROM meta WHERE name = 'kinds'"))

    def head(self) -> Head:
        """How far the journal was read."""
        seq, _, sha256 = str(self._one("SELECT value FROM meta WHERE name = 'head'")).partition(" ")
        return Head(seq=int(seq), sha256=sha256)

    def digests(self) -> Iterator[tuple[str, str]]:
        """Key and manifest's digest of each package."""
        return self._connection.execute("SELECT key, sha256 FROM packages")

    def worded(self) -> Iterator[str]:
        """Keys of the packages that have words."""
        return (key for (key,) in self._connection.execute("SELECT DISTINCT package FROM texts"))

    def packages(self, prefix: str) -> Iterator[Sequence[Any]]:
        """Rows of the listing, by key."""
        return self._connection.execute(
            f"SELECT {_PACKAGE} FROM packages WHERE substr(key, 1, length(?)) = ? "  # noqa: S608 - a constant
            "ORDER BY key",
            (prefix, prefix),
        )

    def unread(self) -> list[tuple[str, str, str, str]]:
        """Key, code and messages of what could not be read."""
        query = "SELECT package, code, sv, en FROM unread ORDER BY package"
        return self._connection.execute(query).fetchall()

    def counts(self) -> tuple[int, int]:
        """How many packages and texts there are."""
        return (
            int(self._one("SELECT count(*) FROM packages")),
            int(self._one("SELECT count(*) FROM texts")),
        )

    def matching(
        self, query: Query, prefix: str, labels: Mapping[str, str]
    ) -> Iterator[dict[str, Any]]:
        """Texts that answer a query, latest first."""
        found = self._connection.execute(_MATCHING, (_expression(query), prefix, prefix))
        for *listed, file, page, part, time, words in found:
            if labels.items() <= json.loads(listed[-1]).items():
                yield {
                    "package": listed,
                    "file": file,
                    "page": page,
                    "part": part,
                    "time": dt.datetime.fromisoformat(time),
                    "words": words,
                }

    def _one(self, query: str) -> Any:
        row = self._connection.execute(query).fetchone()
        if row is None:
            raise DamagedError
        return row[0]


class Writing:
    """A file that is being built; nobody else sees it."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def add(self, package: Package, texts: Iterable[Text], flaw: KanalarkivError | None) -> None:
        """List a package with its texts, and what kept some of them from being read."""
        labels = json.dumps(dict(package.labels), ensure_ascii=False, sort_keys=True)
        self._connection.execute(
            "INSERT INTO packages VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                package.key,
                package.zone,
                stamp(package.time),
                package.seq,
                package.size,
                package.files,
                package.sha256,
                labels,
            ),
        )
        for text in texts:
            time = stamp(text.time or package.time)
            words = joined(text.parts)
            row = (None, package.key, text.file, text.page, text.part, time, words)
            self._add_text(row)
        if flaw is not None:
            unread = (package.key, flaw.code, flaw.sv, flaw.en)
            self._connection.execute("INSERT INTO unread VALUES (?, ?, ?, ?)", unread)

    def sign(self, head: Head, *, kinds: str) -> None:
        """Say how far the journal was read, and which kinds were extracted."""
        rows = [("head", f"{head.seq} {head.sha256}"), ("kinds", kinds)]
        self._connection.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", rows)

    def leave_out(self, keys: Iterable[str]) -> None:
        """Take packages without words out of the listing."""
        gone = [(key,) for key in keys]
        self._connection.executemany("DELETE FROM packages WHERE key = ?", gone)
        self._connection.executemany("DELETE FROM unread WHERE package = ?", gone)

    def copy(self, old: sqlite3.Connection, *, without: set[str]) -> None:
        """Take over all rows but those of some packages; the index is made from them anew."""
        for row in old.execute(f"SELECT {_PACKAGE} FROM packages"):  # noqa: S608 - a constant
            if row[0] not in without:
                values = "?, ?, ?, ?, ?, ?, ?, ?"
                self._connection.execute(f"INSERT INTO packages VALUES ({values})", row)  # noqa: S608 - the same
        for row in old.execute("SELECT package, code, sv, en FROM unread"):
            if row[0] not in without:
                self._connection.execute("INSERT INTO unread VALUES (?, ?, ?, ?)", row)
        for row in old.execute(f"SELECT {_TEXT} FROM texts"):  # noqa: S608 - a constant
            if row[1] not in without:
                self._add_text(row)

    def _add_text(self, row: Sequence[Any]) -> None:
        added = self._connection.execute("INSERT INTO texts VALUES (?, ?, ?, ?, ?, ?, ?)", row)
        self._connection.execute(
            "INSERT INTO words (rowid, folded) VALUES (?, ?)", (added.lastrowid, _indexed(row[-1]))
        )


@contextlib.contextmanager
def reading(path: Path) -> Iterator[Reading]:
    """Open a file to read; it never changes, since the next one takes its name and not its place.

    Raises:
        DamagedError: it is away, broken or none of ours.
    """
    with _connected(path) as connection:
        yield Reading(connection)


@contextlib.contextmanager
def building(
    new: Path, source: Path | None, *, without: set[str], clean: bool
) -> Iterator[Writing]:
    """Build a file that holds what ``source`` holds and more; safely on disk in the end.

    Args:
        new: where; nothing is there.
        source: the file to start from, or ``None`` to start from nothing.
        without: packages to leave out.
        clean: whether those had words, so that nothing of ``source``'s bytes may be taken over.

    Raises:
        DamagedError: ``source`` is broken.
    """
    try:
        new.unlink(missing_ok=True)
        os.close(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        if source is not None and not clean:
            shutil.copyfile(source, new)
        with contextlib.closing(sqlite3.connect(new, isolation_level=None)) as connection:
            # No journal: a file half built is thrown away. Temporary files would hold words.
            for pragma in ("journal_mode = OFF", "synchronous = OFF", "temp_store = MEMORY"):
                connection.execute(f"PRAGMA {pragma}")
            if source is None or clean:
                connection.executescript(_SCHEMA)
            connection.execute("BEGIN")
            rows = Writing(connection)
            if source is not None and clean:
                with _connected(source) as old:
                    rows.copy(old, without=without)
            elif source is not None:
                rows.leave_out(without)
            yield rows
            connection.execute("COMMIT")
        _seal(new)
        _sync(new)
    except BaseException:
        new.unlink(missing_ok=True)
        raise


def put_in_place(new: Path, path: Path) -> None:
    """Give the file built the old one's name; whoever reads the old one reads on."""
    new.replace(path)
    _sync(path.parent)


@contextlib.contextmanager
def _connected(path: Path) -> Iterator[sqlite3.Connection]:
    try:
        with contextlib.closing(_open_whole(path)) as connection:
            yield connection
    except (sqlite3.DatabaseError, ValueError):
        raise DamagedError from None


def _open_whole(path: Path) -> sqlite3.Connection:
    """Open the file; one cut short, of which SQLite would read what is left, is damaged."""
    while True:
        before = _status(path)
        connection = sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True)
        try:
            whole = _size(connection) == before.st_size > 0
            replaced = _status(path).st_ino != before.st_ino
        except BaseException:
            connection.close()
            raise
        if whole and not replaced:
            return connection
        connection.close()
        if not replaced:
            raise DamagedError


def _size(connection: sqlite3.Connection) -> int:
    """How long the file says that it is."""
    connection.execute("PRAGMA temp_store = MEMORY")
    (pages,) = connection.execute("PRAGMA page_count").fetchone()
    (size,) = connection.execute("PRAGMA page_size").fetchone()
    return int(pages * size)


def _status(path: Path) -> os.stat_result:
    try:
        return path.stat()
    except FileNotFoundError:
        raise DamagedError from None


def _indexed(words: str) -> str:
    return " ".join(words_of(fold(words))).replace("\x1e", _BREAK)


def _expression(query: Query) -> str:
    """The query for FTS5; its words hold letters and digits only, so that nothing needs escape."""
    return " AND ".join(
        f'"{" ".join(term.words)}"{" *" if term.beginning else ""}' for term in query.terms
    )


def check_seal(path: Path) -> None:
    """See that no bit has changed since the file was built.

    Raises:
        DamagedError: one has, or the file is away.
    """
    try:
        with path.open("rb") as file:
            file.seek(_SEAL.start)
            sealed = int.from_bytes(file.read(len(_SEAL)))
    except FileNotFoundError:
        raise DamagedError from None
    if sealed != _checksum(path):
        raise DamagedError


def _seal(path: Path) -> None:
    checksum = _checksum(path)
    with path.open("r+b") as file:
        file.seek(_SEAL.start)
        file.write(checksum.to_bytes(len(_SEAL)))


def _checksum(path: Path) -> int:
    """The checksum of the file without its seal."""
    with path.open("rb") as file:
        head = file.read(_SEAL.start)
        file.seek(_SEAL.stop)
        checksum = zlib.crc32(head)
        while chunk := file.read(1 << 20):
            checksum = zlib.crc32(chunk, checksum)
    return checksum


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
