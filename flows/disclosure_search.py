"""What answers a request in the archive: living threads, kept threads, pages of snapshots."""

import dataclasses as dc
import datetime as dt
from collections.abc import Collection, Iterator
from typing import Final

from archive_store import Package
from archive_store.errors import InputError
from archive_store.keys import territory
from archive_store.texts import Hit
from archive_store.words import Query
from flows.house import House
from flows.searching import find
from tasks.days import living_days, load_day, thread_from_json
from tasks.model import Thread
from tasks.office_time import local_date

MOST: Final = 10_000


@dc.dataclass(slots=True, kw_only=True)
class Matches:
    """What a search found, by where it lies.

    Attributes:
        living: threads of ``posts/`` by channel and id.
        kept: kept threads by package.
        snapshots: files of snapshots by package and name.
        flaws: codes of what could not be read and so was not searched.
    """

    living: dict[str, dict[str, "Found"]] = dc.field(default_factory=dict)
    kept: dict[str, "Found"] = dc.field(default_factory=dict)
    snapshots: dict[tuple[str, str], "Pages"] = dc.field(default_factory=dict)
    flaws: list[str] = dc.field(default_factory=list)

    def packages(self) -> Iterator[Package]:
        """The packages that the request keeps from being taken away."""
        found = [one.package for one in self.kept.values()]
        found += [pages.package for pages in self.snapshots.values()]
        yield from {package.key: package for package in found}.values()


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A stored thread, its package, and the words around what was found."""

    thread: Thread
    package: Package
    said: str


@dc.dataclass(slots=True, kw_only=True)
class Pages:
    """A snapshot's file and where in it something was found."""

    package: Package
    file: str
    numbers: set[int]
    said: str


def search(
    house: House,
    channels: Collection[str],
    queries: tuple[Query, ...],
    first: dt.date | None,
    last: dt.date | None,
) -> Matches:
    """Search the archive as it is now; any of the queries is enough.

    A thread is within the dates where any of it was said then; a snapshot where it was taken on
    ``first`` or later, since it shows what is older than itself.

    Raises:
        InputError: ``disclosure-too-many``: a request must be answered in full, so nothing is left
            out in silence.
    """
    found = Matches()
    said: dict[tuple[str, str], dict[str, str]] = {}
    for query in queries:
        answer = find(house.archive, house.settings, query, limit=MOST)
        if answer.more:
            raise _too_many()
        found.flaws += [flaw.code for flaw in answer.flaws if flaw.code not in found.flaws]
        for hit in answer.hits:
            channel = hit.package.labels.get("channel", "")
            if not channels or channel in channels:
                _take(found, said, hit, first)
    for (kind, place), threads in said.items():
        read = _read_living if kind == "day" else _read_kept
        for one in read(house, place, threads):
            if within(one.thread, first, last):
                _put(found, kind, one)
    return found


def within(thread: Thread, first: dt.date | None, last: dt.date | None) -> bool:
    """Whether anything in the thread was said, or changed, on these Stockholm dates."""
    moments = [post.published for post in thread.posts]
    moments += [version.seen for post in thread.posts for version in post.versions[1:]]
    dates = (local_date(moment) for moment in moments)
    return any((first or date) <= date <= (last or date) for date in dates)


def _take(
    found: Matches,
    said: dict[tuple[str, str], dict[str, str]],
    hit: Hit,
    first: dt.date | None,
) -> None:
    """Note a hit: pages of a snapshot at once, threads to be read when all are known."""
    kind, words = hit.package.labels.get("kind", ""), hit.snippet.text
    if kind == "day":
        said.setdefault((kind, hit.package.labels["channel"]), {}).setdefault(hit.part, words)
    elif kind == "kept":
        said.setdefault((kind, hit.package.key), {}).setdefault("", words)
    elif kind == "snapshot" and (first is None or local_date(hit.package.time) >= first):
        file = hit.file.removeprefix(territory(hit.package.key)) or "pdf"
        pages = found.snapshots.setdefault(
            (hit.package.key, file),
            Pages(package=hit.package, file=file, numbers=set(), said=words),
        )
        if hit.page is not None:
            pages.numbers.add(hit.page)


def _put(found: Matches, kind: str, one: Found) -> None:
    if kind == "day":
        found.living.setdefault(one.thread.channel, {})[one.thread.id] = one
    else:
        found.kept[one.package.key] = one


def _read_living(house: House, channel: str, said: dict[str, str]) -> Iterator[Found]:
    """The threads as they now lie; one that was culled since the search is gone."""
    house.archive.refresh()
    for package in living_days(house.archive, channel):
        for thread in load_day(house.archive, package):
            if thread.id in said:
                yield Found(thread=thread, package=package, said=said[thread.id])


def _read_kept(house: House, key: str, said: dict[str, str]) -> Iterator[Found]:
    package = house.archive.package(key)
    thread = thread_from_json(house.archive.read(package, "thread.json").strip())
    yield Found(thread=thread, package=package, said=said[""])


def _too_many() -> InputError:
    return InputError(
        "disclosure-too-many",
        sv=f"Mer än {MOST} träffar: begränsa med fler ord, --channel, --from eller --to.",
        en=f"More than {MOST} hits: narrow it by more words, --channel, --from or --to.",
    )
