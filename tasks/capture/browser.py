"""Finding a Chromium, starting it quietly, and opening contexts that give a page nothing.

A page that is captured is somebody else's program. Its context has no permissions, no downloads,
no service workers and no dialogs, and the browser itself calls nobody (notes/peers.md: captures
that hang; DESIGN: nothing of a person outside the archive).
"""

import asyncio
import contextlib
import dataclasses as dc
import os
import re
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Final

from playwright.async_api import Browser, BrowserContext, Page, Playwright, async_playwright
from playwright.async_api import Error as BrowserError

from archive_store.errors import CaptureError

NAMES: Final = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "chrome",
    "chromium-headless-shell",
)
QUIET: Final = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-extensions",
    "--disable-domain-reliability",
    "--no-pings",
    "--deny-permission-prompts",
)
_INIT: Final = (Path(__file__).parent / "quiet.js").read_text(encoding="utf-8")
_CLOSING = 5.0


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class BrowserSettings:
    """Which browser to use, and how.

    Attributes:
        executable: path of a Chromium; ``""`` looks for one.
        viewport: CSS pixels, width and height.
        sandbox: ``None`` turns it off only for root, whom Chromium refuses it.
        proxy: address of a proxy; ``""`` leaves that to the environment.
        arguments: further switches of Chromium's.
    """

    executable: str = ""
    viewport: tuple[int, int] = (960, 1280)
    sandbox: bool | None = None
    proxy: str = ""
    arguments: tuple[str, ...] = ()


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class OpenBrowser:
    """A running browser. Contexts opened from it share nothing."""

    browser: Browser
    settings: BrowserSettings

    @property
    def name(self) -> str:
        """Name and version, for the provenance page."""
        return f"Chromium {self.browser.version}"

    @contextlib.asynccontextmanager
    async def page(self, storage_state: Any = None) -> AsyncIterator[Page]:
        """A page in a context of its own, closed afterwards whatever the page is doing.

        Args:
            storage_state: cookies and storage of a login, as Playwright saves them, or ``None``.
        """
        width, height = self.settings.viewport
        context = await self.browser.new_context(
            accept_downloads=False,
            color_scheme="light",
            locale="sv-SE",
            permissions=[],
            reduced_motion="reduce",
            service_workers="block",
            storage_state=storage_state,
            timezone_id="Europe/Stockholm",
            viewport={"width": width, "height": height},
        )
        try:
            await context.add_init_script(_INIT)
            page = await context.new_page()
            context.on("page", _close_quietly)
            yield page
        finally:
            await _give_up(context)


@contextlib.asynccontextmanager
async def open_browser(settings: BrowserSettings | None = None) -> AsyncIterator[OpenBrowser]:
    """Start a browser for as many captures as wanted; it ends with the block.

    Raises:
        CaptureError: ``no-browser`` where none is installed, ``browser-failed`` where it would
            not start.
    """
    settings = settings or BrowserSettings()
    async with async_playwright() as playwright:
        browser = await _launch(playwright, settings)
        try:
            yield OpenBrowser(browser=browser, settings=settings)
        finally:
            with contextlib.suppress(BrowserError):
                await browser.close()


def find_browser(settings: BrowserSettings, downloaded: str = "") -> Path:
    """The Chromium to use: the setting's, else one on PATH, else Playwright's own download.

    Raises:
        CaptureError: ``no-browser``.
    """
    if settings.executable:
        chosen = shutil.which(settings.executable)
        if chosen is None:
            raise CaptureError(
                "no-browser",
                sv=f"Webbläsaren som inställningen pekar ut finns inte: {settings.executable}. "
                "Rätta sökvägen, eller ta bort inställningen så letas en webbläsare upp.",
                en=f"The browser that the setting names does not exist: {settings.executable}. "
                "Mend the path, or remove the setting and a browser is looked for.",
            )
        return Path(chosen)
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is not None:
        return Path(found)
    if downloaded and Path(downloaded).exists():
        return Path(downloaded)
    raise CaptureError(
        "no-browser",
        sv="Ingen webbläsare finns installerad. Installera Chromium (Debian och Ubuntu: "
        "apt-get install chromium fonts-noto-color-emoji) eller kör: playwright install chromium",
        en="No browser is installed. Install Chromium (Debian and Ubuntu: "
        "apt-get install chromium fonts-noto-color-emoji) or run: playwright install chromium",
    )


async def _launch(playwright: Playwright, settings: BrowserSettings) -> Browser:
    executable = find_browser(settings, playwright.chromium.executable_path)
    sandbox = os.geteuid() != 0 if settings.sandbox is None else settings.sandbox
    try:
        return await playwright.chromium.launch(
            executable_path=executable,
            args=[*QUIET, *settings.arguments],
            chromium_sandbox=sandbox,
            proxy={"server": settings.proxy} if settings.proxy else None,
            timeout=60_000,
        )
    except BrowserError as error:
        wants = "sandbox" if re.search("sandbox", str(error), re.IGNORECASE) else "start"
    raise CaptureError(
        "browser-failed",
        sv=f"Webbläsaren {executable} gick inte att starta ({wants}). Starta den för hand en gång "
        "för att se varför; i en behållare utan användarnamnrymder krävs sandbox=false.",
        en=f"The browser {executable} would not start ({wants}). Start it once by hand to see "
        "why; in a container without user namespaces it needs sandbox=false.",
    )


async def _close_quietly(popup: Page) -> None:
    with contextlib.suppress(BrowserError):
        await popup.close()


async def _give_up(context: BrowserContext) -> None:
    """Close the context; one whose page hangs is left to end with the browser."""
    with contextlib.suppress(BrowserError, TimeoutError):
        await asyncio.wait_for(context.close(), _CLOSING)
