"""Whether what the browser shows is the page at all: never a PDF of a blank, login or error page.

A page that answers 200 and shows nothing, a login or an excuse is the failure that every peer
archives as a success (notes/peers.md). Errors name the host only: an address can hold a name.
"""

import dataclasses as dc
import re
from collections.abc import Mapping
from typing import Any, Final

from archive_store.errors import CaptureError

_LITTLE: Final = 20
_SHORT: Final = 2000
_FEW: Final = 3
_ERROR: Final = 400

_EXCUSES: Final = re.compile(
    r"\b404\b|\b50[0234]\b|hitta(?:de|s)? (?:inte|ej)|finns (?:inte|ej)|kunde inte hittas|"
    r"något gick fel|ett fel (?:har )?(?:uppstod|inträffa)|tillfälligt otillgänglig|"
    r"är inte tillgänglig|not found|doesn.t exist|does not exist|isn.t available|"
    r"something went wrong|an error occurred|temporarily unavailable|access denied|forbidden|"
    r"are you (?:a )?(?:human|robot)|är du en robot|verify(?:ing)? (?:that )?you are|"
    r"checking your browser|just a moment|unusual traffic|captcha",
    re.IGNORECASE,
)
_LOGIN: Final = re.compile(
    r"logga in|inloggning|lösenord|log ?in|sign ?in|password|bankid", re.IGNORECASE
)
_LOGIN_ADDRESS: Final = re.compile(
    r"/(?:wp-login|login|log-in|signin|sign-in|logga-in|auth|oauth|accounts/login)\b", re.IGNORECASE
)
_CONSENT: Final = re.compile(r"cookie|kakor|samtyck|consent", re.IGNORECASE)
_CONSENT_ADDRESS: Final = re.compile(r"^https?://consent\.|/consent\b", re.IGNORECASE)


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """The page as seen: a typed reading of collect.js.

    ``invites``: whether it asks its reader to log in.
    """

    title: str
    heading: str
    text: str
    posts: tuple[str, ...]
    times: tuple[str | None, ...]
    links: tuple[str, ...]
    images: int
    missing: int
    passwords: int
    invites: bool
    frames: int
    height: int

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> "Look":
        """Read what collect.js returned."""
        return cls(
            title=told["title"],
            heading=told["heading"],
            text=told["text"],
            posts=tuple(told["posts"]),
            times=tuple(told["times"]),
            links=tuple(told["links"]),
            images=told["images"],
            missing=told["missing"],
            passwords=told["passwords"],
            invites=told["invites"],
            frames=told["frames"],
            height=told["height"],
        )


def judge_answer(status: int, kind: str, host: str, *, logged_in: bool = False) -> None:
    """Judge the server's answer before anything is settled.

    Args:
        status: of the answer.
        kind: its media type, ``""`` where it tells none.
        host: that answered.
        logged_in: whether a login was given, which then has expired.

    Raises:
        CaptureError: ``login-needed`` (401) or ``page-error``.
    """
    if status == 401:  # noqa: PLR2004 - RFC 9110, 15.5.2: the server asks for a login
        raise login_needed(host, expired=logged_in)
    if status >= _ERROR:
        raise page_error(host, sv=f"servern svarade {status}", en=f"the server answered {status}")
    if kind and "html" not in kind:
        raise page_error(
            host, sv="adressen ger en fil, ingen sida", en="the address gives a file, not a page"
        )


def judge(
    look: Look, *, final_address: str, host: str, posts_wanted: bool, logged_in: bool = False
) -> None:
    """Judge what the page shows once it has settled.

    Args:
        look: what it shows.
        final_address: where the browser ended.
        host: of the page that was asked for.
        posts_wanted: whether a page without posts is none.
        logged_in: whether a login was given, which has expired where the page asks for one.

    Raises:
        CaptureError: ``login-needed``, ``consent-wall``, ``page-error``, ``page-blank``,
            ``no-posts``.
    """
    words = len(re.findall(r"\w", look.text))
    few = len(look.posts) < _FEW
    short = len(look.text) < _SHORT
    if few and look.passwords and (short or not look.posts):
        raise login_needed(host, expired=logged_in)
    if look.posts:
        return
    if _LOGIN_ADDRESS.search(final_address) and _LOGIN.search(look.text):
        raise login_needed(host, expired=logged_in)
    consents = len(_CONSENT.findall(look.text))
    if _CONSENT_ADDRESS.search(final_address) or (short and consents >= _FEW):
        raise consent_wall(host)
    if short and _EXCUSES.search(f"{look.title}\n{look.heading}\n{look.text[:300]}"):
        raise page_error(
            host,
            sv="den visar ett felmeddelande i stället för kanalen",
            en="it shows an error message instead of the channel",
        )
    if words < _LITTLE and look.images - look.missing <= 0 and not look.frames:
        raise page_blank(host)
    if posts_wanted:
        raise no_posts(host)


def page_error(host: str, *, sv: str, en: str) -> CaptureError:
    """The page is an error, not the channel."""
    return CaptureError(
        "page-error",
        sv=f"Sidan hos {host} kan inte fångas: {sv}. Öppna adressen i en webbläsare, rätta den i "
        "registret om den har ändrats, och kör igen.",
        en=f"The page at {host} cannot be captured: {en}. Open the address in a browser, mend it "
        "in the register if it has changed, and run again.",
    )


def in_circles(host: str) -> CaptureError:
    """The page sends its visitor on and on."""
    return page_error(
        host, sv="den skickar besökaren i cirkel", en="it sends its visitor round in circles"
    )


def leads_inside(host: str) -> CaptureError:
    """The page sends its visitor on to the network around us, or to this machine's files."""
    return page_error(
        host,
        sv="den skickar besökaren vidare till en adress inne i det egna nätet",
        en="it sends its visitor on to an address inside our own network",
    )


def page_blank(host: str) -> CaptureError:
    """The page came, and shows nothing."""
    return CaptureError(
        "page-blank",
        sv=f"Sidan hos {host} är tom: den svarade men visar varken text eller bilder. Se efter om "
        "den är trasig eller kräver något av besökaren, och kör igen.",
        en=f"The page at {host} is blank: it answered but shows neither text nor pictures. See "
        "whether it is broken or asks something of its visitor, and run again.",
    )


def login_needed(host: str, *, expired: bool = False) -> CaptureError:
    """The page is behind a login: none was given, or the one that was has ``expired``."""
    if expired:
        return CaptureError(
            "login-needed",
            sv=f"Inloggningen hos {host} har gått ut. Logga in på nytt med kanalarkiv login KANAL, "
            "och kör igen.",
            en=f"The login at {host} has expired. Log in anew: run kanalarkiv login CHANNEL, and "
            "then run again.",
        )
    return CaptureError(
        "login-needed",
        sv=f"Sidan hos {host} kräver inloggning. Kör kanalarkiv login KANAL, ange en öppen sida i "
        "registret, eller ta en skärmdump för hand.",
        en=f"The page at {host} needs a login. Run kanalarkiv login CHANNEL, name a public page "
        "in the register, or take a screenshot by hand.",
    )


def consent_wall(host: str) -> CaptureError:
    """Nothing but a demand for consent is shown, and consent is never given."""
    return CaptureError(
        "consent-wall",
        sv=f"Sidan hos {host} visar bara en fråga om samtycke som inte gick att avböja. "
        "Programmet godkänner aldrig kakor: fånga kanalen på annat sätt (underlag api, export "
        "eller manuell).",
        en=f"The page at {host} shows only a demand for consent that could not be declined. The "
        "program never accepts cookies: capture the channel otherwise (basis api, export or "
        "manual).",
    )


def no_posts(host: str) -> CaptureError:
    """The page has content, but nothing where posts should be."""
    return CaptureError(
        "no-posts",
        sv=f"Sidan hos {host} visar inga inlägg där kanalens post_selector letar. Rätta "
        "post_selector i registret (öppna sidan och se vilket element som är ett inlägg), och "
        "kör igen.",
        en=f"The page at {host} shows no posts where the channel's post_selector looks. Mend "
        "post_selector in the register (open the page and see which element is a post), and run "
        "again.",
    )


def page_timeout(host: str) -> CaptureError:
    """The page or its script never came to an end."""
    return CaptureError(
        "page-timeout",
        sv=f"Sidan hos {host} svarade inte i tid: den laddade aldrig klart, eller ett skript på "
        "den hängde. Försök igen senare; händer det igen, fånga kanalen på annat sätt.",
        en=f"The page at {host} did not answer in time: it never finished loading, or a script on "
        "it hung. Try again later; if it happens again, capture the channel otherwise.",
    )


def page_unreachable(host: str, reason: str) -> CaptureError:
    """No connection to the page's host; ``reason`` is the browser's own code."""
    return CaptureError(
        "page-unreachable",
        sv=f"Sidan hos {host} gick inte att nå ({reason}). Kontrollera nätet, en eventuell proxy "
        "och adressen i registret, och kör igen.",
        en=f"The page at {host} could not be reached ({reason}). Check the network, a proxy if "
        "there is one, and the address in the register, and run again.",
    )


def page_too_heavy(host: str) -> CaptureError:
    """The page took more bytes or memory than any channel's page does, and was ended."""
    return CaptureError(
        "page-too-heavy",
        sv=f"Sidan hos {host} är för tung: den hämtade eller upptog mer än vad som är tillåtet och "
        "stoppades. Andra kanaler berörs inte. Fånga färre inlägg, eller fånga kanalen på annat "
        "sätt (underlag api, export eller manuell).",
        en=f"The page at {host} is too heavy: it fetched or held more than is allowed and was "
        "stopped. No other channel is affected. Capture fewer posts, or capture the channel "
        "otherwise (basis api, export or manual).",
    )


def browser_lost(host: str) -> CaptureError:
    """The browser ended while it had the page open."""
    return CaptureError(
        "browser-lost",
        sv=f"Webbläsaren avslutades medan sidan hos {host} fångades. Se efter om datorns minne "
        "räcker, och kör igen; redan tagna ögonblicksbilder tas inte om.",
        en=f"The browser ended while the page at {host} was captured. See whether the machine has "
        "memory enough, and run again; snapshots already taken are not taken anew.",
    )


def not_trusted(host: str, reason: str) -> CaptureError:
    """The page's certificate was not accepted; ``reason`` is the browser's own code."""
    return CaptureError(
        "page-unreachable",
        sv=f"Certifikatet hos {host} godtas inte ({reason}). Är det utfärdat av en egen utfärdare, "
        "ange dess certifikat i inställningen browser_ca; annars behöver webbplatsen rättas.",
        en=f"The certificate of {host} is not accepted ({reason}). If an authority of your own "
        "issued it, name its certificate in the setting browser_ca; else the site needs mending.",
    )
