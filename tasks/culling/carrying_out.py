"""Carries an approved list out: intent, destruction, verified absence, certificate.

DESIGN section 1: it survives a kill at any point and never does more than the list says. The intent
is one commit that takes the old days away, writes the days that stay, the tombstones and the draft
of the certificate; the archive destroys the bytes behind it. The outcome is one commit with the
certificate. A rerun after a kill finds the intent and goes on from there; after the outcome it
returns the same certificate.
"""

import contextlib
import dataclasses as dc
import datetime as dt
from collections.abc import Callable, Iterator

from archive_store import Archive, Commit, Draft, Entry
from archive_store.errors import DamageError, RefusalError
from tasks.culling import holds
from tasks.culling.approval import refuse_approver, refuse_other_ground
from tasks.culling.certificate import (
    FILE,
    Certificate,
    JournalPart,
    certificate_draft,
    from_json,
    to_json,
)
from tasks.culling.decision import Decision
from tasks.culling.drafting import Executor, draft_certificate
from tasks.culling.lists import (
    base_of,
    part_of,
    read_approval,
    read_list,
    sweep_lists,
)
from tasks.culling.moving import clear
from tasks.culling.plan import Mandate, Plan, day_drafts, kept_drafts, plan, tombstone_drafts
from tasks.culling.tags import Circumstances
from tasks.model import Register

Reread = Callable[[str], object]
"""Harvests a channel (by id) anew, so that what was said a minute ago is known."""


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class CarriedOut:
    """What became of a list; ids and counts only.

    Attributes:
        list: the list's id.
        certificate: the certificate's number; there is one also where every row was stopped.
        culled, kept, skipped: rows; ``size``: bytes destroyed.
        again: whether it had been done before.
    """

    list: str
    certificate: str
    culled: int
    kept: int
    skipped: int
    size: int
    again: bool = False


def carry_out(  # noqa: PLR0913 - who, what, when and by what
    archive: Archive,
    decision: Decision,
    list_id: str,
    *,
    now: dt.datetime,
    run: str,
    software: str,
    reread: Reread | None = None,
    register: Register | None = None,
    circumstances: Circumstances | None = None,
) -> CarriedOut:
    """Destroy what is approved and still eligible, and certify it.

    Args:
        archive: where it lies.
        decision: the board's, the same as when the list was proposed.
        list_id: an approved list.
        now: the rule's time.
        run: id of the flow run.
        software: product and version.
        reread: called with each channel's id before anything is judged.
        register: gives the names of channels, units and organisation for the certificate.
        circumstances: as when the list was proposed.

    Returns:
        Counts, and the number of the certificate; the same after a rerun.

    Raises:
        RefusalError: not approved, expired, another decision, not in force, or list closed.
        HeldError: another run is busy with the board or one of its channels.
        MissingError: no such list.
        DamageError: destroyed bytes are still there; no certificate was written.
    """
    executor = Executor(run=run, software=software, register=register)
    with archive.lease(f"cull-{decision.board}"):
        sweep_lists(archive, decision.board)
        archive.refresh()
        done = archive.once(f"cull:{list_id}")
        if done is not None:
            return _told(done, again=True)
        resumed = archive.once(f"cull-intent:{list_id}") is not None
        if not resumed:
            mandate = dc.replace(
                _mandate(archive, decision, list_id, now),
                circumstances=circumstances or Circumstances(),
            )
            channels = sorted({row.channel for row in mandate.list.rows})
            if reread is not None:
                for channel in channels:
                    reread(channel)
            with _alone(archive, channels):
                _begin(archive, mandate, executor)
        return _end(archive, list_id, now, resumed=resumed)


def _mandate(archive: Archive, decision: Decision, list_id: str, now: dt.datetime) -> Mandate:
    """The list and its approval, where every rule still lets it be carried out."""
    list_ = read_list(archive, list_id)
    approval = read_approval(archive, list_id)
    if approval is None or approval.sha256 != list_.sha256:
        raise RefusalError(
            "list-not-approved",
            sv=f"{list_id}: listan är inte godkänd; en av beslutets godkännare ska godkänna den.",
            en=f"{list_id}: the list is not approved; one of the decision's approvers must.",
        )
    refuse_other_ground(list_, decision, now)
    refuse_approver(list_, decision, approval.by)
    return Mandate(decision=decision, list=list_, approval=approval, now=now)


@contextlib.contextmanager
def _alone(archive: Archive, channels: list[str]) -> Iterator[None]:
    """Hold the channels and their holds, clear of what killed runs left, and read up to now."""
    with contextlib.ExitStack() as stack:
        for channel in channels:
            stack.enter_context(archive.lease(f"channel-{channel}"))
            stack.enter_context(archive.lease(holds.lease_name(channel)))
        for channel in channels:
            clear(archive, channel)
        yield


def _begin(archive: Archive, mandate: Mandate, executor: Executor) -> None:
    """The intent: one commit, after which the archive destroys what it took away."""
    list_id = mandate.list.id
    judged = plan(archive, mandate)
    certificate = draft_certificate(archive, mandate, judged, executor)
    archive.commit(
        Commit(
            event="cull-intent",
            now=mandate.now,
            actor="cull",
            drafts=(
                *day_drafts(archive, judged),
                *kept_drafts(archive, judged, mandate),
                *tombstone_drafts(judged, mandate),
                _intent_draft(list_id, certificate),
            ),
            retire=tuple(judged.leaving),
            retirement="culled",
            once=f"cull-intent:{list_id}",
            facts={"list": list_id, "board": mandate.list.board, **_counts(judged)},
        )
    )


def _end(archive: Archive, list_id: str, now: dt.datetime, *, resumed: bool) -> CarriedOut:
    """The outcome: absence verified, the certificate issued, the list's own papers gone."""
    intent = archive.once(f"cull-intent:{list_id}")
    package = part_of(archive, list_id, "intent")
    if intent is None or package is None:
        raise AssertionError  # the caller has just seen both
    left = archive.remains(intent.retired)
    if left:
        raise DamageError(
            "not-destroyed",
            sv=f"{list_id}: {len(left)} objekt som skulle förstöras finns kvar; kör om, och "
            "kontrollera lagringen om det upprepas. Inget protokoll är skrivet.",
            en=f"{list_id}: {len(left)} objects that were to be destroyed are still there; run "
            "again, and check the store if it repeats. No certificate was written.",
        )
    draft = from_json(archive.read(package, FILE))
    certificate = dc.replace(
        draft,
        finished=now,
        remaining=0,
        deviations=(*draft.deviations, "resumed") if resumed else draft.deviations,
        journal=JournalPart(seq=intent.seq, sha256=intent.sha256),
    )
    kept = sum(part.kept != "" for part in certificate.excepted)
    issued = certificate_draft(certificate)
    archive.sweep(f"{issued.base}.")
    papers = [part_of(archive, list_id, part) for part in ("list", "approval", "intent")]
    return _told(
        archive.commit(
            Commit(
                event="culled",
                now=now,
                actor="cull",
                drafts=(issued,),
                retire=tuple(paper.key for paper in papers if paper is not None),
                retirement="expired",
                once=f"cull:{list_id}",
                facts={
                    "list": list_id,
                    "board": certificate.board,
                    "certificate": certificate.number,
                    "culled": len(certificate.culled),
                    "kept": kept,
                    "skipped": len(certificate.excepted) - kept,
                    "bytes": certificate.size,
                },
            )
        )
    )


def _intent_draft(list_id: str, certificate: Certificate) -> Draft:
    return Draft(
        base=base_of(list_id, "intent"),
        files={FILE: to_json(certificate)},
        labels={"kind": "intent", "list": list_id},
    )


def _counts(judged: Plan) -> dict[str, int]:
    culled, kept = len(judged.culled), len(judged.kept)
    return {"culled": culled, "kept": kept, "skipped": len(judged.fates) - culled - kept}


def _told(outcome: Entry, *, again: bool = False) -> CarriedOut:
    facts = outcome.facts
    return CarriedOut(
        list=facts["list"],
        certificate=facts["certificate"],
        culled=facts["culled"],
        kept=facts["kept"],
        skipped=facts["skipped"],
        size=facts["bytes"],
        again=again,
    )
