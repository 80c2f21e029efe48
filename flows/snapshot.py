"""Snapshots: every channel's page as a lasting PDF at half-year, year-end and larger changes.

The run takes what is asked for; without an occasion it takes what duty demands and the archive
lacks (daily at 05:00). Once-ness of a duty snapshot lies in the journal, not in its key.
"""

import asyncio
import datetime as dt
import hashlib
from pathlib import Path
from typing import Any

from prefect import flow, task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State

from archive_store import Commit, Draft
from archive_store.errors import InputError, KanalarkivError
from flows.duties import Duty, duties
from flows.house import House, open_house, software, write_page
from flows.naming import STOCKHOLM, run_name
from flows.outcome import Outcome, Row
from flows.settings import load_settings
from flows.stamping import stamp
from tasks.capture import BrowserSettings, OpenBrowser, capture_page, open_browser
from tasks.discreet import discreet
from tasks.documents import SnapshotPdf, snapshot_pdf
from tasks.model import Capture, CaptureBasis, Channel, Occasion, Provenance

AT_ONCE = 2


@flow(
    name="snapshot",
    description="Tar ögonblicksbilder av kanalerna som PDF med försättsblad.",
    flow_run_name=run_name("snapshot"),
    persist_result=False,
)
async def snapshot(
    channels: list[str] | None = None,
    as_of: dt.datetime | None = None,
    occasion: str | None = None,
    reason: str = "",
) -> State[Outcome]:
    """Take snapshots of the channels named, or of all active and dormant ones.

    Args:
        channels: ids from the register.
        as_of: the rule's time, in a rehearsal archive only.
        occasion: why; ``None`` takes the duty snapshots that are due and missing.
        reason: the operator's short reason, for occasions that are not duties. It is printed on the
            provenance page and stands in Prefect's database: no words about persons.
    """
    house = open_house(channels, as_of)
    outcome = Outcome(flow="snapshot", title="Ögonblicksbilder")
    wanted = duties(house, None if occasion is None else Occasion(occasion))
    if wanted:
        at_once = asyncio.Semaphore(AT_ONCE)
        chosen = BrowserSettings(executable=house.settings.browser)
        with discreet("snapshot"):
            async with open_browser(chosen) as browser:
                steps = (_guarded(house, browser, d, reason, outcome, at_once) for d in wanted)
                await asyncio.gather(*steps)
    write_page(house)  # also where nothing was wanted: the run before may have died just before it
    await asyncio.to_thread(stamp, house, outcome)
    return await outcome.astate(None if wanted else "inget att ta: alla ögonblicksbilder finns")


async def _guarded(  # noqa: PLR0913, PLR0917 - everything a channel's step needs, nothing more
    house: House,
    browser: OpenBrowser,
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
    if row["helt"] == "nej":
        outcome.shortfalls.append(f"{duty.channel.id}: {row['inlägg']} inlägg med")


@task(
    name="snapshot",
    task_run_name="snapshot-{duty.channel.id}",
    cache_policy=NO_CACHE,
    persist_result=False,
)
async def snapshot_channel(house: House, browser: OpenBrowser, duty: Duty, reason: str) -> Row:
    """Capture one channel, build its PDF and commit it; keys and counts come back."""
    channel = duty.channel
    with discreet("snapshot", channel.id):
        _refuse_other_bases(channel)
        capture = await capture_page(
            browser, channel.address, post_selector=channel.post_selector, depth=duty.depth
        )
        made = await asyncio.to_thread(snapshot_pdf, capture, _provenance(house, duty, reason))
        key = archived(house, duty, capture, made, reason)
    return {
        "anledning": duty.occasion.value,
        "sidor": made.pages,
        "inlägg": _counted(made),
        "helt": "ja" if made.whole else "nej",
        "stopp": capture.stopped,
        "nyckel": key,
    }


def archived(house: House, duty: Duty, capture: Capture, made: SnapshotPdf, reason: str) -> str:
    """Commit a snapshot, clear of what killed runs left of its channel; the key of its PDF.

    Where another run has done the same duty, that snapshot's key is returned and this one dropped.
    """
    channel = duty.channel
    with house.archive.lease(f"snapshot-{channel.id}"):
        house.archive.sweep(f"snapshots/{channel.unit}/{channel.id}/")
        entry = house.archive.commit(_commit(house, duty, capture, made, reason))
    return f"{entry.added[0].base}.pdf"


def one_page(address: str, out: str) -> dict[str, Any]:
    """``kanalarkiv snapshot --url``: one page as PDF to a file, without register or archive.

    Raises:
        InputError: the file exists already.
        CaptureError: the page cannot be captured honestly.
    """
    target = Path(out)
    if target.exists():
        raise InputError(
            "file-exists",
            sv=f"{target} finns redan. Välj ett annat namn med --out.",
            en=f"{target} exists already. Choose another name with --out.",
        )
    if not target.absolute().parent.is_dir():
        raise InputError(
            "folder-missing",
            sv=f"Mappen {target.absolute().parent} finns inte. Skapa den eller välj en annan.",
            en=f"The folder {target.absolute().parent} does not exist. Make it or choose another.",
        )
    capture = asyncio.run(_capture_alone(address))
    made = snapshot_pdf(capture, _lone_provenance(address, capture))
    target.write_bytes(made.pdf)
    return {
        "file": str(target),
        "pages": made.pages,
        "posts": made.completeness.page,
        "whole": made.whole,
        "sha256": hashlib.sha256(made.pdf).hexdigest(),
    }


async def _capture_alone(address: str) -> Capture:
    path = load_settings().browser
    async with open_browser(BrowserSettings(executable=path)) as browser:
        return await capture_page(browser, address, post_selector=None)


def _lone_provenance(address: str, capture: Capture) -> Provenance:
    return Provenance(
        organisation="",
        board="",
        unit="",
        channel="",
        channel_name=capture.title or address,
        platform="",
        occasion=Occasion.MANUAL,
        reason="",
        basis=CaptureBasis.PAGE.value,
        now=capture.finished,
        period_from=None,
        period_to=capture.finished.astimezone(STOCKHOLM).date(),
        api_posts=None,
        rehearsal=False,
        software=software(),
    )


def _refuse_other_bases(channel: Channel) -> None:
    if channel.basis is not CaptureBasis.PAGE:
        raise InputError(
            "basis-not-built",
            sv=f"{channel.id}: underlaget {channel.basis} kan inte fångas ännu, bara page.",
            en=f"{channel.id}: the basis {channel.basis} cannot be captured yet, only page.",
        )


def _provenance(house: House, duty: Duty, reason: str) -> Provenance:
    channel = duty.channel
    return Provenance(
        organisation=house.register.organisation.name,
        board=house.register.board_of(channel).name,
        unit=house.register.unit(channel.unit).name,
        channel=channel.id,
        channel_name=channel.name,
        platform=channel.platform,
        occasion=duty.occasion,
        reason=reason,
        basis=channel.basis.value,
        now=house.now,
        period_from=duty.period_from,
        period_to=house.now.astimezone(STOCKHOLM).date(),
        api_posts=duty.api_posts,
        rehearsal=house.archive.rehearsal,
        software=software(),
    )


def _commit(house: House, duty: Duty, capture: Capture, made: SnapshotPdf, reason: str) -> Commit:
    channel, local = duty.channel, house.now.astimezone(STOCKHOLM)
    base = f"snapshots/{channel.unit}/{channel.id}/{local:%Y}/{local:%Y-%m-%dT%H%M}-{duty.occasion}"
    whole = "yes" if made.whole else "no"
    return Commit(
        event="snapshot",
        now=house.now,
        actor="snapshot",
        once=duty.once,
        drafts=(
            Draft(
                base=base,
                files={"pdf": made.pdf},
                about=_about(house, duty, capture, made, reason),
                labels={
                    "kind": "snapshot",
                    "channel": channel.id,
                    "unit": channel.unit,
                    "occasion": duty.occasion.value,
                    "state": "preliminary",
                    "whole": whole,
                },
            ),
        ),
        facts={"channel": channel.id, "pages": made.pages, "whole": whole},
    )


def _about(
    house: House, duty: Duty, capture: Capture, made: SnapshotPdf, reason: str
) -> dict[str, Any]:
    """What the manifest says of a snapshot: enough to judge it without opening the PDF."""
    channel = duty.channel
    return {
        "channel": channel.id,
        "unit": channel.unit,
        "board": house.register.board_of(channel).id,
        "address": capture.address,
        "final_address": capture.final_address,
        "occasion": duty.occasion.value,
        "reason": reason,
        "basis": channel.basis.value,
        "period_from": duty.period_from and duty.period_from.isoformat(),
        "started": capture.started.isoformat(),
        "finished": capture.finished.isoformat(),
        "browser": capture.browser,
        "viewport": list(capture.viewport),
        "height": capture.height,
        "stopped": capture.stopped,
        "completeness": {
            "page": made.completeness.page,
            "pdf": made.completeness.pdf,
            "api": made.completeness.api,
            "whole": made.whole,
        },
        "images": capture.images,
        "images_missing": capture.images_missing,
        "pressed": [[text, times] for text, times in capture.pressed],
        "consent": capture.consent,
        "hidden": list(capture.hidden),
        "logged_in": capture.logged_in,
        "pages": made.pages,
        "text_sha256": hashlib.sha256(capture.text.encode()).hexdigest(),
        "software": software(),
        "rehearsal": house.archive.rehearsal,
    }


def _counted(made: SnapshotPdf) -> str:
    whole = made.completeness
    told = max(n for n in (whole.page, whole.api) if n is not None)
    seen = min(n for n in (whole.page, whole.pdf) if n is not None)
    return f"{seen} av {told}"
