"""The notebook executed for real, and what becomes of one that fails."""

import datetime as dt
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import jupytext
import pytest

from archive_store.errors import KanalarkivError
from tasks.model import Register
from tasks.report import Report, annual_report, report_draft
from tasks.report.kernel import execute

NOW = dt.datetime(2026, 1, 15, 11, tzinfo=dt.UTC)
NOTEBOOKS = Path(__file__).resolve().parents[3] / "notebooks"


class Page(HTMLParser):
    """Every tag of a page with its attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


@pytest.fixture(scope="module")
def report(location: Path, register_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Report:
    workdir = tmp_path_factory.mktemp("work")
    return annual_report(location, register_path, 2025, now=NOW, workdir=workdir)


def test_the_report_is_a_swedish_page_with_figures_that_speak(report: Report) -> None:
    page = Page(report.html)
    assert ("html", {"lang": "sv"}) in page.tags
    assert report.title == "Årsrapport sociala medier 2025 – Sjöviks kommun"
    assert f"<title>{report.title}</title>" in report.html
    pictures = [told for tag, told in page.tags if tag == "img"]
    assert len(pictures) == 9, "three figures a channel"
    assert all(str(told["alt"]).endswith(".") for told in pictures)
    for heading in ("Sammanfattning", "Målen i aktivitetsplanen", "Så är siffrorna räknade"):
        assert f">{heading}</h" in report.html


def test_the_report_needs_nothing_from_elsewhere(report: Report) -> None:
    page = Page(report.html)
    assert not {"script", "link", "iframe", "object"} & {tag for tag, _ in page.tags}
    addresses = [
        told[name] or "" for _, told in page.tags for name in ("src", "href") if name in told
    ]
    assert addresses
    assert all(address.startswith(("data:image/svg+xml;", "#")) for address in addresses)
    assert "@import" not in report.html
    assert "url(" not in report.html


def test_the_notebook_is_kept_with_its_code_and_without_traces_of_the_run(
    report: Report, location: Path
) -> None:
    notebook = json.loads(report.notebook)
    code = "".join(line for cell in notebook["cells"] for line in cell["source"])
    assert "years = gather(archive, register, year, now=moment)" in code
    assert "year = 2025" in code
    assert str(location) not in report.notebook.decode()
    assert set(notebook["metadata"]) == {"kernelspec"}
    assert not re.search(r'"(start_time|duration|iopub)', report.notebook.decode())


def test_no_person_stands_in_the_report(report: Report, register: Register) -> None:
    people = [person for channel in register.channels for person in channel.administrators]
    assert len(people) >= 6
    for person in people:
        for name in (person.name, person.name.split()[-1], person.id):
            assert name not in report.html
            assert name not in report.notebook.decode()


def test_the_report_is_archived_as_pdf_html_and_notebook(report: Report) -> None:
    draft = report_draft(report, b"%PDF")
    assert draft.base == "reports/2025/arsrapport-2025"
    assert set(draft.files) == {"pdf", "html", "ipynb"}
    assert draft.labels == {"kind": "report", "year": "2025"}


def test_a_notebook_that_fails_says_which_cell_and_nothing_it_said(tmp_path: Path) -> None:
    source = "# %%\n1\n# %%\nprint('ord ur ett inlägg')\nraise ValueError('ord ur ett inlägg')\n"
    with pytest.raises(KanalarkivError) as caught:
        execute(_notebook(source), {}, tmp_path, timeout=60)
    assert caught.value.code == "report-failed"
    assert "cell 2 (ValueError)" in caught.value.sv
    assert "ord ur" not in f"{caught.value!r} {caught.value.sv} {caught.value.en}"
    assert caught.value.__cause__ is None


def test_a_notebook_that_does_not_end_is_given_up(tmp_path: Path) -> None:
    with pytest.raises(KanalarkivError, match=r"report-failed.*timeout"):
        execute(_notebook("# %%\n1\n"), {}, tmp_path, timeout=0.01)


def _notebook(source: str) -> dict[str, Any]:
    notebook: dict[str, Any] = json.loads(
        jupytext.writes(jupytext.reads(source, fmt="py:percent"), fmt="ipynb")
    )
    return notebook
