"""What earlier harvests left behind: when, how the channel presented itself, what was counted."""

import dataclasses as dc
import datetime as dt
from collections.abc import Mapping

from archive_store import Archive
from tasks.harvest.outcome import EVENT
from tasks.harvest.profile import Portrait
from tasks.harvest.table import LastRow, last_rows


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """A channel's earlier harvests, as journal and observations tell.

    Attributes:
        last: time of the last harvest, ``None`` before the first.
        full_look: when numbers of all history were last asked for.
        profile: digest of how the channel presented itself, ``""`` where never told.
        portrait: how it looked then, field by field (``tasks.harvest.profile``).
        others: the highest running number given to a thread that others began.
        rows: the last row of every thread ever counted, by its id in the observations.
    """

    last: dt.datetime | None
    full_look: dt.datetime | None
    profile: str
    portrait: Portrait
    others: int
    rows: Mapping[str, LastRow]


def last_harvest(archive: Archive, channel_id: str) -> dt.datetime | None:
    """The rule's time of the channel's last harvest, ``None`` where there was none."""
    newest = archive.entries(event=EVENT, channel=channel_id, newest=True)
    return next((entry.now for entry in newest), None)


def history_of(archive: Archive, channel_id: str) -> History:
    """Read the channel's harvests from the journal, and its observations."""
    last = next(archive.entries(event=EVENT, channel=channel_id, newest=True), None)
    facts = last.facts if last else {}
    looked = facts.get("full_look")
    return History(
        last=last.now if last else None,
        full_look=dt.datetime.fromisoformat(looked) if looked else None,
        profile=str(facts.get("profile", "")),
        portrait=facts.get("portrait", {}),
        others=int(facts.get("others", 0)),
        rows=last_rows(archive, channel_id),
    )
