"""Pages with a consent banner, each of another kind; whoever accepts changes the page's title."""

from tests.tasks.capture.traps import article, page

ACCEPTED = "GODKÄND"

_ABOUT = "Vi använder kakor (cookies) för statistik och marknadsföring."
_STYLE = (
    "<style>.banner{position:fixed;inset:auto 0 0 0;background:#222;color:#fff;z-index:9}</style>"
)
_GOES = "this.closest('.banner').remove()"
_YES = f"document.title='{ACCEPTED}';{_GOES}"


def _feed(banner: str) -> str:
    posts = "".join(article(number) for number in range(1, 5))
    return page("Nyheter", posts + banner, _STYLE)


BANNERS = {
    # OneTrust's own ids; no text of its buttons is one that our rules know
    "onetrust": _feed(
        f"<div id=onetrust-consent-sdk><div id=onetrust-banner-sdk class=banner><p>{_ABOUT}</p>"
        f'<button id=onetrust-accept-btn-handler onclick="{_YES}">Kör på</button>'
        f'<button id=onetrust-reject-all-handler onclick="{_GOES}">Nej tack</button></div></div>'
    ),
    # Cookiebot is asked through its own script
    "cookiebot": _feed(
        f"<div id=CybotCookiebotDialog class=banner><p>{_ABOUT}</p>"
        f'<button onclick="{_YES}">Kör på</button>'
        "<button id=CybotCookiebotDialogBodyLevelButtonLevelOptinDeclineAll "
        f'onclick="{_GOES};Cookiebot.hasResponse=true">Nej tack</button></div>'
        "<script>window.Cookiebot={hasResponse:false,dialog:{visible:true}}</script>"
    ),
    # two steps: the settings first, then each choice off, then saved
    "steps": _feed(
        f"<div id=onetrust-consent-sdk><div id=onetrust-banner-sdk class=banner><p>{_ABOUT}</p>"
        f'<button id=onetrust-accept-btn-handler onclick="{_YES}">Kör på</button>'
        '<button id=onetrust-pc-btn-handler onclick="val.hidden=false">Mina val</button>'
        "<div id=val hidden><label><input type=checkbox class=category-switch-handler checked>"
        'Statistik</label><button class=save-preference-btn-handler onclick="if('
        "document.querySelector('.category-switch-handler').checked)"
        f"document.title='{ACCEPTED}';{_GOES}\">Klart</button></div></div></div>"
    ),
    # the platform comes after a while, as its script does
    "late": _feed(
        "<script>setTimeout(()=>{const b=document.createElement('div');b.className='banner';"
        "b.id='onetrust-banner-sdk';"
        f"b.innerHTML='<p>{_ABOUT}</p><button id=onetrust-reject-all-handler>Nej tack</button>';"
        "b.querySelector('button').onclick=()=>b.remove();document.body.append(b)},900)</script>"
    ),
    # nothing that autoconsent knows, and a text that we do
    "own": _feed(
        f'<div class=banner><p>{_ABOUT}</p><button onclick="{_YES}">Acceptera alla</button>'
        f'<button onclick="{_GOES}">Fortsätt utan att godkänna</button></div>'
    ),
    # in a document of its own
    "frame": _feed("<iframe class=banner id=kakor src=/banner/inside></iframe>"),
    "inside": page(
        "Kakor",
        f"<div id=piano-cookie_banner><p>{_ABOUT}</p><button data-acceptance-button "
        "onclick=\"parent.document.title='GODKÄND'\">Kör på</button><button data-close-button "
        "onclick=\"parent.document.querySelector('#kakor').remove()\">Nej tack</button></div>",
    ),
    # nothing closes it
    "stubborn": _feed(
        f'<div id=envis class=banner><p>{_ABOUT}</p><button onclick="{_YES}">OK</button></div>'
    ),
    # where a rule knows the button that refuses, and it is the one that accepts
    "false": _feed(
        f"<div id=onetrust-banner-sdk class=banner><p>{_ABOUT}</p>"
        f'<button id=onetrust-reject-all-handler onclick="{_YES}">Acceptera alla</button></div>'
    ),
    # a page that says it is a platform, with a name of its own choosing
    "liar": _feed(
        "<script>window.autoconsentReceiveMessage=()=>{setTimeout(()=>"
        "autoconsentSendMessage({type:'optOutResult',cmp:'Ett namn',result:true}),10)}</script>"
    ),
    # the button that refuses does nothing
    "dead": _feed(f"<div id=tyst class=banner><p>{_ABOUT}</p><button>Avvisa alla</button></div>"),
    # the question stands in the text, and nothing closes it
    "planted": _feed("<div><p>Vi använder kakor.</p><button>Neka alla</button></div>"),
    # nothing is asked: a column that stays in sight, and one with a number to call
    "column": _feed(
        "<aside style='position:sticky;top:0'><h2>Kontakt</h2><p>Telefon 0000</p>"
        "<a href='/kakor'>Om kakor</a></aside><div style='position:fixed;top:50px;right:0'>"
        "<a href='tel:0000'>Ring 0001</a> Om cookies <button>OK</button></div>"
    ),
    # nothing but the demand: no refusal, no channel
    "wall": page(
        "Innan du fortsätter",
        f"<div id=onetrust-banner-sdk class=banner><h1>Vi behöver ditt samtycke</h1><p>{_ABOUT} "
        "Utan samtycke till kakor visas inget.</p>"
        f'<button id=onetrust-accept-btn-handler onclick="{_YES}">Godkänn alla</button></div>',
        _STYLE,
    ),
}
