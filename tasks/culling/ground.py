"""What the archive knows that judging and culling stand on: stored threads, harvests, numbers.

Threads are read with the digest and size of their stored line, never of a line serialised anew.
"""

import collections
import datetime as dt
import io
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final, NamedTuple

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from archive_store import Archive, Entry, Package
from archive_store.errors import DamageError
from tasks.culling.decision import Decision
from tasks.culling.guards import AnyThread, Ground
from tasks.culling.holds import active
from tasks.culling.tags import Circumstances
from tasks.days import (
    THREADS,
    day_of,
    line_digest,
    living_days,
    load_day,
    thread_from_json,
)
from tasks.gists import Gist, gist_from_json
from tasks.model import Thread

_AHEAD: Final = 2
"""Days that are fetched while one is judged: a store far away answers late."""


class Stored(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A thread as it lies in the archive.

    Attributes:
        gist: what judging needs of it.
        package: the day that it lies in.
        line: the stored line.
        sha256: hex digest of that line, salted by the thread's own salt.
        size: bytes of the line and of the pictures that it names.
    """

    gist: Gist
    package: Package
    line: bytes
    sha256: str
    size: int

    @property
    def thread(self) -> Thread:
        """The thread itself, read anew each time."""
        return thread_from_json(self.line)

    def as_judged(self, decision: Decision) -> AnyThread:
        """The thread as far as the decision's rules read it."""
        return self.thread if decision.reads_words else self.gist


class _Lines(NamedTuple):
    """A day's stored lines with their digests, and the sizes of its files by name."""

    sizes: dict[str, int]
    lines: list[tuple[bytes, str]]


def stored_threads(archive: Archive, channel: str) -> Iterator[Stored]:
    """Every living thread of a channel, day by day."""
    for _, threads in threads_of_days(archive, living_days(archive, channel)):
        yield from threads


def threads_of_days(
    archive: Archive, packages: Iterable[Package]
) -> Iterator[tuple[Package, list[Stored]]]:
    """The threads of each day, in the days' order; the next ones are fetched meanwhile."""
    fetched: collections.deque[tuple[Package, Future[_Lines]]] = collections.deque()
    with ThreadPoolExecutor(_AHEAD, thread_name_prefix="days") as fetching:
        for package in packages:
            fetched.append((package, fetching.submit(_fetched, archive, package)))
            if len(fetched) > _AHEAD:
                yield _told(*fetched.popleft())
        while fetched:
            yield _told(*fetched.popleft())


def threads_of_day(archive: Archive, package: Package) -> list[Stored]:
    """The threads of one day, in stored order."""
    return _read(package, _fetched(archive, package))


def _told(package: Package, lines: Future[_Lines]) -> tuple[Package, list[Stored]]:
    return package, _read(package, lines.result())


def _fetched(archive: Archive, package: Package) -> _Lines:
    sizes = {file["name"]: file["size"] for file in archive.manifest(package)["files"]}
    lines = archive.read(package, THREADS).splitlines()
    return _Lines(sizes=sizes, lines=[(line, line_digest(line)) for line in lines])


def _read(package: Package, day: _Lines) -> list[Stored]:
    sizes, found = day.sizes, []
    for line, sha256 in day.lines:
        gist = gist_from_json(line)
        pictures = sum([sizes.get(name, 0) for name in gist.pictures])
        found.append(
            Stored(
                gist=gist,
                package=package,
                line=line,
                sha256=sha256,
                size=len(line) + pictures,
            )
        )
    return found


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


def grounds_of(
    archive: Archive,
    decision: Decision,
    channels: Iterable[str],
    now: dt.datetime,
    circumstances: Circumstances | None = None,
) -> dict[str, Ground]:
    """What each channel's threads are judged on at ``now``, as far as the archive is read."""
    grounds = {}
    for channel in channels:
        harvest = last_harvest(archive, channel)
        grounds[channel] = Ground(
            decision=decision,
            now=now,
            holds=active(archive, channel),
            harvested=None if harvest is None else harvest.now,
            counted=Observed(archive, channel),
            circumstances=circumstances or Circumstances(),
        )
    return grounds


def last_harvest(archive: Archive, channel: str) -> Entry | None:
    """The journal entry of the channel's last harvest."""
    return next(archive.entries(event="harvest", channel=channel, newest=True), None)


class Observed:
    """What the observations since a channel's oldest living day hold numbers of.

    They are read as far as they are asked: a thread is counted on the day after it began, so that a
    week's culling reads a week's observations however long the words of others are kept.
    """

    def __init__(self, archive: Archive, channel: str) -> None:
        self._archive = archive
        self._threads: set[str] = set()
        self._begun: set[dt.datetime] = set()
        days = living_days(archive, channel)
        since = min(map(day_of, days), default=dt.date.max - dt.timedelta(days=1))
        after = dt.datetime.combine(since, dt.time(), dt.UTC) - dt.timedelta(days=1)
        found = archive.packages(f"observations/{channel}/", kind="observations")
        in_time = sorted((each for each in found if each.time >= after), key=lambda each: each.time)
        self._unread = collections.deque(in_time)
        self.last = in_time[-1].time if in_time else None

    def of_own(self, thread: str) -> bool:
        """Whether they hold the body's own thread of that id; ``DamageError`` as reading them."""
        while thread not in self._threads and self._unread:
            self._read_on()
        return thread in self._threads

    def of_others(self, began: dt.datetime) -> bool:
        """Whether they hold a thread of others that began then; ``DamageError`` the same."""
        while began not in self._begun and self._unread:
            self._read_on()
        return began in self._begun

    def _read_on(self) -> None:
        own, others = _rows(self._archive, self._unread[0])
        self._unread.popleft()
        self._threads |= own
        self._begun |= others


def _rows(archive: Archive, package: Package) -> tuple[set[str], set[dt.datetime]]:
    """Ids of the body's own threads, and when those of others began."""
    stored = archive.read(package, "parquet")
    try:
        # Not ``read_table``: it brings in a data set's machinery, and data frames, for each file.
        table = pq.ParquetFile(io.BytesIO(stored)).read(
            columns=["thread", "own", "published"], use_threads=False
        )
        own = table["own"].to_pylist()
        threads = {
            each for each, mine in zip(table["thread"].to_pylist(), own, strict=True) if mine
        }
        if all(own):
            return threads, set()
        began = table["published"].to_pylist()
    except (pa.ArrowException, KeyError):
        raise DamageError(
            "observations-unreadable",
            sv=f"{package.key}: observationerna går inte att läsa; kör 'kanalarkiv verify'.",
            en=f"{package.key}: the observations cannot be read; run 'kanalarkiv verify'.",
        ) from None
    return threads, {when for when, mine in zip(began, own, strict=True) if not mine}
