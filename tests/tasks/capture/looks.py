"""Pages whose look is at stake when they are made to stand still."""

from tests.tasks.capture.traps import page

TEXT = "Snöröjningen börjar klockan fyra, först på gång- och cykelvägar, sedan på gatorna. " * 4


def articles(count: int, style: str = "") -> str:
    return "".join(
        f"<article style='{style}'><h2>Inlägg {n}</h2><p>{TEXT}</p></article>"
        for n in range(1, count + 1)
    )


_BASE = (
    "<style>*{box-sizing:border-box}body{margin:0;font:16px/1.5 sans-serif}"
    "article{padding:12px 24px;border-bottom:1px solid #ccc}"
)

LOOKS = {
    "header": page(
        "Fast huvud",
        "<header id=bar>Sjöviks kommun</header><nav id=side><a href='/a'>Meny</a><br>Om "
        "kakor (cookies) på webbplatsen</nav>"
        f"<main>{articles(12)}</main><div id=foot>Ring 0000 för felanmälan</div>"
        "<button id=up>Till toppen</button>",
        f"{_BASE}body{{padding:64px 0 0 180px}}#bar{{position:fixed;top:0;left:0;right:0;"
        "height:64px;background:#0b4f6c;color:#fff;padding:20px}#side{position:fixed;top:64px;"
        "left:0;bottom:0;width:180px;background:#eee;padding:20px}#foot{position:fixed;bottom:0;"
        "left:0;right:0;background:#fd0;padding:8px}#up{position:fixed;right:8px;bottom:60px}"
        "</style>",
    ),
    "dialog": page(
        "Ruta",
        f"<main>{articles(10)}</main><div id=shade></div><div id=news role=dialog><h2>Nyhetsbrev"
        "</h2><p>Vill du ha vårt nyhetsbrev?</p><button>Nej tack</button></div>",
        f"{_BASE}body{{overflow:hidden}}#shade{{position:fixed;inset:0;background:#0009}}"
        "#news{position:fixed;top:50%;left:50%;transform:translate(-50%,-50%);background:#fff;"
        "padding:30px;width:400px}</style>",
    ),
    "pane": page(
        "Pane",
        f"<header>Sjövik</header><div id=app><aside>Lista</aside><div id=scroll>{articles(14)}"
        "</div></div>",
        f"{_BASE}html,body{{height:100%;overflow:hidden}}header{{height:50px;background:#0b4f6c;"
        "color:#fff;padding:12px}#app{display:flex;height:calc(100vh - 50px);position:absolute;"
        "left:0;right:0}aside{width:200px;background:#eef}#scroll{flex:1;overflow-y:auto}</style>",
    ),
    "shell": page(
        "Skal",
        f"<div id=root><header>Topp</header><main>{articles(12)}</main><footer>Fot</footer></div>",
        f"{_BASE}html,body,#root{{height:100%}}#root{{display:flex;flex-direction:column}}"
        "main{flex:1 1 0;min-height:0;overflow-y:auto}</style>",
    ),
    "from-right": page(
        "Från höger",
        f"{articles(2)}<div style='width:1300px;background:#fcc'>bred</div>",
        f"{_BASE}html{{direction:rtl}}</style>",
    ),
    "endless": page(
        "Åt vänster",
        f"{articles(2)}<div style='width:9999999px;height:20px;background:#fcc'></div>",
        f"{_BASE}html{{direction:rtl}}article{{width:900px}}</style>",
    ),
    "sideways": page(
        "Åt sidan",
        "<div id=row>" + "".join(f"<div>Kort {n}</div>" for n in range(1, 8)) + "</div>"
        "<div id=wide><table><tr>"
        + "".join(f"<td>Kolumn {n}</td>" for n in range(1, 13))
        + f"</tr></table></div><pre id=code>{'lång rad ' * 40}slut</pre>"
        f"<div id=far><div>{TEXT}</div></div>{articles(3)}",
        f"{_BASE}#row{{display:flex;overflow-x:auto;gap:8px}}#row div{{flex:0 0 260px;height:120px;"
        "background:#cde}#wide{overflow-x:auto}td{min-width:100px;padding:10px;border:1px solid}"
        "pre{overflow-x:auto}#far{overflow-x:auto}#far div{width:4000px;background:#dfd}</style>",
    ),
    "alive": page(
        "Levande",
        f"{articles(2)}<marquee direction=down height=60><b>rullande rad</b></marquee>"
        "<svg width=400 height=60><rect width=40 height=40><animate attributeName=x from=0 to=300 "
        "dur=1s repeatCount=indefinite></animate></rect></svg><div id=grow>växer</div>"
        "<progress></progress><video autoplay muted loop width=100 height=60></video>",
        f"{_BASE}#grow{{animation:g .3s infinite alternate linear;width:100px}}"
        "@keyframes g{to{width:300px;margin-top:60px}}</style>",
    ),
    "dressed": page(
        "Klädd",
        f"<div id=hero>Hundra procent</div>{articles(3, 'box-shadow:0 8px 24px #0008;margin:30px')}"
        "<p id=gray>Grå</p><p id=mix>Blandad</p><p id=glow>Lysande</p><div id=spin>Snurrar</div>"
        "<div id=fade>Tonas in</div><div id=late>Långt ned</div>",
        f"{_BASE}body{{background:linear-gradient(#fee,#eef) fixed}}#hero{{height:100vh;background:"
        "#cdf}#gray{filter:grayscale(1) blur(1px);background:#f00}#mix{mix-blend-mode:multiply;"
        "background:#0f0}#glow{text-shadow:0 0 6px #00f}#spin{animation:s 2s infinite linear;"
        "width:90px}@keyframes s{to{transform:rotate(360deg)}}#fade{opacity:0;animation:f 5s 3s "
        "forwards}@keyframes f{to{opacity:1}}#late{content-visibility:auto;"
        "contain-intrinsic-size:auto 900px}</style>",
    ),
}
