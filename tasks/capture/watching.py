"""What the browser's processes hold, looked at while pages run; one that swells is ended.

A page can fill memory faster than it can be asked whether it does, and a page that hangs answers
nothing. So its process is ended from outside: the page crashes, the browser and the other pages go
on. Where the browser itself swells, or no longer answers, it is ended whole, and the next page gets
a new one (``OpenBrowser``).
"""

import asyncio
import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from playwright.async_api import Browser, CDPSession
from playwright.async_api import Error as BrowserError

_EVERY = 0.25
_ANSWER = 10.0
_LATELY = 5.0
_PAGE: Final = os.sysconf("SC_PAGE_SIZE")


class Watch:
    """Over one browser, until the browser or ``over`` ends it.

    Args:
        browser: whose processes are looked at.
        page_memory: bytes that a page's process may hold.
        memory: bytes that all processes may hold together.
    """

    def __init__(self, browser: Browser, *, page_memory: int, memory: int) -> None:
        self.browser = browser
        self.page_memory = page_memory
        self.memory = memory
        self.most = 0
        self.ended_page = float("-inf")
        self.root = 0
        self.task = asyncio.create_task(self._look())

    @property
    def lately(self) -> bool:
        """Whether a page's process was ended just now: a page that crashes was the one."""
        return time.monotonic() - self.ended_page < _LATELY

    async def over(self) -> None:
        """Look no more."""
        self.task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self.task

    def end_browser(self) -> None:
        """End the browser that does not end by being asked."""
        if self.root and self.browser.is_connected():
            _end(self.root)

    async def _look(self) -> None:
        try:
            session = await self.browser.new_browser_cdp_session()
            while self.browser.is_connected():
                await self._once(session)
                await asyncio.sleep(_EVERY)
        except BrowserError:
            return  # the browser has ended
        except TimeoutError:
            self.end_browser()  # it no longer answers

    async def _once(self, session: CDPSession) -> None:
        # Not wait_for: up to Python 3.11 it forgets that it was cancelled where an answer comes in
        # the same moment, and the looking would go on for ever.
        async with asyncio.timeout(_ANSWER):
            told = await session.send("SystemInfo.getProcessInfo")
        kinds = {int(each["id"]): each["type"] for each in told["processInfo"]}
        self.root = next((pid for pid, kind in kinds.items() if kind == "browser"), self.root)
        held = await asyncio.to_thread(resident, kinds)
        whole = sum(held.values())
        self.most = max(self.most, whole)
        heavy = [p for p in held if kinds[p] == "renderer" and held[p] > self.page_memory]
        for pid in heavy:
            self.ended_page = time.monotonic()
            _end(pid)
        if not heavy and whole > self.memory:
            self.end_browser()


def resident(processes: Iterable[int]) -> dict[int, int]:
    """Bytes that each process holds in memory; one that has ended is left out."""
    if Path("/proc/self/statm").exists():
        return {pid: held for pid in processes if (held := _statm(pid))}
    command = ["/bin/ps", "-o", "pid=,rss=", "-p", ",".join(map(str, processes))]
    told = subprocess.run(  # noqa: S603 - the system's own
        command, capture_output=True, text=True, timeout=_ANSWER, check=False
    )
    rows = (line.split() for line in told.stdout.splitlines())
    return {int(pid): int(kib) * 1024 for pid, kib in rows}


def _statm(pid: int) -> int:
    """Resident bytes less those shared with files: a browser's own code is no page's doing."""
    try:
        _, held, shared, *_ = Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()
    except OSError:
        return 0
    return (int(held) - int(shared)) * _PAGE


def _end(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
