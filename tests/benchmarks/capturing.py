"""The race feed of notes/peers.md, everything on it captured, against the feed's own slowness."""

import asyncio
import http.client
from pathlib import Path
from typing import Final

from tasks.capture import capture_page, open_browser
from tasks.model import Capture
from tests.benchmarks.rows import Row, race, time_row
from tests.tasks.capture.pages import COMMENTS, POSTS
from tests.tasks.capture.site import Site, serve
from tests.tasks.capture.test_feeds import counted

BATCH: Final = 5  # posts an answer
DELAY: Final = 300  # ms an answer
SPARE: Final = 4.0  # seconds beyond the feed's own that are good enough


def feed(folder: Path, *, scale: float, rounds: int) -> list[Row]:
    """40 posts (5 at a tiny scale); a browser is open, as in a run over many channels."""
    del folder  # the browser keeps its files in the temporary one
    posts = POSTS if scale >= 0.05 else BATCH
    floor = posts // BATCH * DELAY / 1000
    taken: list[Capture] = []
    with serve() as site, asyncio.Runner() as runner:
        opened = open_browser()
        browser = runner.run(opened.__aenter__())
        try:
            address = f"{site.address}/feed?delay={DELAY}&posts={posts}"
            run = race(
                lambda: lambda: taken.append(runner.run(capture_page(browser, address))),
                lambda: lambda: _ask(site, posts=posts),
                rounds=rounds,
            )
        finally:
            runner.run(opened.__aexit__(None, None, None))
    found, whole = _found(taken, posts=posts)
    return [
        time_row(
            f"capture of a feed of {posts} posts at {DELAY} ms ({found})",
            run,
            peer_name="the feed's own answers, one after another",
            target=floor / (floor + SPARE),
            whole=whole,
        )
    ]


def _ask(site: Site, *, posts: int) -> None:
    """What any client must wait for: every batch, each as soon as the one before has come."""
    connection = http.client.HTTPConnection(site.address.removeprefix("http://"))
    for first in range(0, posts, BATCH):
        connection.request("GET", f"/api?delay={DELAY}&posts={posts}&from={first}")
        connection.getresponse().read()
    connection.close()


def _found(taken: list[Capture], *, posts: int) -> tuple[str, bool]:
    """What is in the poorest of the PDFs, of what the feed holds; and whether that is all."""
    expected = {"posts": posts, "expanded": posts, "comments": COMMENTS * posts, "images": posts}
    seen = [counted(capture) for capture in taken]
    least = {what: min(each[what] for each in seen) for what in expected}
    text = ", ".join(f"{least[what]}/{expected[what]} {what}" for what in expected)
    return text, least == expected
