"""Behind a bad network requests are tried again: nothing is lost, and nothing done twice."""

import concurrent.futures
import contextlib
import http.client
import http.server
import socket
import threading
import time
from collections.abc import Iterator

import pytest

from archive_store.errors import ExistsError
from archive_store.s3 import S3
from archive_store.s3 import requests as s3_requests
from tests.archive_store.s3.faults.judging import BOTH, first
from tests.archive_store.s3.stored import versions_of
from tests.support.fault_proxy import (
    BROKEN_AFTER,
    CUT,
    FAILURES,
    RESET_AFTER,
    RESET_BEFORE,
    Dice,
    Fault,
    FaultProxy,
    Request,
    whole,
)
from tests.support.s3_stand_in import StandIn


@BOTH
@pytest.mark.parametrize("fault", FAILURES, ids=lambda fault: str(fault.name))
def test_whatever_fails_once_is_done_once(bucket: S3, proxy: FaultProxy, fault: Fault) -> None:
    for prepared, method, call in (
        (False, "PUT", lambda: bucket.create("posts/a", b"words")),
        (True, "GET", lambda: bucket.get("posts/a")),
        (True, "GET", lambda: bucket.sha256("posts/a")),
        (True, "GET", lambda: list(bucket.list())),
        (True, "DELETE", lambda: bucket.delete("posts/a")),
        (False, "PUT", lambda: bucket.replace("posts/a", b"words")),
    ):
        proxy.judge = first(fault, method, times=2)
        before = proxy.tally[fault.name]
        call()
        assert proxy.tally[fault.name] == before + 2
        proxy.judge = whole
        assert versions_of(bucket) == (["posts/a"] if method != "DELETE" else [])
        assert prepared or bucket.get("posts/a") == b"words"


@BOTH
@pytest.mark.parametrize("fault", [RESET_AFTER, BROKEN_AFTER, CUT], ids=lambda fault: fault.name)
def test_a_put_that_was_done_though_no_answer_came_is_known_again(
    bucket: S3, proxy: FaultProxy, name: str, service: StandIn, fault: Fault
) -> None:
    proxy.judge = first(fault, "PUT")
    bucket.create("posts/a", b"mine")
    other = S3(name, "arkiv", endpoint=service.url)
    with pytest.raises(ExistsError):
        other.create("posts/a", b"mine")  # the same bytes are not the same write
    assert other.get("posts/a") == b"mine"


@pytest.mark.parametrize("fault", [RESET_AFTER, BROKEN_AFTER], ids=lambda fault: str(fault.name))
def test_tries_that_a_careless_store_carried_out_leave_one_version(
    bucket: S3, proxy: FaultProxy, monkeypatch: pytest.MonkeyPatch, fault: Fault
) -> None:
    send = bucket._door._signed

    def unconditional(request: s3_requests.Request, url: str) -> dict[str, str]:
        headers = send(request, url)
        headers.pop("If-None-Match", None)
        return headers

    monkeypatch.setattr(bucket._door, "_signed", unconditional)
    proxy.judge = first(fault, "PUT", times=3)
    bucket.create("posts/a", b"words")
    assert bucket.get("posts/a") == b"words"
    assert versions_of(bucket) == ["posts/a"]
    proxy.judge = first(fault, "PUT", times=3)
    with pytest.raises(ExistsError):
        bucket.create("posts/a", b"others")
    assert bucket.get("posts/a") == b"words"
    assert versions_of(bucket) == ["posts/a"]


@BOTH
def test_a_key_taken_by_another_while_no_answer_came_is_taken(
    bucket: S3, proxy: FaultProxy, name: str, service: StandIn
) -> None:
    other = S3(name, "arkiv", endpoint=service.url)
    judge = first(RESET_BEFORE, "PUT")

    def judged(request: Request) -> Fault | None:
        fault = judge(request)
        if fault is not None:
            other.create("posts/a", b"other")
        return fault

    proxy.judge = judged
    with pytest.raises(ExistsError):
        bucket.create("posts/a", b"mine")
    assert bucket.get("posts/a") == b"other"
    assert versions_of(bucket) == ["posts/a"]


def test_a_store_that_comes_back_is_waited_for(name: str, service: StandIn) -> None:
    """As after the server was killed: connections are refused, then accepted again."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    store = S3(name, "arkiv", endpoint=f"http://127.0.0.1:{port}")
    refused = threading.Event()
    pause = time.sleep

    def slept(seconds: float) -> None:
        refused.set()
        pause(seconds)

    with contextlib.ExitStack() as stack, pytest.MonkeyPatch.context() as patch:
        patch.setattr("archive_store.s3.requests.time.sleep", slept)
        pool = stack.enter_context(concurrent.futures.ThreadPoolExecutor(1))
        writing = pool.submit(store.create, "posts/a", b"x")
        assert refused.wait(30)
        stack.enter_context(relay(port, service.url))
        writing.result(30)
        assert store.get("posts/a") == b"x"
        store.close()


@contextlib.contextmanager
def relay(port: int, upstream: str) -> Iterator[None]:
    """What is asked of this port is asked of the store."""
    host, _, there = upstream.removeprefix("http://").partition(":")

    class Handler(http.server.BaseHTTPRequestHandler):
        def passed_on(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            asked = http.client.HTTPConnection(host, int(there))
            asked.request(self.command, self.path, body, dict(self.headers.items()))
            answer = asked.getresponse()
            data = answer.read()
            self.send_response_only(answer.status)
            for header, value in answer.getheaders():
                self.send_header(header, value)
            self.end_headers()
            self.wfile.write(data)
            asked.close()

        do_GET = do_PUT = do_DELETE = do_HEAD = passed_on  # noqa: N815 (http.server's names)

    with http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield
        finally:
            server.shutdown()
            thread.join()


@BOTH
def test_with_a_fifth_of_all_requests_failing_each_key_is_written_once(
    bucket: S3, proxy: FaultProxy
) -> None:
    dice = proxy.judge = Dice(seed=11, share=0.2)
    keys = [f"posts/{number}" for number in range(60)]

    def go(key: str) -> bytes:
        bucket.create(key, key.encode())
        return bucket.get(key)

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        assert list(pool.map(go, keys)) == [key.encode() for key in keys]
    assert [each.key for each in bucket.list()] == sorted(keys)
    assert proxy.failed > 0.1
    proxy.judge = whole
    assert versions_of(bucket) == sorted(keys)
    proxy.judge = dice
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        list(pool.map(bucket.delete, keys))
    proxy.judge = whole
    assert versions_of(bucket) == []
