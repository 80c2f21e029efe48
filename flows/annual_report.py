"""The yearly report: the notebook executed, rendered and archived, on 15 January (clause K23).

It goes to each unit's manager and to the information unit; that it was handed over is theirs to
note. The same report is not archived twice.
"""

import hashlib
import tempfile
from pathlib import Path

from prefect.client.schemas.objects import State

from archive_store import Commit
from archive_store.errors import InputError
from flows.forms import AsOfRead, Year, for_operators
from flows.house import House, open_house, write_page
from flows.naming import STOCKHOLM
from flows.outcome import Outcome
from tasks.discreet import discreet
from tasks.documents import html_to_pdf
from tasks.facts.steps import count_channel
from tasks.report import Report, report_draft
from tasks.report import annual_report as make_report


@for_operators(
    name="annual-report",
    description="Skriver årsrapporten som HTML och PDF, med anteckningsboken bredvid.",
)
def annual_report(year: Year = None, as_of: AsOfRead = None) -> State[Outcome]:
    """Write the report of a year; without one, of the year before the rule's time."""
    house = open_house(None, as_of, writes=False)
    chosen = year or house.now.astimezone(STOCKHOLM).year - 1
    _refuse_other_times(house, chosen)
    outcome = Outcome(flow="annual-report", title="Årsrapport")
    for channel in house.channels:
        count_channel(house.settings.archive, channel, house.now)
    with discreet("annual-report", str(chosen)):
        with tempfile.TemporaryDirectory(prefix="kanalarkiv-report-") as workdir:
            report = make_report(
                house.settings.archive,
                house.settings.register,
                chosen,
                now=house.now,
                workdir=Path(workdir),
            )
        house.archive.refresh()
        outcome.done(str(chosen), {"nyckel": _archived(house, report)}, column="år")
        write_page(house)
    return outcome.state(f"årsrapport {chosen} klar")


def _refuse_other_times(house: House, year: int) -> None:
    """A report is kept for ever: a year without channels, or one that is to come, is a slip."""
    opened = [channel.opened.year for channel in house.register.channels if channel.opened]
    first, last = min(opened, default=year), house.now.astimezone(STOCKHOLM).year
    if not first <= year <= last:
        raise InputError(
            "report-year",
            sv=f"År {year}: en rapport kan skrivas för {first}–{last}, då det fanns kanaler.",
            en=f"Year {year}: there were channels in {first}–{last}; choose a year among those.",
        )


def _archived(house: House, report: Report) -> str:
    """Key of the report's PDF; where the same report is in the archive already, of that one."""
    digest = hashlib.sha256(report.html.encode()).hexdigest()
    once = f"report:{report.year}:{digest[:16]}"
    done = house.archive.once(once)
    if done is None:
        pdf = html_to_pdf(
            report.html,
            title=report.title,
            author=house.register.organisation.name,
            created=house.now,
        )
        commit = Commit(
            event="report",
            now=house.now,
            actor="annual-report",
            drafts=(report_draft(report, pdf),),
            once=once,
            facts={"year": report.year},
        )
        with house.archive.lease(f"report-{report.year}"):
            house.archive.sweep(f"reports/{report.year}/")  # what a killed run left half made
            done = house.archive.commit(commit)
    return f"{done.added[0].base}.pdf"
