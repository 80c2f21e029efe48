"""What the archive knows that judging and culling stand on: stored threads, harvests, numbers.

Threads are read with the digest and size of their stored line, never of a line serialised anew.
"""

import dataclasses as dc
import datetime as dt
import io
from collections.abc import Iterable, Iterator

import pyarrow as pa
import pyarrow.parquet as pq

from archive_store import Archive, Entry, Package
from archive_store.errors import DamageError
from tasks.culling.decision import Decision
from tasks.culling.guards import Counted, Ground
from tasks.culling.holds import active
from tasks.culling.tags import Circumstances
from tasks.days import (
    THREADS,
    day_of,
    line_digest,
    living_days,
    load_day,
    media_names,
    thread_from_json,
)
from tasks.model import Thread


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """A thread as it lies in the archive.

    Attributes:
        thread: as read.
        package: the day that it lies in.
        sha256: hex digest of its stored line, salted by the thread's own salt.
        size: bytes of the line and of the pictures that it names.
    """

    thread: Thread
    package: Package
    sha256: str
    size: int


def stored_threads(archive: Archive, channel: str) -> Iterator[Stored]:
    """Every living thread of a channel, day by day."""
    for package in living_days(archive, channel):
        yield from threads_of_day(archive, package)


def threads_of_day(archive: Archive, package: Package) -> list[Stored]:
    """The threads of one day, in stored order."""
    sizes = {file["name"]: file["size"] for file in archive.manifest(package)["files"]}
    found = []
    for line in archive.read(package, THREADS).splitlines():
        thread = thread_from_json(line)
        pictures = sum(sizes.get(name, 0) for name in media_names([thread]))
        found.append(
            Stored(
                thread=thread,
                package=package,
                sha256=line_digest(line),
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
            counted=counted(archive, channel),
            circumstances=circumstances or Circumstances(),
        )
    return grounds


def last_harvest(archive: Archive, channel: str) -> Entry | None:
    """The journal entry of the channel's last harvest."""
    return next(archive.entries(event="harvest", channel=channel, newest=True), None)


def counted(archive: Archive, channel: str) -> Counted:
    """What the observations since the channel's oldest living day hold numbers of."""
    days = living_days(archive, channel)
    if not days:
        return Counted()
    since = dt.datetime.combine(min(map(day_of, days)), dt.time(), dt.UTC) - dt.timedelta(days=1)
    threads: set[str] = set()
    begun: set[dt.datetime] = set()
    last: dt.datetime | None = None
    for package in archive.packages(f"observations/{channel}/", kind="observations"):
        if package.time < since:
            continue
        last = package.time if last is None else max(last, package.time)
        own, others = _rows(archive, package)
        threads |= own
        begun |= others
    return Counted(threads=frozenset(threads), begun=frozenset(begun), last=last)


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
