"""The race feed of notes/peers.md: everything on it in a document, against its own slowness and
against the programs that others use for it."""

import asyncio
import dataclasses as dc
import http.client
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from tasks.capture import OpenBrowser, capture_page, open_browser
from tasks.documents import read_back, snapshot_pdf
from tasks.model import Capture
from tests.benchmarks import peers as others
from tests.benchmarks.peers import Absent, Counts, counted
from tests.benchmarks.rows import Row, most_memory, race, time_row
from tests.tasks.capture.pages import COMMENTS, POSTS
from tests.tasks.capture.site import Site, serve
from tests.tasks.documents.samples import provenance

BATCH: Final = 5  # posts an answer
DELAY: Final = 300  # ms an answer
SPARE: Final = 4.0  # seconds beyond the feed's own that are good enough
WITHIN: Final = 7.0  # seconds, where they are more than that
SLOW: Final = 1000  # ms an answer, once
SLOW_WITHIN: Final = 13.0


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    """How slow the feed answers (ms), how often it is taken, and the seconds that will do."""

    delay: int
    rounds: int
    within: float


def feed(folder: Path, *, scale: float, rounds: int) -> list[Row]:
    """40 posts (5 at a tiny scale); a browser is open, as in a run over many channels."""
    del folder  # the browser keeps its files in the temporary one
    posts = POSTS if scale >= 0.05 else BATCH
    plans = [_Plan(delay=DELAY, rounds=rounds, within=WITHIN)]
    if posts == POSTS:
        plans.append(_Plan(delay=SLOW, rounds=1, within=SLOW_WITHIN))
    with serve() as site, asyncio.Runner() as runner:
        opened = open_browser()
        browser = runner.run(opened.__aenter__())
        try:
            return [
                _feed(site, lambda address: runner.run(_snapshot(browser, address)), posts, plan)
                for plan in plans
            ]
        finally:
            runner.run(opened.__aexit__(None, None, None))


def peers(folder: Path, *, scale: float, rounds: int) -> list[Row]:
    """The same feed, one turn each, each starting its own browser; from a twentieth on.

    What a peer got stands in the row's name: being quicker with less is no better.
    """
    del rounds
    if scale < 0.05:
        return []
    with serve() as site:
        address = f"{site.address}/feed?delay={DELAY}"
        memory = most_memory(lambda: asyncio.run(_in_new_browser(address)))
        return [_against(name, run, address, folder, memory) for name, run in others.RACERS.items()]


def _against(
    name: str, run: Callable[[str, Path], others.Run], address: str, folder: Path, memory: int
) -> Row:
    began = time.perf_counter()
    found = asyncio.run(_in_new_browser(address))
    ours = time.perf_counter() - began
    work = Path(tempfile.mkdtemp(dir=folder))
    try:
        theirs = run(address, work)
        told, peer = f"{name} got {_told(theirs.found, POSTS)}", theirs.seconds
    except Absent as why:
        told, peer = f"{name} was NOT RACED: {' '.join(f'{why}'.split())[:80]}", 0.0
    return Row(
        name=f"feed of {POSTS} posts at {DELAY} ms, with its own browser started "
        f"({_told(found, POSTS)}); {told}",
        ours=round(ours, 3),
        peer=round(peer, 3),
        peer_name=name,
        unit="s",
        ratio=round(peer / ours, 3),
        target=None,
        ok=found == _expected(POSTS) and peer > 0,
        memory_mb=round(memory / 1e6, 1),
    )


def _feed(site: Site, snapshot: Callable[[str], Counts], posts: int, plan: _Plan) -> Row:
    taken: list[Counts] = []
    delay = plan.delay
    floor = posts // BATCH * delay / 1000
    address = f"{site.address}/feed?delay={delay}&posts={posts}"
    run = race(
        lambda: lambda: taken.append(snapshot(address)),
        lambda: lambda: _ask(site, posts=posts, delay=delay),
        rounds=plan.rounds,
    )
    expected = _expected(posts)
    least = {what: min(each[what] for each in taken) for what in expected}
    return time_row(
        f"snapshot of a feed of {posts} posts at {delay} ms, with its document "
        f"({_told(least, posts)})",
        run,
        peer_name="the feed's own answers, one after another",
        target=floor / max(plan.within, floor + SPARE),
        whole=least == expected,
    )


def _ask(site: Site, *, posts: int, delay: int) -> None:
    """What any client must wait for: every batch, each as soon as the one before has come."""
    connection = http.client.HTTPConnection(site.address.removeprefix("http://"))
    for first in range(0, posts, BATCH):
        connection.request("GET", f"/api?delay={delay}&posts={posts}&from={first}")
        connection.getresponse().read()
    connection.close()


async def _in_new_browser(address: str) -> Counts:
    async with open_browser() as browser:
        return await _snapshot(browser, address)


async def _snapshot(browser: OpenBrowser, address: str) -> Counts:
    """All of it, to the finished document; what stands in the document's own text."""
    capture = await capture_page(browser, address)
    return await asyncio.to_thread(of_document, capture)


def of_document(capture: Capture) -> Counts:
    """What of the feed a snapshot's document holds; pictures by their alternative texts."""
    told = dc.replace(provenance(), period_from=None, api_posts=len(capture.post_texts))
    text = " ".join(read_back(snapshot_pdf(capture, told).pdf).texts[1:])
    figures = {block.alt for block in capture.blocks if block.kind == "figure"}
    return counted(text, len([alt for alt in figures if alt.startswith("Bild ")]))


def _expected(posts: int) -> Counts:
    return {"posts": posts, "expanded": posts, "comments": COMMENTS * posts, "images": posts}


def _told(found: Counts, posts: int) -> str:
    return ", ".join(f"{found[what]}/{most} {what}" for what, most in _expected(posts).items())
