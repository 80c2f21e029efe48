"""Securing one post's page before something on it is hidden: evidence, kept where few may look.

Guidelines: what is forbidden is unpublished promptly (clause K17), and a body must be able to show
afterwards what it hid and on which ground. It is no flow of Prefect's: an address of a post holds
words. The record lies in ``restricted/``: its existence is visible, its content is not.
"""

import asyncio
import hashlib
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from archive_store import Commit, Draft, Entry
from archive_store.errors import InputError
from flows.browsing import browser_of, looking_of
from flows.duties import Duty
from flows.house import House
from flows.incoming import file_bytes
from flows.ingesting import of_file
from flows.logins import login_of
from flows.naming import STOCKHOLM
from flows.recording import Record, about_of, base_of, of_page, provenance
from tasks.bases.recognising import Kind, recognised, refuse_unfit
from tasks.capture import capture_page, open_browser
from tasks.culling.removal import GROUNDS, require_ground
from tasks.discreet import discreet
from tasks.documents import snapshot_pdf
from tasks.documents.incoming import MAX_BYTES
from tasks.model import Channel, Occasion
from tasks.platform_terms import refuses_page, terms_of


def secure(house: House, channel: Channel, address: str, reason: str) -> Entry:
    """Capture the page of one post and put it into the restricted zone.

    Args:
        house: opened.
        channel: on which the post stands.
        address: of the post's page, on the channel's own site.
        reason: a code of ``GROUNDS``.

    Raises:
        InputError: the reason is unknown, or the address is not the channel's.
        CaptureError: the page cannot be captured honestly.
    """
    require_reason(reason)
    require_own_site(channel, address)
    _refuse_by_terms(channel)
    with discreet("secure", channel.id):
        record = asyncio.run(_captured(house, channel, address, GROUNDS[reason].sv))
    return secured(house, channel, record, reason)


def secure_file(house: House, channel: Channel, source: Path, reason: str, alt: str) -> Entry:
    """Put a person's own screenshot or PDF of a post into the restricted zone, as it came.

    Args:
        house: opened.
        channel: on which the post stands.
        source: a picture or PDF.
        reason: a code of ``GROUNDS``.
        alt: what a picture shows, in words.

    Raises:
        InputError: the reason is unknown, or the file cannot be taken in.
    """
    require_reason(reason)
    with discreet("secure", channel.id):
        kind = recognised(source)
        refuse_unfit(kind)
        if not (kind.is_picture or kind is Kind.PDF):
            raise InputError(
                "secure-kind",
                sv="Bara en bild eller en PDF kan säkras. Ta en skärmdump av inlägget.",
                en="Only a picture or a PDF can be secured. Take a screenshot of the post.",
            )
        brought = of_file(house, channel, file_bytes(source, largest=MAX_BYTES), kind, alt)
    return secured(house, channel, brought.record, reason)


def secured(house: House, channel: Channel, record: Record, reason: str) -> Entry:
    """Commit what was captured. A page captured twice is two records: it may have changed."""
    base = base_of("restricted", channel, house.now, "sakrad")
    with house.archive.lease(f"secure-{channel.id}"):
        house.archive.sweep(f"restricted/{channel.unit}/{channel.id}/")
        return house.archive.commit(
            Commit(
                event="secured",
                now=house.now,
                actor="secure",
                drafts=(
                    Draft(
                        base=base,
                        files=record.files,
                        about={
                            **about_of(house, channel, Occasion.MANUAL, reason),
                            **record.about,
                            "pages": record.pages,
                        },
                        labels={
                            "kind": "secured",
                            "channel": channel.id,
                            "unit": channel.unit,
                            "occasion": Occasion.MANUAL.value,
                            "reason": reason,
                        },
                    ),
                ),
                facts={
                    "channel": channel.id,
                    "reason": reason,
                    "pages": record.pages,
                    "sha256": hashlib.sha256(record.pdf).hexdigest(),
                },
            )
        )


def require_reason(reason: str) -> None:
    """Refuse a code that is no ground for removal (``InputError``)."""
    require_ground(reason, "--reason")


def require_own_site(channel: Channel, address: str) -> None:
    """Refuse an address on another site than the channel's (``InputError``)."""
    own, other = _site(channel.address), _site(address)
    if other and (own == other or own.endswith(f".{other}") or other.endswith(f".{own}")):
        return
    raise InputError(
        "not-the-channel",
        sv=f"Adressen ligger inte hos kanalen {channel.id} ({own}). Ange inläggets egen adress, "
        "eller rätt kanal med --channel.",
        en=f"The address is not on the channel {channel.id} ({own}). Give the post's own address, "
        "or the right channel with --channel.",
    )


def _refuse_by_terms(channel: Channel) -> None:
    """The product opens no page where the platform's terms forbid programs to."""
    if not refuses_page(channel.platform):
        return
    reason = terms_of(channel.platform).reason
    raise InputError(
        "page-refused",
        sv=f"{reason.sv} Ta en skärmdump och kör kanalarkiv secure FIL --channel {channel.id}.",
        en=f"{reason.en} Take a screenshot and run kanalarkiv secure FILE --channel {channel.id}.",
    )


async def _captured(house: House, channel: Channel, address: str, reason: str) -> Record:
    async with open_browser(browser_of(house.settings)) as browser:
        capture = await capture_page(
            browser,
            address,
            post_selector=None,
            storage_state=await login_of(channel),
            **looking_of(house.settings),
        )
    duty = Duty(
        channel=channel,
        occasion=Occasion.MANUAL,
        once=None,
        depth="all",
        period_from=None,
        api_posts=None,
        date=house.now.astimezone(STOCKHOLM).date(),
    )
    made = snapshot_pdf(capture, provenance(house, duty, f"säkrad före döljande, {reason}"))
    return of_page(house, channel, capture, made)


def _site(address: str) -> str:
    """The host and port by which two addresses are of one site; ``""`` for what is no address."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        return ""
    host = parts.netloc.rpartition("@")[2].casefold()
    for prefix in ("www.", "m."):
        host = host.removeprefix(prefix)
    return host


def told(entry: Entry) -> dict[str, Any]:
    """What a person is told: where it lies and how many pages it has."""
    return {"key": f"{entry.added[0].base}.pdf", "pages": entry.facts["pages"]}
