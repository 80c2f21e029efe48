"""What can go wrong with a channel, as codes and sentences that say what to do.

A platform's own words never reach an error: an answer may quote a comment or a name. So each
sentence holds the channel's id and the status alone, and no address (a slug is a post's words).
"""

from archive_store.errors import ChannelError
from tasks.model import Text

_TEXTS = {
    "login-needed": Text(
        sv="servern vill ha inloggning eller ger kontot för liten behörighet. Kontrollera kanalens "
        "programlösenord och att kontot får hantera kommentarer.",
        en="the server wants a login, or the account may do too little. Check the channel's "
        "application password and that the account may moderate comments.",
    ),
    "not-found": Text(
        sv="det som skulle läsas finns inte där. Kontrollera kanalens adresser (api, feed) i "
        "registret.",
        en="what should be read is not there. Check the channel's addresses (api, feed) in the "
        "register.",
    ),
    "rate-limited": Text(
        sv="servern säger att vi frågar för ofta, även efter upprepade väntetider. Kör skörden mer "
        "sällan eller be webbplatsens förvaltare om en högre gräns.",
        en="the server says that we ask too often, also after repeated waiting. Harvest less "
        "often, or ask the site's manager for a higher limit.",
    ),
    "asked-to-wait": Text(
        sv="servern ber oss vänta längre än vad en körning väntar. Nästa körning försöker igen.",
        en="the server asks us to wait for longer than a run waits. The next run tries again.",
    ),
    "unreachable": Text(
        sv="servern svarar inte som den ska trots upprepade försök. Kontrollera adressen, nätet, "
        "proxyn och certifikatet (SSL_CERT_FILE); nästa körning försöker igen.",
        en="the server does not answer as it should despite repeated tries. Check the address, the "
        "network, the proxy and the certificate (SSL_CERT_FILE); the next run tries again.",
    ),
    "bad-answer": Text(
        sv="svaret har inte den form som plattformen lovar. Kontrollera adressen i registret och "
        "om webbplatsen nyligen har ändrats eller fått ett skydd framför sig.",
        en="the answer does not have the shape that the platform promises. Check the address in "
        "the register, and whether the site was changed lately or got a shield in front of it.",
    ),
    "too-large": Text(
        sv="svaret är större än vad som tas emot. Bilden eller filen har inte hämtats.",
        en="the answer is larger than what is accepted. The picture or file was not fetched.",
    ),
    "redirected": Text(
        sv="servern skickar vidare till en plats som inte godtas. Skriv den slutliga adressen i "
        "registret.",
        en="the server redirects to a place that is not accepted. Write the final address in the "
        "register.",
    ),
    "refused-address": Text(
        sv="inlägget pekar på en adress som inte är en offentlig webbadress. Den har inte hämtats.",
        en="the post points to an address that is no public web address. It was not fetched.",
    ),
}


def channel_error(code: str, channel: str, status: int | None = None) -> ChannelError:
    """The error for ``code`` on ``channel``, with the HTTP ``status`` where there was one."""
    text = _TEXTS[code]
    told = "" if status is None else f" ({status})"
    return ChannelError(
        code, sv=f"Kanalen {channel}{told}: {text.sv}", en=f"Channel {channel}{told}: {text.en}"
    )
