"""The door to the web: it waits as asked, gives up in the end, and never says what it read."""

import contextlib
import datetime as dt
import gzip
from collections.abc import Callable, Iterator
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive_store.errors import ChannelError
from tasks.channels.web import LONGEST_WAIT, RETRIES, Web, retry_after

URL = "https://blogg.sjovik.example/wp-json/"
WORDS = "Vera Vind skrev något hemligt"


def turn(
    status: int = 200, body: bytes = b"[]", cut: int = 0, **headers: str
) -> Callable[[BaseHTTPRequestHandler], None]:
    """An answer; ``cut`` bytes of what is promised are never sent."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(body) + cut))
        handler.send_header("Connection", "close")
        handler.end_headers()
        handler.wfile.write(body)

    return answer


@contextlib.contextmanager
def web(home: str, **options: Any) -> Iterator[tuple[Web, list[float]]]:
    waits: list[float] = []
    options.setdefault("timeout", httpx.Timeout(5))
    with Web("blogg", home=(home,), sleep=waits.append, jitter=lambda: 0.5, **options) as door:
        yield door, waits


def mocked(*answers: httpx.Response | Exception) -> httpx.Client:
    """A client that gets the answers in turn, the last one for ever."""
    left = list(answers)

    def handle(_: httpx.Request) -> httpx.Response:
        told = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(told, Exception):
            raise told
        return told

    return httpx.Client(transport=httpx.MockTransport(handle))


def test_an_answer_comes_back_with_an_honest_name_left_behind(loopback: Any) -> None:
    loopback.turns = [turn(body=b'{"a": 1}')]
    with web(loopback.url) as (door, waits):
        answer = door.get(f"{loopback.url}/wp-json/?a=1&b=%C3%A5")

    assert answer.json() == {"a": 1}
    [(path, headers)] = loopback.asked
    assert path == "/wp-json/?a=1&b=%C3%A5"
    assert headers["user-agent"].startswith("Kanalarkiv")
    assert "authorization" not in headers
    assert (waits, door.requests) == ([], 1)


def test_a_busy_server_is_given_the_time_it_asks_for(loopback: Any) -> None:
    soon = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=30)
    loopback.turns = [
        turn(429, Retry_After="7"),
        turn(503, Retry_After=format_datetime(soon, usegmt=True)),
        turn(502),
        turn(504, Retry_After="snart"),
        turn(body=b"[1]"),
    ]
    with web(loopback.url) as (door, waits):
        assert door.get(loopback.url).json() == [1]

    assert waits[0] == 7.5
    assert 25 < waits[1] <= 31
    assert waits[2:] == [4.5, 8.5], "else longer each time, and never in step with others"


@pytest.mark.parametrize(("status", "code"), [(429, "rate-limited"), (503, "unreachable")])
def test_a_server_that_stays_busy_is_left_in_peace(loopback: Any, status: int, code: str) -> None:
    loopback.turns = [turn(status, body=WORDS.encode())]
    with web(loopback.url) as (door, waits), pytest.raises(ChannelError) as caught:
        door.get(loopback.url)

    assert caught.value.code == code
    assert len(loopback.asked) == RETRIES + 1
    assert len(waits) == RETRIES


def test_a_server_that_asks_for_too_long_is_not_waited_for(loopback: Any) -> None:
    loopback.turns = [turn(503, Retry_After=str(int(LONGEST_WAIT) + 1))]
    with web(loopback.url) as (door, waits), pytest.raises(ChannelError) as caught:
        door.get(loopback.url)

    assert (caught.value.code, waits, len(loopback.asked)) == ("asked-to-wait", [], 1)


def test_all_waiting_together_has_an_end() -> None:
    busy = httpx.Response(429, headers={"retry-after": "100"})
    ready = httpx.Response(200, json=[])
    client = mocked(*[busy, ready] * 20)
    with web(URL, client=client) as (door, waits):
        for _ in range(9):
            door.get(URL)
        with pytest.raises(ChannelError) as caught:
            door.get(URL)

    assert caught.value.code == "asked-to-wait"
    assert len(waits) == 9


def test_a_cut_answer_is_read_again(loopback: Any) -> None:
    loopback.turns = [turn(body=b"[1, 2", cut=4), turn(body=b"[1, 2, 3]")]
    with web(loopback.url) as (door, waits):
        assert door.get(loopback.url).json() == [1, 2, 3]

    assert waits == [1.5]


def test_an_answer_that_is_always_cut_is_an_error(loopback: Any) -> None:
    loopback.turns = [turn(body=WORDS.encode(), cut=4)]
    with web(loopback.url) as (door, _), pytest.raises(ChannelError) as caught:
        door.get(loopback.url)

    assert caught.value.code == "unreachable"
    assert len(loopback.asked) == RETRIES + 1


def test_a_server_that_never_answers_is_unreachable(loopback: Any) -> None:
    loopback.turns = [lambda _: loopback.let_go.wait(30)]
    hasty = httpx.Timeout(0.1)
    with web(loopback.url, timeout=hasty) as (door, _), pytest.raises(ChannelError) as caught:
        door.get(loopback.url)

    assert caught.value.code == "unreachable"


def test_a_server_that_drips_is_left_in_the_end(
    loopback: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def drip(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "1000000")
        handler.end_headers()
        with contextlib.suppress(OSError):
            while not loopback.let_go.wait(0.01):
                handler.wfile.write(b" ")
                handler.wfile.flush()

    monkeypatch.setattr("tasks.channels.web.ANSWER_SECONDS", 0.2)
    loopback.turns = [drip]
    with web(loopback.url) as (door, _), pytest.raises(ChannelError) as caught:
        door.get(loopback.url)

    assert caught.value.code == "unreachable"
    assert len(loopback.asked) == 1


def test_no_one_home_is_unreachable() -> None:
    with web("http://127.0.0.1:1") as (door, waits), pytest.raises(ChannelError) as caught:
        door.get("http://127.0.0.1:1/")

    assert caught.value.code == "unreachable"
    assert len(waits) == RETRIES


@pytest.mark.parametrize("packed", [False, True])
def test_no_more_bytes_are_taken_than_allowed(loopback: Any, packed: bool) -> None:  # noqa: FBT001 -- a parameter
    body = b"a" * 3_000_000
    loopback.turns = [
        turn(body=gzip.compress(body), Content_Encoding="gzip") if packed else turn(body=body)
    ]
    with web(loopback.url) as (door, _), pytest.raises(ChannelError) as caught:
        door.get(loopback.url, max_bytes=2_000_000)

    assert caught.value.code == "too-large"


def test_a_packed_answer_that_cannot_be_unpacked_is_a_bad_one(loopback: Any) -> None:
    loopback.turns = [turn(body=b"inte gzip", Content_Encoding="gzip")]
    with web(loopback.url) as (door, _), pytest.raises(ChannelError) as caught:
        door.get(loopback.url)

    assert caught.value.code == "bad-answer"


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (400, "bad-answer"),
        (401, "login-needed"),
        (403, "login-needed"),
        (404, "not-found"),
        (410, "not-found"),
        (418, "bad-answer"),
        (500, "bad-answer"),
        (304, "bad-answer"),
    ],
)
def test_each_refusal_has_its_code_and_never_the_answers_words(status: int, code: str) -> None:
    client = mocked(httpx.Response(status, text=WORDS))
    secret = ("vera", "vinden viner")
    with web(URL, client=client) as (door, waits), pytest.raises(ChannelError) as caught:
        door.get(f"{URL}?slug=badplatsen", secret=secret)

    error = caught.value
    assert (error.code, waits) == (code, [])
    assert str(status) in error.sv
    assert "blogg" in error.sv
    for told in (str(error), error.sv, error.en):
        assert not any(word in told for word in ("Vera", "hemligt", "viner", "badplatsen", "http"))
    assert error.__cause__ is None
    assert error.__suppress_context__ or error.__context__ is None


def test_what_is_not_json_is_a_bad_answer() -> None:
    for body in ("<html>", "", '{"a": ', "[" * 100_000):
        client = mocked(httpx.Response(200, text=body))
        with web(URL, client=client) as (door, _), pytest.raises(ChannelError) as caught:
            door.get(URL).json()
        assert caught.value.code == "bad-answer"


def test_a_redirect_at_home_is_followed_with_the_secret(loopback: Any) -> None:
    loopback.turns = [turn(301, Location="/wp-json/"), turn(body=b"[1]")]
    with web(loopback.url) as (door, _):
        answer = door.get(f"{loopback.url}/wp-json", secret=("u", "p"))

    assert answer.url == f"{loopback.url}/wp-json/"
    assert [path for path, _ in loopback.asked] == ["/wp-json", "/wp-json/"]
    assert all("authorization" in headers for _, headers in loopback.asked)


@pytest.mark.parametrize(
    "target", ["https://annan.example/", "http://169.254.169.254/", "/runt", "ftp://x.example/"]
)
def test_a_redirect_elsewhere_or_for_ever_is_refused(loopback: Any, target: str) -> None:
    loopback.turns = [turn(302, Location=target)]
    with web(loopback.url) as (door, _), pytest.raises(ChannelError) as caught:
        door.get(f"{loopback.url}/")

    assert caught.value.code == "redirected"
    assert len(loopback.asked) == (6 if target == "/runt" else 1)


def test_a_picture_may_lie_elsewhere_but_never_on_the_inner_network(loopback: Any) -> None:
    client = mocked(
        httpx.Response(302, headers={"location": "https://bilder.example/a.png"}),
        httpx.Response(302, headers={"location": f"{loopback.url}/hemligt"}),
    )
    with web(URL, client=client) as (door, _):
        for url in (f"{loopback.url}/hemligt", URL, "http://169.254.169.254/", "http://nas/"):
            with pytest.raises(ChannelError) as caught:
                door.get(url, anywhere=True)
            assert caught.value.code in {"refused-address", "redirected"}
        assert door.requests == 2, "only the channel's own and the public host were asked"
    assert loopback.asked == []


@pytest.mark.parametrize("url", ["", "http://", "inget alls", "https://[x/", "ftp://a.example/"])
def test_what_is_no_address_is_refused(url: str) -> None:
    with web(URL) as (door, _), pytest.raises(ChannelError) as caught:
        door.get(url, anywhere=True)
    assert caught.value.code == "refused-address"


def test_the_environments_proxy_is_used_but_not_for_this_machine(
    loopback: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("ALL_PROXY", "all_proxy", "NO_PROXY", "no_proxy", "http_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HTTP_PROXY", loopback.url)
    loopback.turns = [turn()]
    with web("http://blogg.sjovik.example/") as (door, _):
        door.get("http://blogg.sjovik.example/feed/")
    with web("http://127.0.0.1:1") as (door, _), pytest.raises(ChannelError):
        door.get("http://127.0.0.1:1/feed/")

    assert [path for path, _ in loopback.asked] == ["http://blogg.sjovik.example/feed/"]


NOW = dt.datetime(2026, 11, 23, 2, tzinfo=dt.UTC)


def test_a_date_to_wait_for_counts_from_the_servers_own_clock() -> None:
    headers = httpx.Headers(
        {"date": "Mon, 23 Nov 2026 08:00:00 GMT", "retry-after": "Mon, 23 Nov 2026 08:01:00 GMT"}
    )
    assert retry_after(headers, NOW) == 60


@given(st.text(st.characters(max_codepoint=255)))
def test_any_retry_after_is_a_number_or_nothing(told: str) -> None:
    asked = retry_after(httpx.Headers({"retry-after": told.encode("latin-1")}), NOW)
    assert asked is None or isinstance(asked, float)
