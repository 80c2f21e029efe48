"""What becomes of each approved row: what is approved *and still eligible* goes, nothing else.

Every row is read anew from the living days and judged anew. A thread whose stored line differs from
the one that was listed goes only where nothing was said in it since (it was hidden, say, or left
the channel): what an approver never saw stays.
"""

import dataclasses as dc
import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Mapping

from archive_store import Archive, Draft, Package
from tasks import tombstones
from tasks.culling.decision import Decision
from tasks.culling.ground import Stored, grounds_of, threads_of_day
from tasks.culling.guards import judge, keeps_by_rule, restricts_by_rule
from tasks.culling.lists import APART, BY_RULE, Approval, CullingList, Row
from tasks.culling.moving import Move, moved_draft
from tasks.culling.tags import Circumstances
from tasks.days import (
    day_draft,
    day_media,
    day_of,
    generation_of,
    living_days,
)
from tasks.model import Verdict
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


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Fate:
    """What becomes of a row.

    Attributes:
        row: as approved.
        stored: the thread now, or ``None`` where it is no longer there.
        keep: reason code where it moves to ``kept/`` or ``restricted/``, else ``""``.
        stopped: codes of what stops it; empty where it goes or is kept.
    """

    row: Row
    stored: Stored | None
    keep: str = ""
    stopped: tuple[str, ...] = ()

    @property
    def goes(self) -> bool:
        """Whether the thread is destroyed."""
        return not self.keep and not self.stopped


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The fates of a list's rows, and every thread of the days that they touch.

    Attributes:
        fates: one a row, in its order.
        days: every thread of each touched day, by the day's key.
    """

    fates: tuple[Fate, ...]
    days: Mapping[str, tuple[Stored, ...]]

    @property
    def culled(self) -> list[tuple[Fate, Stored]]:
        """The rows that go, with their threads."""
        return [(fate, fate.stored) for fate in self.fates if fate.goes and fate.stored]

    @property
    def kept(self) -> list[tuple[Fate, Stored]]:
        """The rows that move to ``kept/`` or ``restricted/``, with their threads."""
        return [(fate, fate.stored) for fate in self.fates if fate.keep and fate.stored]

    @property
    def leaving(self) -> dict[str, Package]:
        """The days that lose a thread, by key."""
        return {stored.package.key: stored.package for _, stored in (*self.culled, *self.kept)}


def plan(archive: Archive, mandate: Mandate) -> Plan:
    """Judge every row of an approved list anew; the caller holds the leases of its channels."""
    days: dict[str, tuple[Stored, ...]] = {}
    found: dict[tuple[str, str], Stored] = {}
    wanted = {(row.channel, row.day) for row in mandate.list.rows}
    channels = sorted({channel for channel, _ in wanted})
    for channel in channels:
        for package in living_days(archive, channel):
            if (channel, day_of(package)) in wanted:
                days[package.key] = tuple(threads_of_day(archive, package))
                found |= {(channel, each.thread.id): each for each in days[package.key]}
    grounds = grounds_of(archive, mandate.decision, channels, mandate.now, mandate.circumstances)
    fates = []
    for row in mandate.list.rows:
        stored = found.get((row.channel, row.thread))
        if stored is None:
            fates.append(Fate(row=row, stored=None, stopped=("not-there",)))
            continue
        verdict = judge(stored.thread, grounds[row.channel])
        stopped = _stopped(row, stored, verdict, mandate.list)
        keep = "" if stopped else mandate.approval.keep.get(row.number, row.keep)
        fates.append(Fate(row=row, stored=stored, keep=keep, stopped=stopped))
    return Plan(fates=tuple(fates), days=days)


def day_drafts(archive: Archive, plan_: Plan) -> Iterator[Draft]:
    """New generations of the days in which threads stay; a day that loses all has none."""
    gone = {id(stored) for _, stored in (*plan_.culled, *plan_.kept)}
    for key, package in plan_.leaving.items():
        staying = [each.thread for each in plan_.days[key] if id(each) not in gone]
        if staying:
            yield day_draft(
                package.labels["channel"],
                day_of(package),
                generation_of(package) + 1,
                staying,
                day_media(archive, package),
            )


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
    for _, stored in (*plan_.culled, *plan_.kept):
        for post in stored.thread.posts:
            for version in post.versions:
                marks[stored.thread.channel].append((post.id, version.digest))
    began: dict[str, set[str]] = defaultdict(set)
    for _, stored in plan_.culled:
        began[stored.thread.channel].add(stored.thread.id)
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
    said_since = last_activity(stored.thread) >= list_.proposed
    if stored.sha256 != row.sha256 and said_since:
        return ("changed", *(finding.code for finding in verdict.findings))
    moves = {BY_RULE: keeps_by_rule, APART: restricts_by_rule}
    if verdict.cull or (row.keep in moves and moves[row.keep](verdict)):
        return ()
    return tuple(finding.code for finding in verdict.findings)
