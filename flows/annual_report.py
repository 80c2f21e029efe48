"""The yearly report: the notebook executed, rendered and archived, on 15 January (clause K23).

It goes to each unit's manager and to the information unit; that it was handed over is theirs to
note. The same numbers give no second report.
"""

import datetime as dt
import hashlib
import tempfile
from pathlib import Path

from prefect import flow
from prefect.client.schemas.objects import State

from archive_store import Commit, Draft, write_index
from flows.house import House, open_house
from flows.naming import STOCKHOLM, run_name
from flows.outcome import Outcome
from flows.share import shipped
from tasks.documents import html_to_pdf
from tasks.facts.steps import count_channel
from tasks.report import Report, annual_report_step


@flow(
    name="annual-report",
    description="Skriver årsrapporten som HTML och PDF, med anteckningsboken bredvid.",
    flow_run_name=run_name("annual-report"),
    persist_result=False,
)
def annual_report(year: int | None = None, as_of: dt.datetime | None = None) -> State[Outcome]:
    """Write the report of a year.

    Args:
        year: which; without one, the year before the rule's time.
        as_of: the rule's time.
    """
    house = open_house(None, as_of, writes=False)
    chosen = year or house.now.astimezone(STOCKHOLM).year - 1
    outcome = Outcome(flow="annual-report", title="Årsrapport")
    for channel in house.channels:
        count_channel(house.settings.archive, channel, house.now)
    with tempfile.TemporaryDirectory(prefix="kanalarkiv-report-") as workdir:
        report = annual_report_step(
            house.settings.archive,
            house.settings.register,
            chosen,
            house.now,
            shipped("notebooks"),
            Path(workdir),
        )
    house.archive.refresh()
    outcome.done(str(chosen), {"nyckel": _archived(house, chosen, report)}, column="år")
    write_index(house.archive)
    return outcome.state(f"årsrapport {chosen} klar")


def _archived(house: House, year: int, report: Report) -> str:
    """Key of the report's PDF; the same report is not archived twice."""
    digest = hashlib.sha256(report.html.encode()).hexdigest()
    once = f"report:{year}:{digest[:16]}"
    done = house.archive.once(once)
    if done is None:
        done = house.archive.commit(_commit(house, year, report, once))
    return f"{done.added[0].base}.pdf"


def _commit(house: House, year: int, report: Report, once: str) -> Commit:
    pdf = html_to_pdf(
        report.html,
        title=report.title,
        author=house.register.organisation.name,
        created=house.now,
    )
    draft = Draft(
        base=f"reports/{year}/arsrapport-{year}",
        files={"pdf": pdf, "html": report.html.encode(), "ipynb": report.notebook},
        about={"year": year, "rehearsal": house.archive.rehearsal},
        labels={"kind": "report", "year": str(year)},
    )
    return Commit(
        event="report",
        now=house.now,
        actor="annual-report",
        drafts=(draft,),
        once=once,
        facts={"year": year},
    )
