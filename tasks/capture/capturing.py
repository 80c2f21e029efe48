"""One page, captured honestly: opened, settled, judged, frozen, pictured, and told of.

The order is a recipe: what stands still is looked at, never the other way. Whatever fails ends in a
``CaptureError`` that an operator can act on; a page that is not the channel never becomes a PDF.
"""

import asyncio
import datetime as dt
from collections.abc import Callable, Iterable
from typing import Any, Final

from playwright.async_api import Error as BrowserError
from playwright.async_api import TimeoutError as BrowserTimeoutError

from tasks.capture import judging
from tasks.capture.addresses import Reach, checked, host_of
from tasks.capture.browser import OpenBrowser, again_if_lost
from tasks.capture.freezing import Frozen, freeze
from tasks.capture.hearing import Hearing
from tasks.capture.inside import Inside
from tasks.capture.limits import Depth, Limits
from tasks.capture.looking import moment
from tasks.capture.opening import look_into, open_page
from tasks.capture.picturing import picture
from tasks.capture.refusing import refusal
from tasks.capture.settling import Settled, settle
from tasks.capture.shots import Pictures
from tasks.capture.stages import Stages
from tasks.capture.traffic import Traffic
from tasks.model import Capture

_PATIENT: Final = Limits()
_BEGINNING: Final = 80  # characters by which a post is known


def real_time() -> dt.datetime:
    """The clock on the wall: a capture's own times are real ones, whatever ``now`` a rule uses."""
    return dt.datetime.now(dt.UTC)


@again_if_lost
async def capture_page(  # noqa: PLR0913 - what a capture may be told, each by name
    browser: OpenBrowser,
    address: str,
    *,
    post_selector: str | None = "article",
    depth: Depth = "all",
    limits: Limits = _PATIENT,
    own_hosts: Iterable[str] = (),
    storage_state: Any = None,
    pictures: Pictures = "png",
    clock: Callable[[], dt.datetime] = real_time,
) -> Capture:
    """What the browser yields of one page.

    Args:
        browser: an open one; several captures may share it at the same time.
        address: the public page, http or https.
        post_selector: CSS selector of one post; ``None`` for a page that is not a feed.
        depth: ``"all"``, a number of posts, or the time (aware) of the oldest post wanted.
        limits: where to stop whatever the page wants.
        own_hosts: hosts inside the body's network that the page may read from besides its own.
        storage_state: a login, as Playwright saves it.
        pictures: how the bands are kept: ``"png"``, lossless, or ``"jpeg"``, a third of the size.
        clock: the real time, for ``started`` and ``finished``.

    Raises:
        InputError: ``address`` or ``post-selector`` is not one.
        CaptureError: ``page-unreachable``, ``page-timeout``, ``page-error``, ``page-blank``,
            ``page-too-heavy``, ``browser-lost``, ``login-needed``, ``consent-wall`` or
            ``no-posts``; ``page-moves``, ``page-too-tall``, ``text-lost`` or ``picture-format``
            where no true picture could be taken.
    """
    host = host_of(checked(address))
    started, stages, logged_in = clock(), Stages(), storage_state is not None
    try:
        async with asyncio.timeout(limits.whole), browser.page(storage_state) as page:
            traffic = Traffic(page, Reach(address, own_hosts), limits)
            with stages.stage("open"):
                await open_page(page, traffic, address, limits, logged_in=logged_in)
            with stages.stage("settle"):
                settled = await settle(
                    page, traffic, selector=post_selector, depth=depth, limits=limits
                )
            if traffic.astray:
                raise judging.in_circles(host)
            inside = await Inside.of(page, limits)
            judging.judge(
                await look_into(inside, post_selector),
                final_address=page.url,
                host=host,
                posts_wanted=post_selector is not None,
                logged_in=logged_in,
            )
            with stages.stage("freeze"):
                frozen = await freeze(inside, selector=post_selector, limits=limits)
                look = await look_into(inside, post_selector)
            layer, bands = await picture(
                inside,
                look.text,
                selector=post_selector,
                host=host,
                pictures=pictures,
                stages=stages,
            )
            hearing = Hearing(layer.heard)
            return Capture(
                address=address,
                final_address=page.url,
                title=look.title,
                bands=bands,
                blocks=layer.blocks,
                targets=layer.targets,
                text=layer.text,
                page_text="\n".join(filter(None, hearing.seen(look.text.splitlines()))),
                post_texts=tuple(text[:_BEGINNING] for text in hearing.seen(look.posts)),
                links=look.links,
                started=started,
                finished=clock(),
                browser=browser.name,
                viewport=browser.settings.viewport,
                height=layer.height,
                stopped=await settled.end(),
                pressed=settled.pressed,
                consent=_consent(settled, frozen),
                hidden=frozen.hidden,
                loosened=frozen.changed,
                images=look.images,
                images_missing=look.missing,
                logged_in=logged_in,
                login_invited=look.invites,
                post_times=tuple(moment(time) for time in look.times),
                clock_ahead=settled.clock_ahead,
                stages=stages.told(),
            )
    except (TimeoutError, BrowserTimeoutError):
        raise judging.page_timeout(host) from None
    except BrowserError as error:
        raise refusal(error, host) from None


def _consent(settled: Settled, frozen: Frozen) -> str:
    """What became of the question; one that had to be hidden was not declined."""
    _, _, label = settled.consent.partition(": ")
    if not frozen.hidden:
        return settled.consent
    return f"pressed: {label}" if label else f"hidden: {frozen.hidden[0]}"
