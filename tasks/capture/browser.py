"""A browser that stays open for many captures, and contexts that give a page nothing.

A page that is captured is somebody else's program. Its context has no permissions, no downloads,
no service workers and no dialogs; its memory is watched; and a browser that a page has brought down
is started anew for the next one, so that one channel's page costs no other channel its snapshot.
"""

import asyncio
import contextlib
import dataclasses as dc
import functools
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any, Final, ParamSpec, TypeVar

from playwright.async_api import Browser, BrowserContext, Page, Playwright, async_playwright
from playwright.async_api import Error as BrowserError

from archive_store.errors import CaptureError
from tasks.capture import refusing, trust
from tasks.capture.guard import Guards, guards
from tasks.capture.guard_ways import Way
from tasks.capture.launching import BrowserSettings, find_browser, launch
from tasks.capture.watching import Watch

__all__ = ["BrowserSettings", "OpenBrowser", "again_if_lost", "find_browser", "open_browser"]

_INIT: Final = (Path(__file__).parent / "quiet.js").read_text(encoding="utf-8")
_CLOSING = 5.0

P = ParamSpec("P")
T = TypeVar("T")


@dc.dataclass(slots=True, kw_only=True)
class _Running:
    """One browser process, the pages it has now, and whether it may have more."""

    browser: Browser
    watch: Watch
    pages: int = 0
    spoilt: bool = False

    @property
    def usable(self) -> bool:
        return self.browser.is_connected() and not self.spoilt


class OpenBrowser:
    """A browser for many pages. Contexts opened from it share nothing."""

    def __init__(self, playwright: Playwright, settings: BrowserSettings, home: Path) -> None:
        self.playwright = playwright
        self.settings = settings
        self.home = home
        self.running: list[_Running] = []
        self.starting = asyncio.Lock()
        self.guards = Guards(Way(trust.proxy(self.settings.proxy), self.settings.ca))

    @property
    def browser(self) -> Browser:
        """The browser that runs now."""
        return self.running[-1].browser

    @property
    def name(self) -> str:
        """Name and version, for the provenance page."""
        return f"Chromium {self.browser.version}"

    @property
    def most_memory(self) -> int:
        """Most bytes that the browser was seen to hold at once."""
        return max(each.watch.most for each in self.running)

    async def start(self) -> None:
        """Start a browser where none runs.

        Raises:
            CaptureError: ``no-browser``, ``browser-failed`` and what else ``launch`` raises.
        """
        async with self.starting:
            if self.running and self.running[-1].usable:
                return
            nothing = await self.guards.open(shut=True)
            browser = await launch(self.playwright, self.settings, self.home, nothing.proxy)
            watch = Watch(
                browser,
                page_memory=self.settings.page_memory,
                memory=self.settings.memory,
            )
            self.running.append(_Running(browser=browser, watch=watch))

    @contextlib.asynccontextmanager
    async def page(self, storage_state: Any = None) -> AsyncIterator[Page]:
        """A page in a context of its own, closed afterwards whatever the page is doing.

        Args:
            storage_state: cookies and storage of a login, as Playwright saves them, or ``None``.

        Raises:
            BrowserError: ``refusing.TOO_HEAVY`` where the page was ended for its weight,
                ``refusing.LOST`` where the browser ended under it; a new one starts for the next.
        """
        await self.start()
        running = self.running[-1]
        running.pages += 1
        page, crashes = None, set[Page]()

        async def crashed(page: Page) -> None:
            crashes.add(page)
            await _close_quietly(page)  # what is asked of it now would wait for ever

        try:
            context = await self._context(storage_state)
            guard = guards[context]
            try:
                page = await context.new_page()
                page.on("crash", crashed)
                context.on("page", _close_quietly)
                yield page
            finally:
                running.spoilt |= not await _closed(context)
                await self.guards.close(guard)
        except BrowserError:
            if not running.browser.is_connected():
                raise BrowserError(refusing.LOST) from None
            if (crashes and running.watch.lately) or page in refusing.too_heavy:
                raise BrowserError(refusing.TOO_HEAVY) from None
            raise
        finally:
            running.pages -= 1
            if running.spoilt and not running.pages:
                await _end(running)

    async def close(self) -> None:
        """End every browser that still runs."""
        for running in self.running:
            await _end(running)
        await self.guards.end()

    async def guarded(self, **wanted: Any) -> BrowserContext:
        """A context with a door of its own (guard.py), as ``Browser.new_context`` makes it."""
        guard = await self.guards.open()
        context = await self.browser.new_context(proxy=guard.proxy, **wanted)
        guards[context] = guard
        return context

    async def _context(self, storage_state: Any) -> BrowserContext:
        width, height = self.settings.viewport
        context = await self.guarded(
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
        await context.add_init_script(_INIT)
        return context


@contextlib.asynccontextmanager
async def open_browser(settings: BrowserSettings | None = None) -> AsyncIterator[OpenBrowser]:
    """Start a browser for as many captures as wanted; it ends with the block.

    Raises:
        CaptureError: ``no-browser`` where none is installed, ``browser-failed`` where it would
            not start, and what else ``launching.launch`` raises.
    """
    with tempfile.TemporaryDirectory(prefix="kanalarkiv-", ignore_cleanup_errors=True) as home:
        async with async_playwright() as playwright:
            opened = OpenBrowser(playwright, settings or BrowserSettings(), Path(home))
            try:
                await opened.start()
                yield opened
            finally:
                await opened.close()


def again_if_lost(capture: Callable[P, Awaitable[T]]) -> Callable[P, Awaitable[T]]:
    """Once more, in a new browser, where the browser ended under a capture.

    It was hardly this page's doing: one that is too heavy is ended alone.
    """

    @functools.wraps(capture)
    async def tried(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return await capture(*args, **kwargs)
        except CaptureError as error:
            if error.code != "browser-lost":
                raise
        return await capture(*args, **kwargs)

    return tried


async def _end(running: _Running) -> None:
    await running.watch.over()
    try:
        async with asyncio.timeout(_CLOSING):
            await running.browser.close()
    except (BrowserError, TimeoutError):
        running.watch.end_browser()


async def _close_quietly(popup: Page) -> None:
    with contextlib.suppress(BrowserError):
        await popup.close()


async def _closed(context: BrowserContext) -> bool:
    """Close the context; whether it obeyed."""
    try:
        async with asyncio.timeout(_CLOSING):
            await context.close()
    except BrowserError:
        return True  # it has ended already
    except TimeoutError:
        return False
    return True
