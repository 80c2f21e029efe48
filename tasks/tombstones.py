"""What was culled is not taken in again while it still stands on the platform (DESIGN section 1).

A tombstone says *that* an item in a certain wording was culled, and by which list, without saying
which item or which words: everything is an HMAC-SHA256 under the archive's own secret. An edit is a
wording that no tombstone knows, so it is taken in. Tombstones are dropped 90 days after the item
was last seen. Culling writes them, harvest asks them and keeps their dates.

Stored as ``tombstones/<channel>/<list>.marks.json``::

    {"format": "tombstones/1",
     "items": {"<hmac of channel, id>": {"list": "<list id>", "seen": "2025-12-22T05:00:00Z",
                                         "versions": ["<hmac of channel, id, version>", …],
                                         "began": true}}}

``began`` stands where the item began a thread that was culled whole: a certificate counts threads,
and its supplements say how many of them have left the channel since.
"""

import dataclasses as dc
import datetime as dt
import functools
import hashlib
from collections.abc import Container, Iterable, Mapping, Sequence
from typing import Any

import msgspec

from archive_store import Archive, Draft, Package
from archive_store.errors import DamageError

FORMAT = "tombstones/1"
FILE = "marks.json"
DROPPED_AFTER = dt.timedelta(days=90)
WRITTEN_AFTER = dt.timedelta(days=7)
"""A later sighting is written only when it is this much newer, so that harvests stay cheap."""

_BLOCK = 64  # bytes of SHA-256, RFC 2104's B


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Grave:
    """One culled item: the list that took it, when it was last seen, its wordings' HMACs.

    ``began``: whether it began a thread that the list culled.
    """

    list: str
    seen: dt.datetime
    versions: frozenset[str]
    began: bool = False


class _Item(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """A grave as it is stored."""

    list: str
    seen: str
    versions: Sequence[str]
    began: bool = False


class _Stored(msgspec.Struct, frozen=True, kw_only=True):
    """The file."""

    format: str
    items: dict[str, _Item]


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Tombstones:
    """All tombstones of a channel.

    Attributes:
        channel: channel's id.
        secret: the archive's HMAC key.
        graves: by the HMAC of channel and item id.
    """

    channel: str
    secret: bytes = dc.field(repr=False)
    graves: Mapping[str, Grave]

    def culled(self, item_id: str, version_digest: str) -> bool:
        """Whether this wording of the item was culled."""
        grave = self._grave(item_id)
        if grave is None:
            return False
        return _mark(self.secret, self.channel, item_id, version_digest) in grave.versions

    def list_of(self, item_id: str) -> str | None:
        """The id of the latest list that took any wording of the item, or ``None``."""
        grave = self._grave(item_id)
        return None if grave is None else grave.list

    def _grave(self, item_id: str) -> Grave | None:
        return self.graves.get(_mark(self.secret, self.channel, item_id)) if self.graves else None


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


def draft(  # noqa: PLR0913 - what went, where from, by which list and when
    archive: Archive,
    channel_id: str,
    list_id: str,
    marks: Iterable[tuple[str, str]],
    now: dt.datetime,
    *,
    began: Container[str] = (),
) -> Draft:
    """The tombstones of what one list takes away from a channel.

    Args:
        archive: gives the secret.
        channel_id: the channel.
        list_id: the culling list.
        marks: item id and version digest of every wording that goes.
        now: counts as last seen.
        began: ids of the items that began a culled thread.
    """
    secret, seen = archive.secret(), _stamp(now)
    versions: dict[str, list[str]] = {}
    for item_id, digest in marks:
        versions.setdefault(item_id, []).append(_mark(secret, channel_id, item_id, digest))
    items = {
        _mark(secret, channel_id, item_id): _Item(
            list=list_id, seen=seen, versions=sorted(set(wordings)), began=item_id in began
        )
        for item_id, wordings in versions.items()
    }
    return _draft(channel_id, list_id, items)


def refresh(
    archive: Archive,
    channel_id: str,
    seen: Iterable[tuple[str, str]],
    now: dt.datetime,
) -> Draft | None:
    """New last-seen dates, and without what has not been seen for 90 days.

    Args:
        archive: the tombstones so far.
        channel_id: the channel.
        seen: item id and version digest of everything that a harvest saw on the platform. An item
            counts as seen in whatever wording.
        now: the time of the harvest.

    Returns:
        One draft in the place of all ``packages(archive, channel_id)``, which the same commit
        retires as superseded; ``None`` where nothing is worth writing.
    """
    stones = load(archive, channel_id)
    if not stones.graves:
        return None
    sighted = {_mark(stones.secret, channel_id, item_id) for item_id, _ in seen}
    graves: dict[str, Grave] = {}
    for item, grave in stones.graves.items():
        if item in sighted and now - grave.seen >= WRITTEN_AFTER:
            graves[item] = dc.replace(grave, seen=now)
        elif item in sighted or now - grave.seen <= DROPPED_AFTER:
            graves[item] = grave
    if graves == stones.graves:
        return None
    items = {
        mark: _Item(
            list=grave.list,
            seen=_stamp(grave.seen),
            versions=sorted(grave.versions),
            began=grave.began,
        )
        for mark, grave in graves.items()
    }
    return _draft(channel_id, f"seen-{now.astimezone(dt.UTC):%Y%m%dT%H%M%SZ}", items)


def _mark(secret: bytes, *parts: str) -> str:
    begun = _halves(secret)
    inner, outer = begun[0].copy(), begun[1].copy()
    inner.update("\0".join(parts).encode())
    outer.update(inner.digest())
    return str(outer.hexdigest())


@functools.lru_cache(maxsize=8)
def _halves(secret: bytes) -> list[Any]:
    """HMAC-SHA256 (RFC 2104) begun with its key: a third of the time that ``hmac`` takes.

    A busy week leaves hundreds of thousands of marks.
    """
    short = hashlib.sha256(secret).digest() if len(secret) > _BLOCK else secret
    key = short.ljust(_BLOCK, b"\0")
    return [hashlib.sha256(bytes(byte ^ pad for byte in key)) for pad in (0x36, 0x5C)]


def _joined(old: Grave | None, new: Grave) -> Grave:
    """Two graves of one item: the latest list, the latest sighting, all wordings."""
    if old is None:
        return new
    return dc.replace(new, seen=max(old.seen, new.seen), versions=old.versions | new.versions)


@functools.lru_cache(maxsize=1024)  # a refresh writes the same few times again and again
def _stamp(time: dt.datetime) -> str:
    return f"{time.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%SZ}"


def _draft(channel_id: str, name: str, found: Mapping[str, _Item]) -> Draft:
    stored = _Stored(format=FORMAT, items={mark: found[mark] for mark in sorted(found)})
    return Draft(
        base=f"tombstones/{channel_id}/{name}",
        files={FILE: msgspec.json.format(msgspec.json.encode(stored), indent=1)},
        about={"items": len(found)},
        labels={"kind": "tombstones", "channel": channel_id, "list": name},
    )


def _read(archive: Archive, package: Package) -> list[tuple[str, Grave]]:
    try:
        stored = msgspec.json.decode(archive.read(package, FILE), type=_Stored)
    except msgspec.DecodeError:
        raise _unknown_format(package) from None
    if stored.format != FORMAT:
        raise _unknown_format(package)
    return [
        (
            mark,
            Grave(
                list=item.list,
                seen=dt.datetime.fromisoformat(item.seen),
                versions=frozenset(item.versions),
                began=item.began,
            ),
        )
        for mark, item in stored.items.items()
    ]


def _unknown_format(package: Package) -> DamageError:
    return DamageError(
        "tombstones-format",
        sv=f"{package.key}: okänt format för gravstenar; kör 'kanalarkiv verify'.",
        en=f"{package.key}: unknown format of tombstones; run 'kanalarkiv verify'.",
    )
