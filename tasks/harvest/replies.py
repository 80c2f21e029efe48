"""What waits for a reply, and how late it is.

Guidelines: strive for 24 hours on working days, never later than a week. Ids and addresses in an
``OpenReply`` are for work inside the archive; only counts and statuses may leave it.
"""

import collections
import dataclasses as dc
import datetime as dt
import enum
from collections.abc import Iterable

from archive_store import Archive
from tasks.days import living_days, load_day
from tasks.model import Channel, Post, Thread
from tasks.office_time import REPLY_AT_LATEST, reply_due
from tasks.threads import open_questions


class Status(enum.StrEnum):
    """How late a reply is."""

    WAITING = "waiting"
    LATE_24H = "late_24h"
    LATE_WEEK = "late_week"


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class OpenReply:
    """One public comment that nobody has answered.

    Attributes:
        thread: platform id of its thread; ``permalink`` where it stands. Never outside the archive.
        received: when it was written (UTC).
        due: when 24 hours of working days have passed (UTC).
        status: how late the reply is.
        overdue_minutes: calendar minutes since ``due``, 0 before it.
    """

    thread: str = dc.field(repr=False)
    permalink: str = dc.field(repr=False)
    received: dt.datetime
    due: dt.datetime
    status: Status
    overdue_minutes: int


def open_replies(archive: Archive, channel: Channel, *, now: dt.datetime) -> tuple[OpenReply, ...]:
    """Every open question of a channel's living threads as last harvested, oldest first."""
    waiting = (
        _open_reply(post, thread, now)
        for package in living_days(archive, channel.id)
        for thread in load_day(archive, package)
        for post in open_questions(thread)
    )
    return tuple(sorted(waiting, key=lambda reply: (reply.received, reply.thread)))


def statuses(replies: Iterable[OpenReply]) -> dict[Status, int]:
    """How many replies have each status; every status is there."""
    counted = collections.Counter(reply.status for reply in replies)
    return {status: counted[status] for status in Status}


def _open_reply(post: Post, thread: Thread, now: dt.datetime) -> OpenReply:
    due = reply_due(post.published)
    if now > post.published + REPLY_AT_LATEST:
        status = Status.LATE_WEEK
    else:
        status = Status.LATE_24H if now > due else Status.WAITING
    return OpenReply(
        thread=thread.id,
        permalink=post.words.permalink or thread.permalink,
        received=post.published,
        due=due,
        status=status,
        overdue_minutes=max(dt.timedelta(), now - due) // dt.timedelta(minutes=1),
    )
