"""What follows on culling: supplements, documents for the diary, reviews, what is to be forgotten.

Weekly, and by hand. A year's summary is a run of its own. Rows hold ids and counts only.
"""

import datetime as dt
import functools

from prefect.client.schemas.objects import State

from archive_store.errors import InputError, KanalarkivError
from flows.circumstances import overdue
from flows.filing import make_documents, work_list
from flows.forms import AsOf, Year, for_operators
from flows.house import House, open_house, software, write_page
from flows.outcome import Outcome, Row
from flows.papers import Paper, keep_paper
from flows.searching import forget
from tasks.culling.backlog import reviews_due, to_assess
from tasks.culling.protocol import summary_html, supplement_html
from tasks.culling.summary import keep_summary, summarise
from tasks.culling.supplements import Supplement, supplement, supplements
from tasks.culling.weeding import weed
from tasks.discreet import discreet
from tasks.documents import html_to_pdf
from tasks.model import LifeCycle
from tasks.office_time import local_date


@for_operators(
    name="cull-follow-up",
    description="Efter gallring: tillägg, handlingar att registrera, omprövning, rensning.",
)
def cull_follow_up(as_of: AsOf = None) -> State[Outcome]:
    """Do what follows on culling, board by board, and tell what waits for people."""
    house = open_house(None, as_of, life=frozenset(LifeCycle))
    outcome = Outcome(flow="cull-follow-up", title="Gallringens efterarbete")
    boards = _boards(house)
    for board in boards:
        try:
            with discreet("cull-follow-up", board):
                outcome.done(board, _supplemented(house, board), column="nämnd")
        except KanalarkivError as error:
            outcome.fail(board, error)
    try:
        with discreet("cull-follow-up", "archive"):
            outcome.done("arkivet", _waiting(house, outcome, tuple(boards)), column="nämnd")
            forget(house.archive, house.settings)
    except KanalarkivError as error:
        outcome.fail("arkivet", error)
    write_page(house)
    return outcome.state()


@for_operators(
    name="cull-summary",
    description="Sammanställer ett års gallringsprotokoll, en sammanställning för varje nämnd.",
)
def cull_summary(year: Year = None, as_of: AsOf = None) -> State[Outcome]:
    """Sum up a year's culling for each board, as PDF and JSON; without a year, last year's.

    A year that has not ended is refused: a summary is written once, and kept for ever.
    """
    house = open_house(None, as_of, life=frozenset(LifeCycle))
    outcome = Outcome(flow="cull-summary", title="Årets gallring")
    summed = _ended(year, house.now)
    for board, channels in _boards(house).items():
        try:
            with discreet("cull-summary", board):
                outcome.done(board, _summed(house, board, channels, summed), column="nämnd")
        except KanalarkivError as error:
            outcome.fail(board, error)
    write_page(house)
    return outcome.state(f"{summed}: {outcome.message()}")


def _ended(year: int | None, now: dt.datetime) -> int:
    today = local_date(now).year
    if year is None:
        return today - 1
    if year >= today:
        raise InputError(
            "year-not-ended",
            sv=f"{year} är inte slut; sammanställningen skrivs en gång och bevaras.",
            en=f"{year} has not ended; the summary is written once and kept.",
        )
    return year


def _summed(house: House, board: str, channels: list[str], year: int) -> Row:
    bodies = {known.id: known.name for known in house.register.boards}
    summary = summarise(
        house.archive,
        board,
        channels,
        year=year,
        body=bodies[board],
        now=house.now,
        software=software(),
    )
    pdf = html_to_pdf(
        summary_html(summary),
        title=f"Gallring i sociala medier {year}",
        author=house.register.organisation.name,
        created=house.now,
    )
    key = keep_summary(house.archive, summary, pdf)
    return {
        "antal protokoll": len(summary.certificates),
        "gallrade": summary.threads,
        "sammanställning": key,
    }


def _supplemented(house: House, board: str) -> Row:
    """Write a board's supplements, and the PDF of each that lacks one."""
    supplement(house.archive, board, now=house.now, software=software())
    mine = [each for each in supplements(house.archive) if each.board == board]
    printed = sum(_printed(house, each) for each in mine)
    return {"nya tillägg": printed}


def _printed(house: House, made: Supplement) -> bool:
    """Whether a supplement was printed now; it was before where not."""
    _, fresh = keep_paper(
        house,
        Paper(
            base=f"certificates/{made.certificate[:4]}/{made.certificate}-tillagg-{made.number}-pdf",
            event="supplement-pdf",
            number=made.certificate,
            part=made.number,
            board=made.board,
            kind="certificate-supplement-pdf",
            title=f"Tillägg {made.number} till gallringsprotokoll {made.certificate}",
            html=functools.partial(supplement_html, made),
            created=made.made,
        ),
    )
    return fresh


def _waiting(house: House, outcome: Outcome, boards: tuple[str, ...]) -> Row:
    """What waits for people, with a document for each thread that is to be registered."""
    forgotten = weed(house.archive, boards, now=house.now)
    made = make_documents(house)
    to_register = len(work_list(house))
    assess = sum(len(to_assess(house.archive, c.id, house.now)) for c in house.channels)
    late = sum(overdue(house).values())
    reviews = reviews_due(house.archive, house.now)
    for number, said in (
        (to_register, "att registrera (kanalarkiv filed)"),
        (assess, "obesvarade att bedöma efter 30 dagar (kanalarkiv cull assess)"),
        (late, "över beslutets sista dag"),
        (len(reviews["kept"]), "bevarade att ompröva"),
        (len(reviews["holds"]), "undantag att ompröva (kanalarkiv hold list)"),
    ):
        if number:
            outcome.shortfalls.append(f"{number} {said}")
    return {
        "nya handlingar att registrera": made,
        "att registrera": to_register,
        "att bedöma": assess,
        "eftersläpar": late,
        "omprövas": sum(map(len, reviews.values())),
        "rensade": forgotten,
    }


def _boards(house: House) -> dict[str, list[str]]:
    boards: dict[str, list[str]] = {}
    for channel in house.channels:
        boards.setdefault(house.register.board_of(channel).id, []).append(channel.id)
    return boards
