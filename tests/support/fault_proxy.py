"""A proxy before a store that does to requests what networks and busy servers do.

    with fault_proxy("http://127.0.0.1:7480", Dice(seed=7, share=0.2)) as proxy:
        ...                       # speak to proxy.url
        proxy.judge = whole       # from now on everything passes
    assert proxy.tally["reset-after"] > 0

A judge is asked about each request and says what befalls it. Everything else passes unchanged, so
that signatures hold. Over HTTP alone: what TLS adds is no matter of faults. Asked as a forward
proxy, with whole addresses, it passes them to its one store.
"""

import collections
import contextlib
import dataclasses as dc
import http.client
import random
import socket
import struct
import sys
import threading
import time
import urllib.parse
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

PATIENCE: Final = 60.0  # seconds for the store to answer
_ONE_HOP: Final = {"connection", "keep-alive", "transfer-encoding", "content-length", "expect"}


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What a judge sees: the method, and the path with its query, as they were sent."""

    method: str
    path: str


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What befalls a request.

    Attributes:
        name: for the tally.
        passed: whether the store gets it, and does what it says.
        status: what is answered instead; 0 where the connection is reset.
        code: the S3 code of that answer.
        delay: seconds before anything else happens.
        cut: the store's own answer begins, and is reset in the middle of its body.
        harmless: the store's own answer comes, whole.
    """

    name: str
    passed: bool = False
    status: int = 0
    code: str = ""
    delay: float = 0.0
    cut: bool = False
    harmless: bool = False


RESET_BEFORE: Final = Fault(name="reset-before")
RESET_AFTER: Final = Fault(name="reset-after", passed=True)
CUT: Final = Fault(name="cut", passed=True, cut=True)
DELAY: Final = Fault(name="delay", passed=True, delay=0.05, harmless=True)
BROKEN: Final = Fault(name="500", status=500, code="InternalError")
BROKEN_AFTER: Final = Fault(name="500-after", passed=True, status=500, code="InternalError")
BUSY: Final = Fault(name="503", status=503, code="SlowDown")
TOO_MANY: Final = Fault(name="429", status=429, code="TooManyRequests")
EXPIRED: Final = Fault(name="expired", status=400, code="ExpiredToken")
SKEWED: Final = Fault(name="skewed", status=403, code="RequestTimeTooSkewed")
FULL: Final = Fault(name="full", status=507, code="QuotaExceeded")

FAILURES: Final = (RESET_BEFORE, RESET_AFTER, CUT, BROKEN, BROKEN_AFTER, BUSY, TOO_MANY)

Judge = Callable[[Request], Fault | None]


def whole(request: Request) -> None:
    """Everything passes."""
    del request


class Dice:
    """Fails a share of the requests, by each failure alike; delays as many again.

    Args:
        seed: the same seed throws the same (which request meets which throw, threads decide).
        share: of requests that fail.
        faults: the failures.
    """

    def __init__(
        self, *, seed: int, share: float = 0.2, faults: tuple[Fault, ...] = FAILURES
    ) -> None:
        self._random = random.Random(seed)  # noqa: S311 -- a dice, no secret
        self._share = share
        self._faults = faults
        self._lock = threading.Lock()

    def __call__(self, request: Request) -> Fault | None:
        del request
        with self._lock:
            thrown = self._random.random()
            if thrown < self._share:
                return self._random.choice(self._faults)
            return DELAY if thrown > 1 - self._share else None


class FaultProxy:
    """See ``fault_proxy``.

    Attributes:
        url: where clients find it.
        judge: says what befalls each request; may be changed at any time.
        tally: how many met which fault; ``"passed"`` counts those that met none.
        log: every request and its fault's name, in the order of their coming.
    """

    def __init__(self, upstream: str, judge: Judge) -> None:
        self.judge = judge
        self.tally: collections.Counter[str] = collections.Counter()
        self.log: list[tuple[Request, str]] = []
        self._lock = threading.Lock()
        there = urllib.parse.urlsplit(upstream)
        assert there.scheme == "http", upstream
        self._server = _Server((str(there.hostname), int(there.port or 80)), self._judged)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def failed(self) -> float:
        """The share of requests that failed so far."""
        harmless = {"passed", DELAY.name}
        failures = sum(count for name, count in self.tally.items() if name not in harmless)
        return failures / max(1, self.tally.total())

    def _judged(self, request: Request) -> Fault | None:
        fault = self.judge(request)
        name = fault.name if fault else "passed"
        with self._lock:
            self.tally[name] += 1
            self.log.append((request, name))
        return fault


@contextlib.contextmanager
def fault_proxy(upstream: str, judge: Judge = whole) -> Iterator[FaultProxy]:
    """A proxy on a free port of loopback, before the store at ``upstream``."""
    proxy = FaultProxy(upstream, judge)
    thread = threading.Thread(
        target=proxy._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
    )
    thread.start()
    try:
        yield proxy
    finally:
        proxy._server.shutdown()
        thread.join()
        proxy._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False  # a client may keep its connections
    request_queue_size = 128

    def __init__(self, upstream: tuple[str, int], judge: Judge) -> None:
        self.upstream = upstream
        self.judged = judge
        super().__init__(("127.0.0.1", 0), _Handler)

    def shutdown_request(self, request: Any) -> None:
        """Close alone: saying farewell first would turn a reset into an orderly end."""
        self.close_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away in the middle is no fault of ours."""
        if not isinstance(sys.exception(), (ConnectionError, TimeoutError)):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # an answer goes out in one piece
    server: _Server

    def _pass_on(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        fault = self.server.judged(Request(method=self.command, path=self.path))
        if fault is not None:
            time.sleep(fault.delay)
        if fault is None or fault.harmless:
            self._answer(*self._ask(body))
            return
        answer = self._ask(body) if fault.passed else None
        if fault.status:
            self._answer(fault.status, _HEADERS, _document(fault))
            return
        if fault.cut and answer is not None and len(answer[-1]) > 1 and self.command != "HEAD":
            self._answer(*answer, cut=True)
        self._reset()

    do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = _pass_on  # noqa: N815 -- http.server's names

    def _ask(self, body: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
        """The store's answer; each request has a connection of its own, so that none is stale."""
        connection = http.client.HTTPConnection(*self.server.upstream, timeout=PATIENCE)
        try:
            path = self.path
            if path.startswith("http://"):
                path = "/" + path.split("/", 3)[-1]
            connection.putrequest(self.command, path, skip_host=True, skip_accept_encoding=True)
            for name, value in self.headers.items():
                if name.lower() not in _ONE_HOP:
                    connection.putheader(name, value)
            if body or "Content-Length" in self.headers:
                connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body)
            answer = connection.getresponse()
            return answer.status, answer.getheaders(), answer.read()
        except (OSError, http.client.HTTPException):
            return _AWAY.status, _HEADERS, _document(_AWAY)
        finally:
            connection.close()

    def _answer(
        self, status: int, headers: list[tuple[str, str]], body: bytes, *, cut: bool = False
    ) -> None:
        self.send_response_only(status)
        length = str(len(body))
        for name, value in headers:
            if name.lower() == "content-length" and self.command == "HEAD":
                length = value
            if name.lower() not in _ONE_HOP:
                self.send_header(name, value)
        self.send_header("Content-Length", length)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body[: len(body) // 2] if cut else body)
        self.wfile.flush()

    def _reset(self) -> None:
        """Close with a reset: nothing more is said, and what was said may be lost."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Say nothing."""


_AWAY: Final = Fault(name="away", status=502, code="BadGateway")


_HEADERS: Final = [("Content-Type", "application/xml")]


def _document(fault: Fault) -> bytes:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>{fault.code}</Code>'
        "<Message>by the fault proxy</Message></Error>"
    ).encode()
