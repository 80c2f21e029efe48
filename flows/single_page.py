"""``kanalarkiv snapshot --url``: one page as PDF to a file, without register or archive."""

import asyncio
import contextlib
import hashlib
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from archive_store.errors import InputError
from flows.browsing import browser_of, looking_of
from flows.house import software
from flows.naming import STOCKHOLM
from flows.outcome import say
from flows.settings import load_settings
from tasks.capture import capture_page, open_browser
from tasks.documents import Level, snapshot_pdf
from tasks.model import Capture, CaptureBasis, Occasion, Provenance

LEVELS = {"1": Level.A1, "3": Level.A3}
TELL_EVERY = 5.0  # seconds


def one_page(address: str, out: str, *, level: Level = Level.A3) -> dict[str, Any]:
    """Capture a page and write its PDF.

    Args:
        address: http or https.
        out: a new file.
        level: PDF/A-3a and PDF/UA-1, or PDF/A-1b for deliveries that name it.

    Raises:
        InputError: the file exists already, or cannot be written.
        CaptureError: the page cannot be captured honestly.
    """
    target = Path(out)
    _refuse_taken(target)
    capture = asyncio.run(_captured(address))
    say("bygger och läser om dokumentet …")
    made = snapshot_pdf(capture, _provenance(address, capture), level=level)
    try:
        with target.open("xb") as file:
            file.write(made.pdf)
    except OSError as error:
        raise InputError(
            "file-not-written",
            sv=f"{target} kunde inte skrivas: {error.strerror}.",
            en=f"{target} could not be written: {error.strerror}.",
        ) from None
    return {
        "file": str(target),
        "pages": made.pages,
        "posts": made.completeness.page,
        "whole": made.whole,
        "stopped": capture.stopped,
        "standard": level.words,
        "sha256": hashlib.sha256(made.pdf).hexdigest(),
    }


def _refuse_taken(target: Path) -> None:
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


async def _captured(address: str) -> Capture:
    say("startar webbläsaren …")
    settings = load_settings()
    async with open_browser(browser_of(settings)) as browser, _telling():
        return await capture_page(browser, address, post_selector=None, **looking_of(settings))


@contextlib.asynccontextmanager
async def _telling() -> AsyncIterator[None]:
    """Tell a person who waits that the page is being read, every five seconds."""
    say("läser sidan till slutet …")
    told = asyncio.create_task(_tell_time())
    try:
        yield
    finally:
        told.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await told


async def _tell_time() -> None:
    began = time.monotonic()
    while True:
        await asyncio.sleep(TELL_EVERY)
        say(f"läser sidan till slutet … {time.monotonic() - began:.0f} s")


def _provenance(address: str, capture: Capture) -> Provenance:
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
