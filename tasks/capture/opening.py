"""Going to a page, with its clock in our hands and its requests under guard; and a look at it."""

import re
from pathlib import Path
from typing import Final

from playwright.async_api import Error as BrowserError
from playwright.async_api import Page

from tasks.capture import judging
from tasks.capture.addresses import host_of
from tasks.capture.inside import Inside
from tasks.capture.judging import Look
from tasks.capture.limits import Limits
from tasks.capture.traffic import Traffic

_COLLECT, _CLIPS = (
    (Path(__file__).parent / name).read_text(encoding="utf-8")
    for name in ("collect.js", "clips.js")
)
_LOOK: Final = f"(given) => ({_COLLECT})(given, ({_CLIPS})())"
_SHUT: Final = re.compile("ERR_(ADDRESS_UNREACHABLE|CONNECTION_CLOSED|EMPTY_RESPONSE|SOCKS)")


async def open_page(
    page: Page, traffic: Traffic, address: str, limits: Limits, *, logged_in: bool = False
) -> None:
    """Go to the page, and judge what the server answered.

    Args:
        page: a new one.
        traffic: its own, not attached yet.
        address: where to go.
        limits: how long the first answer may take.
        logged_in: whether the page was given a login.

    Raises:
        CaptureError: ``login-needed`` or ``page-error``.
        BrowserError: the page could not be reached.
    """
    await traffic.attach()
    await page.clock.install()
    try:
        answer = await page.goto(address, wait_until="commit", timeout=limits.load * 1000)
    except BrowserError as error:
        # the browser knows only that our door did not open, or closed; the door knows why
        if traffic.guard.trouble and _SHUT.search(str(error)):
            raise BrowserError(f"net::ERR_{traffic.guard.trouble}") from None
        raise
    if answer is not None:
        kind = answer.headers.get("content-type", "")
        judging.judge_answer(answer.status, kind, host_of(address), logged_in=logged_in)


async def look_into(inside: Inside, selector: str | None) -> Look:
    """What the page shows, in words and numbers.

    Args:
        inside: the page.
        selector: CSS selector of one post.

    Raises:
        TimeoutError: the page's own script does not let go of it.
        BrowserError: the selector is none.
    """
    return Look.of(await inside.ask(_LOOK, {"selector": selector}))
