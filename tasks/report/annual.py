"""The yearly report: a notebook executed and rendered (guidelines: "Mät och utvärdera").

The notebook is what makes the report, so that an analyst can follow, question and change every
number; what is archived is its HTML and PDF, and the notebook with its code beside them.
"""

import dataclasses as dc
import datetime as dt
import io
import json
from importlib import resources
from pathlib import Path

from archive_store import Draft
from archive_store.errors import MissingError
from tasks.report.kernel import Notebook, execute

TITLE = "Årsrapport sociala medier"
NOTEBOOK = "annual_report.py"
_ROOT = Path(__file__).resolve().parents[2]
_PLACES = (_ROOT / "notebooks", _ROOT / "flows" / "share" / "notebooks")
_PATHS = ("archive_location", "register_path")
_LONGEST = 600.0  # seconds


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A year's report: ``html`` stands alone, ``notebook`` is the executed ``.ipynb``."""

    title: str
    year: int
    html: str
    notebook: bytes


def annual_report(
    archive_location: str | Path,
    register_path: Path,
    year: int,
    *,
    now: dt.datetime,
    workdir: Path,
) -> Report:
    """Make the report of a calendar year from what the archive knows at ``now``.

    Args:
        archive_location: as ``archive_at`` takes it; the notebook only reads.
        register_path: the channel register.
        year: the calendar year.
        now: aware; what was observed later does not count.
        workdir: an existing folder, used for this run only.

    Raises:
        KanalarkivError: ``report-failed``, the notebook failed.
        MissingError: the notebook is not installed.
    """
    location = str(archive_location)
    parameters = {
        "archive_location": location if "://" in location else str(Path(location).absolute()),
        "register_path": str(register_path.absolute()),
        "year": year,
        "now": now.isoformat(),
    }
    executed = execute(_notebook(), parameters, workdir, timeout=_LONGEST)
    _forget_the_run(executed)
    title = _title(executed) or f"{TITLE} {year}"
    return Report(
        title=title,
        year=year,
        html=_render(executed, title),
        notebook=json.dumps(executed, ensure_ascii=False, indent=1, sort_keys=True).encode(),
    )


def report_draft(report: Report, pdf: bytes) -> Draft:
    """What is archived, as ``reports/<year>/arsrapport-<year>``: PDF, HTML and notebook."""
    return Draft(
        base=f"reports/{report.year}/arsrapport-{report.year}",
        files={"pdf": pdf, "html": report.html.encode(), "ipynb": report.notebook},
        about={"title": report.title, "year": report.year},
        labels={"kind": "report", "year": str(report.year)},
    )


def _notebook() -> Notebook:
    """The notebook without outputs."""
    # Here, because the notebook's own kernel imports this room and should start at once.
    import jupytext  # noqa: PLC0415 - see above

    for place in _PLACES:
        if (place / NOTEBOOK).exists():
            notebook: Notebook = json.loads(
                jupytext.writes(jupytext.read(place / NOTEBOOK), fmt="ipynb")
            )
            return notebook
    raise MissingError(
        "notebook-missing",
        sv=f"Anteckningsboken {NOTEBOOK} saknas i {_PLACES[0]}. Installera om Kanalarkiv.",
        en=f"The notebook {NOTEBOOK} is missing in {_PLACES[0]}. Install Kanalarkiv again.",
    )


def _title(executed: Notebook) -> str | None:
    """The title that a cell gave with what it showed."""
    outputs = (output for cell in executed["cells"] for output in cell.get("outputs", ()))
    told = (output.get("metadata", {}).get("title") for output in outputs)
    return next(filter(None, told), None)


def _forget_the_run(notebook: Notebook) -> None:
    """Take away what differs from run to run: times, paths of this machine, random ids."""
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook["metadata"] = {"kernelspec": kernel}
    for number, cell in enumerate(notebook["cells"], start=1):
        cell["id"] = f"cell-{number}"
        tags = cell["metadata"].get("tags", [])
        cell["metadata"] = {"tags": tags} if tags else {}
        if "injected-parameters" in tags:
            cell["source"] = [line for line in cell["source"] if not line.startswith(_PATHS)]


def _render(notebook: Notebook, title: str) -> str:
    """The outputs as one page for print: no code, no script, nothing from elsewhere."""
    import nbconvert  # noqa: PLC0415 - as jupytext above

    templates = resources.files("tasks.report") / "templates"
    exporter = nbconvert.HTMLExporter(  # type: ignore[no-untyped-call]  # it has no types
        template_name="kanalarkiv",
        extra_template_basedirs=[str(templates)],
        language_code="sv",
        mathjax_url="",
        require_js_url="",
    )
    style = (templates / "report.css").read_text("utf-8")
    told = {"metadata": {"name": title}, "report_style": style}
    html, _ = exporter.from_file(io.StringIO(json.dumps(notebook)), resources=told)
    return str(html)
