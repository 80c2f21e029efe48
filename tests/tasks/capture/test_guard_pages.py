"""Pages that try every way into the house around us: redirects, frames, workers, fetching ahead."""

import asyncio
import contextlib
import http.server
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar
from urllib.parse import urlsplit

import pytest

from tasks.capture import BrowserSettings, Limits, OpenBrowser, capture_page, open_browser
from tasks.model import Capture
from tests.tasks.capture.traps import article, page

pytestmark = pytest.mark.browser

LIMITS = Limits(seconds=8, load=20, answer=10, bytes=5_000_000)
BIG = 40  # megabytes

# {own}: the page's own server; {annan}: another site of its; {inne}: one that it may not reach
HOSTILE = page(
    "Kanalen",
    article(1)
    + article(2)
    + """<img src="/go/img"><link rel="stylesheet" href="/go/css"><script src="/go/js"></script>
<iframe src="/go/frame"></iframe><link rel="prefetch" href="{inne}/prefetch">
<script type="speculationrules">{{"prefetch": [{{"urls": ["{inne}/spec", "/go/spec"]}}]}}</script>
<script>
fetch("/go/fetch", {{mode: "no-cors"}}).catch(() => 0);
new EventSource("/go/events");
const worker = `
  fetch("{own}/go/worker", {{mode: "no-cors"}}).catch(() => 0);
  try {{ new WebSocket("{inne}/socket".replace("http", "ws")) }} catch (e) {{ }}`;
new Worker(URL.createObjectURL(new Blob([worker])));
</script>
<iframe src="{annan}/inner"></iframe>""",
)
INNER = """<p>ram</p><script>
new Image().src = "/go/inner-img";
setTimeout(() => document.body.append(Object.assign(document.createElement("iframe"),
  {{src: "/go/inner-frame"}})), 50);
</script>"""
HEAVY = page("Kanalen", article(1) + article(2) + '<iframe src="{annan}/eats"></iframe>')
EATS = "<p>ram</p><script>fetch('/big').then(answer => answer.arrayBuffer())</script>"


class Web(http.server.BaseHTTPRequestHandler):
    """The hostile page's server, or a house's proxy in front of everything."""

    heard: list[str]
    sent: list[int]
    places: dict[str, str]
    pages: ClassVar = {"/page": HOSTILE, "/inner": INNER, "/heavy": HEAVY, "/eats": EATS}

    def log_message(self, *_: object) -> None:
        """Tests are silent."""

    def do_CONNECT(self) -> None:
        self.heard.append(self.path)
        self.send_error(502)

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        self.heard.append(f"{parts.netloc}{parts.path}")
        if parts.path.startswith("/go/"):
            self.send_response(302)
            self.send_header("Location", f"{self.places['inne']}{parts.path}")
            self.end_headers()
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        if parts.path == "/big":
            with contextlib.suppress(OSError):
                for _ in range(BIG):
                    self.wfile.write(bytes(1_000_000))
                    self.sent.append(1)
            return
        body = self.pages.get(parts.path, "").format(**self.places)
        self.wfile.write(body.encode())


@contextlib.contextmanager
def serve() -> Iterator[tuple[int, type[Web]]]:
    """A server on loopback, and what it heard and sent."""
    told = type("Told", (Web,), {"heard": [], "sent": [], "places": {}})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), told)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield server.server_port, told
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def house(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    return monkeypatch


def test_a_page_in_the_house_reaches_no_other_host_there_by_any_way(
    running: tuple[asyncio.Runner, OpenBrowser],
) -> None:
    runner, browser = running
    with serve() as (port, web), serve() as (forbidden, inside):
        own, other = f"http://127.0.0.1:{port}", f"localhost:{port}"
        web.places |= {"own": own, "annan": f"http://{other}"}
        web.places |= {"inne": f"http://127.0.0.1:{forbidden}"}
        taken = capture_page(browser, f"{own}/page", own_hosts=[other], limits=LIMITS)
        capture = runner.run(taken)
    assert len(capture.post_texts) == 2
    asked = {place.partition("/")[2] for place in web.heard}
    assert {"go/img", "go/frame", "go/fetch", "go/worker", "go/inner-img"} <= asked
    assert inside.heard == []


def test_what_frames_of_other_sites_fetch_is_weighed_too(
    running: tuple[asyncio.Runner, OpenBrowser],
) -> None:
    runner, browser = running
    with serve() as (port, web):
        own, other = f"http://127.0.0.1:{port}", f"localhost:{port}"
        web.places |= {"annan": f"http://{other}"}
        taken = capture_page(browser, f"{own}/heavy", own_hosts=[other], limits=LIMITS)
        capture = runner.run(taken)
    assert capture.stopped == "bytes"
    assert "/big" in web.heard
    assert len(web.sent) < BIG / 2


def test_a_page_on_the_web_gets_nothing_inside_through_the_houses_proxy_nor_does_the_browser(
    house: pytest.MonkeyPatch,
) -> None:
    async def captured(address: str, proxy: str) -> Capture:
        async with open_browser(BrowserSettings(proxy=proxy)) as browser:
            return await capture_page(browser, address, limits=LIMITS)

    house.setenv("NO_PROXY", "")
    with serve() as (port, web):
        web.places |= {"own": "http://sida.example", "annan": "http://annan.example"}
        web.places |= {"inne": "http://10.0.0.5"}
        capture = asyncio.run(captured("http://sida.example/page", f"http://127.0.0.1:{port}"))
    assert len(capture.post_texts) == 2
    assert "annan.example/go/inner-img" in web.heard
    # neither the house nor what a browser asks for by itself (updates, accounts)
    hosts = {place.partition("/")[0] for place in web.heard}
    assert hosts == {"sida.example", "annan.example"}


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="only Linux shows it")
def test_no_secret_of_ours_is_handed_to_the_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KANALARKIV_SECRET_KANALEN", "hemligt")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "hemligt")
    monkeypatch.setenv("LC_ALL", "C.UTF-8")

    async def known() -> str:
        async with open_browser() as browser:
            session = await browser.browser.new_browser_cdp_session()
            told = await session.send("SystemInfo.getProcessInfo")
            pid = next(each["id"] for each in told["processInfo"] if each["type"] == "browser")
            told_to = Path(f"/proc/{pid}/environ")
            return (await asyncio.to_thread(told_to.read_bytes)).decode(errors="replace")

    surroundings = asyncio.run(known())
    assert "LC_ALL=C.UTF-8" in surroundings
    assert "hemligt" not in surroundings
    assert "PATH=" in surroundings
