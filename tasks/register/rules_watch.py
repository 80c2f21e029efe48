"""What the evidence tells of an open channel: sender, replies, content, links (K10–K17, K24, K26).

Where evidence is unknown these say nothing; the check itself says that it is unknown.
"""

import datetime as dt
from collections.abc import Iterator, Mapping

from tasks.model import CaptureBasis, Channel, Level
from tasks.office_time import REPLY_AT_LATEST, reply_due
from tasks.register.rules import Ground, Remark
from tasks.register.sender import CONTACT, SENDER

WATCHED_WITHIN = dt.timedelta(hours=26)
"""A daily harvest and some delay; longer and nobody sees what is sent in."""

_HARVESTED = frozenset({CaptureBasis.PAGE, CaptureBasis.API})


def sender_shown(ground: Ground, channel: Channel) -> Iterator[Remark]:
    """K10: the body's or the board's name and a way to reach it were seen on the channel's page."""
    seen = (ground.evidence.senders or {}).get(channel.id)
    if seen is None:
        return
    if SENDER not in seen:
        body, board = ground.register.organisation.name, ground.register.board_of(channel).name
        yield Remark(
            Level.WARNING,
            f"Varken {body} eller {board} nämndes på kanalens sida när den senast fångades.",
            f"Neither {body} nor {board} was named on the channel's page when last captured.",
        )
    if CONTACT not in seen:
        yield Remark(
            Level.WARNING,
            "Kontaktuppgifter (e-post, telefon eller en kontaktlänk) syntes inte på kanalens sida "
            "när den senast fångades.",
            "No contact details (mail, telephone or a contact link) were seen on the channel's "
            "page when last captured.",
        )


def watched(ground: Ground, channel: Channel) -> Iterator[Remark]:
    """K12: what is sent in was seen within a day, weekends too."""
    if ground.evidence.harvested is None:
        return
    last = ground.evidence.harvested.get(channel.id)
    if last is None and channel.basis not in _HARVESTED:
        yield Remark(
            Level.HINT,
            "Kanalen kan inte insamlas maskinellt; en person måste hålla den under uppsikt.",
            "The channel cannot be harvested by machine; a person must watch it.",
        )
    elif last is None:
        yield Remark(
            Level.WARNING,
            "Kanalen har aldrig samlats in; kör kanalarkiv harvest.",
            "The channel was never harvested; run kanalarkiv harvest.",
        )
    elif ground.now - last > WATCHED_WITHIN:
        hours = (ground.now - last) // dt.timedelta(hours=1)
        yield Remark(
            Level.ERROR if ground.now - last > REPLY_AT_LATEST else Level.WARNING,
            f"Kanalen samlades in senast för {hours} timmar sedan; se varför i Prefect.",
            f"The channel was last harvested {hours} hours ago; see why in Prefect.",
        )


def replied_within_week(ground: Ground, channel: Channel) -> Iterator[Remark]:
    """K13: nothing has waited for more than a week."""
    waited = _waited(ground, channel)
    if waited > REPLY_AT_LATEST:
        yield Remark(
            Level.ERROR,
            f"Den äldsta obesvarade kommentaren har väntat {waited.days} dygn; svara i dag.",
            f"The oldest unanswered comment has waited for {waited.days} days; reply today.",
        )


def replied_within_day(ground: Ground, channel: Channel) -> Iterator[Remark]:
    """K14: nothing has waited for more than 24 hours on working days; K13 tells of a week."""
    waited = _waited(ground, channel)
    if not waited or waited > REPLY_AT_LATEST:
        return
    due = reply_due(ground.now - waited)
    if due < ground.now:
        yield Remark(
            Level.WARNING,
            "Den äldsta obesvarade kommentaren har väntat mer än 24 timmar på arbetsdagar.",
            "The oldest unanswered comment has waited for more than 24 hours on working days.",
        )


def nothing_flagged(ground: Ground, channel: Channel) -> Iterator[Remark]:
    """K16 and K18: screening holds nothing that a person has not judged."""
    if number := _number(ground.evidence.flagged, channel):
        yield Remark(
            Level.WARNING,
            f"{number} inlägg eller kommentarer väntar på en persons bedömning.",
            f"{number} posts or comments wait for a person's judgement.",
        )


def removed_promptly(ground: Ground, channel: Channel) -> Iterator[Remark]:
    """K17: nothing forbidden is left in view."""
    if number := _number(ground.evidence.removals_waiting, channel):
        yield Remark(
            Level.ERROR,
            f"{number} otillåtna kommentarer syns fortfarande; säkra en kopia och dölj dem.",
            f"{number} forbidden comments are still in view; secure a copy and hide them.",
        )


def crisis_reviewed(ground: Ground, channel: Channel) -> Iterator[Remark]:
    """K24: a crisis that goes on is decided on anew from time to time."""
    began = (ground.evidence.crises or {}).get(channel.id)
    if began is not None:
        yield Remark(
            Level.HINT,
            f"Krisläge pågår sedan {began}; pröva om det ska avslutas.",
            f"A crisis period has gone on since {began}; consider ending it.",
        )


def website_first(ground: Ground, channel: Channel) -> Iterator[Remark]:
    """K26: own posts lead to the website; a post without a link is worth a hint, no more."""
    links = (ground.evidence.website_links or {}).get(channel.id)
    if links is not None and links.linked < links.posts:
        without = links.posts - links.linked
        yield Remark(
            Level.HINT,
            f"{without} av {links.posts} egna inlägg länkar inte till webbplatsen.",
            f"{without} of {links.posts} own posts do not link to the website.",
        )


def _waited(ground: Ground, channel: Channel) -> dt.timedelta:
    return dt.timedelta(minutes=_number(ground.evidence.oldest_open_minutes, channel))


def _number(counts: Mapping[str, int] | None, channel: Channel) -> int:
    return (counts or {}).get(channel.id, 0)
