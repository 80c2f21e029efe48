"""Culling: propose on Mondays, approve by a person, carry out what is approved and still eligible.

Three flows, because a person stands between them (DESIGN section 4): the proposing run completes as
"väntar på godkännande", the approval is an object in the archive, and carrying out is a run of its
own. Parameters hold ids and codes only: they stand in Prefect's database.
"""

import functools
from collections.abc import Sequence
from typing import Annotated

from prefect.client.schemas.objects import State
from prefect.runtime import flow_run
from pydantic import Field

from archive_store import Commit, Draft, archive_at
from archive_store.errors import InputError, KanalarkivError
from flows.circumstances import circumstances_of, require_scope
from flows.forms import AsOf, Listed, ListId, for_operators
from flows.house import House, keep_register, open_house, secret_of, software, write_page
from flows.meaningless import ID
from flows.outcome import Outcome, Row, counted
from flows.papers import Paper, keep_paper
from flows.searching import forget
from flows.stamping import stamp
from tasks.channels import connector_for
from tasks.culling import Certificate, Decision, certificate_html, decision_for, load_decisions
from tasks.culling.approval import TO_KEEP, approve
from tasks.culling.lists import board_of_list, read_list
from tasks.culling.steps import carry_out_step, propose_step
from tasks.discreet import discreet
from tasks.harvest import harvest_channel

Proposer = Annotated[
    str,
    Field(
        title="Föreslås av",
        description="Id på den som föreslår, som det står i gallringsbeslutet. Lämna tomt: då "
        "gäller den första som beslutet nämner.",
        json_schema_extra={"pattern": ID},
    ),
]
Approver = Annotated[
    str,
    Field(
        title="Godkänns av",
        description="Ditt id i gallringsbeslutet, inte ditt namn. Den som godkänner får inte vara "
        "den som föreslog.",
        json_schema_extra={"pattern": ID},
    ),
]
Keep = Annotated[
    tuple[str, ...],
    Listed,
    Field(
        title="Rader att behålla",
        description="Ett värde för varje rad i listan som ska behållas: radens nummer och skälet, "
        "till exempel 3:unique. Lämna tomt om allt på listan får gallras. Skälen: "
        f"{'; '.join(f'{code}, {text.sv}' for code, text in TO_KEEP.items())}.",
    ),
]


@for_operators(
    name="cull-propose",
    description="Föreslår gallring: fryser en lista per nämnd, som väntar på godkännande.",
)
def cull_propose(by: Proposer = "", as_of: AsOf = None) -> State[Outcome]:
    """Freeze a list for each board that has a decision and something due."""
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
            waiting.append((found["lista"], found["trådar"]))
    if not waiting:
        return outcome.state()
    outcome.next = _to_read(waiting)
    told = ", ".join(f"lista {name} ({counted(rows, 'tråd', 'trådar')})" for name, rows in waiting)
    said = f"väntar på godkännande: {told}"
    return outcome.state(f"{said}; {outcome.message()}" if outcome.failures else said)


def _to_read(waiting: Sequence[tuple[str, int]]) -> str:
    """How the approver reads the lists: their words are nowhere in Prefect."""
    files = ["lista.html", *(f"lista-{number}.html" for number in range(2, len(waiting) + 1))]
    commands = "\n".join(
        f"    kanalarkiv cull show {list_id} --html {file}"
        for (list_id, _), file in zip(waiting, files, strict=True)
    )
    return (
        "Läs listan som en sida på en dator som når arkivet, innan den godkänns i cull-approve. "
        f"Orden i trådarna visas bara där.\n\n{commands}"
    )


@for_operators(
    name="cull-approve",
    description="Godkänner en gallringslista. Den som godkänner får inte vara den som föreslog.",
)
def cull_approve(
    list_id: ListId, by: Approver, keep: Keep = (), as_of: AsOf = None
) -> State[Outcome]:
    """Approve a list as a person whom the decision names."""
    house = open_house(None, as_of)
    outcome = Outcome(flow="cull-approve", title="Godkännande")
    with discreet("cull-approve", list_id):
        board = read_list(house.archive, list_id).board
        given = approve(
            house.archive,
            decision_for(_decisions(house), board),
            list_id,
            by=by,
            keep=rows_to_keep(keep),
            now=house.now,
        )
    outcome.done(list_id, {"godkänd av": given.by, "behålls": len(given.keep)}, column="lista")
    outcome.next = "Verkställ listan i cull-carry-out, medan den gäller."
    kept = counted(len(given.keep), "rad", "rader")
    return outcome.state(f"godkänd: lista {list_id}, {kept} behålls")


@for_operators(
    name="cull-carry-out",
    description="Verkställer en godkänd gallringslista och skriver gallringsprotokoll.",
)
def cull_carry_out(list_id: ListId, as_of: AsOf = None) -> State[Outcome]:
    """Destroy what is approved and still eligible; write the certificate as JSON and PDF.

    A run that was killed is finished by running it again; a list that was carried out gives the
    same certificate again, and a missing PDF is added.
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
    culled = counted(row["gallrade"], "tråd", "trådar")
    return outcome.state(f"gallrat {culled}; protokoll {certificate.number}")


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
    number = certificate.number
    entry, _ = keep_paper(
        house,
        Paper(
            base=f"certificates/{number[:4]}/{number}-protokoll",
            event="certificate-pdf",
            number=number,
            board=certificate.board,
            kind="certificate-pdf",
            title=f"Gallringsprotokoll {number}",
            html=functools.partial(certificate_html, certificate),
            created=house.now,
            labels={"list": certificate.list},
        ),
    )
    return f"{entry.added[0].base}.pdf"


__all__ = ["Row", "cull_approve", "cull_carry_out", "cull_propose", "rows_to_keep"]
