"""Proposing: every living thread of a board's channels is judged, and what may go is frozen.

The list's bytes and digest are what a named approver, not the proposer, approves (DESIGN section 1,
"No decision, no culling"; ``approval``).
"""

import collections
import dataclasses as dc
import datetime as dt
from collections.abc import Mapping, Sequence

from archive_store import Archive, Commit
from archive_store.errors import RefusalError
from tasks.culling.approval import refuse_out_of_force
from tasks.culling.classes import PERSON, due_of
from tasks.culling.decision import Decision, RecordClass
from tasks.culling.gathering import grounds_of
from tasks.culling.ground import Ground
from tasks.culling.guards import judge, keeps_by_rule, restricts_by_rule
from tasks.culling.lists import (
    APART,
    BY_RULE,
    FLAGS,
    LIST_LIVES,
    CullingList,
    Row,
    digest,
    list_draft,
    part_of,
    read_list,
    rows_bytes,
    sweep_lists,
    waiting,
)
from tasks.culling.reading import read_days
from tasks.culling.tags import Circumstances
from tasks.days import living_days
from tasks.gists import Gist
from tasks.model import Verdict
from tasks.office_time import local_date


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class ListRef:
    """What a proposal came to; counts and codes only.

    Attributes:
        board: whose threads were judged.
        list_id: the list that waits for approval, or ``None`` where nothing may go.
        rows: threads on it; keeps: those among them that their class keeps.
        flagged: rows that an approver should look at.
        sha256: digest of the frozen rows, ``""`` without a list.
        not_due: threads whose period has not passed.
        blocked: threads that are due and stopped, by code of what stops them.
        expires: until when it may be approved and carried out.
    """

    board: str
    list_id: str | None = None
    rows: int = 0
    keeps: int = 0
    flagged: int = 0
    sha256: str = ""
    not_due: int = 0
    blocked: Mapping[str, int] = dc.field(default_factory=dict)
    expires: dt.datetime | None = None


def propose(  # noqa: PLR0913 - what is judged, by whom, when and on what ground
    archive: Archive,
    decision: Decision,
    channels: Sequence[str],
    *,
    by: str,
    now: dt.datetime,
    circumstances: Circumstances | None = None,
) -> ListRef:
    """Freeze what may go of a board's channels as a list that waits for approval.

    A list of the same board that still waits is superseded; where it says the same, it stays.

    Args:
        archive: where threads lie and lists are kept.
        decision: the board's.
        channels: ids of the channels of the board's units.
        by: id of a proposer whom the decision names.
        now: the rule's time.
        circumstances: what the decision's rules go by beside the threads themselves.

    Raises:
        RefusalError: ``not-proposer``, ``decision-not-in-force``, or ``cull-unfinished`` where a
            culling of the board has begun and not ended.
        HeldError: another run is busy with the board's culling.
    """
    if decision.proposer(by) is None:
        raise RefusalError(
            "not-proposer",
            sv=f"{by}: beslutet {decision.file} ger inte rätt att föreslå gallring.",
            en=f"{by}: the decision {decision.file} does not let this id propose.",
        )
    refuse_out_of_force(decision, now)
    with archive.lease(f"cull-{decision.board}"):
        sweep_lists(archive, decision.board)
        archive.refresh()
        open_lists = [read_list(archive, list_id) for list_id in waiting(archive, decision.board)]
        _refuse_unfinished(archive, open_lists)
        open_lists = _expired_away(archive, open_lists, by, now)
        grounds = grounds_of(archive, decision, sorted(set(channels)), now, circumstances)
        rows, found = _judged(archive, decision, grounds)
        if not rows:
            return found
        frozen = rows_bytes(rows)
        ref = dc.replace(found, sha256=digest(frozen))
        for same in open_lists:
            if (same.sha256, same.by, same.decision) == (ref.sha256, by, decision.sha256):
                return dc.replace(ref, list_id=same.id, expires=same.expires)
        list_id = _next_id(archive, decision.board, now)
        expires = now + LIST_LIVES
        about = {
            "by": by,
            "proposed": now.isoformat(),
            "expires": expires.isoformat(),
            "decision": decision.sha256,
            "rows": len(rows),
        }
        old = [package for each in open_lists for package in _packages(archive, each)]
        archive.commit(
            Commit(
                event="cull-proposed",
                now=now,
                actor=by,
                drafts=(list_draft(list_id, frozen, board=decision.board, about=about),),
                retire=tuple(old),
                retirement="superseded",
                once=f"cull-list:{list_id}",
                facts={
                    "list": list_id,
                    "board": decision.board,
                    "rows": len(rows),
                    "sha256": ref.sha256,
                    "superseded": [each.id for each in open_lists],
                },
            )
        )
        return dc.replace(ref, list_id=list_id, expires=expires)


def _judged(
    archive: Archive, decision: Decision, grounds: Mapping[str, Ground]
) -> tuple[tuple[Row, ...], ListRef]:
    rows: list[Row] = []
    not_yet = 0
    blocked: collections.Counter[str] = collections.Counter()
    for channel, ground in grounds.items():
        for day in read_days(archive, living_days(archive, channel)):
            for gist in day.gists:
                classed = ground.classed(gist, day.thread)
                known = classed.record_class
                if known is not None and not ground.due(gist, known):
                    not_yet += 1  # half of what lives: no other guard is asked
                    continue
                verdict = judge(gist, classed, ground)
                if known is not None and _may_move(verdict):
                    rows.append(_row(len(rows) + 1, gist, known, verdict, ground))
                else:
                    blocked.update(finding.code for finding in verdict.findings)
    return tuple(rows), ListRef(
        board=decision.board,
        rows=len(rows),
        keeps=sum(row.keep != "" for row in rows),
        flagged=sum(row.flags != () for row in rows),
        not_due=not_yet,
        blocked=dict(sorted(blocked.items())),
    )


def _may_move(verdict: Verdict) -> bool:
    """Whether the thread goes, or is due and its class keeps it or sets it apart."""
    return verdict.cull or keeps_by_rule(verdict) or restricts_by_rule(verdict)


def _row(number: int, gist: Gist, known: RecordClass, verdict: Verdict, ground: Ground) -> Row:
    return Row(
        number=number,
        channel=gist.channel,
        day=gist.day,
        thread=gist.id,
        sha256=gist.sha256,
        rule=verdict.rule,
        keep=_keep_of(verdict),
        due=due_of(gist, known).astimezone(dt.UTC),
        posts=gist.posts,
        comments=gist.comments,
        size=gist.size,
        flags=_flags(gist, late=ground.late(gist, known), classed=verdict.why == PERSON),
        why=verdict.why,
    )


def _keep_of(verdict: Verdict) -> str:
    if verdict.cull:
        return ""
    return APART if restricts_by_rule(verdict) else BY_RULE


def _flags(gist: Gist, *, late: bool, classed: bool) -> tuple[str, ...]:
    if not (late or classed or gist.flags):
        return ()
    flags = {*gist.flags, *(["late"] if late else []), *(["classed"] if classed else [])}
    return tuple([flag for flag in FLAGS if flag in flags])


def _refuse_unfinished(archive: Archive, open_lists: Sequence[CullingList]) -> None:
    for each in open_lists:
        if part_of(archive, each.id, "intent") is not None:
            raise RefusalError(
                "cull-unfinished",
                sv=f"{each.id}: gallringen är påbörjad; slutför den först (cull carry-out).",
                en=f"{each.id}: the culling has begun; end it first (cull carry-out).",
            )


def _expired_away(
    archive: Archive, open_lists: Sequence[CullingList], by: str, now: dt.datetime
) -> list[CullingList]:
    """Destroy lists that nobody approved in time; those that are still good."""
    old = [each for each in open_lists if each.expires <= now]
    if old:
        archive.commit(
            Commit(
                event="cull-expired",
                now=now,
                actor=by,
                retire=tuple(key for each in old for key in _packages(archive, each)),
                retirement="expired",
                facts={"lists": [each.id for each in old]},
            )
        )
    return [each for each in open_lists if each not in old]


def _packages(archive: Archive, list_: CullingList) -> list[str]:
    approval = part_of(archive, list_.id, "approval")
    return [list_.package.key, *([] if approval is None else [approval.key])]


def _next_id(archive: Archive, board: str, now: dt.datetime) -> str:
    number = 1
    while archive.once(f"cull-list:{local_date(now)}-{board}-{number}") is not None:
        number += 1
    return f"{local_date(now)}-{board}-{number}"
