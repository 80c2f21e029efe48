"""What becomes of each approved row: what is approved *and still eligible* goes, nothing else.

Every row is read anew from the living days and judged anew. A thread whose stored line differs from
the one that was listed goes only where nothing was said in it since (it was hidden, say, or left
the channel): what an approver never saw stays.

A day's gists are judged, while its threads are read anew and must be the bytes that were stored.
Then it is let go: of a thread that is destroyed only the gist is held, however much goes.
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
from tasks.culling.gathering import grounds_of
from tasks.culling.ground import Ground
from tasks.culling.guards import judge, keeps_by_rule, restricts_by_rule
from tasks.culling.lists import APART, BY_RULE, Approval, CullingList, Row
from tasks.culling.moving import Move, moved_draft
from tasks.culling.reading import Day, read_days
from tasks.culling.tags import Circumstances
from tasks.days import day_of, living_days, rest_draft, thread_from_json
from tasks.gists import Gist, marks_in
from tasks.model import Verdict
from tasks.office_time import local_date
from tasks.tombstones import Gone

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


class Fate(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What becomes of a row.

    Attributes:
        row: as approved.
        package: the day that the thread leaves, where it goes or is kept, else ``None``.
        gist: the thread's, where it leaves.
        line: its stored line, where it is kept.
        keep: reason code where it moves to ``kept/`` or ``restricted/``, else ``""``.
        stopped: codes of what stops it; empty where it goes or is kept.
    """

    row: Row
    package: Package | None = None
    gist: Gist | None = None
    line: bytes = b""
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
    def culled(self) -> list[tuple[Row, Gist]]:
        """The rows that go, with their threads' gists."""
        return [(fate.row, fate.gist) for fate in self.fates if fate.goes and fate.gist]

    @functools.cached_property
    def kept(self) -> list[Fate]:
        """The fates of the rows that move to ``kept/`` or ``restricted/``."""
        return [fate for fate in self.fates if fate.keep]


def plan(archive: Archive, mandate: Mandate) -> Plan:
    """Judge every row of an approved list anew; the caller holds the leases of its channels.

    Raises:
        DamageError: a day is not what the archive tells of it.
    """
    listed: dict[tuple[str, dt.date], dict[str, Row]] = defaultdict(dict)
    for row in mandate.list.rows:
        listed[row.channel, row.day][row.thread] = row
    channels = sorted({channel for channel, _ in listed})
    grounds = grounds_of(archive, mandate.decision, channels, mandate.now, mandate.circumstances)
    fates: dict[int, Fate] = {}
    leaving: dict[str, Package] = {}
    rest: dict[str, Rest] = {}
    for channel, ground in grounds.items():
        touched = [p for p in living_days(archive, channel) if (channel, day_of(p)) in listed]
        for day in read_days(archive, touched, whole=True):
            package, staying = day.package, []
            rows = listed[channel, day_of(package)]
            for gist in day.gists:
                fate = None
                if gist.id in rows:  # a row is one thread: whatever else were to bear its id stays
                    fate = _fate(rows.pop(gist.id), gist, day, ground, mandate)
                    fates[fate.row.number] = fate
                if fate is None or fate.gist is None:
                    staying.append(gist)
                else:
                    leaving[package.key] = package
            if staying and package.key in leaving:
                rest[package.key] = Rest(
                    threads=len(staying),
                    media=frozenset(name for gist in staying for name in gist.pictures),
                )
    return Plan(
        fates=tuple(
            fates.get(row.number) or Fate(row=row, stopped=("not-there",))
            for row in mandate.list.rows
        ),
        leaving=leaving,
        rest=rest,
    )


def _fate(row: Row, gist: Gist, day: Day, ground: Ground, mandate: Mandate) -> Fate:
    verdict = judge(gist, ground.classed(gist, day.thread), ground)
    stopped = _stopped(row, gist, verdict, mandate.list)
    if stopped:
        return Fate(row=row, stopped=stopped)
    keep = mandate.approval.keep.get(row.number, row.keep)
    line = day.line(gist) if keep else b""
    return Fate(row=row, gist=gist, package=day.package, line=line, keep=keep)


def day_drafts(archive: Archive, plan_: Plan) -> Iterator[Draft]:
    """New generations of the days in which threads stay; a day that loses all has none."""
    gone: dict[str, set[str]] = defaultdict(set)
    for fate in plan_.fates:
        if fate.gist is not None and fate.package is not None:
            gone[fate.package.key].add(fate.gist.sha256)
    for key, rest in plan_.rest.items():
        package = plan_.leaving[key]
        yield rest_draft(archive, package, gone=gone[key], threads=rest.threads, media=rest.media)


def kept_drafts(archive: Archive, plan_: Plan, mandate: Mandate) -> Iterator[Draft]:
    """The kept threads, each a package with its reason, retention and review date."""
    list_id = mandate.list.id
    for fate in plan_.kept:
        if fate.package is None or fate.gist is None:
            raise AssertionError(fate.row.number)  # what is kept was there
        by_rule = fate.keep in {BY_RULE, APART}
        yield moved_draft(
            archive,
            fate.package,
            thread_from_json(fate.line),
            Move(
                zone="restricted" if fate.keep == APART else "kept",
                name=f"{list_id}-{fate.row.number}",
                reason=fate.keep,
                by=fate.row.rule if by_rule else mandate.approval.by,
                review=review_of(mandate.now),
                sha256=fate.gist.sha256,
                list=list_id,
                row=fate.row.number,
            ),
        )


def tombstone_drafts(plan_: Plan, mandate: Mandate) -> Iterator[Draft]:
    """Marks of every wording that leaves ``posts/``: neither culled nor kept comes in again."""
    leaving: dict[str, list[tuple[Gist, bool]]] = defaultdict(list)
    for fate in plan_.fates:
        if fate.gist is not None:
            leaving[fate.row.channel].append((fate.gist, fate.goes and fate.gist.head != ""))
    for channel, threads in sorted(leaving.items()):
        gone = (Gone(marks=marks_in(gist), began=began) for gist, began in threads)
        yield tombstones.draft(channel, mandate.list.id, gone, mandate.now)


def review_of(now: dt.datetime) -> dt.date:
    """The date on which something kept now is looked at again."""
    return local_date(now + REVIEW_AFTER)


def _stopped(row: Row, gist: Gist, verdict: Verdict, list_: CullingList) -> tuple[str, ...]:
    if verdict.rule != row.rule:
        return ("rule-changed",)
    if gist.sha256 != row.sha256 and gist.active >= list_.proposed:
        return ("changed", *(finding.code for finding in verdict.findings))
    moves = {BY_RULE: keeps_by_rule, APART: restricts_by_rule}
    if verdict.cull or (row.keep in moves and moves[row.keep](verdict)):
        return ()
    return tuple(finding.code for finding in verdict.findings)
