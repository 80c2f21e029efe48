"""How many snapshots a minute one browser gives, and what a page of 100 000 pixels costs.

A snapshot is all of it: opened, settled, pictured, built with its provenance sheet, and read back.
Seconds a stage are told in the rows' names, so that a slower one shows where.
"""

import asyncio
import collections
import contextlib
import dataclasses as dc
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import psutil

from tasks.capture import OpenBrowser, capture_page, open_browser
from tasks.documents import SnapshotPdf, snapshot_pdf
from tasks.model import Capture
from tests.benchmarks.rows import Row
from tests.tasks.capture.site import serve
from tests.tasks.documents.samples import provenance

PAGES: Final = 24
AT_ONCE: Final = 4  # pages open at the same time
POSTS: Final = 24  # 13 000 CSS pixels
TALL: Final = 187  # 100 000 of them
A_PAGE: Final = 2.0  # seconds that are good enough: 30 pages a minute
A_TALL_PAGE: Final = 20.0
BROWSER, PYTHON = 1200.0, 300.0  # MB that are good enough
_UNDER: Final = 12_000  # pixels: a page that is shorter was not whole


@dc.dataclass(slots=True, kw_only=True)
class Memory:
    """Most bytes at once; what the browser's processes share counts once."""

    python: int = 0
    browser: int = 0

    def told(self) -> str:
        """In MB."""
        return f"browser {self.browser / 1e6:.0f} MB, Python {self.python / 1e6:.0f} MB"

    def good(self) -> bool:
        """Whether both are within what is promised."""
        return self.browser < BROWSER * 1e6 and self.python < PYTHON * 1e6


def throughput(folder: Path, *, scale: float, rounds: int) -> list[Row]:
    """24 pages of 13 000 pixels at the full scale, and one of 100 000 (13 000 at a small one)."""
    del folder  # nothing is kept
    pages = max(AT_ONCE, round(PAGES * scale))
    with serve() as site, asyncio.Runner() as runner:
        opened = open_browser()
        browser = runner.run(opened.__aenter__())
        try:
            address = f"{site.address}/feed?delay=0&posts="
            runner.run(_taken(browser, [f"{address}{POSTS}"]))
            many = min(
                (_run(runner, browser, [f"{address}{POSTS}"] * pages) for _ in range(rounds)),
                key=lambda run: run.seconds,
            )
            posts = TALL if scale >= 0.1 else POSTS
            tall = _run(runner, browser, [f"{address}{posts}"])
        finally:
            runner.run(opened.__aexit__(None, None, None))
    return [many.row(f"{pages} snapshots, {AT_ONCE} at once", A_PAGE), tall.row("one", A_TALL_PAGE)]


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What a run gave: seconds in all and of processors, the captures, and the most memory."""

    seconds: float
    worked: float
    captures: list[Capture]
    memory: Memory

    def row(self, name: str, enough: float) -> Row:
        """The row of it: seconds a page against those that are good enough."""
        each = self.seconds / len(self.captures)
        stages: collections.Counter[str] = collections.Counter()
        for capture in self.captures:
            stages.update(dict(capture.stages))
        spent = ", ".join(f"{s} {t / len(self.captures):.2f}" for s, t in stages.items())
        height = sum(capture.height for capture in self.captures) // len(self.captures)
        return Row(
            name=f"{name}: {60 / each:.0f} a minute of {height} px "
            f"(processors {self.worked / len(self.captures):.2f} s, {spent}; {self.memory.told()})",
            ours=round(each, 3),
            peer=enough,
            peer_name="seconds a page that are good enough on two idle cores",
            unit="s",
            ratio=round(enough / each, 3),
            target=1.0,
            ok=each <= enough and height > _UNDER and self.memory.good(),
            memory_mb=round((self.memory.browser + self.memory.python) / 1e6, 1),
        )


def _run(runner: asyncio.Runner, browser: OpenBrowser, addresses: list[str]) -> Run:
    with _watched() as memory:
        began, worked = time.perf_counter(), _worked()
        captures = runner.run(_taken(browser, addresses))
        seconds = time.perf_counter() - began
    return Run(seconds=seconds, worked=_worked() - worked, captures=captures, memory=memory)


def _worked() -> float:
    """Processor seconds of this process and its children, also of those that have ended."""
    own = psutil.Process()
    spent = 0.0
    for process in (own, *own.children(recursive=True)):
        with contextlib.suppress(psutil.Error):
            times = process.cpu_times()
            spent += times.user + times.system
            if process != own:
                spent += times.children_user + times.children_system
    return spent


async def _taken(browser: OpenBrowser, addresses: list[str]) -> list[Capture]:
    """Snapshots of all, a few pages at once; one is built while others load."""
    room, builder = asyncio.Semaphore(AT_ONCE), asyncio.Lock()

    async def snapshot(address: str) -> Capture:
        async with room:
            capture = await capture_page(browser, address)
        async with builder:
            began = time.perf_counter()
            made = await asyncio.to_thread(_built, capture)
        stages = (*capture.stages, ("build and read back", time.perf_counter() - began))
        if not made.whole:
            message = "the snapshot is not whole"
            raise AssertionError(message)
        return dc.replace(capture, bands=(), blocks=(), stages=stages)

    return await asyncio.gather(*map(snapshot, addresses))


def _built(capture: Capture) -> SnapshotPdf:
    posts = len(capture.post_texts)
    first, last = min(filter(None, capture.post_times)), max(filter(None, capture.post_times))
    told = dc.replace(
        provenance(), period_from=first.date(), period_to=last.date(), api_posts=posts
    )
    return snapshot_pdf(capture, told)


@contextlib.contextmanager
def _watched() -> Iterator[Memory]:
    memory, over, own = Memory(), threading.Event(), psutil.Process()

    def watch() -> None:
        while not over.wait(0.25):
            memory.python = max(memory.python, own.memory_info().rss)
            used = 0
            for child in own.children(recursive=True):
                with contextlib.suppress(psutil.Error):
                    if "chrom" in child.name():
                        full = child.memory_full_info()
                        used += getattr(full, "pss", full.rss)
            memory.browser = max(memory.browser, used)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield memory
    finally:
        over.set()
        watcher.join()
