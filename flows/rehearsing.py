"""Rehearsing logins before they are needed: 14 and 3 days ahead of each duty date.

A login that has expired on 31 December costs the year-end's picture. So each channel that is
captured logged in is opened beforehand, and whoever can log in anew is told in time. A rehearsal
that went well stands in the journal and is not done again for the same date.
"""

import datetime as dt
from collections.abc import Iterator
from typing import Final

from archive_store import Commit
from archive_store.errors import KanalarkivError
from flows.browsing import browser_of
from flows.house import LIVING, House
from flows.logins import login_of
from flows.naming import STOCKHOLM
from flows.outcome import Outcome
from tasks.capture import OpenBrowser, open_browser, rehearse
from tasks.discreet import discreet
from tasks.model import CaptureBasis, Channel
from tasks.platform_terms import refuses_page
from tasks.register import duty_dates

AHEAD: Final = (3, 14)  # days, the nearest first
SAID: Final = {True: "gäller", False: "osäker: sidan bjuder in till att logga in"}
EVENT: Final = "login-rehearsed"


async def rehearse_due(house: House, outcome: Outcome) -> None:
    """Try the logins that a duty will need soon; each channel's answer goes into the outcome."""
    wanted = list(due(house))
    if not wanted:
        return
    with discreet("rehearsal"):
        async with open_browser(browser_of(house.settings)) as browser:
            for channel, once in wanted:
                try:
                    taken = await _rehearsed(house, browser, channel, once)
                except KanalarkivError as error:
                    outcome.fail(channel.id, error)
                else:
                    outcome.done(channel.id, {"inloggning": SAID[taken]}, column="granskat")


def due(house: House) -> Iterator[tuple[Channel, str]]:
    """Channels whose login is to be tried now, with the journal's key for having done it."""
    today = house.now.astimezone(STOCKHOLM).date()
    for date, _ in duty_dates(today, today + dt.timedelta(days=max(AHEAD))):
        mark = next(days for days in AHEAD if (date - today).days <= days)
        for channel in house.register.channels:
            once = f"rehearsed:{channel.id}:{date}:{mark}"
            captured = channel.basis is CaptureBasis.PAGE and not refuses_page(channel.platform)
            wanted = channel.login and captured and channel.life in LIVING
            if wanted and house.archive.once(once) is None:
                yield channel, once


async def _rehearsed(house: House, browser: OpenBrowser, channel: Channel, once: str) -> bool:
    with discreet("rehearsal", channel.id):
        state = await login_of(channel)
        taken = await rehearse(
            browser,
            channel.address,
            storage_state=state or {},
            post_selector=channel.post_selector,
            own_hosts=house.settings.own_hosts,
        )
        if taken:
            house.archive.commit(
                Commit(
                    event=EVENT,
                    now=house.now,
                    actor="audit",
                    once=once,
                    facts={"channel": channel.id},
                )
            )
        return taken
