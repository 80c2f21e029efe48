"""What the channels' tests share: a register's channel, recorded answers, a loopback server."""

import dataclasses as dc
import datetime as dt
import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest

from tasks.channels import FetchRequest
from tasks.model import Channel, LifeCycle

RECORDED = Path(__file__).parents[2] / "data" / "recorded"


@pytest.fixture
def channel() -> Callable[..., Channel]:
    """A channel of the register, with changes."""
    blog = Channel(
        id="kommunbloggen",
        name="Sjöviks kommun – nyheter",
        unit="informationsenheten",
        platform="blog",
        address="https://blogg.sjovik.example/",
        life=LifeCycle.ACTIVE,
        api="https://blogg.sjovik.example/wp-json",
        own_authors=("1",),
    )
    return lambda **changes: dc.replace(blog, **changes)


@pytest.fixture
def ask() -> Callable[..., FetchRequest]:
    """A request of a first harvest, with changes."""
    now = dt.datetime(2026, 11, 23, 2, tzinfo=dt.UTC)
    first = FetchRequest(
        now=now,
        words_since=now - dt.timedelta(days=7),
        changed_since=None,
        watch=frozenset(),
        numbers_since=None,
    )
    return lambda **changes: dc.replace(first, **changes)


@pytest.fixture
def recorded() -> Callable[[str], Any]:
    """A recorded answer: JSON ones as an httpx response, others as text."""

    def read(name: str) -> Any:
        text = (RECORDED / name).read_text(encoding="utf-8")
        if not name.endswith(".json"):
            return text
        told = json.loads(text)
        return httpx.Response(told["status"], headers=told["headers"], json=told["body"])

    return read


Turn = Callable[[BaseHTTPRequestHandler], None]


@dc.dataclass
class Loopback:
    """A real server on loopback that answers each request by the next turn, the last one for ever.

    ``asked`` are the requests' paths and headers; ``let_go`` is set when the test is over.
    """

    url: str
    turns: list[Turn]
    asked: list[tuple[str, dict[str, str]]]
    let_go: threading.Event


@pytest.fixture
def loopback() -> Iterator[Loopback]:
    told = Loopback(url="", turns=[], asked=[], let_go=threading.Event())

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            told.asked.append((self.path, {k.lower(): v for k, v in self.headers.items()}))
            turn = told.turns.pop(0) if len(told.turns) > 1 else told.turns[0]
            self.close_connection = True
            turn(self)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    told.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield told
    told.let_go.set()
    server.shutdown()
    thread.join()
    server.server_close()
