"""The pages of this folder on one site, served on loopback."""

import contextlib
import http.server
import json
import threading
import time
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

from tests.tasks.capture.banners import BANNERS
from tests.tasks.capture.looks import LOOKS
from tests.tasks.capture.pages import batch, comments, feed, picture
from tests.tasks.capture.scenes import SCENES
from tests.tasks.capture.traps import TRAPS, article, grid, numbered, page

PAGES = TRAPS | SCENES | LOOKS


class Handler(http.server.BaseHTTPRequestHandler):
    """One site with everything on it; each kind of path is a method ``serve_<kind>``."""

    protocol_version = "HTTP/1.1"
    seen: list[str]
    over: threading.Event

    def log_message(self, *_: object) -> None:
        """Tests are silent."""

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        self.seen.append(parts.path)
        query = {key: values[0] for key, values in parse_qs(parts.query).items()}
        kind, _, rest = parts.path.strip("/").partition("/")
        if kind in PAGES:
            self.answer(PAGES[kind])
            return
        serve_kind = getattr(self, f"serve_{kind}", None)
        if serve_kind is None:
            self.answer(page("Finns inte", "<h1>404</h1>"), status=404)
        else:
            serve_kind(rest, query)

    def serve_banner(self, name: str, _: dict[str, str]) -> None:
        self.answer(BANNERS[name])

    def serve_feed(self, _: str, query: dict[str, str]) -> None:
        self.answer(feed(query))

    def serve_api(self, _: str, query: dict[str, str]) -> None:
        time.sleep(float(query.get("delay", "100")) / 1000)  # a feed's API takes its time
        self.answer(batch(query), "application/json")

    def serve_comments(self, number: str, _: dict[str, str]) -> None:
        self.answer(json.dumps(comments(int(number))), "application/json")

    def serve_picture(self, name: str, _: dict[str, str]) -> None:
        self.answer(picture(int(name.removesuffix(".png"))), "image/png")

    def serve_numbered(self, number: str, _: dict[str, str]) -> None:
        self.answer(numbered(int(number)))

    def serve_grid(self, seed: str, _: dict[str, str]) -> None:
        self.answer(grid(int(seed)))

    def serve_torn(self, *_: object) -> None:
        self.answer(numbered(1).replace('href="2"', 'href="/status/500"'))

    def serve_status(self, status: str, _: dict[str, str]) -> None:
        self.answer(page("Fel", "<h1>Fel</h1>" + article(1)), status=int(status))

    def serve_file(self, *_: object) -> None:
        self.answer(b"0" * 1000, "application/octet-stream")

    def serve_never(self, *_: object) -> None:
        self.over.wait(60)

    def serve_loop(self, *_: object) -> None:
        self.send_on("/loop")

    def serve_away(self, _: str, query: dict[str, str]) -> None:
        self.send_on(query["to"])

    def serve_include(self, _: str, query: dict[str, str]) -> None:
        self.answer(page("Annan", f"<img src='{query['src']}'>" + article(1)))

    def send_on(self, where: str) -> None:
        self.send_response(302)
        self.send_header("Location", where)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def answer(self, body: str | bytes, kind: str = "text/html", status: int = 200) -> None:
        data = body.encode() if isinstance(body, str) else body
        self.send_response(status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8" if kind == "text/html" else kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        with contextlib.suppress(ConnectionError):
            self.wfile.write(data)


class Site:
    """A running site: its address, and the paths that were asked for."""

    def __init__(self, address: str, seen: list[str]) -> None:
        self.address = address
        self.seen = seen


@contextlib.contextmanager
def serve() -> Iterator[Site]:
    """Serve the pages on loopback until the block ends."""
    seen: list[str] = []
    over = threading.Event()
    handler = type("Pages", (Handler,), {"seen": seen, "over": over})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield Site(f"http://127.0.0.1:{server.server_port}", seen)
    finally:
        over.set()
        server.shutdown()
        thread.join()
        server.server_close()
