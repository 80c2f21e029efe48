"""What was culled is not taken in again while it still stands on the platform (DESIGN section 1).

A tombstone says *that* an item in a certain wording was culled, and by which list, without saying
which item or which words: everything is a mark (``tasks.marks``). An edit is a wording that no
tombstone knows, so it is taken in. Tombstones are dropped 90 days after the item was last seen.
Culling writes them, harvest asks them and keeps their dates.

Stored as ``tombstones/<channel>/<list>.marks.json``::

    {"format": "tombstones/2",
     "graves": [{"list": "<list id>", "seen": "2025-12-22T05:00:00Z",
                 "items": {"<mark of an item>": ["<mark of it in a wording>", …], …},
                 "began": ["<mark of an item>", …]}, …]}

``began`` names the items that began a thread that was culled whole: a certificate counts threads,
and its supplements say how many of them have left the channel since. Marks are sorted, so that no
order tells of what they stand for. ``tombstones/1`` is read too: whole HMACs, and list and date at
every item.
"""

import dataclasses as dc
import datetime as dt
import operator
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple, TypeAlias

import msgspec

from archive_store import Archive, Draft, Package
from archive_store.errors import DamageError
from tasks.marks import DIGITS, Marked, marking, of_wording

FORMAT = "tombstones/2"
FILE = "marks.json"
DROPPED_AFTER = dt.timedelta(days=90)
WRITTEN_AFTER = dt.timedelta(days=7)
"""A later sighting is written only when it is this much newer, so that harvests stay cheap."""


class Gone(NamedTuple):
    """A thread that leaves its day.

    Attributes:
        marks: of its items, that of the post that began it first.
        began: whether that post is there, and the thread is culled whole.
    """

    marks: Sequence[Marked]
    began: bool = False


@dc.dataclass(frozen=True, slots=True)
class Grave:
    """One culled item: the list that took it, when it was last seen, its wordings' marks.

    ``began``: whether it began a thread that the list culled.
    """

    list: str
    seen: dt.datetime
    versions: frozenset[str]
    began: bool = False


class _Lot(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What one list took and was seen at one time."""

    list: str
    seen: dt.datetime
    items: Mapping[str, Sequence[str]]
    began: Sequence[str] = ()


class _Stored(msgspec.Struct, frozen=True, kw_only=True, tag=FORMAT, tag_field="format"):
    """The file."""

    graves: list[_Lot]


class _Item1(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    list: str
    seen: dt.datetime
    versions: Sequence[str]
    began: bool = False


class _Stored1(msgspec.Struct, frozen=True, kw_only=True, tag="tombstones/1", tag_field="format"):
    """The file as it was written before."""

    items: dict[str, _Item1]


_DECODER: Final = msgspec.json.Decoder(_Stored | _Stored1)
_ENCODER: Final = msgspec.json.Encoder(order="deterministic")
_Marks: TypeAlias = tuple[dict[str, tuple[str, ...]], set[str]]
"""Wordings by item, and which of the items began a thread."""


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Tombstones:
    """All tombstones of a channel.

    Attributes:
        channel: channel's id.
        secret: the archive's own.
        graves: by the item's mark.
    """

    channel: str
    secret: bytes = dc.field(repr=False)
    graves: Mapping[str, Grave]

    def culled(self, item_id: str, version_digest: str) -> bool:
        """Whether this wording of the item was culled."""
        grave = self._grave(item_id)
        if grave is None:
            return False
        return self._mark(of_wording(item_id, version_digest)) in grave.versions

    def list_of(self, item_id: str) -> str | None:
        """The id of the latest list that took any wording of the item, or ``None``."""
        grave = self._grave(item_id)
        return None if grave is None else grave.list

    def _grave(self, item_id: str) -> Grave | None:
        return self.graves.get(self._mark(item_id)) if self.graves else None

    @property
    def _mark(self) -> Callable[[str], str]:
        return marking(self.secret, self.channel)


def load(archive: Archive, channel_id: str) -> Tombstones:
    """Every living tombstone of a channel.

    Raises:
        DamageError: a stored file is not what it should be.
    """
    graves: dict[str, Grave] = {}
    for package in sorted(packages(archive, channel_id), key=lambda package: package.seq):
        for item, grave in _read(archive, package):
            graves[item] = _joined(graves.get(item), grave)
    return Tombstones(channel=channel_id, secret=archive.secret(), graves=graves)


def packages(archive: Archive, channel_id: str) -> list[Package]:
    """The living tombstone packages of a channel; a draft of ``refresh`` replaces all of them."""
    return archive.packages(f"tombstones/{channel_id}/", kind="tombstones")


def draft(channel_id: str, list_id: str, gone: Iterable[Gone], now: dt.datetime) -> Draft:
    """The tombstones of what one list takes away from a channel.

    Args:
        channel_id: the channel.
        list_id: the culling list.
        gone: its threads that go.
        now: counts as last seen.
    """
    items: dict[str, tuple[str, ...]] = {}
    began = set()
    for thread in gone:
        for item, wordings in thread.marks:
            known = items.get(item)
            items[item] = tuple(sorted({*known, *wordings})) if known else wordings
        if thread.began:
            began.add(thread.marks[0][0])
    return _draft(channel_id, list_id, {(list_id, now): (items, began)})


def refresh(
    archive: Archive,
    channel_id: str,
    seen: Iterable[str],
    now: dt.datetime,
) -> Draft | None:
    """New last-seen dates, and without what has not been seen for 90 days.

    Args:
        archive: the tombstones so far.
        channel_id: the channel.
        seen: id of every item that a harvest saw on the platform, in whatever wording.
        now: the time of the harvest.

    Returns:
        One draft in the place of all ``packages(archive, channel_id)``, which the same commit
        retires as superseded; ``None`` where nothing is worth writing.
    """
    stones = load(archive, channel_id)
    if not stones.graves:
        return None
    mark = marking(stones.secret, channel_id)
    sighted = {mark(item_id) for item_id in seen}
    graves: dict[str, Grave] = {}
    for item, grave in stones.graves.items():
        if item in sighted and now - grave.seen >= WRITTEN_AFTER:
            graves[item] = dc.replace(grave, seen=now)
        elif item in sighted or now - grave.seen <= DROPPED_AFTER:
            graves[item] = grave
    if graves == stones.graves:
        return None
    lots: dict[tuple[str, dt.datetime], _Marks] = {}
    for item, grave in graves.items():
        items, began = lots.setdefault((grave.list, grave.seen), ({}, set()))
        items[item] = tuple(sorted(grave.versions))
        if grave.began:
            began.add(item)
    return _draft(channel_id, f"seen-{now.astimezone(dt.UTC):%Y%m%dT%H%M%SZ}", lots)


def _joined(old: Grave | None, new: Grave) -> Grave:
    """Two graves of one item: the latest list, the latest sighting, all wordings."""
    if old is None:
        return new
    return dc.replace(new, seen=max(old.seen, new.seen), versions=old.versions | new.versions)


def _draft(channel_id: str, name: str, lots: Mapping[tuple[str, dt.datetime], _Marks]) -> Draft:
    graves = [
        _Lot(list=list_id, seen=_second(seen), items=items, began=sorted(began))
        for (list_id, seen), (items, began) in sorted(lots.items(), key=operator.itemgetter(0))
    ]
    return Draft(
        base=f"tombstones/{channel_id}/{name}",
        files={FILE: _ENCODER.encode(_Stored(graves=graves)) + b"\n"},
        about={"items": sum(len(lot.items) for lot in graves)},
        labels={"kind": "tombstones", "channel": channel_id, "list": name},
    )


def _second(time: dt.datetime) -> dt.datetime:
    return time.astimezone(dt.UTC).replace(microsecond=0)


def _read(archive: Archive, package: Package) -> Iterator[tuple[str, Grave]]:
    try:
        stored = _DECODER.decode(archive.read(package, FILE))
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise _unknown_format(package) from None
    if isinstance(stored, _Stored1):
        for mark, item in stored.items.items():
            versions = frozenset(each[:DIGITS] for each in item.versions)
            yield mark[:DIGITS], Grave(item.list, item.seen, versions, item.began)
        return
    for lot in stored.graves:
        began = set(lot.began)
        for mark, versions in lot.items.items():
            yield mark, Grave(lot.list, lot.seen, frozenset(versions), mark in began)


def _unknown_format(package: Package) -> DamageError:
    return DamageError(
        "tombstones-format",
        sv=f"{package.key}: okänt format för gravstenar; kör 'kanalarkiv verify'.",
        en=f"{package.key}: unknown format of tombstones; run 'kanalarkiv verify'.",
    )
