"""An S3 store behind a bad network or a busy server: nothing is lost, doubled or left unsaid."""

import concurrent.futures
import contextlib
import http.client
import http.server
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from archive_store.errors import ArchiveError, DamageError, ExistsError, MissingError, UnsureError
from archive_store.s3 import S3, listing
from archive_store.s3 import requests as s3_requests
from tests.support.fault_proxy import (
    BROKEN,
    BROKEN_AFTER,
    BUSY,
    CUT,
    EXPIRED,
    FAILURES,
    FULL,
    RESET_AFTER,
    RESET_BEFORE,
    SKEWED,
    Dice,
    Fault,
    FaultProxy,
    Request,
    fault_proxy,
    whole,
)
from tests.support.s3_stand_in import StandIn, stand_in


@pytest.fixture(scope="module")
def service() -> Iterator[StandIn]:
    with stand_in() as running:
        yield running


BOTH = pytest.mark.parametrize("name", ["locks", "plain"], indirect=True)


@pytest.fixture
def name(request: pytest.FixtureRequest, service: StandIn) -> str:
    locks = getattr(request, "param", "locks") == "locks"
    return service.new_bucket(locks=locks, versions=locks)


@pytest.fixture
def proxy(service: StandIn) -> Iterator[FaultProxy]:
    with fault_proxy(service.url) as running:
        yield running


@pytest.fixture
def bucket(proxy: FaultProxy, name: str) -> Iterator[S3]:
    store = S3(name, "arkiv", endpoint=proxy.url)
    yield store
    store.close()


@pytest.fixture
def hasty(proxy: FaultProxy, name: str) -> Iterator[S3]:
    store = S3(name, "arkiv", endpoint=proxy.url, patience=0.3)
    yield store
    store.close()


def first(fault: Fault, *methods: str, times: int = 1) -> Callable[[Request], Fault | None]:
    """The first requests by one of these methods meet the fault."""
    left, lock = [times], threading.Lock()

    def judge(request: Request) -> Fault | None:
        with lock:
            if request.method in methods and left[0]:
                left[0] -= 1
                return fault
            return None

    return judge


def always(fault: Fault, *methods: str) -> Callable[[Request], Fault | None]:
    return lambda request: fault if request.method in methods else None


def versions_of(bucket: S3) -> list[str]:
    return [each.key for each in listing.versions(bucket._door)]


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


@BOTH
@pytest.mark.parametrize("fault", [RESET_BEFORE, RESET_AFTER, BROKEN], ids=lambda f: str(f.name))
def test_when_patience_ends_a_write_is_unsure(hasty: S3, proxy: FaultProxy, fault: Fault) -> None:
    proxy.judge = always(fault, "PUT")
    with pytest.raises(UnsureError) as caught:
        hasty.create("posts/a", b"x")
    assert caught.value.code == "store-away"
    assert "posts/a" in caught.value.sv
    assert proxy.tally[fault.name]


def test_a_refusal_after_a_lost_answer_is_unsure_too(hasty: S3, proxy: FaultProxy) -> None:
    begun = first(RESET_AFTER, "PUT")
    proxy.judge = lambda request: begun(request) or EXPIRED
    with pytest.raises(UnsureError) as caught:
        hasty.create("posts/a", b"x")
    assert caught.value.code == "credentials-refused"


def test_when_patience_ends_reading_says_that_the_store_is_away(
    hasty: S3, proxy: FaultProxy
) -> None:
    hasty.create("posts/a", b"x")
    proxy.judge = always(BUSY, "GET", "DELETE")
    for call in (lambda: hasty.get("posts/a"), lambda: hasty.delete("posts/a")):
        with pytest.raises(ArchiveError) as caught:
            call()
        assert (caught.value.code, type(caught.value)) == ("store-away", ArchiveError)
        assert "503 SlowDown" in caught.value.en


def test_where_nobody_listens_nothing_was_written(name: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    store = S3(name, endpoint=f"http://127.0.0.1:{port}", patience=0.3)
    with pytest.raises(ArchiveError) as caught:
        store.create("posts/a", b"x")
    assert (caught.value.code, type(caught.value)) == ("store-away", ArchiveError)
    assert f"127.0.0.1:{port}" in caught.value.sv
    assert name in caught.value.sv


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


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (EXPIRED, "credentials-refused"),
        (SKEWED, "clock-wrong"),
        (FULL, "store-full"),
        (Fault(name="x", status=403, code="SignatureDoesNotMatch"), "credentials-refused"),
        (Fault(name="x", status=403, code="InvalidAccessKeyId"), "credentials-refused"),
        (Fault(name="x", status=403, code="AccessDenied"), "store-refused"),
        (Fault(name="x", status=403, code="QuotaExceeded"), "store-full"),
        (Fault(name="x", status=301, code="PermanentRedirect"), "wrong-region"),
        (Fault(name="x", status=400, code="AuthorizationHeaderMalformed"), "wrong-region"),
        (Fault(name="x", status=400, code="EntityTooLarge"), "too-large"),
        (Fault(name="x", status=501, code="NotImplemented"), "store-cannot"),
        (Fault(name="x", status=404, code="NoSuchUpload"), "store-refused"),
        (Fault(name="x", status=200, code=""), "store-refused"),
    ],
    ids=lambda value: value if isinstance(value, str) else f"{value.status}-{value.code}",
)
def test_each_refusal_says_what_where_and_what_to_do(
    hasty: S3, proxy: FaultProxy, name: str, fault: Fault, code: str
) -> None:
    proxy.judge = always(fault, "GET")
    with pytest.raises(ArchiveError) as caught:
        list(hasty.list())
    error = caught.value
    assert (error.code, type(error)) == (code, ArchiveError)
    assert proxy.tally[fault.name] == 1
    for text in (error.sv, error.en):
        assert name in text
        assert proxy.url in text
        assert os.environ["AWS_SECRET_ACCESS_KEY"] not in text.replace(name, "")


def test_a_bucket_that_is_gone_is_no_missing_object(service: StandIn) -> None:
    store = S3("b-gone", endpoint=service.url)
    for call in (
        lambda: store.get("posts/a"),
        lambda: list(store.list()),
        lambda: store.create("posts/a", b""),
        lambda: store.locks,
        lambda: store.delete("posts/a"),
    ):
        with pytest.raises(MissingError) as caught:
            call()
        assert caught.value.code == "no-bucket"


def test_a_page_that_is_no_s3_answer_is_no_missing_object(hasty: S3, proxy: FaultProxy) -> None:
    proxy.judge = always(Fault(name="page", status=404, code=""), "GET")
    with pytest.raises(ArchiveError) as caught:
        hasty.get("posts/a")
    assert caught.value.code == "store-refused"


@BOTH
def test_what_the_store_holds_otherwise_than_sent_is_damage(
    bucket: S3, monkeypatch: pytest.MonkeyPatch
) -> None:
    send = bucket._door.send

    def flipped(request):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202 (as it is)
        if request.method == "PUT":
            request = type(request)(method="PUT", key=request.key, body=b"wards")
        return send(request)

    monkeypatch.setattr(bucket._door, "send", flipped)
    for call in (
        lambda: bucket.create("posts/a", b"words"),
        lambda: bucket.replace("index.html", b"words"),
    ):
        with pytest.raises(DamageError) as caught:
            call()
        assert caught.value.code == "written-wrong"
    assert versions_of(bucket) == ["index.html"]  # what was created is destroyed again


def test_more_than_one_put_can_carry_is_refused(bucket: S3, proxy: FaultProxy) -> None:
    class Huge(bytes):
        def __len__(self) -> int:
            return 5 * 2**30 + 1

    with pytest.raises(ArchiveError) as caught:
        bucket.create("posts/a", Huge())
    assert caught.value.code == "too-large"
    assert not proxy.log


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


def test_a_proxy_named_in_the_environment_is_used(
    proxy: FaultProxy, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An HTTP proxy is asked for whole addresses; where NO_PROXY says so, it is not asked."""
    asked: list[str] = []
    proxy.judge = lambda request: asked.append(request.path)  # type: ignore[func-returns-value]
    monkeypatch.setenv("HTTP_PROXY", proxy.url)
    monkeypatch.setenv("http_proxy", proxy.url)
    elsewhere = S3(name, endpoint="http://s3.invalid", patience=0.1)
    with contextlib.suppress(ArchiveError):
        elsewhere.get("posts/a")
    assert asked
    assert asked[0].startswith(f"http://s3.invalid/{name}")
    asked.clear()
    monkeypatch.setenv("no_proxy", "s3.invalid")
    with pytest.raises(ArchiveError) as caught:
        S3(name, endpoint="http://s3.invalid", patience=0.1).get("posts/a")
    assert caught.value.code == "store-away"
    assert not asked
