"""The fault proxy does to requests what it says, and nothing else."""

import http.client
import threading
import urllib.parse
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.support.fault_proxy import (
    BROKEN,
    BROKEN_AFTER,
    BUSY,
    CUT,
    DELAY,
    FAILURES,
    RESET_AFTER,
    RESET_BEFORE,
    TOO_MANY,
    Dice,
    Fault,
    FaultProxy,
    Request,
    fault_proxy,
    whole,
)

BODY = bytes(range(256)) * 400


class Store(ThreadingHTTPServer):
    """Echoes what it gets, and remembers it."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, str, bytes, str | None]] = []
        super().__init__(("127.0.0.1", 0), Echo)
        self.url = f"http://127.0.0.1:{self.server_address[1]}"


class Echo(BaseHTTPRequestHandler):
    server: Store

    def do_PUT(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.seen.append((self.command, self.path, body, self.headers["Host"]))
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("ETag", '"e"')
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_GET = do_HEAD = do_PUT  # noqa: N815 -- http.server's names

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def store() -> Iterator[Store]:
    with Store() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def proxy(store: Store) -> Iterator[FaultProxy]:
    with fault_proxy(store.url) as proxy:
        yield proxy


def ask(proxy: FaultProxy, method: str = "PUT", body: bytes = BODY) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection(urllib.parse.urlsplit(proxy.url).netloc, timeout=10)
    try:
        connection.request(method, "/b/k%20x?versions=", body=body, headers={"Host": "as-signed"})
        answer = connection.getresponse()
        if method == "HEAD":
            assert answer.getheader("Content-Length") == str(len(body))
        return answer.status, answer.read()
    finally:
        connection.close()


@pytest.mark.parametrize("method", ["PUT", "GET", "HEAD"])
@pytest.mark.parametrize("judge", [whole, lambda _: DELAY], ids=["whole", "delay"])
def test_what_no_failure_meets_passes_unchanged(
    proxy: FaultProxy, store: Store, method: str, judge: object
) -> None:
    proxy.judge = judge  # type: ignore[assignment]  # both are judges
    assert ask(proxy, method) == (200, b"" if method == "HEAD" else BODY)
    assert store.seen == [(method, "/b/k%20x?versions=", BODY, "as-signed")]
    assert proxy.failed == 0


@pytest.mark.parametrize("fault", [RESET_BEFORE, RESET_AFTER], ids=lambda fault: str(fault.name))
def test_a_reset_leaves_the_client_without_an_answer(
    proxy: FaultProxy, store: Store, fault: Fault
) -> None:
    proxy.judge = lambda _: fault
    with pytest.raises(ConnectionResetError):
        ask(proxy)
    assert len(store.seen) == int(fault.passed)
    assert proxy.tally == {fault.name: 1}


def test_a_cut_answer_promises_more_than_comes(proxy: FaultProxy, store: Store) -> None:
    proxy.judge = lambda _: CUT
    with pytest.raises((ConnectionResetError, http.client.IncompleteRead)):
        ask(proxy)
    with pytest.raises(ConnectionResetError):
        ask(proxy, body=b"")  # nothing to cut: no answer at all
    with pytest.raises(ConnectionResetError):
        ask(proxy, "HEAD")
    assert len(store.seen) == 3


@pytest.mark.parametrize(
    "fault", [BROKEN, BROKEN_AFTER, BUSY, TOO_MANY], ids=lambda fault: str(fault.name)
)
def test_an_answered_failure_has_the_stores_form(
    proxy: FaultProxy, store: Store, fault: Fault
) -> None:
    proxy.judge = lambda _: fault
    status, document = ask(proxy)
    assert status == fault.status
    assert f"<Code>{fault.code}</Code>".encode() in document
    assert len(store.seen) == int(fault.passed)


def test_the_dice_fail_their_share_by_every_failure_and_alike_for_one_seed() -> None:
    request = Request(method="GET", path="/")
    throws = [[dice(request) for _ in range(2000)] for dice in (Dice(seed=1), Dice(seed=1))]
    assert throws[0] == throws[1]
    failed = [fault for fault in throws[0] if fault not in {None, DELAY}]
    assert 0.17 < len(failed) / 2000 < 0.23
    assert set(failed) == set(FAILURES)
    assert DELAY in throws[0]


def test_a_store_that_is_away_is_a_bad_gateway() -> None:
    with fault_proxy("http://127.0.0.1:9") as proxy:
        status, document = ask(proxy)
    assert (status, b"<Code>BadGateway</Code>" in document) == (502, True)
