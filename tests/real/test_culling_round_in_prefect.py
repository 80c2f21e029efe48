"""The whole round of a culling through the Prefect UI, in a real browser, as the people do it.

Somebody proposes by a form, reads the list as a page, is refused as their own approver, somebody
else approves with a row to keep, and the list is carried out. What the pages say is read from the
pages; each is also kept as a picture in the test's folder (``--basetemp``), to be looked at.
"""

import contextlib
import json
import re
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from leaks import leaks
from playwright.sync_api import Locator, Page, sync_playwright
from way import RUN

from archive_store import archive_at
from tasks.capture.launching import BrowserSettings, find_browser
from tasks.culling import read_certificate
from tasks.days import living_days, load_day
from tests.forgetting.test_forgetting import BEGIN, CHANNEL, SJOVIK, Sjovik

pytestmark = [pytest.mark.real, pytest.mark.browser, pytest.mark.timeout(900)]

MONDAY = "2025-12-29T06:00"
TIME = "Tidpunkt (bara övning)"
PATIENCE = 180_000  # milliseconds for a run on a busy machine


class Office(Sjovik):
    """The made-up municipality with ``kanalarkiv up``, and a browser before Prefect's pages."""

    page: Page
    url: str
    pictures: Path
    taken = 0

    def ui(self, path: str, document: dict[str, Any]) -> Any:
        """Prefect's own interface: only to find addresses."""
        request = urllib.request.Request(  # noqa: S310 - loopback
            f"{self.url}/api{path}",
            json.dumps(document).encode(),
            {"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request) as answer:  # noqa: S310 - loopback
            return json.loads(answer.read())

    def picture(self, name: str) -> None:
        self.taken += 1
        self.page.screenshot(path=self.pictures / f"{self.taken}-{name}.png", full_page=True)

    def fill_in(self, flow: str, given: Mapping[str, str | list[str]]) -> str:
        """Fill in a flow's form as a person, submit it, and wait for its end; the run's id.

        Args:
            flow: by its name.
            given: the field's heading to what is written in it.
        """
        found = self.ui("/deployments/filter", {"flows": {"name": {"any_": [flow]}}})
        [deployment] = [each["id"] for each in found]
        self.page.goto(f"{self.url}/deployments/deployment/{deployment}/run")
        for name, value in {**given, TIME: f"{MONDAY}:00+01:00"}.items():
            field = self.page.locator(".schema-form-property").filter(
                has=self.page.get_by_text(re.compile(rf"^{re.escape(name)}( \(Optional\))?$"))
            )
            if name == TIME:
                self._as_json(field.last, str(value))
            elif isinstance(value, list):
                self._as_list(field.last, value)
            else:
                field.last.locator("textarea").fill(value)
        self.picture(f"{flow}-formular")
        self.page.get_by_role("button", name="Submit").click()
        told = self.page.get_by_text(re.compile("scheduled|created", re.IGNORECASE)).first
        told.wait_for(timeout=PATIENCE)
        runs = self.ui("/flow_runs/filter", {"deployments": {"id": {"any_": [deployment]}}})
        by_hand = [each for each in runs if not each["auto_scheduled"]]
        run = str(max(by_hand, key=lambda each: each["created"])["id"])
        self.page.goto(f"{self.url}/runs/flow-run/{run}")
        ended = re.compile("^(Completed|Failed|Crashed)$")
        self.page.get_by_text(ended).first.wait_for(timeout=PATIENCE)
        return run

    def _as_json(self, field: Locator, value: str) -> None:
        field.locator("button").first.click()
        self.page.get_by_text("Use JSON input").click()
        field.locator(".p-code-input textarea").fill(json.dumps(value))
        field.locator(".p-code-highlight", has_text=value).wait_for()

    def _as_list(self, field: Locator, values: list[str]) -> None:
        for value in values:
            field.locator(".p-draggable-list__create-button").click()
            field.locator("textarea").last.fill(value)

    def artifact(self, run: str, name: str) -> str:
        """The words of the run's table, as its page shows them."""
        [found] = self.ui("/artifacts/filter", {"flow_runs": {"id": {"any_": [run]}}})
        self.page.goto(f"{self.url}/artifacts/artifact/{found['id']}")
        self.page.locator("table").first.wait_for()
        self.picture(name)
        return self.page.locator("body").inner_text()

    def refused(self, run: str, sentence: str) -> None:
        """The run's message is the sentence; its page shows it, and no traceback in its log."""
        assert self.message(run) == sentence
        self.page.get_by_text(f"Finished in state Failed('{sentence}')").wait_for(timeout=PATIENCE)
        self.picture("nekad")
        told = self.ui("/logs/filter", {"logs": {"flow_run_id": {"any_": [run]}}})
        lines = [str(each["message"]) for each in told]
        assert any(sentence in line for line in lines)
        assert [line for line in lines if "Traceback" in line or "Error" in line] == []

    def message(self, run: str) -> str:
        return str(
            self.ui("/flow_runs/filter", {"flow_runs": {"id": {"any_": [run]}}})[0]["state"][
                "message"
            ]
        )


@contextlib.contextmanager
def _served(office: Office) -> Iterator[None]:
    """``kanalarkiv up`` on a free port, ended by its id."""
    child = subprocess.Popen(
        [sys.executable, *RUN, "up"],
        cwd=office.hus,
        env=office.environment | {"KANALARKIV_PORT": "0"},
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert child.stderr is not None
        said = re.search(r"http://\S+", child.stderr.readline())
        assert said is not None
        office.url = said[0]
        yield
    finally:
        child.terminate()
        child.communicate()


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    command = [sys.executable, str(SJOVIK / "serve.py"), "--port", "0"]
    with (
        tempfile.TemporaryDirectory(prefix="kp") as tmp,
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server,
        sync_playwright() as playwright,
    ):
        try:
            assert server.stdout is not None
            root = f"http://127.0.0.1:{json.loads(server.stdout.readline())['port']}"
            text = (SJOVIK / "register.toml").read_text("utf-8")
            found = Office(tmp_path, Path(tmp), root)
            text = re.sub(r"http://127\.0\.0\.1:\d+", root, text)
            found.begin(BEGIN, text, sorted((SJOVIK / "decisions").glob("*.toml")))
            found.pictures = tmp_path / "bilder"
            found.pictures.mkdir()
            browser = playwright.chromium.launch(executable_path=find_browser(BrowserSettings()))
            with _served(found), contextlib.closing(browser):
                size = {"width": 1280, "height": 960}
                found.page = browser.new_page(viewport=size, locale="sv-SE")
                yield found
        finally:
            server.terminate()


def _titles(office: Office) -> dict[str, str]:
    """What the threads say: nothing of it may reach Prefect."""
    archive = archive_at(office.archive)
    threads = [t for day in living_days(archive, CHANNEL) for t in load_day(archive, day)]
    posts = [post for thread in threads for post in thread.posts]
    return {post.id: (post.words.title or post.words.text)[:60] for post in posts}


def test_the_round_from_proposal_to_certificate_is_done_by_forms(office: Office) -> None:
    for moment in ("2025-12-19T08:00", "2025-12-29T05:00"):
        assert office.at(moment, "harvest", "--channel", CHANNEL)["state"] == "completed"
    words = _titles(office)
    assert len(words) > 5

    proposed = office.fill_in("cull-propose", {"Föreslås av": "informationsenheten"})
    office.picture("cull-propose-korning")
    said = office.message(proposed)
    assert said.startswith("väntar på godkännande: lista ")
    list_id = said.split()[4]
    table = office.artifact(proposed, "forslag")
    assert list_id in table
    assert f"kanalarkiv cull show {list_id} --html" in table

    page = office.home / "lista.html"
    rows = office.run("cull", "show", list_id, "--html", str(page))["rows"]
    assert rows > 2
    office.page.goto(page.as_uri())
    office.picture("listan-som-sida")
    assert office.page.locator("article").count() == rows

    wanted: dict[str, str | list[str]] = {"Lista": list_id, "Godkänns av": "informationsenheten"}
    office.refused(
        office.fill_in("cull-approve", wanted),
        "informationsenheten: beslutet kommunstyrelsen.toml ger inte rätt att godkänna gallring. "
        "Listan väntar på någon av dem som beslutet nämner: arkivarie-1, arkivarie-2.",
    )
    office.refused(
        office.fill_in("cull-carry-out", {"Lista": list_id}),
        f"{list_id}: listan är inte godkänd; en av beslutets godkännare ska godkänna den.",
    )

    wanted |= {"Godkänns av": "arkivarie-1", "Rader att behålla": ["2:unique"]}
    approved = office.fill_in("cull-approve", wanted)
    assert office.message(approved) == f"godkänd: lista {list_id}, 1 rad behålls"
    assert "arkivarie-1" in office.artifact(approved, "godkannande")

    done = office.fill_in("cull-carry-out", {"Lista": list_id})
    office.picture("gallring-korning")
    found = re.fullmatch(r"gallrat (\d+) trådar; protokoll (\S+)", office.message(done))
    assert found is not None
    assert int(found[1]) == rows - 1
    table = office.artifact(done, "protokoll")
    assert f"{found[2]}-protokoll.pdf" in table
    office.refused(
        office.fill_in("cull-approve", wanted),
        f"{list_id}: listan är verkställd, ersatt eller för gammal; föreslå en ny.",
    )
    certificate = read_certificate(archive_at(office.archive), found[2])
    assert certificate.run == done
    assert [(part.row, part.kept) for part in certificate.excepted] == [(2, "unique")]

    prefect = [office.hus / ".kanalarkiv" / "prefect", office.tmp]
    assert leaks(prefect, words) == set()
