"""Pages that weigh too much, never end, swell, open windows, or reach for the house around us."""

import asyncio
import os
import signal
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import pytest

from archive_store.errors import CaptureError
from tasks.capture import (
    BrowserSettings,
    Limits,
    OpenBrowser,
    capture_page,
    capturing,
    open_browser,
)
from tasks.capture import browser as browsers
from tasks.capture.watching import resident
from tasks.model import Capture
from tests.tasks.capture import heavy

pytestmark = pytest.mark.browser

MB = heavy.MB
LIMITS = Limits(seconds=6, load=20, answer=10, bytes=30 * MB)
Heavy = tuple[str, list[str]]
Taken = Capture | BaseException


@pytest.fixture(scope="module")
def server() -> Iterator[Heavy]:
    with heavy.serve() as running:
        yield running


@pytest.fixture
def see(running: tuple[asyncio.Runner, OpenBrowser], server: Heavy) -> Callable[..., list[Taken]]:
    """Capture paths of the server, all at once, in the browser that all tests share."""
    runner, browser = running
    address, seen = server
    seen.clear()

    async def all_of_them(paths: tuple[str, ...], limits: Limits) -> list[Taken]:
        captures = (capture_page(browser, address + path, limits=limits) for path in paths)
        return await asyncio.gather(*captures, return_exceptions=True)

    return lambda *paths, limits=LIMITS: runner.run(all_of_them(paths, limits))


def told(taken: Taken) -> str:
    return taken.code if isinstance(taken, CaptureError) else getattr(taken, "stopped", f"{taken}")


def test_a_document_of_200_mb_and_one_without_end_are_refused_and_say_so(
    see: Callable[..., list[Taken]],
) -> None:
    errors = see("/document?mb=200", "/document")
    assert [told(error) for error in errors] == ["page-too-heavy"] * 2
    assert isinstance(errors[0], CaptureError)
    assert "för tung" in errors[0].sv
    assert "Andra kanaler berörs inte" in errors[0].sv


def test_a_page_fetches_no_more_than_it_may_and_the_capture_says_so(
    see: Callable[..., list[Taken]], server: Heavy
) -> None:
    assert [told(each) for each in see("/fetches", "/fetch")] == ["bytes", "bytes"]
    assert server[1].count("stream") < 60


def test_pictures_that_the_limit_kept_away_are_counted(see: Callable[..., list[Taken]]) -> None:
    [capture] = see("/pictures?count=60")
    assert isinstance(capture, Capture)
    assert (capture.stopped, capture.images) == ("bytes", 60)
    assert 5 < capture.images_missing < 45


def test_a_document_that_trickles_for_ever_is_captured_as_far_as_it_came(
    see: Callable[..., list[Taken]],
) -> None:
    [capture] = see("/slow", limits=Limits(seconds=1, load=2, answer=5))
    assert isinstance(capture, Capture)
    assert (capture.stopped, len(capture.post_texts)) == ("time", 2)


def test_a_page_gets_no_windows_and_no_ways_around_the_guards(
    see: Callable[..., list[Taken]], server: Heavy
) -> None:
    limits = Limits(seconds=2, load=5, answer=10)
    windows, ways, frames = see("/popups", "/ways", "/frames", limits=limits)
    assert isinstance(windows, Capture)
    assert isinstance(ways, Capture)
    assert isinstance(frames, Capture)
    assert "Vägar ut: inga" in ways.text
    assert not {"popup", "worker.js"} & set(server[1])
    assert server[1].count("inner") == 100


def test_files_and_addresses_inside_are_out_of_reach(
    see: Callable[..., list[Taken]],
) -> None:
    with heavy.serve() as (inside, heard):
        asks, sockets, *away = see(
            "/asks",
            f"/sockets?sockets={inside.removeprefix('http://')}",
            f"/away?to={inside}/document",
            "/away?to=file:///etc/hostname",
            limits=Limits(seconds=30, load=10, answer=10),
        )
        assert heard == []
    assert [told(each) for each in (asks, sockets)] == ["end", "end"]
    assert [told(error) for error in away] == ["page-error"] * 2
    assert isinstance(away[0], CaptureError)
    assert "inne i det egna nätet" in away[0].sv


def alone(work: Callable[[OpenBrowser], Coroutine[Any, Any, None]], **settings: Any) -> None:
    """In a browser that the test may ill-treat."""

    async def opened() -> None:
        async with open_browser(BrowserSettings(**settings)) as browser:
            await work(browser)

    asyncio.run(opened())


def test_a_page_out_on_the_web_has_no_socket_inside_even_from_a_worker(server: Heavy) -> None:
    address, _ = server
    public = f"--ip-address-space-overrides={address.removeprefix('http://')}=public"

    async def work(browser: OpenBrowser) -> None:
        with heavy.serve() as (inside, heard):
            socket = inside.removeprefix("http://")
            await capture_page(browser, f"{address}/sockets?sockets={socket}", limits=LIMITS)
            assert heard == []

    alone(work, arguments=(public,))


@pytest.mark.real  # a browser of its own, and long
def test_a_page_that_swells_is_ended_alone(server: Heavy) -> None:
    address, _ = server

    async def work(browser: OpenBrowser) -> None:
        pages = ("/swells", "/slow")
        limits = Limits(seconds=1.5, load=2, answer=5)
        captures = (capture_page(browser, address + page, limits=limits) for page in pages)
        swollen, other = await asyncio.gather(*captures, return_exceptions=True)
        assert [told(swollen), told(other)] == ["page-too-heavy", "time"]
        assert len(browser.running) == 1

    alone(work, page_memory=300 * MB)


@pytest.mark.real  # a browser of its own, and long
def test_a_browser_that_was_brought_down_takes_no_other_channel_with_it(
    server: Heavy, monkeypatch: pytest.MonkeyPatch
) -> None:
    address, _ = server
    settled, ended = capturing.settle, []

    async def work(browser: OpenBrowser) -> None:
        async def brought_down(*args: Any, **kwargs: Any) -> Any:
            if not ended:
                session = await browser.browser.new_browser_cdp_session()
                processes = await session.send("SystemInfo.getProcessInfo")
                ended.append(processes["processInfo"][0]["id"])
                os.kill(ended[0], signal.SIGKILL)
            return await settled(*args, **kwargs)

        monkeypatch.setattr(capturing, "settle", brought_down)
        pages = ("/pictures?count=1", "/pictures?count=2")
        captures = (capture_page(browser, address + page, limits=LIMITS) for page in pages)
        assert [told(each) for each in await asyncio.gather(*captures)] == ["end", "end"]
        assert len(browser.running) == 2

    alone(work)


def test_a_browser_that_swells_is_ended_and_the_capture_says_so(server: Heavy) -> None:
    async def work(browser: OpenBrowser) -> None:
        with pytest.raises(CaptureError) as caught:
            await capture_page(browser, f"{server[0]}/slow", limits=LIMITS)
        assert caught.value.code == "browser-lost"

    alone(work, memory=1)


def test_a_page_that_crashes_is_an_error_and_the_browser_goes_on(
    server: Heavy, monkeypatch: pytest.MonkeyPatch
) -> None:
    settled, pages = capturing.settle, []

    async def crashed(page: Any, *args: Any, **kwargs: Any) -> Any:
        if not pages:
            pages.append(page)
            session = await page.context.new_cdp_session(page)
            await asyncio.wait([asyncio.ensure_future(session.send("Page.crash"))], timeout=1)
        return await settled(page, *args, **kwargs)

    async def work(browser: OpenBrowser) -> None:
        monkeypatch.setattr(capturing, "settle", crashed)
        with pytest.raises(CaptureError, match="crashed") as caught:
            await capture_page(browser, f"{server[0]}/pictures?count=1", limits=LIMITS)
        assert caught.value.code == "page-error"
        capture = await capture_page(browser, f"{server[0]}/pictures?count=1", limits=LIMITS)
        assert len(capture.post_texts) == 2

    alone(work)


@pytest.mark.real  # a browser of its own, and long
def test_a_browser_in_which_a_page_would_not_close_gets_no_more_pages(
    server: Heavy, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def stubborn(_: object) -> bool:
        return False

    async def work(browser: OpenBrowser) -> None:
        with monkeypatch.context() as patched:
            patched.setattr(browsers, "_closed", stubborn)
            await capture_page(browser, f"{server[0]}/pictures?count=1", limits=LIMITS)
        assert not browser.running[0].browser.is_connected()
        await capture_page(browser, f"{server[0]}/pictures?count=1", limits=LIMITS)
        assert browser.browser.is_connected()

    alone(work)


def test_what_a_process_holds_is_known_on_either_system(monkeypatch: pytest.MonkeyPatch) -> None:
    own = os.getpid()
    here = resident([own, 2**22 + 1])
    assert list(here) == [own]
    monkeypatch.setattr(Path, "exists", lambda _: False)
    assert resident([own])[own] > 10 * MB
