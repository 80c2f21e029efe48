"""Snapshots: every channel's page as a lasting PDF at half-year, year-end and larger changes.

The run takes what is asked for; without an occasion it takes what duty demands and the archive
lacks (daily at 05:00). Once-ness of a duty snapshot lies in the journal, not in its key.
"""

import asyncio
import contextlib
import enum
import threading
from collections.abc import AsyncIterator, Sequence
from typing import Annotated

from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State
from pydantic import BeforeValidator, Field

from archive_store.errors import InputError, KanalarkivError
from flows.browsing import browser_of, looking_of
from flows.duties import DOCUMENTED, Duty, awaited, duties
from flows.forms import AsOf, Channels, for_operators
from flows.from_data import rendered
from flows.house import LIVING, House, open_house, write_page
from flows.logins import login_of
from flows.outcome import Outcome, Row
from flows.reasons import CODE, reason_of
from flows.recording import Record, archived, of_page, provenance
from flows.stamping import stamp
from tasks.capture import OpenBrowser, capture_page, open_browser
from tasks.discreet import discreet
from tasks.documents import snapshot_pdf
from tasks.model import CaptureBasis, Channel, Occasion
from tasks.platform_terms import refuses_page, terms_of

AT_ONCE = 2
_ARCHIVING = threading.Lock()
AWAITED = {
    "screenshot": "en persons skärmdump väntas",
    "export": "kontots export väntas",
    "capture": "en persons fångst väntas",
}


class Wanted(enum.StrEnum):
    """What a run takes, as the form offers it: what is due and missing, or for one occasion."""

    MISSING = "saknade"
    HALF_YEAR = Occasion.HALF_YEAR.value
    YEAR_END = Occasion.YEAR_END.value
    CHANGE = Occasion.CHANGE.value
    START = Occasion.START.value
    CLOSING = Occasion.CLOSING.value
    CRISIS = Occasion.CRISIS.value
    MANUAL = Occasion.MANUAL.value


Why = Annotated[
    Wanted,
    BeforeValidator(lambda given: given or Wanted.MISSING),
    Field(
        title="Anledning",
        description="saknade tar det som ska finnas men inte finns i arkivet: halvårs- och "
        "årsskifte, start, större förändring, kris och avslut. Välj annars en anledning, som "
        "manuell för en bild för hand.",
    ),
]
Reason = Annotated[
    str,
    Field(
        title="Skäl",
        description="En kod eller ett diarienummer utan mellanslag, till exempel KS/2025:12. Vill "
        "du skriva ord, använd kanalarkiv snapshot --reason: det som skrivs här sparas i Prefect.",
        json_schema_extra={"pattern": CODE},
    ),
]


@for_operators(
    name="snapshot",
    description="Tar ögonblicksbilder av kanalerna som PDF med försättsblad.",
)
async def snapshot(
    channels: Channels = (),
    as_of: AsOf = None,
    occasion: Why = Wanted.MISSING,
    reason: Reason = "",
) -> State[Outcome]:
    """Take snapshots of the channels named, or of all active and dormant ones.

    Without an occasion it takes what duty demands and is missing. A reason stands in Prefect's
    database: words are refused (``flows.reasons``).
    """
    given = reason_of(reason)
    chosen = None if occasion is Wanted.MISSING else Occasion(occasion)
    house = open_house(channels, as_of, life=DOCUMENTED if chosen is None else LIVING)
    outcome = Outcome(flow="snapshot", title="Ögonblicksbilder")
    wanted = duties(house, chosen)
    with discreet("snapshot"):
        async with _browser(house, wanted) as browser:
            at_once = asyncio.Semaphore(AT_ONCE)
            steps = (_guarded(house, browser, d, given, outcome, at_once) for d in wanted)
            await asyncio.gather(*steps)
    brought = awaited(house, chosen)
    for each in brought:
        outcome.shortfalls.append(f"{each.channel} {each.occasion}: {AWAITED[each.what]}")
    write_page(house)  # also where nothing was wanted: the run before may have died just before it
    await asyncio.to_thread(stamp, house, outcome)
    if wanted:
        return await outcome.astate()
    rest = "resten läggs in med kanalarkiv ingest" if brought else "alla ögonblicksbilder finns"
    return await outcome.astate(f"inget att ta: {rest}")


@contextlib.asynccontextmanager
async def _browser(house: House, wanted: Sequence[Duty]) -> AsyncIterator[OpenBrowser | None]:
    """A browser for the run, where any of its pages is to be opened."""
    if any(duty.channel.basis is CaptureBasis.PAGE for duty in wanted):
        async with open_browser(browser_of(house.settings)) as browser:
            yield browser
    else:
        yield None


async def _guarded(  # noqa: PLR0913, PLR0917 - everything a channel's step needs, nothing more
    house: House,
    browser: OpenBrowser | None,
    duty: Duty,
    reason: str,
    outcome: Outcome,
    at_once: asyncio.Semaphore,
) -> None:
    async with at_once:
        try:
            row = await snapshot_channel(house, browser, duty, reason)
        except KanalarkivError as error:
            outcome.fail(duty.channel.id, error)
            return
    outcome.done(duty.channel.id, row)
    if not row["helt"]:
        outcome.shortfalls.append(f"{duty.channel.id}: {row['inlägg']} inlägg med")


@task(
    name="snapshot",
    task_run_name="snapshot-{duty.channel.id}",
    cache_policy=NO_CACHE,
    persist_result=False,
)
async def snapshot_channel(
    house: House, browser: OpenBrowser | None, duty: Duty, reason: str
) -> Row:
    """Capture one channel, build its PDF and commit it; keys and counts come back."""
    told = ", ".join(filter(None, (duty.reason, reason)))
    with discreet("snapshot", duty.channel.id):
        if browser is not None and duty.channel.basis is CaptureBasis.PAGE:
            record = await _page(house, browser, duty, told)
        else:
            record = await asyncio.to_thread(rendered, house, duty, told)
        key = await asyncio.to_thread(_archived_alone, house, duty, record, told)
    return {
        "anledning": duty.occasion.value,
        "mer": duty.reason,
        "sidor": record.pages,
        "inlägg": record.counted,
        "helt": record.whole,
        "stopp": record.stopped,
        "nyckel": key,
    }


def _archived_alone(house: House, duty: Duty, record: Record, reason: str) -> str:
    """``archived``, one at a time: two duties of one channel must not find its lease taken.

    In a thread of its own, for hashing and uploading would hold up the captures that go on, until
    their pages' answers come too late.
    """
    with _ARCHIVING:
        return archived(house, duty, record, reason)


def _refuse_by_terms(channel: Channel) -> None:
    """The product opens no page where the platform's terms forbid programs to."""
    if refuses_page(channel.platform):
        reason = terms_of(channel.platform).reason
        raise InputError(
            "page-refused",
            sv=f"{channel.id}: {reason.sv} Välj basis api, export eller manual i registret.",
            en=f"{channel.id}: {reason.en} Choose basis api, export or manual in the register.",
        )


async def _page(house: House, browser: OpenBrowser, duty: Duty, reason: str) -> Record:
    """The channel's page as the browser shows it."""
    channel = duty.channel
    _refuse_by_terms(channel)
    capture = await capture_page(
        browser,
        channel.address,
        post_selector=channel.post_selector,
        depth=duty.depth,
        storage_state=await login_of(channel),
        **looking_of(house.settings),
    )
    made = await asyncio.to_thread(snapshot_pdf, capture, provenance(house, duty, reason))
    return of_page(house, channel, capture, made)
