"""A feed that behaves as real ones do.

It is the race of notes/peers.md: 40 posts in batches of 5 behind an API with a delay, texts
to open with "Visa mer", comments to open with "Visa fler kommentarer", lazy images, a sticky
header and a cookie banner. Every promise of the page is counted by the expected numbers below.
"""

import json
import struct
import zlib

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


def batch(query: dict[str, str]) -> str:
    """What the feed's API answers: the next five posts from ``from`` on."""
    first, total = int(query["from"]), int(query.get("posts", POSTS))
    lang, late = query.get("lang", "sv"), query.get("late", "lazy")
    html = [post(n + 1, lang, late) for n in range(first, min(first + 5, total))]
    return json.dumps({"posts": html, "more": first + 5 < total})
