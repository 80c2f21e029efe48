"""Pages for looking at words: everything that can stand on a page, each with what a reader sees."""

from tests.tasks.capture.traps import page

SCENES = {
    "plain": page(
        "Vanlig",
        "<h1>Snöröjning  i\n Sjövik</h1><p>Vi <b>plo</b>gar från klockan <i>fyra</i>.<br>Ring "
        "oss&nbsp;gärna.</p><div>Före<p>Inuti</p>Efter</div>",
    ),
    "emoji": page(
        "Emoji",
        "<p>Familjen 👩‍👩‍👧‍👦 hejar 🇸🇪 med 👍🏽 och 👩🏿‍🚒, é och å̈ samman.</p>"
        "<p>En bild <img src='/picture/1.png' alt='🎉' style='width:1em;height:1em'> i texten.</p>",
    ),
    "arabic": page(
        "Språk",
        "<p dir=rtl lang=ar>مرحبا بكم في بلدية شوفيك 2026 اليوم</p>"
        "<p>Blandat: שלום och سلام, हिन्दी, 中文字符, ไทย.</p><p>aאb יחד</p>",
    ),
    "broken": page(
        "Bruten",
        "<p style='width:120px;overflow-wrap:anywhere'>Avfallsförbränningsanläggningsområdet "
        "👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦 slut</p>"
        "<p style='width:140px;hyphens:manual'>Kommun&shy;fullmäktige&shy;ledamöterna samlas</p>"
        "<p style='width:60px'>https://exempel.se/en-mycket-lång-adress</p>",
    ),
    "cased": page(
        "Versaler",
        "<p style='text-transform:uppercase'>straße och åäö <span lang=tr>iI</span></p>"
        "<p style='text-transform:capitalize'>snö-röjning i söderhamn, o'hara 3d</p>"
        "<p style='text-transform:lowercase'>STORA ÖAR</p>",
    ),
    "hidden": page(
        "Dolt",
        "<p>syns</p><p style='display:none'>borta</p><p hidden>dold</p>"
        "<p style='visibility:hidden'>osynlig <b style='visibility:visible'>men inte denna</b></p>"
        "<p style='opacity:0'>genomskinlig</p>"
        "<p style='position:absolute;clip:rect(0 0 0 0);width:1px;height:1px;overflow:hidden'>"
        "för skärmläsare</p><p style='position:absolute;left:-9999px'>utanför</p>"
        "<p aria-hidden=true>tyst</p><p style='font-size:0'>utan storlek</p>"
        "<div style='max-height:0;overflow:hidden'>hopfällt</div>"
        "<noscript>utan skript</noscript><template>mall</template><script>1</script>"
        "<details><summary>Mer</summary>utfällt</details>"
        "<p style='user-select:none'>går ej att märka</p>"
        "<div style='content-visibility:hidden'>ännu inte</div>",
    ),
    "cut": page(
        "Kapat",
        "<p>syns</p><div style='height:30px;overflow:hidden'><p style='margin:0'>överst</p>"
        "<p style='margin:90px 0 0'>nederst</p><p style='position:absolute;top:200px'>utanför "
        "rutan</p></div><div style='height:0;overflow:hidden'><article>bortkapat</article></div>"
        "<div style='width:30px;overflow:hidden;white-space:nowrap'>börjar här och fortsätter"
        "</div><article><h2>Inlägg 1</h2><a href='/a'><span style='position:absolute;width:1px;"
        "height:1px;overflow:hidden;clip-path:inset(50%)'>Läs mer</span><b style='display:"
        "inline-block;width:30px;height:30px'></b></a></article><iframe srcdoc='<p>i ramen</p><p "
        "style=margin-top:300px>långt ned</p>' height=90></iframe>",
    ),
    "added": page(
        "Tillagt",
        "<p class=a>mitten</p><ul><li>punkt</li></ul><p class=i>ikon</p>"
        "<input value='ifyllt värde'><input placeholder='Sök här'>"
        "<input type=password value=hemligt>"
        "<input type=submit value='Skicka nu'><textarea>flera rader\ntext</textarea>"
        "<select><option>Välj</option><option selected>Vald sak</option></select>",
        "<style>.a::before{content:'Nyhet: '}.a::after{content:' (' attr(class) ')'}"
        ".i::before{content:'\\f123'}li::before{content:'»'}</style>",
    ),
    "shadow": page(
        "Skugga",
        "<x-card><span slot=b>i luckan</span><p>vanlig</p></x-card><iframe srcdoc='<p>i ramen</p>'>"
        "</iframe><script>customElements.define('x-card',class extends HTMLElement{constructor(){"
        "super();this.attachShadow({mode:'open'}).innerHTML='<h2>Skuggrubrik</h2><slot name=b>"
        "</slot><slot></slot><p>sist</p>'}})</script>",
    ),
    "odd": page(
        "Udda",
        "<object data='/status/404' type='image/png'>ersättning</object><p><ruby>漢<rt>kan</rt>"
        "</ruby> och <math><mi>x</mi><mo>+</mo><mn>2</mn></math></p><fieldset><legend>Val</legend>"
        "<label><input type=checkbox> Ja</label></fieldset><dl><dt>Ord</dt><dd>Förklaring</dd></dl>"
        "<marquee>rullande</marquee><canvas>ritas ej</canvas><video>spelas ej</video>"
        "<p>mjuk&#8203;bruten och&zwnj;delad</p><p style='display:flex'>ett<b>två</b></p>"
        "<p><img src='/status/404' alt='Saknad bild' width=200 height=90></p>"
        "<button>Tryck <i>här</i></button><p style='-webkit-line-clamp:1;display:-webkit-box;"
        "-webkit-box-orient:vertical;overflow:hidden;width:90px'>rad ett och rad två och tre</p>"
        "<iframe src='about:blank' title='Karta' width=100 height=90></iframe>",
    ),
    "hostile": page(
        "Fientlig",
        "<p id=a>sann text</p><div id=deep></div><p>sist</p><script>"
        "Range.prototype.getClientRects=()=>[];JSON.stringify=()=>'{}';document.querySelectorAll="
        "()=>[];Array.prototype.push=()=>0;window.getComputedStyle=()=>({display:'none'});"
        "Element.prototype.checkVisibility=()=>false;let d=document.getElementById('deep');"
        "for(let n=0;n<3000;n++){const e=document.createElement('span');d.append(e);d=e}"
        "d.append('djupt')</script>",
        "<meta http-equiv=Content-Security-Policy content=\"style-src 'none'\">",
    ),
    "kinds": page(
        "Slag",
        "<h2>Två</h2><div role=heading aria-level=4>Fyra</div><h3><div>Tre</div></h3>"
        "<ul><li>ett<ul><li>inre</li></ul></li><li><p>två</p><p>mer</p></li></ul>"
        "<table><tr><th>Namn</th><th>Antal</th></tr><tr><td>Bad</td><td>7</td></tr></table>"
        "<article><h2>Inlägg 1</h2><p>Text ett</p></article>"
        "<ol><li><article><h2>Inlägg 2</h2><p>Text två</p><article>svar</article></article></li>"
        "</ol><figure><img src='/picture/2.png' width=320 height=120><figcaption>Badplatsen"
        "</figcaption></figure><img src='/picture/3.png' alt='Ett tåg' width=300><svg role=img "
        "aria-label='Vapen' width=80 height=80><rect width=80 height=80></rect></svg>"
        "<svg width=20 height=20></svg><img src='/picture/1.png' alt='' width=20 height=20>"
        "<canvas title='Diagram' width=90 height=90></canvas>",
    ),
    "targets": page(
        "Länkar",
        "<p>Läs <a href='/kontakt'>mer <b>här</b></a>, <a href='mailto:kommun@example.org'>"
        "skriv</a> eller <a href='tel:+46000000'>ring</a>.</p>"
        "<a href='javascript:1'>kör</a><a>utan</a>"
        "<a href='/bild'><img src='/picture/1.png' alt='Karta' width=200 height=90></a>"
        "<a href='/dela' aria-label='Dela inlägget' style='display:inline-block;width:30px;height:"
        "30px'></a><a href='/kort' aria-label='Hela kortet'><h2>Kort</h2><p>Text</p></a>"
        "<a href='/tom'></a><a href='http://['>trasig</a>",
    ),
    "places": page(
        "Ställen",
        "<div style='columns:2;width:600px'><p>Spalt ett har text.</p>"
        "<p style='break-before:column'>Spalt två.</p></div>"
        "<p id=v style='writing-mode:vertical-rl;height:200px'>lodrätt skrivet</p>"
        "<p id=r style='transform:rotate(45deg);width:150px'>vriden</p>"
        "<p style='letter-spacing:3px;line-height:.9;font-size:40px'>Stora bokstäver tätt</p>"
        "<p><span style='display:inline-block;padding:0 9px'>Dela</span><span style="
        "'display:inline-block'>Gilla</span></p>"
        "<svg width=200 height=40><text y=20>i bilden</text></svg>"
        "<p>I<span style='display:inline-block'>h</span>op</p>",
    ),
}
