"""What a harvest did, as counts: what the flow shows and the journal keeps."""

import dataclasses as dc
import datetime as dt
from collections.abc import Mapping
from typing import Any

from archive_store import Entry

EVENT = "harvest"


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class HarvestOutcome:
    """One harvest of one channel; counts and codes only, fit for logs and databases.

    Attributes:
        channel: channel's id.
        stamp: the harvest's time, such as ``"20251215T020000Z"``.
        first: whether it was the channel's first harvest.
        again: whether it had been done before, so that nothing was done now.
        new: threads taken in.
        new_comments: comments and pingbacks taken in, in new threads and old.
        edited: new wordings of what was known.
        gone: items that left the channel or were thrown away.
        hidden: items that became held or spam.
        shown: items that became public (again).
        threads: living threads after the harvest.
        days: packages of days written.
        observations: rows of numbers.
        media, media_missing: pictures taken in, and those that could not be had.
        packages: packages committed.
        requests: requests made to the platform, pictures left out.
        told_posts: public posts by the platform's own count, ``None`` where not told.
        complete: whether disappearances could be told.
        changed: whether the channel presents itself otherwise than at the last harvest.
        change: codes of what changed so much that the channel is to be documented anew
            (``tasks.harvest.profile``).
        screened: number of new wordings by code of what was noticed in them.
    """

    channel: str
    stamp: str
    first: bool = False
    again: bool = False
    new: int = 0
    new_comments: int = 0
    edited: int = 0
    gone: int = 0
    hidden: int = 0
    shown: int = 0
    threads: int = 0
    days: int = 0
    observations: int = 0
    media: int = 0
    media_missing: int = 0
    packages: int = 0
    requests: int = 0
    told_posts: int | None = None
    complete: bool = True
    changed: bool = False
    change: tuple[str, ...] = ()
    screened: Mapping[str, int] = dc.field(default_factory=dict)

    def counts(self) -> dict[str, Any]:
        """The fields as JSON values, for the journal and for Prefect."""
        return {field.name: getattr(self, field.name) for field in dc.fields(self)} | {
            "change": list(self.change),
            "screened": dict(self.screened),
        }

    @classmethod
    def from_entry(cls, entry: Entry) -> "HarvestOutcome":
        """The outcome that a journal entry tells of, marked as done before."""
        names = {field.name for field in dc.fields(cls)}
        told = {name: value for name, value in entry.facts.items() if name in names}
        return cls(**told | {"change": tuple(told.get("change", ())), "again": True})


def stamp_of(moment: dt.datetime) -> str:
    """A moment as it stands in keys: UTC, such as ``"20251215T020000Z"``."""
    return f"{moment.astimezone(dt.UTC):%Y%m%dT%H%M%SZ}"
