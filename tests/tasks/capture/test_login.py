"""A login is made by a person, holds the channel's own site only, opens it, and expires."""

import asyncio
import http.server
import json
import logging
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.async_api import Page

from archive_store.errors import CaptureError
from tasks.capture import (
    BrowserSettings,
    Limits,
    OpenBrowser,
    capture_page,
    record_login,
    rehearse,
)
from tasks.capture.login import own_part
from tests.tasks.capture.traps import article, page

SECRET = "hemligheten-47"  # noqa: S105 - made up, and looked for in what must not hold it
QUICK = Limits(seconds=20, load=20, answer=10)
UNSEEN = BrowserSettings()


class Members(http.server.BaseHTTPRequestHandler):
    """A channel for members; another site's counter stands on it."""

    sessions: set[str]
    other: str

    def log_message(self, *_: object) -> None:
        """Tests are silent."""

    def do_GET(self) -> None:
        path = self.path.split("?")[0]
        known = {part.strip() for part in self.headers.get("Cookie", "").split(";")}
        if path == "/in":
            self.sessions.add(SECRET)
            self.answer(303, location="/kanal", cookie=f"session={SECRET}; HttpOnly; Path=/")
        elif path == "/counter":
            self.answer(200, "räknat", cookie="spar=1; Path=/")
        elif path == "/kanal" and f"session={SECRET}" in known and self.sessions:
            posts = "".join(article(number) for number in range(1, 5))
            keeps = "<script>localStorage.val='sparat'</script>"
            self.answer(200, page("Kanalen", f"{posts}{keeps}<iframe src={self.other}></iframe>"))
        elif path == "/public":
            posts = "".join(article(number) for number in range(1, 5))
            self.answer(200, page("Kanalen", f"<a href=/logga-in>Logga in</a>{posts}"))
        elif path == "/kanal":
            self.answer(303, location="/logga-in")
        else:
            form = "<form action=/in><input name=u><input type=password name=p><button>In</button>"
            self.answer(200, page("Logga in", f"<h1>Logga in</h1>{form}</form>"))

    def answer(self, status: int, body: str = "", *, location: str = "", cookie: str = "") -> None:
        self.send_response(status)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body.encode())))
        if location:
            self.send_header("Location", location)
        if cookie:
            self.send_header("Set-Cookie", cookie)
        self.end_headers()
        self.wfile.write(body.encode())


@pytest.fixture
def members() -> Iterator[tuple[str, set[str]]]:
    """The channel's address, and the sessions that it knows."""
    sessions: set[str] = set()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Members)
    server.daemon_threads = True
    other = f"http://127.0.0.1:{server.server_port}/counter"
    server.RequestHandlerClass = type("Own", (Members,), {"sessions": sessions, "other": other})
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://localhost:{server.server_port}/kanal", sessions
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


async def logs_in(window: Page) -> None:
    await window.fill("input[type=password]", "lösenordet")
    await window.click("button")
    await window.wait_for_selector("article")
    await window.frame_locator("iframe").get_by_text("räknat").wait_for()


async def logs_in_and_closes(window: Page) -> None:
    await logs_in(window)
    await window.close()
    await asyncio.Event().wait()  # says nothing: the closed window tells


async def leaves_without(window: Page) -> None:
    await window.close()


async def sleeps(_: Page) -> None:
    await asyncio.Event().wait()


@pytest.mark.browser
@pytest.mark.parametrize("person", [logs_in, logs_in_and_closes])
def test_a_login_holds_what_the_channels_own_site_knows_and_nothing_else(
    running: tuple[asyncio.Runner, OpenBrowser], members: tuple[str, set[str]], person: Any
) -> None:
    runner, _ = running
    state = runner.run(record_login(members[0], person=person, settings=UNSEEN))
    assert [(c["name"], c["domain"]) for c in state["cookies"]] == [("session", "localhost")]
    assert [origin["localStorage"] for origin in state["origins"]] == [
        [{"name": "val", "value": "sparat"}]
    ]


@pytest.mark.browser
def test_a_login_opens_the_channel_until_it_expires_and_is_told_to_nobody(
    running: tuple[asyncio.Runner, OpenBrowser],
    members: tuple[str, set[str]],
    caplog: pytest.LogCaptureFixture,
) -> None:
    runner, browser = running
    address, sessions = members
    sessions.add(SECRET)
    cookie = {"name": "session", "value": SECRET, "domain": "localhost", "path": "/"}
    state = {"cookies": [cookie], "origins": []}
    caplog.set_level(logging.DEBUG)
    assert runner.run(rehearse(browser, address, storage_state=state, limits=QUICK))
    capture = runner.run(capture_page(browser, address, storage_state=state, limits=QUICK))
    assert (len(capture.post_texts), capture.logged_in) == (4, True)
    assert SECRET not in repr(capture)

    assert not capture.login_invited

    sessions.clear()
    for task in (rehearse, capture_page):
        with pytest.raises(CaptureError) as caught:
            runner.run(task(browser, address, storage_state=state, limits=QUICK))
        assert caught.value.code == "login-needed"
        assert "har gått ut" in caught.value.sv
        assert SECRET not in f"{caught.value.sv}{caught.value.en}{caught.value!r}"
    assert SECRET not in caplog.text


@pytest.mark.browser
def test_a_page_that_asks_for_a_login_is_not_taken_to_have_one(
    running: tuple[asyncio.Runner, OpenBrowser], members: tuple[str, set[str]]
) -> None:
    runner, browser = running
    address = members[0].replace("/kanal", "/public")
    state: dict[str, Any] = {"cookies": [], "origins": []}
    assert not runner.run(rehearse(browser, address, storage_state=state, limits=QUICK))
    capture = runner.run(capture_page(browser, address, storage_state=state, limits=QUICK))
    assert (capture.logged_in, capture.login_invited) == (True, True)


@pytest.mark.browser
def test_a_channel_behind_a_login_asks_for_one_in_other_words_than_an_expired_one(
    running: tuple[asyncio.Runner, OpenBrowser], members: tuple[str, set[str]]
) -> None:
    runner, browser = running
    with pytest.raises(CaptureError) as caught:
        runner.run(capture_page(browser, members[0], limits=QUICK))
    assert caught.value.code == "login-needed"
    assert "kanalarkiv login" in caught.value.sv
    assert "har gått ut" not in caught.value.sv


@pytest.mark.browser
@pytest.mark.parametrize(
    ("person", "patience", "code"),
    [(leaves_without, 60, "login-empty"), (sleeps, 1.5, "login-timeout")],
)
def test_a_person_who_does_not_log_in_leaves_nothing(
    running: tuple[asyncio.Runner, OpenBrowser],
    members: tuple[str, set[str]],
    person: Any,
    patience: float,
    code: str,
) -> None:
    runner, _ = running
    asked = record_login(members[0], person=person, settings=UNSEEN, patience=patience)
    with pytest.raises(CaptureError) as caught:
        runner.run(asked)
    assert caught.value.code == code
    assert "inget sparades" in caught.value.sv


def test_a_window_needs_a_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("sys.platform", "linux")
    with pytest.raises(CaptureError) as caught:
        asyncio.run(record_login("http://127.0.0.1:9/"))
    assert caught.value.code in {"no-screen", "no-browser"}


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("https://www.sjovik.se/kanal", ["sjovik.se", ".sjovik.se", "login.sjovik.se"]),
        ("https://sjovik.co.uk/", ["sjovik.co.uk"]),
        ("http://127.0.0.1:8000/", ["127.0.0.1"]),
        ("http://[::1]:8000/", ["[::1]"]),
        ("https://kommun.example/", []),
    ],
)
def test_only_the_channels_own_site_is_kept(address: str, kept: list[str]) -> None:
    domains = ["sjovik.se", ".sjovik.se", "login.sjovik.se", "sjovik.co.uk", "annan.co.uk"]
    domains += ["127.0.0.1", "[::1]", "evilsjovik.se", "sjovik.se.evil.example"]
    state = {
        "cookies": [{"domain": domain, "name": "a"} for domain in domains],
        "origins": [{"origin": f"https://{domain.lstrip('.')}:8000"} for domain in domains],
    }
    part = own_part(state, address)
    assert [cookie["domain"] for cookie in part["cookies"]] == kept
    assert len(part["origins"]) == len(kept)
    assert json.dumps(part)
