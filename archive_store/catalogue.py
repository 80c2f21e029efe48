"""The catalogue: an SQLite file beside the archive that makes it quick to search.

It is a cache and no more (notes: design 3): what it says is said by journal and packages, and it is
built from the bucket alone whenever it is away, damaged or another archive's. It lists every living
package, and holds the words of those that last: what manifests say, and texts that an extractor of
the package's kind gives. Never those of ``posts/``, which are scanned where they lie.

A file of SQLite keeps what was deleted from it, even after VACUUM. So the file that people read is
never written to: each change is made in a new file which then takes its place, and once a package
that had words is gone, that new file is one in which the words have never been.
"""

import concurrent.futures
import contextlib
import dataclasses as dc
import fcntl
import hashlib
import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final, Literal

from archive_store import catalogue_file as file
from archive_store.errors import ArchiveError, KanalarkivError, MissingError
from archive_store.journal import Head, entry_key
from archive_store.reader import Reader
from archive_store.records import Package
from archive_store.texts import Hit, Text
from archive_store.words import Query, Snippet

Extractor = Callable[[Reader, Package], Iterable[Text]]
Progress = Callable[[int, int], None]
Made = Literal["nothing-new", "updated", "absent", "damaged", "other-archive", "other-format"]

# Transient words are scanned, numbers have none; of what is secret only the existence is visible.
DESCRIBED: Final = frozenset(
    {"register", "snapshots", "certificates", "reports", "lists", "requests", "kept"}
)
_READ_AHEAD: Final = 64  # packages whose texts wait in memory


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Refreshed:
    """What a refresh did.

    Attributes:
        made: ``nothing-new``, ``updated``, or why it was built anew.
        packages: how many are listed.
        texts: how many texts can be searched.
        read: how many packages were read for it.
    """

    made: Made
    packages: int
    texts: int
    read: int


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """A package whose words could not be read, and why, without any of them."""

    key: str
    code: str
    sv: str
    en: str

    def text(self, lang: str = "sv") -> str:
        """The message in ``lang`` (``"sv"`` or ``"en"``)."""
        return self.en if lang == "en" else self.sv


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """What the file at hand holds: the digest and the packages with words, by key."""

    digests: Mapping[str, str] = dc.field(default_factory=dict)
    worded: frozenset[str] = frozenset()


class Catalogue:
    """The catalogue of one archive. Safe under many threads and processes.

    Args:
        path: the file; its folder is made where there is none. A lock lies beside it.
        extractors: by package kind (its label ``kind``), what gives its texts. Where another set
            of kinds is given than the file was built with, it is built anew.

    Attributes:
        path: the file, absolute.
    """

    def __init__(self, path: Path, extractors: Mapping[str, Extractor]) -> None:
        self.path: Final = path.absolute()
        self._new = self.path.with_name(self.path.name + ".new")
        self._extractors = dict(extractors)

    def refresh(
        self,
        archive: Reader,
        *,
        on_progress: Progress | None = None,
        on_wait: Callable[[], None] | None = None,
    ) -> Refreshed:
        """Take in what the archive's journal tells since last time.

        Args:
            archive: it is refreshed too.
            on_progress: told how many packages of how many have been read.
            on_wait: told where another process is at it, which is waited for.

        Raises:
            ArchiveError: ``catalogue-not-written``.
        """
        with self._alone(on_wait):
            archive.refresh()
            head = Head(seq=archive.last.seq, sha256=archive.last.sha256)
            made, known = self._known(archive, head)
            if made == "nothing-new":
                return self._counted(made, read=0)
            try:
                return self._remake(archive, head, known, made, on_progress)
            except file.DamagedError:
                return self._remake(archive, head, _Known(), "damaged", on_progress)

    def rebuild(
        self,
        archive: Reader,
        *,
        on_progress: Progress | None = None,
        on_wait: Callable[[], None] | None = None,
    ) -> Refreshed:
        """Build it anew from the bucket alone, whatever there was; arguments as in ``refresh``."""
        with self._alone(on_wait):
            archive.refresh()
            head = Head(seq=archive.last.seq, sha256=archive.last.sha256)
            return self._remake(archive, head, _Known(), "absent", on_progress)

    def packages(self, prefix: str = "") -> list[Package]:
        """The packages as listed at the last refresh, by key."""
        with self._opened() as rows:
            return [file.package(row) for row in rows.packages(prefix)]

    def unread(self) -> list[Unread]:
        """The packages whose words could not be read; ``rebuild`` tries again."""
        with self._opened() as rows:
            return [Unread(key=k, code=c, sv=sv, en=en) for k, c, sv, en in rows.unread()]

    def find(self, query: Query, *, prefix: str = "", **labels: str) -> Iterator[Hit]:
        """What answers the query, latest first, in packages that begin and are labelled so.

        Raises:
            ArchiveError: ``catalogue-damaged``: ``rebuild`` mends it.
        """
        with self._opened() as rows:
            for row in rows.matching(query, prefix, labels):
                words = row.pop("words")
                snippet = query.snippet(words)
                yield _hit(row, snippet or Snippet(text="", marks=()))

    def _known(self, archive: Reader, head: Head) -> tuple[Made, _Known]:
        """What the file holds and can be built upon; nothing where it is no good, and why."""
        if not self.path.exists():
            return "absent", _Known()
        try:
            file.check_seal(self.path)
            with file.reading(self.path) as rows:
                if rows.format() != file.FORMAT or rows.kinds() != self._kinds():
                    return "other-format", _Known()
                mine = rows.head()
                if mine == head:
                    return "nothing-new", _Known()
                if not _is_in_chain(archive, mine):
                    return "other-archive", _Known()
                unread = {row[0] for row in rows.unread()}
                digests = {k: "" if k in unread else sha256 for k, sha256 in rows.digests()}
                return "updated", _Known(digests=digests, worded=frozenset(rows.worded()))
        except file.DamagedError:
            return "damaged", _Known()

    def _remake(
        self, archive: Reader, head: Head, known: _Known, made: Made, on_progress: Progress | None
    ) -> Refreshed:
        """Build the file that is to be, and put it in the old one's place."""
        living = {package.key: package for package in archive.packages()}
        gone = {k for k, digest in known.digests.items() if _digest(living.get(k)) != digest}
        added = [p for k, p in living.items() if k in gone or k not in known.digests]
        with self._told():
            source = self.path if known.digests else None
            with file.building(
                self._new, source, without=gone, clean=bool(gone & known.worded)
            ) as rows:
                self._add(rows, archive, sorted(added, key=lambda p: p.key), on_progress)
                rows.sign(head, kinds=self._kinds())
            file.put_in_place(self._new, self.path)
        return self._counted(made, read=len(added))

    def _add(
        self,
        rows: file.Writing,
        archive: Reader,
        added: list[Package],
        on_progress: Progress | None,
    ) -> None:
        tell = on_progress or (lambda done, of: None)  # noqa: ARG005 - told to nobody
        tell(0, len(added))
        with concurrent.futures.ThreadPoolExecutor(archive.bucket.pace.readers) as pool:
            for start in range(0, len(added), _READ_AHEAD):
                some = added[start : start + _READ_AHEAD]
                read = pool.map(lambda package: self._texts(archive, package), some)
                for number, (package, (texts, flaw)) in enumerate(zip(some, read, strict=True), 1):
                    if flaw is None or not _is_destroyed(archive, package, flaw):
                        rows.add(package, texts, flaw)
                    tell(start + number, len(added))

    def _texts(
        self, archive: Reader, package: Package
    ) -> tuple[list[Text], KanalarkivError | None]:
        """A package's words, and what kept some of them from being read."""
        texts: list[Text] = []
        if package.zone not in DESCRIBED:
            return texts, None
        try:
            about = archive.manifest(package)["about"]
            texts.append(Text(parts=(package.key, *_strings(package.labels), *_strings(about))))
            extractor = self._extractors.get(package.labels.get("kind", ""))
            if extractor is not None:
                texts += extractor(archive, package)
        except KanalarkivError as flaw:
            return texts, flaw
        return texts, None

    def _kinds(self) -> str:
        return " ".join(sorted(self._extractors))

    def _counted(self, made: Made, *, read: int) -> Refreshed:
        with self._opened() as rows:
            packages, texts = rows.counts()
        return Refreshed(made=made, packages=packages, texts=texts, read=read)

    @contextlib.contextmanager
    def _alone(self, on_wait: Callable[[], None] | None) -> Iterator[None]:
        """One process at a time builds; what a killed one left half built goes first."""
        with contextlib.ExitStack() as held:
            with self._told():
                self.path.parent.mkdir(parents=True, exist_ok=True)
                lock = self.path.with_name(self.path.name + ".lock")
                descriptor = os.open(lock, os.O_RDWR | os.O_CREAT, 0o600)
                held.callback(os.close, descriptor)
                try:
                    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    if on_wait is not None:
                        on_wait()
                    fcntl.flock(descriptor, fcntl.LOCK_EX)
                self._new.unlink(missing_ok=True)
            yield

    @contextlib.contextmanager
    def _opened(self) -> Iterator[file.Reading]:
        try:
            with file.reading(self.path) as rows:
                yield rows
        except file.DamagedError:
            raise ArchiveError(
                "catalogue-damaged",
                sv=f"Sökregistret {self.path} går inte att läsa. Kör kanalarkiv rebuild, som "
                "bygger det på nytt ur arkivet.",
                en=f"The catalogue {self.path} cannot be read. Run kanalarkiv rebuild, which "
                "builds it anew from the archive.",
            ) from None

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        """The system's refusals, said as ours."""
        try:
            yield
        except (OSError, sqlite3.Error) as error:
            why = error.strerror if isinstance(error, OSError) else error.sqlite_errorname
            raise ArchiveError(
                "catalogue-not-written",
                sv=f"Sökregistret {self.path} kunde inte skrivas ({why}). Kontrollera plats och "
                "rättigheter i mappen och kör igen; arkivet är orört.",
                en=f"The catalogue {self.path} could not be written ({why}). Check the folder's "
                "space and permissions and run again; the archive is untouched.",
            ) from None


def _is_in_chain(archive: Reader, head: Head) -> bool:
    """Whether this archive's journal has been there."""
    try:
        data = archive.bucket.get(entry_key(head.seq))
    except MissingError:
        return False
    return hashlib.sha256(data).hexdigest() == head.sha256


def _is_destroyed(archive: Reader, package: Package, flaw: KanalarkivError) -> bool:
    """Whether another run took the package away while it was read."""
    return isinstance(flaw, MissingError) and package not in archive.packages(package.key)


def _digest(package: Package | None) -> str:
    return package.sha256 if package is not None else "gone"


def _strings(value: Any) -> Iterator[str]:
    """Every string in a JSON value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _strings(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _strings(inner)


def _hit(row: dict[str, Any], snippet: Snippet) -> Hit:
    return Hit(
        package=file.package(row["package"]),
        file=row["file"],
        page=row["page"],
        part=row["part"],
        time=row["time"],
        snippet=snippet,
    )
