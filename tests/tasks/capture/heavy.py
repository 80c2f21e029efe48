"""A server of what weighs too much, never ends, or leads where it should not: raw answers."""

import contextlib
import http.server
import itertools
import threading
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

from tests.tasks.capture.pages import picture
from tests.tasks.capture.traps import article, page

MB = 1_000_000
_FILL = b"<!-- " + b"tungt " * 165_000 + b"-->\n"


def _posts(script: str, body: str = "") -> str:
    return page("Tungt", article(1) + article(2) + body + f"<script>{script}</script>")


PAGES = {
    # fetches for ever, a megabyte a time, as fast as it can
    "fetches": _posts("(async()=>{for(;;)await (await fetch('/stream?mb=1')).text()})()"),
    # one fetch that never ends
    "fetch": _posts("fetch('/stream').then(async a=>{for await(const _ of a.body);})"),
    # fills memory faster than anybody asks for it
    "swells": _posts(
        "const held=[];setInterval(()=>{for(let n=0;n<8;n++){const a=new Uint8Array(16e6);"
        "a.fill(held.length+1);held.push(a)}},20)"
    ),
    "asks": _posts(
        "for(const a of ['file:///etc/hostname','http://10.0.0.8/','http://192.168.1.1/admin',"
        "'http://169.254.169.254/latest/meta-data/','http://[::1]:1/','ftp://10.0.0.8/',"
        "'chrome://settings','view-source:http://10.0.0.8/'])"
        "{fetch(a).catch(()=>0);const i=document.createElement('iframe');i.src=a;"
        "document.body.append(i);new Image().src=a}"
        "try{location='file:///etc/hostname'}catch{}"
    ),
    "ways": _posts(
        "const has=['RTCPeerConnection','WebTransport','SharedWorker'].filter(n=>n in window);"
        "navigator.serviceWorker.register('/worker.js').then(()=>navigator.serviceWorker"
        ".getRegistrations()).then(r=>r.length&&has.push('serviceWorker')).catch(()=>0)"
        ".finally(()=>{document.querySelector('article').append("
        "'Vägar ut: '+(has.join()||'inga'))})"
    ),
    # sockets to SOCKETS, from the page and from a worker of its own
    "sockets": _posts(
        "const open=`try{new WebSocket('ws://SOCKETS/socket')}catch{}`;eval(open);"
        "new Worker(URL.createObjectURL(new Blob([open])))"
    ),
    "frames": _posts(
        "for(let n=0;n<140;n++){const f=document.createElement('iframe');f.src='/inner';"
        "document.body.append(f)}"
    ),
    "inner": "<p>Inne</p>",
    "popups": _posts(
        "setInterval(()=>{window.open('/popup');const a=document.createElement('a');"
        "a.href='/popup';a.target='_blank';a.click();"
        "const f=document.createElement('form');f.action='/popup';f.target='new'+Math.random();"
        "document.body.append(f);f.submit()},50)"
    ),
    "popup": page("Fönster", "<script>setInterval(()=>window.open('/popup'),10)</script>"),
}


class Handler(http.server.BaseHTTPRequestHandler):
    """Each kind of path is a page of PAGES or a method ``serve_<kind>``."""

    protocol_version = "HTTP/1.1"
    seen: list[str]
    over: threading.Event

    def log_message(self, *_: object) -> None:
        """Tests are silent."""

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        query = {key: values[0] for key, values in parse_qs(parts.query).items()}
        kind = parts.path.strip("/").partition("/")[0]
        self.seen.append(kind)
        if kind in PAGES:
            body = PAGES[kind].replace("SOCKETS", query.get("sockets", ""))
            self.answer(body.encode(), "text/html")
            return
        with contextlib.suppress(ConnectionError):
            getattr(self, f"serve_{kind}", self.serve_nothing)(query)

    def serve_document(self, query: dict[str, str]) -> None:
        """A document of so many megabytes; without a number one that never ends."""
        begin = page("Tungt", article(1) + article(2)).removesuffix("</body></html>").encode()
        self.stream("text/html", begin, query)

    def serve_stream(self, query: dict[str, str]) -> None:
        self.stream("text/plain", b"", query)

    def serve_pictures(self, query: dict[str, str]) -> None:
        images = "".join(f"<img src='/picture?n={n}'>" for n in range(int(query["count"])))
        self.answer(page("Bilder", article(1) + article(2) + images).encode(), "text/html")

    def serve_picture(self, query: dict[str, str]) -> None:
        self.over.wait(0.1)  # slow enough to be weighed while more are to come
        body = picture(int(query["n"])) + b"\0" * MB
        self.answer(body, "image/png")

    def serve_slow(self, _: dict[str, str]) -> None:
        """A document that goes on for ever, a little at a time."""
        begin = page("Långsamt", article(1) + article(2)).removesuffix("</body></html>").encode()
        self.begin("text/html")
        self.chunk(begin)
        while not self.over.wait(0.1):
            self.chunk(b"<!-- mer -->")

    def serve_away(self, query: dict[str, str]) -> None:
        self.send_response(302)
        self.send_header("Location", query["to"])
        self.send_header("Content-Length", "0")
        self.end_headers()

    def serve_nothing(self, _: dict[str, str]) -> None:
        self.answer(b"", "text/plain", status=404)

    def stream(self, kind: str, begin: bytes, query: dict[str, str]) -> None:
        self.begin(kind)
        self.chunk(begin or b" ")
        many = range(int(query["mb"])) if "mb" in query else itertools.count()
        for _ in many:
            if self.over.is_set():
                break
            self.chunk(_FILL)
        self.wfile.write(b"0\r\n\r\n")

    def begin(self, kind: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()

    def chunk(self, data: bytes) -> None:
        self.wfile.write(b"%x\r\n%b\r\n" % (len(data), data))

    def answer(self, body: bytes, kind: str, status: int = 200) -> None:
        self.send_response(status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class Server(http.server.ThreadingHTTPServer):
    """Without the traces of clients that went away in the middle of an answer."""

    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """A browser that has had enough closes its connection."""


@contextlib.contextmanager
def serve() -> Iterator[tuple[str, list[str]]]:
    """Its address, and what was asked for, until the block ends."""
    seen: list[str] = []
    over = threading.Event()
    server = Server(("127.0.0.1", 0), type("Heavy", (Handler,), {"seen": seen, "over": over}))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", seen
    finally:
        over.set()
        server.shutdown()
        thread.join()
        server.server_close()
