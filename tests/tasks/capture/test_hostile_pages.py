"""Pages that are not the channel, and pages that fight back."""

import asyncio
from collections.abc import Callable

import pytest

from archive_store.errors import CaptureError, InputError
from tasks.capture import BrowserSettings, Limits, OpenBrowser, capture_page, open_browser, traffic
from tasks.capture.addresses import Reach, checked
from tasks.capture.browser import find_browser
from tasks.capture.opening import open_page
from tasks.model import Capture
from tests.tasks.capture.site import Site, serve

pytestmark = pytest.mark.browser

Take = Callable[..., Capture]
SHORT = Limits(seconds=2, load=2, answer=1, picturing=20)


NOT_THE_CHANNEL = {
    "/blank": "page-blank",
    "/status/404": "page-error",
    "/status/503": "page-error",
    "/status/401": "login-needed",
    "/login": "login-needed",
    "/consent": "consent-wall",
    "/soft404": "page-error",
    "/other": "no-posts",
    "/file": "page-error",
    "/loop": "page-error",
    "/circles": "page-error",
}


@pytest.fixture(scope="module")
def outcomes(
    running: tuple[asyncio.Runner, OpenBrowser], site: Site
) -> dict[str, Capture | BaseException]:
    """All of them at once, as a channel's capture would meet them."""
    runner, browser = running

    async def all_of_them() -> list[Capture | BaseException]:
        addresses = [f"{site.address}{path}?namn=Hemlig" for path in NOT_THE_CHANNEL]
        captures = (capture_page(browser, address) for address in addresses)
        return await asyncio.gather(*captures, return_exceptions=True)

    return dict(zip(NOT_THE_CHANNEL, runner.run(all_of_them()), strict=True))


@pytest.mark.parametrize(("path", "code"), NOT_THE_CHANNEL.items())
def test_what_is_not_the_channel_never_becomes_a_pdf(
    outcomes: dict[str, Capture | BaseException], path: str, code: str
) -> None:
    error = outcomes[path]
    assert isinstance(error, CaptureError)
    assert error.code == code
    assert "127.0.0.1:" in error.sv
    assert "Hemlig" not in f"{error.sv}{error.en}{error}"


def test_pages_that_never_let_go_are_given_up_in_time(
    running: tuple[asyncio.Runner, OpenBrowser], site: Site
) -> None:
    runner, browser = running

    async def all_of_them() -> list[Capture | BaseException]:
        paths = ("/hung", "/hung-at-once", "/never")
        captures = (capture_page(browser, site.address + path, limits=SHORT) for path in paths)
        return await asyncio.gather(*captures, return_exceptions=True)

    codes = [error.code for error in runner.run(all_of_them()) if isinstance(error, CaptureError)]
    assert codes == ["page-timeout"] * 3


def test_the_browser_serves_the_next_page_after_one_that_hung(take: Take) -> None:
    with pytest.raises(CaptureError):
        take("/hung", limits=SHORT)
    assert take("/links").post_texts


def test_nobody_there_is_unreachable(take: Take) -> None:
    with serve() as gone:
        address = gone.address
    with pytest.raises(CaptureError) as caught:
        take(address)
    assert caught.value.code == "page-unreachable"
    assert "CONNECTION_REFUSED" in caught.value.en


def test_dialogs_popups_and_printing_do_not_stop_a_capture(take: Take) -> None:
    capture = take("/dialogs")
    assert len(capture.post_texts) == 2
    assert capture.final_address.endswith("/dialogs")


def test_a_download_is_refused_and_the_page_captured(take: Take) -> None:
    assert len(take("/download").post_texts) == 1


def test_requests_that_never_end_cost_the_limit_and_are_told(take: Take) -> None:
    limits = Limits(seconds=1, load=2, answer=2, picturing=20, pictures=0.5)
    capture = take("/waits", limits=limits)
    assert capture.stopped == "time"
    assert (capture.images, capture.images_missing) == (1, 1)


def test_a_page_may_not_leave_for_another_once_it_rests(take: Take, site: Site) -> None:
    site.seen.clear()
    capture = take("/leaves")
    assert capture.final_address.endswith("/leaves")
    assert "/other" not in site.seen


def test_links_that_look_like_expanders_are_never_followed(take: Take, site: Site) -> None:
    site.seen.clear()
    capture = take("/links")
    assert capture.pressed == ()
    assert not {"/other", "/blank"} & set(site.seen)


def test_a_page_that_is_no_feed_is_captured_without_posts(take: Take) -> None:
    capture = take("/other", post_selector=None)
    assert capture.post_texts == ()
    assert "Ring oss gärna" in capture.text


def test_the_house_around_us_is_out_of_reach(take: Take) -> None:
    with serve() as inside:
        source = f"{inside.address}/picture/1.png"
        capture = take(f"/include?src={source}")
        assert inside.seen == []
        assert (capture.images, capture.images_missing) == (1, 1)
        host = source.split("/")[2]
        capture = take(f"/include?src={source}", own_hosts=[host])
        assert inside.seen == ["/picture/1.png"]
        assert capture.images_missing == 0


def test_a_page_out_on_the_web_cannot_reach_inside_by_a_redirect(site: Site) -> None:
    async def captured(address: str, public: str) -> Capture:
        override = f"--ip-address-space-overrides={public}=public"
        async with open_browser(BrowserSettings(arguments=(override,))) as browser:
            return await capture_page(browser, address)

    with serve() as inside:
        source = f"{site.address}/away?to={inside.address}/picture/1.png"
        public = site.address.removeprefix("http://")
        capture = asyncio.run(captured(f"{site.address}/include?src={source}", public))
        assert capture.images_missing == 1
        assert inside.seen == []


def test_what_a_page_asked_for_in_vain_is_counted_until_it_grows(
    running: tuple[asyncio.Runner, OpenBrowser], site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    runner, browser = running

    async def lost() -> list[int]:
        async with browser.page() as page:
            watched = traffic.Traffic(page, Reach(site.address), SHORT)
            await open_page(page, watched, f"{site.address}/links", SHORT)
            told = [watched.lost]
            ask = "where => fetch(where).then(answer => answer.text()).catch(() => 0)"
            for where in ("/picture/1.png", "/status/500", "http://10.0.0.8/api"):
                await page.evaluate(ask, where)
                told.append(watched.lost)
            async with page.expect_request("**/never"):
                await page.evaluate("void fetch('/never')")
            monkeypatch.setattr(traffic, "_PATIENCE", 0.0)
            told.append(watched.lost)
            watched.grown()
            return [*told, watched.lost]

    # what lies elsewhere is no next batch of the feed's
    assert runner.run(lost()) == [0, 0, 1, 1, 2, 0]


@pytest.mark.parametrize("address", ["file:///etc/hostname", "http://", "http://a:b", "www.se"])
def test_only_web_addresses_are_opened(address: str) -> None:
    with pytest.raises(InputError) as caught:
        checked(address)
    assert caught.value.code == "address"


def test_a_selector_that_is_none_is_an_input_error(take: Take) -> None:
    with pytest.raises(InputError) as caught:
        take("/links", post_selector="article[")
    assert caught.value.code == "post-selector"


def test_a_browser_that_is_not_there_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(CaptureError) as caught:
        find_browser(BrowserSettings())
    assert caught.value.code == "no-browser"
    assert "apt-get install chromium" in caught.value.sv
    with pytest.raises(CaptureError, match="does not exist"):
        find_browser(BrowserSettings(executable="/nowhere/chromium"))


def test_a_browser_that_will_not_start_says_so() -> None:
    async def started() -> None:
        async with open_browser(BrowserSettings(executable="/bin/false")):
            raise AssertionError

    with pytest.raises(CaptureError) as caught:
        asyncio.run(started())
    assert caught.value.code == "browser-failed"
