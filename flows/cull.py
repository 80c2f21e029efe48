"""Culling: propose on Mondays, approve by a person, carry out what is approved and still eligible.

Three flows, because a person stands between them (DESIGN section 4): the proposing run completes as
"väntar på godkännande", the approval is an object in the archive, and carrying out is a run of its
own. Parameters hold ids and codes only: they stand in Prefect's database.
"""

import datetime as dt
import functools
from collections.abc import Sequence

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.runtime import flow_run

from archive_store import Commit, Draft, archive_at
from archive_store.errors import InputError, KanalarkivError
from flows.circumstances import circumstances_of, require_scope
from flows.house import House, keep_register, open_house, secret_of, software, write_page
from flows.naming import run_name
from flows.outcome import Outcome, Row
from flows.searching import forget
from flows.stamping import stamp
from tasks.channels import connector_for
from tasks.culling import Certificate, Decision, certificate_html, decision_for, load_decisions
from tasks.culling.approval import approve
from tasks.culling.lists import board_of_list, read_list
from tasks.culling.steps import carry_out_step, propose_step
from tasks.discreet import discreet
from tasks.documents import html_to_pdf
from tasks.harvest import harvest_channel


@flow(
    name="cull-propose",
    description="Föreslår gallring: fryser en lista per nämnd, som väntar på godkännande.",
    flow_run_name=run_name("cull-propose"),
    persist_result=False,
)
def cull_propose(by: str = "", as_of: dt.datetime | None = None) -> State[Outcome]:
    """Freeze a list for each board that has a decision and something due.

    Args:
        by: id of a proposer whom the decision names; without one, the first that it names.
        as_of: the rule's time, in a rehearsal archive only.
    """
    house = open_house(None, as_of)
    keep_register(house)
    outcome = Outcome(flow="cull-propose", title="Förslag till gallring")
    waiting = []
    decisions = _decisions(house)
    for board, channels in _boards(house).items():
        try:
            decision = decision_for(decisions, board)
            require_scope(house, decision)
            _keep_decision(house, decision)
            proposer = by or decision.proposers[0].id
            found = propose_step(
                house.settings.archive,
                decision,
                channels,
                proposer,
                house.now,
                circumstances_of(house),
            )
        except KanalarkivError as error:
            outcome.fail(board, error)
            continue
        outcome.done(board, found, column="nämnd")
        if found["lista"]:
            waiting.append(f"lista {found['lista']} ({found['trådar']} trådar)")
    if waiting and not outcome.failures:
        return outcome.state(f"väntar på godkännande: {', '.join(waiting)}")
    return outcome.state()


@flow(
    name="cull-approve",
    description="Godkänner en gallringslista. Den som godkänner får inte vara den som föreslog.",
    flow_run_name=run_name("cull-approve"),
    persist_result=False,
)
def cull_approve(
    list_id: str, by: str, keep: list[str] | None = None, as_of: dt.datetime | None = None
) -> State[Outcome]:
    """Approve a list as a person whom the decision names.

    Args:
        list_id: the list, as its proposal said.
        by: the approver's id in the decision.
        keep: rows to keep, each ``"3:unique"`` (row number and reason code).
        as_of: the rule's time, in a rehearsal archive only.
    """
    house = open_house(None, as_of)
    outcome = Outcome(flow="cull-approve", title="Godkännande")
    with discreet("cull-approve", list_id):
        board = read_list(house.archive, list_id).board
        given = approve(
            house.archive,
            decision_for(_decisions(house), board),
            list_id,
            by=by,
            keep=rows_to_keep(keep or []),
            now=house.now,
        )
    outcome.done(list_id, {"godkänd av": given.by, "behålls": len(given.keep)}, column="lista")
    return outcome.state(f"godkänd: lista {list_id}, {len(given.keep)} rader behålls")


@flow(
    name="cull-carry-out",
    description="Verkställer en godkänd gallringslista och skriver gallringsprotokoll.",
    flow_run_name=run_name("cull-carry-out"),
    persist_result=False,
)
def cull_carry_out(list_id: str, as_of: dt.datetime | None = None) -> State[Outcome]:
    """Destroy what is approved and still eligible; write the certificate as JSON and PDF.

    A run that was killed is finished by running it again; a list that was carried out gives the
    same certificate again, and a missing PDF is added.

    Args:
        list_id: the approved list.
        as_of: the rule's time, in a rehearsal archive only.
    """
    house = open_house(None, as_of)
    outcome = Outcome(flow="cull-carry-out", title="Gallring")
    run = str(flow_run.id or "command-line")
    decisions = _decisions(house)
    board = board_of_list(house.archive, list_id)
    require_scope(house, decision_for(decisions, board))
    certificate, row = carry_out_step(
        house.settings.archive,
        decisions,
        list_id,
        house.now,
        run,
        software(),
        house.register,
        functools.partial(_reread, house),
        circumstances_of(house),
    )
    house.archive.refresh()
    row["protokoll"] = _certificate_pdf(house, certificate)
    write_page(house)
    outcome.done(list_id, row, column="lista")
    _forget(house, outcome)
    stamp(house, outcome)
    return outcome.state(f"gallrat {row['gallrade']} trådar; protokoll {certificate.number}")


def _forget(house: House, outcome: Outcome) -> None:
    """Let the search catalogue hold nothing of what was destroyed."""
    try:
        forget(house.archive, house.settings)
    except KanalarkivError as error:
        outcome.fail("sökkatalog", error)


def _reread(house: House, channel_id: str) -> None:
    """Harvest a channel just before its threads are judged: a late comment keeps its thread."""
    channel = house.register.channel(channel_id)
    with connector_for(channel, secret=secret_of(channel)) as connector:
        harvest_channel(archive_at(house.settings.archive), channel, connector, now=house.now)


def rows_to_keep(words: Sequence[str]) -> dict[int, str]:
    """Row numbers and reason codes from words such as ``"3:unique"``; ``"3"`` means unique.

    Raises:
        InputError: a word is not of that form.
    """
    kept = {}
    for word in words:
        number, _, reason = word.partition(":")
        if not number.isdecimal():
            raise InputError(
                "keep-row",
                sv=f"--keep {word}: skriv radens nummer och skäl, till exempel 3:unique.",
                en=f"--keep {word}: write the row's number and reason, for instance 3:unique.",
            )
        kept[int(number)] = reason or "unique"
    return kept


def _decisions(house: House) -> dict[str, Decision]:
    return load_decisions(house.settings.decision)


def _keep_decision(house: House, decision: Decision) -> None:
    """Commit the decision's file where it is not in the archive as it now reads.

    Lists and certificates cite its digest: what they were made under can be read in thirty years.
    """
    labels = {"kind": "decision", "board": decision.board, "digest": decision.sha256}
    if house.archive.packages("register/", **labels):
        return
    draft = Draft(
        base=f"register/{house.now:%Y%m%dT%H%M%SZ}-beslut-{decision.board}",
        files={"toml": decision.stored},
        about={"body": decision.body, "date": decision.date.isoformat(), "dnr": decision.dnr},
        labels=labels,
    )
    commit = Commit(event="decision", now=house.now, actor="register", drafts=(draft,))
    house.archive.commit(commit)


def _boards(house: House) -> dict[str, list[str]]:
    """Channel ids by the board that answers for them."""
    boards: dict[str, list[str]] = {}
    for channel in house.register.channels:
        boards.setdefault(house.register.board_of(channel).id, []).append(channel.id)
    return boards


def _certificate_pdf(house: House, certificate: Certificate) -> str:
    """Key of the certificate's PDF, made now where the archive lacks it."""
    once = f"certificate-pdf:{certificate.number}"
    done = house.archive.once(once)
    if done is None:
        with discreet("certificate", certificate.number):
            change = _pdf_commit(house, certificate, once)
            with house.archive.lease(f"cull-{certificate.board}"):
                house.archive.sweep(f"{change.drafts[0].base}.")  # what a killed run left of it
                done = house.archive.commit(change)
    return f"{done.added[0].base}.pdf"


def _pdf_commit(house: House, certificate: Certificate, once: str) -> Commit:
    pdf = html_to_pdf(
        certificate_html(certificate),
        title=f"Gallringsprotokoll {certificate.number}",
        author=house.register.organisation.name,
        created=house.now,
    )
    draft = Draft(
        base=f"certificates/{certificate.number[:4]}/{certificate.number}-protokoll",
        files={"pdf": pdf},
        about={"number": certificate.number},
        labels={
            "kind": "certificate-pdf",
            "number": certificate.number,
            "list": certificate.list,
            "board": certificate.board,
        },
    )
    return Commit(
        event="certificate-pdf", now=house.now, actor="cull", drafts=(draft,), once=once,
        facts={"number": certificate.number},
    )  # fmt: skip


__all__ = ["Row", "cull_approve", "cull_carry_out", "cull_propose", "rows_to_keep"]
