"""What the browser says went wrong, as an error of ours.

The browser's text holds whole addresses, which can hold names: only its codes go further.
"""

import re
import weakref
from typing import Final

from playwright.async_api import Error as BrowserError
from playwright.async_api import Page

from archive_store.errors import InputError, KanalarkivError
from tasks.capture import judging

# Pages that were closed for their weight: not every call under way says why it was cut off.
too_heavy: Final[weakref.WeakSet[Page]] = weakref.WeakSet()

TOO_HEAVY: Final = "kanalarkiv: too heavy"
LOST: Final = "kanalarkiv: browser lost"


def refusal(error: BrowserError, host: str) -> KanalarkivError:
    """The browser's error as ours.

    Args:
        error: what Playwright raised.
        host: of the page that was captured.
    """
    text = str(error)
    if TOO_HEAVY in text:
        return judging.page_too_heavy(host)
    if LOST in text:
        return judging.browser_lost(host)
    if "not a valid selector" in text:
        return InputError(
            "post-selector",
            sv="post_selector är ingen giltig CSS-selektor. Rätta den i registret, till exempel "
            "article eller .inlagg.",
            en="post_selector is no valid CSS selector. Mend it in the register, for example "
            "article or .post.",
        )
    if "Download is starting" in text:
        return _file(host)
    found = re.search(r"net::ERR_([A-Z_]+)", text)
    if found:
        return _unreached(found.group(1), host)
    return judging.page_error(
        host, sv="webbläsaren tappade sidan (kraschade)", en="the browser lost the page (crashed)"
    )


def _unreached(reason: str, host: str) -> KanalarkivError:
    """By Chromium's own code of the network error (net/base/net_error_list.h)."""
    if reason == "ABORTED":
        return _file(host)
    if reason == "TOO_MANY_REDIRECTS":
        return judging.in_circles(host)
    if reason == "ACCESS_DENIED":
        return judging.leads_inside(host)
    if reason.startswith("CERT_"):
        return judging.not_trusted(host, reason)
    return judging.page_unreachable(host, reason)


def _file(host: str) -> KanalarkivError:
    return judging.page_error(
        host, sv="adressen ger en fil, ingen sida", en="the address gives a file, not a page"
    )
