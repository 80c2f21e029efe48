"""What has waited too long: threads past their latest day, questions past a month, reviews due.

K21: a decision lets threads go after a week *and* asks that they are gone by a latest day; one that
is still there is a finding of the audit, whatever stops it. So that an open question is never
endless retention, it comes to a person's assessment after thirty days (notes: law and practice).
"""

import dataclasses as dc
import datetime as dt
from collections.abc import Mapping

from archive_store import Archive, Package
from tasks.culling.ground import Ground
from tasks.culling.holds import active
from tasks.culling.reading import stored_threads
from tasks.model import Thread
from tasks.office_time import local_date
from tasks.threads import open_questions

ASSESSED_AFTER = dt.timedelta(days=30)


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Unanswered:
    """A thread with a question that nobody has closed for thirty days.

    Attributes:
        thread: with its words: for the person at the terminal alone.
        asked: when the oldest open question was written.
        waiting: how many are open.
    """

    thread: Thread
    asked: dt.datetime
    waiting: int


def backlog(archive: Archive, grounds: Mapping[str, Ground]) -> dict[str, int]:
    """Threads past their class's latest day, by channel; held ones are no backlog."""
    return {channel: _overdue(archive, channel, ground) for channel, ground in grounds.items()}


def to_assess(archive: Archive, channel: str, now: dt.datetime) -> list[Unanswered]:
    """The assessment list of a channel, oldest question first."""
    found = []
    for stored in stored_threads(archive, channel):
        if not stored.gist.questions:
            continue
        thread = stored.thread
        old = [p for p in open_questions(thread) if now - p.published >= ASSESSED_AFTER]
        if old:
            asked = min(post.published for post in old)
            found.append(Unanswered(thread=thread, asked=asked, waiting=len(old)))
    return sorted(found, key=lambda each: (each.asked, each.thread.id))


def reviews_due(archive: Archive, now: dt.datetime) -> dict[str, list[str]]:
    """What a person should look at again: keys of kept and restricted threads, ids of holds."""
    today = local_date(now)
    moved = [*archive.packages("kept/", kind="kept"), *_restricted(archive)]
    return {
        "kept": [each.key for each in moved if _review(archive, each) <= today],
        "holds": sorted({hold.id for hold in active(archive) if hold.review <= today}),
    }


def _overdue(archive: Archive, channel: str, ground: Ground) -> int:
    holds = active(archive, channel)
    late = 0
    for stored in stored_threads(archive, channel):
        known = ground.classed(stored.gist, stored.day.thread).record_class
        if known is None:
            continue  # not classified: it has no period yet, and blocks by choice of the board
        if any(hold.covers(channel, stored.gist.id) for hold in holds):
            continue
        late += ground.late(stored.gist, known)
    return late


def _restricted(archive: Archive) -> list[Package]:
    kinds = ("restricted", "removed")
    return [each for kind in kinds for each in archive.packages("restricted/", kind=kind)]


def _review(archive: Archive, package: Package) -> dt.date:
    return dt.date.fromisoformat(archive.manifest(package)["about"]["review"])
