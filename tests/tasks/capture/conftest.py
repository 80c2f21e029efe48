"""One site for all capture tests and a browser for each file; each capture has its own context."""

import asyncio
import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from archive_store.errors import CaptureError
from tasks.capture import Limits, OpenBrowser, capture_page, open_browser
from tasks.capture.browser import BrowserSettings, find_browser
from tasks.model import Capture
from tests.tasks.capture.site import Site, serve

QUICK = Limits(seconds=20, load=20, answer=10, picturing=60)


@pytest.fixture(scope="session")
def site() -> Iterator[Site]:
    with serve() as running:
        yield running


@pytest.fixture(scope="module")  # heavy and hostile pages may bring theirs down
def running() -> Iterator[tuple[asyncio.Runner, OpenBrowser]]:
    try:
        find_browser(BrowserSettings())
    except CaptureError:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip("no Chromium is installed")
    with asyncio.Runner() as runner:
        opened = open_browser()
        browser = runner.run(opened.__aenter__())
        try:
            yield runner, browser
        finally:
            runner.run(opened.__aexit__(None, None, None))


@pytest.fixture
def take(running: tuple[asyncio.Runner, OpenBrowser], site: Site) -> Callable[..., Capture]:
    """Capture a path of the site: ``take("/feed", depth=10)``."""
    runner, browser = running

    def captured(path: str, **options: Any) -> Capture:
        address = path if path.startswith("http") else site.address + path
        try:
            return runner.run(capture_page(browser, address, **({"limits": QUICK} | options)))
        except CaptureError as error:
            error.add_note(f"the browser said: {error.__context__}")
            raise

    return captured
