"""Which platforms let their pages be collected by machine, and what to do where they do not.

A table for the register's check, the duties and the flows. It repeats what the platforms' terms of
use said in November 2026, in our own words; terms change, and whoever answers for the channel reads
them. A page that is refused here is never opened by the product: the channel is rendered from the
platform's own data instead, and a person takes the screenshot at duty dates.
"""

import dataclasses as dc
from typing import Final

from tasks.model import CaptureBasis, Text


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a platform's terms mean for snapshots.

    Attributes:
        platform: as the register names it.
        page: whether its pages may be collected by machine.
        reason: why, in a sentence for people.
    """

    platform: str
    page: bool
    reason: Text


def terms_of(platform: str) -> Terms:
    """The terms of a platform; one that the table does not know is judged as an open web page."""
    return _TABLE.get(platform) or Terms(platform=platform, page=True, reason=_UNKNOWN)


def refuses_page(platform: str) -> bool:
    """Whether the terms forbid that a program collects the platform's pages."""
    return not terms_of(platform).page


def default_basis(platform: str) -> CaptureBasis:
    """What a snapshot is made from where the register does not say."""
    return CaptureBasis.API if refuses_page(platform) else CaptureBasis.PAGE


def wants_screenshot(platform: str, basis: CaptureBasis) -> bool:
    """Whether a person is asked for a screenshot at duty dates.

    A rendering holds the words but not the looks; where no program may open the page, only a
    person can show how it looked. A person's own capture needs no second one.
    """
    return refuses_page(platform) and basis is not CaptureBasis.MANUAL


_UNKNOWN: Final = Text(
    "Plattformens villkor är inte kända här. Läs dem, och sidans robots.txt, innan sidan fångas.",
    "The platform's terms are not known here. Read them, and robots.txt, before capturing pages.",
)

_FORBIDDEN: Final = {
    "facebook": Text(
        "Metas användarvillkor tillåter inte att uppgifter samlas in maskinellt utan Metas "
        "tillstånd. Tillåtna vägar är plattformens API och kontots egen export.",
        "Meta's terms do not allow data to be collected by automated means without its "
        "permission. Allowed roads are the platform's API and the account's own export.",
    ),
    "instagram": Text(
        "Instagrams användarvillkor tillåter inte att information samlas in maskinellt utan "
        "tillstånd. Tillåtna vägar är plattformens API och kontots egen export.",
        "Instagram's terms do not allow information to be collected by automated means without "
        "permission. Allowed roads are the platform's API and the account's own export.",
    ),
    "linkedin": Text(
        "LinkedIns användaravtal förbjuder program som kopierar sidor. API-data får dessutom "
        "bara lagras en begränsad tid: läs villkoren innan kanalen skördas.",
        "LinkedIn's user agreement forbids programs that copy pages. API data may besides be "
        "stored for a limited time only: read the terms before the channel is harvested.",
    ),
    "threads": Text(
        "Threads har samma villkor som Instagram: ingen maskinell insamling utan tillstånd. "
        "Tillåtna vägar är plattformens API och kontots egen export.",
        "Threads has the terms of Instagram: no automated collection without permission. "
        "Allowed roads are the platform's API and the account's own export.",
    ),
    "tiktok": Text(
        "TikToks användarvillkor förbjuder att skript samlar in information från tjänsten. "
        "Tillåten väg är plattformens API; det ger antal men inga kommentarer.",
        "TikTok's terms forbid scripts that collect information from the service. The allowed "
        "road is the platform's API; it gives counts but no comments.",
    ),
    "x": Text(
        "X användarvillkor förbjuder maskinell insamling utan skriftligt medgivande i förväg. "
        "Tillåten väg är plattformens API.",
        "X's terms forbid collecting by machine without prior written consent. The allowed road "
        "is the platform's API.",
    ),
    "youtube": Text(
        "YouTubes användarvillkor tillåter inte att tjänsten besöks maskinellt utan skriftligt "
        "tillstånd. Tillåten väg är plattformens API.",
        "YouTube's terms do not allow the service to be accessed by automated means without "
        "written permission. The allowed road is the platform's API.",
    ),
}

_OPEN: Final = {
    "blog": Text(
        "Bloggen är myndighetens egen; sidan får fångas om inte webbplatsen själv säger annat.",
        "The blog is the body's own; its page may be captured unless the site says otherwise.",
    ),
    "webfeed": Text(
        "Ett webbflöde är till för att läsas av program; sidan får fångas om inte webbplatsen "
        "själv säger annat.",
        "A web feed is meant to be read by programs; the page may be captured unless the site "
        "says otherwise.",
    ),
    "mastodon": Text(
        "Offentliga sidor på Mastodon får fångas om inte serverns egna regler säger annat.",
        "Public pages on Mastodon may be captured unless the server's own rules say otherwise.",
    ),
    "bluesky": Text(
        "Offentliga inlägg på Bluesky är öppna data; sidan får fångas om inte tjänsten säger "
        "annat.",
        "Public posts on Bluesky are open data; the page may be captured unless the service says "
        "otherwise.",
    ),
}

_TABLE: Final = {
    **{name: Terms(platform=name, page=False, reason=why) for name, why in _FORBIDDEN.items()},
    **{name: Terms(platform=name, page=True, reason=why) for name, why in _OPEN.items()},
}

FORBIDDEN: Final = frozenset(_FORBIDDEN)
"""The platforms whose pages no program may collect."""
