"""Moves a whole thread out of ``posts/``: to ``kept/``, or to ``restricted/`` where few may look.

Moving destroys nothing. The thread lies there as it was stored, with its pictures, why, on whose
word, and the date on which keeping it is to be asked anew.
"""

import dataclasses as dc
import datetime as dt
from collections.abc import Mapping
from typing import Any, Literal

from archive_store import Archive, Draft, Package
from tasks.days import day_media, media_names, thread_json
from tasks.model import Thread

FILE = "thread.json"
APART_ZONE = "restricted/threads"
"""Below it lies a folder a channel: pages that were secured lie by their unit's id beside it."""


ZONES = ("posts", "kept", APART_ZONE, "tombstones")
"""Where a killed run may have left uncommitted bytes of a channel."""


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """Where a thread goes, and why.

    Attributes:
        zone: ``kept`` or ``restricted``.
        name: last part of its key, without meaning; the archive makes it unique.
        reason: code; by: id of the person, or the rule.
        review: when keeping it is asked anew.
        sha256: digest of the stored line.
        list, row: of the list that moved it, where one did.
    """

    zone: Literal["kept", "restricted"]
    name: str
    reason: str
    by: str
    review: dt.date
    sha256: str
    list: str = ""
    row: int = 0


def clear(archive: Archive, channel: str) -> None:
    """Destroy what killed runs left of a channel, and read up to now; the caller holds its lease.

    Uncommitted bytes are words all the same, and nobody would look for them there.
    """
    for zone in ZONES:
        archive.sweep(f"{zone}/{channel}/")
    archive.refresh()


def moved_draft(archive: Archive, package: Package, thread: Thread, move: Move) -> Draft:
    """The package of a moved thread, with the pictures that it names.

    Args:
        archive: where its pictures lie.
        package: the day that it lies in.
        thread: the thread.
        move: where to, and why.
    """
    named = media_names([thread])
    pictures = day_media(archive, package) if named else {}
    zone = APART_ZONE if move.zone == "restricted" else move.zone
    labels = {"kind": move.zone, "channel": thread.channel, "reason": move.reason}
    return Draft(
        base=f"{zone}/{thread.channel}/{thread.day.year}/{move.name}",
        files={
            FILE: thread_json(thread) + b"\n",
            **{name: data for name, data in pictures.items() if name in named},
        },
        about={
            "thread": thread.id,
            "list": move.list,
            "row": move.row,
            "by": move.by,
            "reason": move.reason,
            "retention": "until-review",
            "review": move.review.isoformat(),
            "sha256": move.sha256,
        },
        labels={**labels, "list": move.list} if move.list else labels,
        folder=True,
    )


def again(archive: Archive, package: Package, thread: Thread, said: Mapping[str, Any]) -> Draft:
    """A moved package as it is to read from now on, with more said in its manifest.

    The same commit retires ``package`` as superseded.
    """
    manifest = archive.manifest(package)
    names = [file["name"] for file in manifest["files"] if file["name"] != FILE]
    return Draft(
        base=package.base,
        files={
            FILE: thread_json(thread) + b"\n",
            **{name: archive.read(package, name) for name in names},
        },
        about={**manifest["about"], **said},
        labels=package.labels,
        folder=True,
    )
