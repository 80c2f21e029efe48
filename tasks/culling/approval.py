"""Approving: a named person, who did not propose the list, says yes to its frozen bytes.

The decision names who may (DESIGN section 1, "No decision, no culling"). Carrying out asks the same
questions once more, so these refusals have one home.
"""

import datetime as dt
from collections.abc import Mapping

from archive_store import Archive, Commit
from archive_store.errors import InputError, RefusalError
from tasks.culling.decision import Decision, in_force
from tasks.culling.lists import (
    APART,
    BY_RULE,
    KEEP_REASONS,
    Approval,
    CullingList,
    approval_draft,
    read_approval,
    read_list,
    refuse_expired,
    sweep_lists,
)

TO_KEEP = {code: text for code, text in KEEP_REASONS.items() if code not in {BY_RULE, APART}}
"""The reasons for which a person may keep a row; the others are a rule's."""


def approve(  # noqa: PLR0913 - what an approval says
    archive: Archive,
    decision: Decision,
    list_id: str,
    *,
    by: str,
    keep: Mapping[int, str] | None = None,
    now: dt.datetime,
) -> Approval:
    """Approve a list as a named person, save the rows that are to be kept.

    Args:
        archive: where the list lies.
        decision: the board's, the same as when it was proposed.
        list_id: the list.
        by: id of an approver whom the decision names, and who did not propose the list.
        keep: row number to a code of ``KEEP_REASONS``.
        now: the rule's time.

    Raises:
        RefusalError: ``not-approver``, ``approver-is-proposer``, ``list-expired``,
            ``list-approved``, ``decision-changed``, ``other-board`` or ``list-closed``.
        InputError: a row or reason that there is not.
        MissingError, DamageError: as ``read_list``.
    """
    keep = dict(keep or {})
    with archive.lease(f"cull-{decision.board}"):
        sweep_lists(archive, decision.board)
        archive.refresh()
        list_ = read_list(archive, list_id)
        refuse_other_ground(list_, decision, now)
        refuse_approver(list_, decision, by)
        _check_keep(list_, keep)
        given = read_approval(archive, list_id)
        if given is not None:
            if (given.by, dict(given.keep)) == (by, keep):
                return given
            raise RefusalError(
                "list-approved",
                sv=f"{list_id}: listan är redan godkänd; verkställ den eller föreslå en ny.",
                en=f"{list_id}: the list is approved already; carry it out or propose anew.",
            )
        entry = archive.commit(
            Commit(
                event="cull-approved",
                now=now,
                actor=by,
                drafts=(approval_draft(list_, by, now, keep),),
                facts={"list": list_id, "kept": len(keep), "sha256": list_.sha256},
            )
        )
        return Approval(
            list=list_id, by=by, at=now, sha256=list_.sha256, keep=keep, package=entry.added[0]
        )


def refuse_out_of_force(decision: Decision, now: dt.datetime) -> None:
    """No decision in force, no culling: ``RefusalError`` outside its days."""
    if not in_force(decision, now):
        until = "" if decision.ends is None else f"–{decision.ends}"
        span = f"{decision.in_force}{until}"
        raise RefusalError(
            "decision-not-in-force",
            sv=f"{decision.file}: beslutet {decision.dnr} gäller inte i dag ({span}).",
            en=f"{decision.file}: the decision {decision.dnr} is not in force today ({span}).",
        )


def refuse_other_ground(list_: CullingList, decision: Decision, now: dt.datetime) -> None:
    """A list stands only on the decision it was made under, in its days and while it is fresh."""
    refuse_out_of_force(decision, now)
    refuse_expired(list_, now)
    if list_.board != decision.board:
        raise RefusalError(
            "other-board",
            sv=f"{list_.id}: listan hör till {list_.board}, beslutet till {decision.board}.",
            en=f"{list_.id}: the list is of {list_.board}, the decision of {decision.board}.",
        )
    if list_.decision != decision.sha256:
        raise RefusalError(
            "decision-changed",
            sv=f"{list_.id}: {decision.file} har ändrats sedan listan gjordes; föreslå en ny.",
            en=f"{list_.id}: {decision.file} has changed since the list; propose anew.",
        )


def refuse_approver(list_: CullingList, decision: Decision, by: str) -> None:
    """Only an approver whom the decision names, and never the proposer."""
    if decision.approver(by) is None:
        able = ", ".join(person.id for person in decision.approvers if person.id != list_.by)
        raise RefusalError(
            "not-approver",
            sv=f"{by}: beslutet {decision.file} ger inte rätt att godkänna gallring. Listan väntar "
            f"på någon av dem som beslutet nämner: {able or '–'}.",
            en=f"{by}: the decision {decision.file} does not let this id approve. The list waits "
            f"for one whom the decision names: {able or '–'}.",
        )
    if by == list_.by:
        raise RefusalError(
            "approver-is-proposer",
            sv=f"{by} har föreslagit listan {list_.id}; någon annan ska godkänna den.",
            en=f"{by} proposed the list {list_.id}; someone else must approve it.",
        )


def _check_keep(list_: CullingList, keep: Mapping[int, str]) -> None:
    for number, reason in keep.items():
        if not 1 <= number <= len(list_.rows):
            raise InputError(
                "row-unknown",
                sv=f"{list_.id}: rad {number} finns inte; listan har {len(list_.rows)} rader.",
                en=f"{list_.id}: there is no row {number}; the list has {len(list_.rows)} rows.",
            )
        if reason not in TO_KEEP:
            codes = ", ".join(TO_KEEP)
            raise InputError(
                "keep-reason",
                sv=f"{list_.id}: okänt skäl att bevara; välj en av {codes}.",
                en=f"{list_.id}: unknown reason to keep; choose one of {codes}.",
            )
