"""What the archive says of the snapshots that it holds: when they were taken, what they count as.

A snapshot is put as preliminary and confirmed by an entry of its own; a masked copy is put long
after the page was seen. So neither stands in the label of the package alone.
"""

import datetime as dt
from typing import Final

from archive_store import Archive, Package
from archive_store.errors import InputError

KIND: Final = "snapshot"
ZONE: Final = "snapshots/"
_ENDINGS: Final = (".pdf", ".json", ".tsr")


def snapshots(archive: Archive, **labels: str) -> list[Package]:
    """The living snapshots with these labels, by key."""
    return archive.packages(ZONE, kind=KIND, **labels)


def taken_at(package: Package) -> dt.datetime:
    """The rule's time at which the page was seen; a masked copy keeps that of its original."""
    told = package.labels.get("taken")
    return dt.datetime.fromisoformat(told) if told else package.time


def state_of(archive: Archive, package: Package) -> str:
    """``"preliminary"`` or ``"confirmed"``; ``""`` for what is no snapshot."""
    if archive.confirmed(package.key):
        return "confirmed"
    return package.labels.get("state", "")


def snapshot_named(archive: Archive, name: str) -> Package:
    """The snapshot that a person means: its key, with or without the ending of a file.

    Raises:
        MissingError: there is none, or it has been withdrawn.
        InputError: it is something else than a snapshot.
    """
    base = name
    for ending in _ENDINGS:
        base = base.removesuffix(ending)
    package = archive.package(f"{base}.json")
    if package.labels.get("kind") != KIND or package.zone != ZONE.rstrip("/"):
        raise InputError(
            "not-a-snapshot",
            sv=f"{package.key} är ingen ögonblicksbild. Se kanalarkiv list --zone snapshots.",
            en=f"{package.key} is no snapshot. See kanalarkiv list --zone snapshots.",
        )
    return package
