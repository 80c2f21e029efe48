"""The way out of a house: through its proxy, and trusting its own certificate authority."""

import asyncio
import contextlib
import http.server
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from archive_store.errors import CaptureError, InputError, KanalarkivError
from tasks.capture import BrowserSettings, Limits, capture_page, open_browser, trust
from tasks.model import Capture
from tests.real.ceph.certificates import make_certificates
from tests.tasks.capture.traps import article, page

QUICK = Limits(seconds=20, load=20, answer=10)
CHANNEL = page("Kanalen", article(1) + article(2))


class Handler(http.server.BaseHTTPRequestHandler):
    """A site, or a proxy in front of every site; it keeps what was asked for."""

    seen: list[str]

    def log_message(self, *_: object) -> None:
        """Tests are silent."""

    def do_GET(self) -> None:
        self.seen.append(self.path)
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(CHANNEL.encode())


@contextlib.contextmanager
def serve(context: ssl.SSLContext | None = None) -> Iterator[tuple[int, list[str]]]:
    seen: list[str] = []
    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), type("Own", (Handler,), {"seen": seen})
    )
    server.daemon_threads = True
    if context:
        server.socket = context.wrap_socket(
            server.socket, server_side=True, do_handshake_on_connect=False
        )
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield server.server_port, seen
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def taken(address: str, settings: BrowserSettings) -> Capture | KanalarkivError:
    async def captured() -> Capture:
        async with open_browser(settings) as browser:
            return await capture_page(browser, address, limits=QUICK)

    try:
        return asyncio.run(captured())
    except KanalarkivError as error:
        return error


@pytest.fixture
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    return monkeypatch


@pytest.mark.browser
@pytest.mark.parametrize("told_by", ["setting", "environment"])
def test_pages_are_fetched_through_the_proxy(no_proxy: pytest.MonkeyPatch, told_by: str) -> None:
    with serve() as (port, seen):
        proxy = f"http://127.0.0.1:{port}"
        if told_by == "environment":
            no_proxy.setenv("HTTP_PROXY", proxy)
        settings = BrowserSettings(proxy=proxy if told_by == "setting" else "")
        capture = taken("http://kanal.sjovik.example/nytt", settings)
    assert isinstance(capture, Capture)
    assert len(capture.post_texts) == 2
    assert "http://kanal.sjovik.example/nytt" in seen


@pytest.mark.browser
def test_a_house_may_have_an_authority_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    authority, presented = make_certificates(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(presented)
    with serve(context) as (port, _):
        address = f"https://127.0.0.1:{port}/"
        refused = taken(address, BrowserSettings())
        assert isinstance(refused, CaptureError)
        assert refused.code == "page-unreachable"
        assert "Certifikatet" in refused.sv
        trusted = taken(address, BrowserSettings(ca=str(authority)))
        monkeypatch.setenv("SSL_CERT_FILE", str(authority))
        by_environment = taken(address, BrowserSettings())
    if isinstance(trusted, CaptureError) and trusted.code == "ca-tool":
        pytest.skip("certutil (libnss3-tools) is not installed")
    for capture in (trusted, by_environment):
        assert isinstance(capture, Capture)
        assert len(capture.post_texts) == 2


@pytest.mark.parametrize(
    ("known", "chosen", "told"),
    [
        ({}, "", None),
        ({"http": "http://ute:3128"}, "", ("http://ute:3128", None)),
        ({"http": "http://a:1", "https": "http://b:2"}, "", ("http://b:2", None)),
        ({"all": "socks5://c:1080"}, "", ("socks5://c:1080", None)),
        ({"http": "http://a:1"}, "http://vald:8080", ("http://vald:8080", None)),
        ({"http": "http://a:1", "no": "*"}, "", None),
        ({"http": "ute:3128"}, "", ("http://ute:3128", None)),
        ({}, "http://anna:l%C3%B6sen@ute:3128", ("http://ute:3128", ("anna", "lösen"))),
    ],
)
def test_a_proxy_is_the_settings_else_the_environments(
    monkeypatch: pytest.MonkeyPatch,
    known: dict[str, str],
    chosen: str,
    told: tuple[str, tuple[str, str] | None] | None,
) -> None:
    monkeypatch.setattr("urllib.request.getproxies", lambda: known)
    proxy = trust.proxy(chosen)
    if told is None:
        assert proxy is None
        return
    assert proxy is not None
    assert proxy["server"] == told[0]
    assert (proxy.get("username"), proxy.get("password")) == (told[1] or (None, None))


def test_this_machine_and_what_the_environment_names_are_reached_without_a_proxy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    known = {"http": "http://ute:3128", "no": ".sjovik.se,10.0.0.0/8"}
    monkeypatch.setattr("urllib.request.getproxies", lambda: known)
    proxy = trust.proxy("")
    assert proxy is not None
    assert proxy["bypass"].split(",") == [
        "localhost",
        "127.0.0.1",
        "[::1]",
        ".sjovik.se",
        "10.0.0.0/8",
    ]


@pytest.mark.parametrize("address", ["http://", "http://a:b", "ftp://ute:21"])
def test_a_proxy_that_is_none_is_refused_without_its_password(address: str) -> None:
    with pytest.raises(InputError) as caught:
        trust.proxy(address.replace("//", "//anna:losen@"))
    assert caught.value.code == "proxy"
    assert "losen" not in f"{caught.value.sv}{caught.value.en}"


def test_authorities_that_cannot_be_read_or_entered_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty = tmp_path / "empty.pem"
    empty.write_text("inget\n", encoding="utf-8")
    for path in (empty, tmp_path / "missing.pem"):
        with pytest.raises(InputError) as caught:
            trust.trusting(str(path), tmp_path)
        assert caught.value.code == "ca-file"
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    assert trust.trusting("", tmp_path) == {}
    authority, _ = make_certificates(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "many.pem"))
    (tmp_path / "many.pem").write_bytes(authority.read_bytes() * 40)
    assert trust.trusting("", tmp_path) == {}
    monkeypatch.setenv("PATH", "")
    with pytest.raises(CaptureError) as without:
        trust.trusting(str(authority), tmp_path)
    assert without.value.code == "ca-tool"
    assert "libnss3-tools" in without.value.sv
