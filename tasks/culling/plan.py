"""What becomes of each approved row: what is approved *and still eligible* goes, nothing else.

Every row is read anew from the living days and judged anew. A thread whose stored line differs from
the one that was listed goes only where nothing was said in it since (it was hidden, say, or left
the channel): what an approver never saw stays.

A day is read, judged and let go before the next one: of a thread that is destroyed only what its
certificate and its tombstones need is held, however much goes.
"""

import dataclasses as dc
import datetime as dt
import functools
from collections import defaultdict
from collections.abc import Iterator, Mapping

import msgspec

from archive_store import Archive, Draft, Package
from tasks import tombstones
from tasks.culling.decision import Decision
from tasks.culling.ground import Stored, grounds_of, threads_of_days
from tasks.culling.guards import Ground, judge, keeps_by_rule, restricts_by_rule
from tasks.culling.lists import APART, BY_RULE, Approval, CullingList, Row
from tasks.culling.moving import Move, moved_draft
from tasks.culling.tags import Circumstances, head_of
from tasks.days import day_of, living_days, rest_draft
from tasks.model import Verdict, Visibility
from tasks.office_time import local_date
from tasks.threads import last_activity

REVIEW_AFTER = dt.timedelta(days=365)
"""A kept thread is looked at again after this long: keeping is a decision, not an accident."""


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Mandate:
    """What allows a culling at ``now``: a decision, a list made under it, and its approval."""

    decision: Decision
    list: CullingList
    approval: Approval
    now: dt.datetime
    circumstances: Circumstances = dc.field(default_factory=Circumstances)


class Leaving(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What must be known of a thread that leaves its day; none of its words.

    Attributes:
        channel, day, thread: where it lay; package: the day as stored.
        sha256, size: of its stored line, and of that with its pictures.
        items, versions: posts and comments, and wordings of them.
        latest: the Stockholm date of its last activity.
        head: how the post that began it was last seen; ``None`` where it is absent.
        marks: item id and version digest of every wording.
    """

    channel: str
    day: dt.date
    thread: str
    package: Package
    sha256: str
    size: int
    items: int
    versions: int
    latest: dt.date
    head: Visibility | None
    marks: tuple[tuple[str, str], ...]


class Fate(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What becomes of a row.

    Attributes:
        row: as approved.
        leaving: the thread where it goes or is kept, else ``None``.
        stored: the thread in full, where it is kept.
        keep: reason code where it moves to ``kept/`` or ``restricted/``, else ``""``.
        stopped: codes of what stops it; empty where it goes or is kept.
    """

    row: Row
    leaving: Leaving | None = None
    stored: Stored | None = None
    keep: str = ""
    stopped: tuple[str, ...] = ()

    @property
    def goes(self) -> bool:
        """Whether the thread is destroyed."""
        return not self.keep and not self.stopped


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Rest:
    """What stays of a day: how many ``threads``, and the names of the pictures that they show."""

    threads: int
    media: frozenset[str]


@dc.dataclass(frozen=True, kw_only=True)  # no slots: what goes is told many times
class Plan:
    """The fates of a list's rows, and what stays of the days that they touch.

    Attributes:
        fates: one a row, in its order.
        leaving: the days that lose a thread, by key.
        rest: what stays, by the key of each of those days in which a thread stays.
    """

    fates: tuple[Fate, ...]
    leaving: Mapping[str, Package]
    rest: Mapping[str, Rest]

    @functools.cached_property
    def culled(self) -> list[tuple[Fate, Leaving]]:
        """The rows that go, with their threads."""
        return [(fate, fate.leaving) for fate in self.fates if fate.goes and fate.leaving]

    @functools.cached_property
    def kept(self) -> list[tuple[Fate, Stored]]:
        """The rows that move to ``kept/`` or ``restricted/``, with their threads."""
        return [(fate, fate.stored) for fate in self.fates if fate.keep and fate.stored]


def plan(archive: Archive, mandate: Mandate) -> Plan:
    """Judge every row of an approved list anew; the caller holds the leases of its channels."""
    rows = {(row.channel, row.day, row.thread): row for row in mandate.list.rows}
    days = {(row.channel, row.day) for row in mandate.list.rows}
    channels = sorted({channel for channel, _ in days})
    grounds = grounds_of(archive, mandate.decision, channels, mandate.now, mandate.circumstances)
    fates: dict[int, Fate] = {}
    leaving: dict[str, Package] = {}
    rest: dict[str, Rest] = {}
    for channel in channels:
        touched = [p for p in living_days(archive, channel) if (channel, day_of(p)) in days]
        for package, threads in threads_of_days(archive, touched):
            staying = []
            for stored in threads:
                # A row is one thread: whatever else were to bear its id stays.
                row = rows.pop((channel, day_of(package), stored.gist.id), None)
                fate = None if row is None else _fate(row, stored, grounds[channel], mandate)
                if fate is not None:
                    fates[fate.row.number] = fate
                if fate is None or fate.leaving is None:
                    staying.append(stored.gist)
                else:
                    leaving[package.key] = package
            if staying and package.key in leaving:
                rest[package.key] = Rest(
                    threads=len(staying),
                    media=frozenset(name for gist in staying for name in gist.pictures),
                )
    return Plan(
        fates=tuple(
            fates.get(row.number, Fate(row=row, stopped=("not-there",)))
            for row in mandate.list.rows
        ),
        leaving=leaving,
        rest=rest,
    )


def _fate(row: Row, stored: Stored, ground: Ground, mandate: Mandate) -> Fate:
    verdict = judge(stored.as_judged(mandate.decision), ground)
    stopped = _stopped(row, stored, verdict, mandate.list)
    if stopped:
        return Fate(row=row, stopped=stopped)
    keep = mandate.approval.keep.get(row.number, row.keep)
    return Fate(row=row, leaving=_leaving(stored), stored=stored if keep else None, keep=keep)


def _leaving(stored: Stored) -> Leaving:
    thread, head = stored.gist, head_of(stored.gist)
    return Leaving(
        channel=thread.channel,
        day=thread.day,
        thread=thread.id,
        package=stored.package,
        sha256=stored.sha256,
        size=stored.size,
        items=len(thread.posts),
        versions=sum([len(post.versions) for post in thread.posts]),
        latest=local_date(last_activity(thread)),
        head=None if head is None else head.visibility,
        marks=tuple([(post.id, each.digest) for post in thread.posts for each in post.versions]),
    )


def day_drafts(archive: Archive, plan_: Plan) -> Iterator[Draft]:
    """New generations of the days in which threads stay; a day that loses all has none."""
    gone: dict[str, set[str]] = defaultdict(set)
    for fate in plan_.fates:
        if fate.leaving is not None:
            gone[fate.leaving.package.key].add(fate.leaving.sha256)
    for key, rest in plan_.rest.items():
        package = plan_.leaving[key]
        yield rest_draft(archive, package, gone=gone[key], threads=rest.threads, media=rest.media)


def kept_drafts(archive: Archive, plan_: Plan, mandate: Mandate) -> Iterator[Draft]:
    """The kept threads, each a package with its reason, retention and review date."""
    list_id = mandate.list.id
    for fate, stored in plan_.kept:
        by_rule = fate.keep in {BY_RULE, APART}
        yield moved_draft(
            archive,
            stored.package,
            stored.thread,
            Move(
                zone="restricted" if fate.keep == APART else "kept",
                name=f"{list_id}-{fate.row.number}",
                reason=fate.keep,
                by=fate.row.rule if by_rule else mandate.approval.by,
                review=review_of(mandate.now),
                sha256=stored.sha256,
                list=list_id,
                row=fate.row.number,
            ),
        )


def tombstone_drafts(archive: Archive, plan_: Plan, mandate: Mandate) -> Iterator[Draft]:
    """Marks of every wording that leaves ``posts/``: neither culled nor kept comes in again."""
    marks: dict[str, list[tuple[str, str]]] = defaultdict(list)
    began: dict[str, set[str]] = defaultdict(set)
    for fate in plan_.fates:
        if fate.leaving is not None:
            marks[fate.leaving.channel] += fate.leaving.marks
            if fate.goes:
                began[fate.leaving.channel].add(fate.leaving.thread)
    for channel, of_channel in sorted(marks.items()):
        yield tombstones.draft(
            archive, channel, mandate.list.id, of_channel, mandate.now, began=began[channel]
        )


def review_of(now: dt.datetime) -> dt.date:
    """The date on which something kept now is looked at again."""
    return local_date(now + REVIEW_AFTER)


def _stopped(row: Row, stored: Stored, verdict: Verdict, list_: CullingList) -> tuple[str, ...]:
    if verdict.rule != row.rule:
        return ("rule-changed",)
    if stored.sha256 != row.sha256 and last_activity(stored.gist) >= list_.proposed:
        return ("changed", *(finding.code for finding in verdict.findings))
    moves = {BY_RULE: keeps_by_rule, APART: restricts_by_rule}
    if verdict.cull or (row.keep in moves and moves[row.keep](verdict)):
        return ()
    return tuple(finding.code for finding in verdict.findings)
