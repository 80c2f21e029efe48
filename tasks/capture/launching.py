"""Finding a Chromium and starting it, quiet and mistrustful.

A page that is captured is somebody else's program: the browser calls nobody by itself, gives no
permission, and opens no way to the network that our guards do not see.
"""

import dataclasses as dc
import os
import re
import shutil
import sys
from pathlib import Path
from typing import Final

from playwright.async_api import Browser, Playwright, ProxySettings
from playwright.async_api import Error as BrowserError

from archive_store.errors import CaptureError
from tasks.capture import trust

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
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--force-webrtc-ip-handling-policy",
)
# Playwright's own switches that serve tests of one's own pages, not captures of others'.
_TOO_OPEN: Final = ("--disable-popup-blocking",)
# What the browser may know of our surroundings: where things are, never a secret.
_KNOWN: Final = re.compile(
    r"PATH|HOME|USER|LOGNAME|TZ|TMPDIR|LANG|LANGUAGE|LC_\w+|XDG_\w+|FONTCONFIG_\w+|SSL_CERT_\w+|"
    r"DISPLAY|WAYLAND_DISPLAY|XAUTHORITY|DBUS_SESSION_BUS_ADDRESS|LD_LIBRARY_PATH|"
    r"CHROME_DEVEL_SANDBOX",
    re.ASCII,
)


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class BrowserSettings:
    """Which browser to use, and how.

    Attributes:
        executable: path of a Chromium; ``""`` looks for one.
        viewport: CSS pixels, width and height.
        sandbox: ``None`` turns it off only for root, whom Chromium refuses it.
        proxy: address of a proxy; ``""`` leaves that to the environment (``HTTPS_PROXY``,
            ``HTTP_PROXY``, ``ALL_PROXY``; ``NO_PROXY``).
        ca: path of further certificate authorities to trust, PEM; ``""``: those in
            ``SSL_CERT_FILE``, if they are few (not a system's whole list).
        headed: with a window, for a person.
        page_memory: bytes that one page's process may hold before it is ended.
        memory: bytes that the whole browser may hold before it is ended.
        arguments: further switches of Chromium's.
    """

    executable: str = ""
    viewport: tuple[int, int] = (960, 1280)
    sandbox: bool | None = None
    proxy: str = ""
    ca: str = ""
    headed: bool = False
    page_memory: int = 1_500_000_000
    memory: int = 4_000_000_000
    arguments: tuple[str, ...] = ()


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
                sv="Webbläsaren som inställningen browser pekar ut finns inte: "
                f"{settings.executable}. Rätta sökvägen, eller töm den så letas en webbläsare "
                "upp.",
                en="The browser that the setting browser names does not exist: "
                f"{settings.executable}. Mend the path, or empty it and a browser is looked "
                "for.",
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


async def launch(
    playwright: Playwright, settings: BrowserSettings, home: Path, proxy: ProxySettings
) -> Browser:
    """Start a browser.

    Args:
        playwright: started.
        settings: of the browser.
        home: a folder of its own, for what it must be told to trust; ends with the browser.
        proxy: for what the browser wants for itself; a context has its own.

    Raises:
        CaptureError: ``no-browser``, ``no-screen``, ``browser-failed``, ``ca-file``, ``ca-tool``.
    """
    executable = find_browser(settings, playwright.chromium.executable_path)
    sandbox = os.geteuid() != 0 if settings.sandbox is None else settings.sandbox
    if settings.headed and not _screen():
        raise _no_screen()
    try:
        return await playwright.chromium.launch(
            executable_path=executable,
            args=[*QUIET, *settings.arguments],
            chromium_sandbox=sandbox,
            env={**_surroundings(), **trust.trusting(settings.ca, home)},
            headless=not settings.headed,
            ignore_default_args=list(_TOO_OPEN),
            proxy=proxy,
            timeout=60_000,
        )
    except BrowserError as error:
        wants = "sandbox" if re.search("sandbox", str(error), re.IGNORECASE) else "start"
    raise CaptureError(
        "browser-failed",
        sv=f"Webbläsaren {executable} gick inte att starta ({wants}). Starta den för hand en gång "
        "för att se varför; i en behållare utan användarnamnrymder krävs browser_sandbox=false.",
        en=f"The browser {executable} would not start ({wants}). Start it once by hand to see "
        "why; in a container without user namespaces it needs browser_sandbox=false.",
    )


def _surroundings() -> dict[str, str | float | bool]:
    return {name: value for name, value in os.environ.items() if _KNOWN.fullmatch(name)}


def _screen() -> bool:
    named = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    return sys.platform == "darwin" or bool(named)


def _no_screen() -> CaptureError:
    return CaptureError(
        "no-screen",
        sv="Ett webbläsarfönster behövs, och datorn har ingen skärm (DISPLAY saknas). Kör "
        "kommandot på en dator med skärm som når samma Prefect-server.",
        en="A browser window is needed, and this machine has no screen (no DISPLAY). Run the "
        "command on a machine with one that reaches the same Prefect server.",
    )
