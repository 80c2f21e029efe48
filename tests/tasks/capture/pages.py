"""Pages for captures to meet, served on loopback: a feed that behaves as real ones do, and traps.

The feed is the race of notes/peers.md: 40 posts in batches of 5 behind an API with a delay, texts
to open with "Visa mer", comments to open with "Visa fler kommentarer", lazy images, a sticky
header and a cookie banner. Every promise of the page is counted by the expected numbers below.
"""

import contextlib
import http.server
import json
import struct
import threading
import time
import zlib
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

POSTS, COMMENTS = 40, 3
EXPANDED = "slutordet"
WORDS = {
    "sv": ("Visa mer", "Visa fler kommentarer", "Endast nödvändiga", "Acceptera alla"),
    "en": ("See more", "Show more comments", "Reject all", "Accept all"),
}


def picture(number: int, width: int = 320, height: int = 120) -> bytes:
    """A PNG of one colour with a lighter band, different for each number."""
    colour = bytes(((number * 37) % 200, (number * 71) % 200, 120 + number % 100))
    light = bytes(min(255, c + 50) for c in colour)
    rows = b"".join(
        b"\0" + (light if height // 3 < y < height // 2 else colour) * width for y in range(height)
    )

    def chunk(name: bytes, data: bytes) -> bytes:
        body = name + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


def post(number: int, lang: str, late: str) -> str:
    """One post of the feed; ``late`` is how its picture waits: lazy, observed or eager."""
    more, comments, *_ = WORDS[lang]
    source = f"/picture/{number}.png"
    image = {
        "lazy": f'<img loading="lazy" src="{source}" width="320" height="120" alt="Bild {number}">',
        "observed": f'<img data-late="{source}" width="320" height="120" alt="Bild {number}">',
    }[late]
    day = 28 - number % 28
    return f"""<article id="inlagg-{number}" class="post">
<h2>Inlägg {number} från Sjövik</h2>
<p class="when"><time datetime="2025-{12 - number // 28:02d}-{day:02d}T09:{number:02d}:00+01:00">
 {day} månaden</time></p>
<p>Nummer {number}: snöröjningen börjar klockan {number % 24}, först på gång- och cykelvägar.
<button class="more">{more}</button>
<span hidden>Hela texten i inlägg {number} går vidare hit, till {EXPANDED} {number} ✅.</span></p>
{image}
<p><a href="/?p={number}">Länk till inlägg {number}</a></p>
<section class="comments"><button class="comments">{comments}</button></section>
</article>"""


def comments(number: int) -> list[str]:
    return [f"Kommentar {number}.{n} från en läsare" for n in range(1, COMMENTS + 1)]


def feed(query: dict[str, str]) -> str:
    """The feed's page; options: lang, pane, wait (ms before each fetch), delay (ms of
    the API), late, posts."""
    lang = query.get("lang", "sv")
    _, _, decline, accept = WORDS[lang]
    about = {"sv": "Vi använder kakor (cookies).", "en": "We use cookies."}[lang]
    pane = "pane" in query
    style = (
        "html,body{height:100%;overflow:hidden}#pane{height:calc(100vh - 60px);overflow-y:auto}"
        if pane
        else ""
    )
    return f"""<!doctype html><html lang="{lang}"><meta charset="utf-8">
<title>Sjöviks kommun</title>
<style>*{{box-sizing:border-box}}body{{margin:0;font:16px/1.5 sans-serif;background:#eef2f5}}
header{{position:sticky;top:0;background:#0b4f6c;color:#fff;padding:12px 24px;height:60px;
 z-index:5;font-size:22px}}
main{{max-width:640px;margin:0 auto}}article{{background:#fff;border:1px solid #cdd;
 border-radius:8px;margin:16px 0;padding:16px}}.when{{color:#566;margin:0}}
#kakor{{position:fixed;bottom:0;left:0;right:0;background:#222;color:#fff;padding:24px;z-index:9}}
#chatt{{position:fixed;right:12px;bottom:12px;background:#c33;color:#fff;border-radius:30px;
 padding:12px}}
{style}</style>
<header>Sjöviks kommun</header><div id="pane"><main id="feed"></main><div id="end">…</div></div>
<div id="chatt">Chatta med oss</div>
<div id="kakor"><p>{about}</p>
<button id="ja">{accept}</button> <button id="nej">{decline}</button></div>
<script>
const options = {json.dumps(query)};
const wait = Number(options.wait ?? 0);
let next = 0, busy = false, all = false;
const late = new IntersectionObserver((seen) => {{
  for (const one of seen) if (one.isIntersecting) {{
    one.target.src = one.target.dataset.late; late.unobserve(one.target);
  }}
}});
async function more() {{
  if (busy || all) return;
  busy = true;
  if (wait) await new Promise((go) => setTimeout(go, wait));
  const answer = await fetch(`/api?${{new URLSearchParams({{...options, from: next}})}}`);
  const batch = await answer.json();
  for (const html of batch.posts) {{
    document.querySelector("#feed").insertAdjacentHTML("beforeend", html);
  }}
  for (const image of document.querySelectorAll("img[data-late]")) late.observe(image);
  next += batch.posts.length;
  all = !batch.more;
  busy = false;
  if (near()) more();
}}
const pane = {"document.querySelector('#pane')" if pane else "document.scrollingElement"};
const near = () => !all && pane.scrollTop + pane.clientHeight > pane.scrollHeight - 200
  && next > 0 && pane.scrollTop > 0;
({"pane" if pane else "window"}).addEventListener("scroll", () => {{ if (near()) more(); }});
document.addEventListener("click", async (event) => {{
  const button = event.target.closest("button");
  if (!button) return;
  if (button.id === "ja") {{ document.title = "GODKÄND"; document.cookie = "samtycke=alla"; }}
  if (button.id === "ja" || button.id === "nej") document.querySelector("#kakor").remove();
  if (button.className === "more") {{
    button.nextElementSibling.hidden = false; button.remove();
  }}
  if (button.className === "comments") {{
    const number = button.closest("article").id.split("-")[1];
    const said = await (await fetch(`/comments/${{number}}`)).json();
    for (const text of said) {{
      const p = document.createElement("p");
      p.className = "comment"; p.textContent = text; button.before(p);
    }}
    button.remove();
  }}
}});
more();
</script></html>"""


def page(title: str, body: str, head: str = "") -> str:
    return f"""<!doctype html><html lang="sv"><meta charset="utf-8"><title>{title}</title>{head}
<body>{body}</body></html>"""


def article(number: int, text: str = "Ett vanligt inlägg om snöröjning och bad.") -> str:
    return f"<article><h2>Inlägg {number}</h2><p>{text}</p></article>"


TRAPS = {
    "blank": page("", ""),
    "login": page(
        "Logga in",
        "<h1>Logga in</h1><form><input name=u><input type=password>"
        "<button>Logga in</button></form>",
    ),
    "consent": page(
        "Innan du fortsätter",
        "<h1>Vi behöver ditt samtycke</h1><p>Vi använder kakor och cookies. Samtycke krävs för att "
        "läsa sidan. Utan kakor visas inget.</p><button>Godkänn alla</button>",
    ),
    "soft404": page("Sidan finns inte", "<h1>Hoppsan!</h1><p>Sidan hittades inte.</p>"),
    "other": page("Kontakt", "<h1>Kontakt</h1><p>" + "Ring oss gärna på vardagar. " * 20 + "</p>"),
    "dialogs": page(
        "Dialoger",
        article(1)
        + article(2)
        + "<script>alert('hej');confirm('?');prompt('?');window.open('/other');print();"
        "onbeforeunload=()=>'stanna';setInterval(()=>alert('igen'),100)</script>",
    ),
    "download": page(
        "Fil", article(1) + "<iframe src='/file.bin'></iframe><script>location='/file.bin'</script>"
    ),
    "hung": page("Hänger", article(1) + "<script>setTimeout(()=>{while(true);},50)</script>"),
    "hung-at-once": page("Hänger", article(1) + "<script>while(true);</script>"),
    "waits": page("Väntar", article(1) + "<img src='/never.png'><script>fetch('/never')</script>"),
    "leaves": page("Går", article(1) + "<script>setTimeout(()=>location='/other',2000)</script>"),
    "circles": page("Runt", "<script>location='/circles?'+Math.random()</script>"),
    "links": page(
        "Länkar", article(1) + "<a href='/other'>Visa mer</a><a href='/blank'>Läs mer</a>"
    ),
}


class Handler(http.server.BaseHTTPRequestHandler):
    """One site with everything on it."""

    protocol_version = "HTTP/1.1"
    seen: list[str]
    over: threading.Event

    def log_message(self, *_: object) -> None:
        """Tests are silent."""

    def do_POST(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:  # noqa: C901 - one branch a path
        parts = urlsplit(self.path)
        self.seen.append(parts.path)
        query = {key: values[0] for key, values in parse_qs(parts.query).items()}
        kind, _, rest = parts.path.strip("/").partition("/")
        if kind == "feed":
            self.answer(feed(query))
        elif kind == "api":
            self.answer(self.batch(query), "application/json")
        elif kind == "comments":
            self.answer(json.dumps(comments(int(rest))), "application/json")
        elif kind == "picture":
            self.answer(picture(int(rest.split(".")[0])), "image/png")
        elif kind in TRAPS:
            self.answer(TRAPS[kind])
        elif kind == "status":
            self.answer(page("Fel", "<h1>Fel</h1>" + article(1)), status=int(rest))
        elif kind == "file.bin":
            self.answer(b"0" * 1000, "application/octet-stream")
        elif kind.startswith("never"):
            self.over.wait(60)
        elif kind == "loop":
            self.send_on("/loop")
        elif kind == "away":
            self.send_on(query["to"])
        elif kind == "include":
            tags = f"<img src='{query['src']}'>" + article(1)
            self.answer(page("Annan", tags))
        else:
            self.answer(page("Finns inte", "<h1>404</h1>"), status=404)

    def batch(self, query: dict[str, str]) -> str:
        time.sleep(float(query.get("delay", "100")) / 1000)
        first = int(query["from"])
        total = int(query.get("posts", POSTS))
        numbers = range(first, min(first + 5, total))
        lang, late = query.get("lang", "sv"), query.get("late", "lazy")
        html = [post(n + 1, lang, late) for n in numbers]
        return json.dumps({"posts": html, "more": first + 5 < total})

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
