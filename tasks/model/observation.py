"""Numbers of a thread at one moment: kept for ever, and never a person in them."""

import dataclasses as dc
import datetime as dt


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """One row: what could be counted of one thread when it was harvested.

    Attributes:
        channel: channel's id.
        thread: the post's id where the body wrote it, else a running number without meaning.
        address: wordless address of the body's own post, else ``""``.
        own: whether the body began the thread.
        kind: ``"post"`` or ``"page"``.
        published: when the thread began (UTC); observed: when counted (UTC).
        age_days: whole Stockholm days between the two.
        comments: others' public comments.
        own_replies: the body's own public comments.
        hidden: others' comments that are held, spam or trash; ``None`` where not told.
        reactions, shares, views: ``None`` where the platform does not tell, never 0 instead.
        waits_minutes: calendar minutes from each first message to its answer.
        waits_office_minutes: the same in office time; same order and length.
        waits_24h: for each of those, whether answered within 24 hours on working days.
        waits_month: the Stockholm month (YYYYMM) in which each of those messages came; same order
            and length, or empty where not told (the facts then take the month of ``published``).
        open_comments: others' public comments without an answer.
        oldest_open_minutes: calendar minutes that the oldest of them has waited, or ``None``.
        harvest: journal-independent id of the harvest, ``<channel>-<observed stamp>``.
    """

    channel: str
    thread: str
    address: str
    own: bool
    kind: str
    published: dt.datetime
    observed: dt.datetime
    age_days: int
    comments: int
    own_replies: int
    hidden: int | None
    reactions: int | None
    shares: int | None
    views: int | None
    waits_minutes: tuple[int, ...]
    waits_office_minutes: tuple[int, ...]
    waits_24h: tuple[bool, ...]
    open_comments: int
    oldest_open_minutes: int | None
    harvest: str
    waits_month: tuple[int, ...] = ()
