"""A channel's login: made by a person in a window, restricted to the channel's own site, tried out.

The state is a secret. It is returned and nowhere kept; no error, log or representation of ours
holds any of it. A platform's terms and two-step login are the person's own to answer.
"""

import asyncio
import contextlib
import ipaddress
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from playwright.async_api import BrowserContext, Page
from playwright.async_api import Error as BrowserError
from playwright.async_api import TimeoutError as BrowserTimeoutError

from archive_store.errors import CaptureError
from tasks.capture import judging
from tasks.capture.addresses import Reach, checked, host_of
from tasks.capture.browser import OpenBrowser, open_browser
from tasks.capture.inside import Inside
from tasks.capture.launching import BrowserSettings
from tasks.capture.limits import Limits
from tasks.capture.opening import look_into, open_page
from tasks.capture.refusing import refusal
from tasks.capture.settling import settle
from tasks.capture.traffic import Traffic

Person = Callable[[Page], Awaitable[object]]

_PATIENT: Final = Limits(seconds=30)
_EVERY = 1.0
_SHORT_LABEL: Final = 3


async def record_login(
    address: str,
    *,
    person: Person | None = None,
    settings: BrowserSettings | None = None,
    patience: float = 900,
) -> dict[str, Any]:
    """Open the channel in a window, wait for a person to log in, and give back what the site knows.

    Args:
        address: where the channel or its login lies.
        person: ends when the person says that it is done; ``None``: they close the window.
        settings: of the browser; without them one with a window.
        patience: seconds until the person is given up.

    Returns:
        Playwright's storage state, with the cookies and storage of the channel's own site only.

    Raises:
        InputError: ``address``.
        CaptureError: ``no-screen``, ``no-browser``, ``browser-failed``, ``page-unreachable``,
            ``login-timeout`` (nobody finished) or ``login-empty`` (the site has nothing to keep).
    """
    host = host_of(checked(address))
    settings = settings or BrowserSettings(headed=True)
    try:
        async with open_browser(settings) as opened:
            context = await opened.guarded(
                accept_downloads=False,
                locale="sv-SE",
                no_viewport=settings.headed,
                timezone_id="Europe/Stockholm",
            )
            known = await _known_when_done(context, address, person, patience)
    except TimeoutError:
        raise _login_timeout(host, patience) from None
    except BrowserError as error:
        raise refusal(error, host) from None
    state = own_part(known, address)
    if not state["cookies"] and not state["origins"]:
        raise _login_empty(host)
    return state


async def rehearse(  # noqa: PLR0913 - as capture_page, each by name
    browser: OpenBrowser,
    address: str,
    *,
    storage_state: Mapping[str, Any],
    post_selector: str | None = "article",
    own_hosts: Iterable[str] = (),
    limits: Limits = _PATIENT,
) -> bool:
    """Open the channel as a capture would, and judge whether the login still shows it.

    Whether the page took the login as far as anybody can see: ``False`` where it shows the channel
    and asks its reader to log in.

    Args:
        browser: an open one.
        address: the channel's page.
        storage_state: the login.
        post_selector: CSS selector of one post; ``None`` for a page that is not a feed.
        own_hosts: hosts inside the body's network that the page may read from besides its own.
        limits: where to stop.

    Raises:
        CaptureError: ``login-needed``: it has expired; and whatever else keeps a capture away.
    """
    host = host_of(checked(address))
    try:
        async with asyncio.timeout(limits.whole), browser.page(dict(storage_state)) as page:
            traffic = Traffic(page, Reach(address, own_hosts), limits)
            await open_page(page, traffic, address, limits, logged_in=True)
            await settle(page, traffic, selector=post_selector, depth=1, limits=limits)
            inside = await Inside.of(page, limits)
            look = await look_into(inside, post_selector)
            judging.judge(
                look,
                final_address=page.url,
                host=host,
                posts_wanted=post_selector is not None,
                logged_in=True,
            )
            return not look.invites
    except (TimeoutError, BrowserTimeoutError):
        raise judging.page_timeout(host) from None
    except BrowserError as error:
        raise refusal(error, host) from None


def own_part(state: Mapping[str, Any], address: str) -> dict[str, Any]:
    """What of a storage state belongs to the site of ``address``; all else is left out.

    A site is the name that was registered and all below it: ``m.sjovik.se`` and ``sjovik.se`` are
    one. There is no list of public suffixes here: two short names at the end (``co.uk``) are taken
    for one.
    """
    site = _site(urlsplit(address).hostname or "")
    return {
        "cookies": [
            cookie
            for cookie in state.get("cookies", ())
            if _site(cookie["domain"].removeprefix(".")) == site
        ],
        "origins": [
            origin
            for origin in state.get("origins", ())
            if _site(urlsplit(origin["origin"]).hostname or "") == site
        ],
    }


def _site(host: str) -> str:
    with contextlib.suppress(ValueError):
        return str(ipaddress.ip_address(host.strip("[]")))
    labels = host.lower().split(".")
    short = len(labels) > 2 and len(labels[-1]) == 2 and len(labels[-2]) <= _SHORT_LABEL  # noqa: PLR2004 - a country's two letters
    return ".".join(labels[-3 if short else -2 :])


async def _known_when_done(
    context: BrowserContext, address: str, person: Person | None, patience: float
) -> Mapping[str, Any]:
    """What all sites know once the person is done; where the browser is gone, what they knew last.

    Raises:
        TimeoutError: the person never was.
    """
    last: dict[str, Any] = {}

    async def read() -> None:
        with contextlib.suppress(BrowserError):
            last.update(await context.storage_state())

    async def keep_reading() -> None:
        """Cookies only: to read storage of a site that is not open, a tab would open and close."""
        with contextlib.suppress(BrowserError):
            while True:
                last["cookies"] = await context.cookies()
                await asyncio.sleep(_EVERY)

    page = await context.new_page()
    await page.goto(address, wait_until="commit")
    reading = asyncio.ensure_future(keep_reading())
    waits: list[asyncio.Future[Any]] = [asyncio.ensure_future(_closed(context))]
    if person:
        waits.append(asyncio.ensure_future(person(page)))
    try:
        async with asyncio.timeout(patience):
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in (reading, *waits):
            task.cancel()
        ends = await asyncio.gather(reading, *waits, return_exceptions=True)
    for end in ends:
        if isinstance(end, Exception) and not isinstance(end, BrowserError):
            raise end
    await read()
    return last


async def _closed(context: BrowserContext) -> None:
    """Ends when the last window of the context is closed."""
    while pages := context.pages:
        await pages[0].wait_for_event("close", timeout=0)


def _login_timeout(host: str, patience: float) -> CaptureError:
    minutes = max(1, round(patience / 60))
    return CaptureError(
        "login-timeout",
        sv=f"Ingen loggade in hos {host} inom {minutes} minuter; inget sparades. Kör kommandot "
        "igen, logga in i fönstret och stäng det.",
        en=f"Nobody logged in at {host} within {minutes} minutes; nothing was kept. Run the "
        "command again, log in in the window, and close it.",
    )


def _login_empty(host: str) -> CaptureError:
    return CaptureError(
        "login-empty",
        sv=f"Inloggningen hos {host} lämnade inget efter sig (inga kakor för webbplatsen); inget "
        "sparades. Logga in på kanalens egen webbplats, och kryssa i att förbli inloggad.",
        en=f"The login at {host} left nothing behind (no cookies of the site); nothing was kept. "
        "Log in at the channel's own site, and tick that you stay logged in.",
    )
