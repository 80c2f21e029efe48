"""Pages that are not the channel, that fight back, or that print badly."""


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
        "Fil", article(1) + "<iframe src='/file'></iframe><script>location='/file'</script>"
    ),
    "hung": page("Hänger", article(1) + "<script>setTimeout(()=>{while(true);},50)</script>"),
    "hung-at-once": page("Hänger", article(1) + "<script>while(true);</script>"),
    "waits": page("Väntar", article(1) + "<img src='/never'><script>fetch('/never')</script>"),
    "leaves": page("Går", article(1) + "<script>setTimeout(()=>location='/other',2000)</script>"),
    "circles": page("Runt", "<script>location='/circles?'+Math.random()</script>"),
    "forgets": page(
        "Glömsk",
        "<div id=f></div><script>addEventListener('scroll',()=>{const from=Math.max(0,Math.floor("
        "scrollY/300)-4);f.innerHTML='';for(let n=from;n<Math.min(40,from+9);n+=1){const post="
        "document.createElement('article');post.style.top=`${n*300}px`;post.innerHTML=`<p>Inlägg "
        "nummer ${n} om parken</p>`;f.append(post)}});dispatchEvent(new Event('scroll'))</script>",
        "<style>#f{position:relative;height:12000px}article{position:absolute;height:300px}</style>",
    ),
    "clockwork": page(
        "Tiden går",
        "".join(article(n, f"<i>{n} minuter</i>") for n in range(1, 5))
        + "<script>let n=5;setInterval(()=>{n+=1;for(const i of document.querySelectorAll('i'))"
        "i.textContent=`${n} minuter`},1000)</script>",
    ),
    "torn-batch": page(
        "Avbrutet",
        "".join(article(n) for n in range(1, 9))
        + "<script>let n=0;addEventListener('scroll',()=>{if(n++<3)fetch('/status/500')})</script>",
        "<style>article{height:300px}</style>",
    ),
    "pinned": page(
        "Fäst",
        "<div id=f><article><time datetime='2024-01-01T10:00:00+01:00'>2024</time><p>Fäst överst"
        "</p></article></div><div style='height:1500px'></div><script>let n=0;addEventListener("
        "'scroll',()=>{if(n++<3)setTimeout(()=>{for(let m=0;m<4;m+=1)f.insertAdjacentHTML("
        "'beforeend',`<article><time datetime='2026-11-0${9-n}T10:00:00+01:00'>i år</time><p>Nytt "
        "inlägg ${n}.${m}</p></article>`)},300)})</script>",
    ),
    "liar": page(
        "Ljuger",
        "<script>const real=Array.prototype.push;Array.prototype.push=function(...a){const [x]=a;"
        "if(Array.isArray(x)&&typeof x[0]==='string')x[1]='Anna på Storgatan 1';"
        "return real.apply(this,a)};Document.prototype.querySelectorAll=()=>[]</script>"
        + "".join(article(n) for n in range(1, 5))
        + "<p>Kakor (cookies): <button onclick='this.remove()'>Avvisa alla</button></p>"
        "<button onclick='this.remove()'>Visa mer</button>",
    ),
    "folded": page(
        "Hopfällt",
        "".join(article(n) for n in range(1, 6))
        + "<div style='max-height:0;overflow:hidden'>"
        + "".join(article(n) for n in range(6, 26))
        + "</div><p>slut</p>",
    ),
    "spoken": page(
        "Uppläst",
        "".join(
            article(
                n,
                "<span style='position:absolute;width:1px;height:1px;overflow:hidden'>"
                f"Bara för den som lyssnar</span>Om badet {n}",
            )
            for n in range(1, 5)
        ),
    ),
    "single": page("Ett", article(1) + "<nav><a rel=next href='/numbered/2'>Nästa</a></nav>"),
    "house": page(
        "Hus",
        "<div id=app><nav><details name=a><summary>Ett</summary>Dolt ett</details>"
        "<details name=a><summary>Två</summary>Dolt två</details></nav>"
        + "".join(article(n) for n in range(1, 9))
        + f"<pre>{'bred ' * 60}ytterst</pre><div id=meny><p>Nyheter</p></div></div>",
        "<style>#app{position:fixed;inset:0;overflow:auto}article{min-height:400px;opacity:0;"
        "animation:in 1s forwards}@keyframes in{to{opacity:1}}pre{overflow:auto}"
        "article:nth-of-type(3){filter:blur(0)}article:nth-of-type(5){mix-blend-mode:multiply}"
        "#meny{position:sticky;top:0}@media print{article{display:none}}"
        "#app::before{content:'i rutan'}</style>",
    ),
    "busy": page(
        "Rastlös",
        article(1) + "<p id=n>0</p><script>let n=0;setInterval(()=>{n+=1;const p=document."
        "querySelector('#n');p.style.marginTop=`${n}px`;p.append(n)},20)</script>",
    ),
    "scripts": page("Språk", article(1, "På andra språk: 𐎠𐎡𐎢 och 𐏈𐏉𐏊.") + article(2)),
    "links": page(
        "Länkar", article(1) + "<a href='/other'>Visa mer</a><a href='/blank'>Läs mer</a>"
    ),
}


def grid(seed: int, count: int = 40) -> str:
    """Cards of many heights in a grid: Chromium 156 loses some at the edges of sheets."""
    cards = "".join(
        f"<article><p style='height:{90.4 + n * seed % 60}px'>Kort {n} av alla</p>"
        f"<p style='height:{40.3 + n * n * seed % 300}px'>Text.</p>"
        f"<p style='height:{57.5 + n * seed * 7 % 400}px'>Kommentarer.</p></article>"
        for n in range(1, count + 1)
    )
    style = "<style>*{margin:0}main{display:grid;gap:26px}article{background:#eee}</style>"
    return page("Rutnät", f"<main>{cards}</main>", style)


def numbered(number: int, last: int = 3) -> str:
    """One page of a feed that is parted into pages, four posts on each."""
    posts = "".join(
        f'<article id="p{n}"><h2>Sidinlägg {n}</h2><img src="../picture/{n}.png" width="60">'
        "</article>"
        for n in range(4 * number - 3, 4 * number + 1)
    )
    following = f'<a href="{number + 1}">Nästa sida »</a>' if number < last else ""
    return page("Sidor", f"<main>{posts}</main><nav>{following}<a href='/other'>Kontakt</a></nav>")
