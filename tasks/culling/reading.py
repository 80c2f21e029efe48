"""Stored days as culling reads them: their threads' gists, and the threads where it asks for them.

What is judged are gists; the lines of the threads lie beside them under the same seal.
"""

import collections
import dataclasses as dc
import functools
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final, TypeVar

from archive_store import Archive, Package
from archive_store.bucket import Pace
from archive_store.drafts import check
from archive_store.errors import DamageError
from archive_store.keys import file_key
from tasks import gists
from tasks.days import (
    THREADS,
    gist_of_line,
    line_digest,
    living_days,
    load_day,
    thread_from_json,
)
from tasks.gists import Gist, gists_from_json
from tasks.model import Thread

_AHEAD: Final = 2
"""Days that are read while one is judged."""


_Item = TypeVar("_Item")
_Done = TypeVar("_Done")


@dc.dataclass(frozen=True, kw_only=True)  # no slots: the lines are read once
class Day:
    """A stored day: ``package`` with the ``gists`` of its threads, in stored order."""

    archive: Archive
    package: Package
    gists: list[Gist]

    @functools.cached_property
    def lines(self) -> Mapping[str, bytes]:
        """Its threads' stored lines, by digest."""
        stored = self.archive.read(self.package, THREADS).splitlines()
        return {line_digest(line): line for line in stored}

    def line(self, gist: Gist) -> bytes:
        """The stored line of a thread; ``DamageError`` where the day has no such line."""
        found = self.lines.get(gist.sha256)
        if found is None:
            raise _differs(self.package)
        return found

    def thread(self, gist: Gist) -> Thread:
        """The thread itself, read anew each time."""
        return thread_from_json(self.line(gist))


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """A thread as it lies in the archive: its ``gist``, and the ``day`` that it lies in."""

    gist: Gist
    day: Day

    @property
    def package(self) -> Package:
        """The day as stored."""
        return self.day.package

    @property
    def sha256(self) -> str:
        """Hex digest of its stored line."""
        return self.gist.sha256

    @property
    def thread(self) -> Thread:
        """The thread itself, read anew each time."""
        return self.day.thread(self.gist)


def stored_threads(archive: Archive, channel: str) -> Iterator[Stored]:
    """Every living thread of a channel, day by day."""
    for day in read_days(archive, living_days(archive, channel)):
        for gist in day.gists:
            yield Stored(gist=gist, day=day)


def read_days(
    archive: Archive, packages: Iterable[Package], *, whole: bool = False
) -> Iterator[Day]:
    """Each day, in the days' order.

    Args:
        archive: where they lie.
        packages: the days.
        whole: whether the threads themselves are read too, and are what was stored.

    Raises:
        DamageError: a day is not what was stored; those before it have been given.
    """
    far = archive.bucket.pace.readers > Pace().readers
    read = functools.partial(read_day, archive)
    days = (day for _, day in _ahead(read, packages)) if far else map(read, packages)
    return (day for day, _ in _ahead(_check, days)) if whole else iter(days)


def read_day(archive: Archive, package: Package) -> Day:
    """One day; ``DamageError`` where it is not what was stored."""
    names = {file["name"] for file in archive.manifest(package)["files"]}
    if gists.FILE in names:
        found = gists_from_json(archive.read(package, gists.FILE), where=package.key)
    else:  # from before there were gists
        found = _made(archive, package)
    if len(found) != int(package.labels["threads"]):
        raise _differs(package)
    return Day(archive=archive, package=package, gists=found)


def differing(archive: Archive, channel: str) -> list[Package]:
    """The channel's days whose gists are not those that their threads give now.

    Raises:
        DamageError: a day cannot be read.
    """
    days = read_days(archive, living_days(archive, channel))
    return [day.package for day in days if day.gists != _made(archive, day.package)]


def find_thread(archive: Archive, channel: str, reference: str) -> tuple[Package, Thread] | None:
    """The living thread that a person means, and the day that it lies in.

    Args:
        archive: where it lies.
        channel: channel's id.
        reference: id of the thread or of any post in it, or its number without meaning
            (``other-1``).
    """
    for package in living_days(archive, channel):
        for thread in load_day(archive, package):
            names = {thread.id, thread.counted_as, *(post.id for post in thread.posts)}
            if reference in names - {""}:
                return package, thread
    return None


def _made(archive: Archive, package: Package) -> list[Gist]:
    sizes = {file["name"]: file["size"] for file in archive.manifest(package)["files"]}
    lines, secret = archive.read(package, THREADS).splitlines(), archive.secret()
    return [gist_of_line(thread_from_json(line), line, sizes, secret) for line in lines]


def _ahead(work: Callable[[_Item], _Done], items: Iterable[_Item]) -> Iterator[tuple[_Item, _Done]]:
    """What comes of each item, in order; the next ones are worked on meanwhile."""
    begun: collections.deque[tuple[_Item, Future[_Done]]] = collections.deque()
    with ThreadPoolExecutor(_AHEAD, thread_name_prefix="days") as pool:
        for item in items:
            begun.append((item, pool.submit(work, item)))
            if len(begun) > _AHEAD:
                first, done = begun.popleft()
                yield first, done.result()
        for item, done in begun:
            yield item, done.result()


def _check(day: Day) -> None:
    """Read the day's threads anew; they are held nowhere."""
    files = day.archive.manifest(day.package)["files"]
    sha256 = next(file["sha256"] for file in files if file["name"] == THREADS)
    check(day.archive.bucket, file_key(day.package.key, THREADS), sha256)


def _differs(package: Package) -> DamageError:
    return DamageError(
        "day-differs",
        sv=f"{package.key}: dagens sammandrag stämmer inte med dess trådar. Klassa en av dem "
        "(kanalarkiv classify), så skrivs dagen på nytt.",
        en=f"{package.key}: the day's gists are not those of its threads. Classify one of them "
        "(kanalarkiv classify), and the day is written anew.",
    )
