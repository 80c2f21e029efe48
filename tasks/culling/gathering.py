"""What the archive knows that a channel's threads are judged on: harvests, holds, numbers."""

import collections
import datetime as dt
import io
from collections.abc import Iterable

import pyarrow as pa
import pyarrow.parquet as pq

from archive_store import Archive, Entry, Package
from archive_store.errors import DamageError
from tasks.culling.decision import Decision
from tasks.culling.ground import Ground
from tasks.culling.holds import active
from tasks.culling.tags import Circumstances
from tasks.days import day_of, living_days


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
