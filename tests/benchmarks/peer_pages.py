"""``python -m tests.benchmarks.peer_pages``: pages of peers, in a process of their own.

``shown FILE`` tells what a saved page shows; ``behave ADDRESS SCRIPT`` runs browsertrix-behaviors
on a page as browsertrix does, and tells what the page then shows.
"""

import json
import sys
import time
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Page, sync_playwright

from tasks.capture.browser import BrowserSettings, find_browser
from tests.benchmarks.peers import counted

_PRESSED: Final = "button.more, button.comments"  # what a person would have to write for this feed
_OPTIONS: Final = {
    "autofetch": True,
    "autoplay": True,
    "autoscroll": True,
    "autoclick": True,
    "clickSelector": _PRESSED,
    "siteSpecific": True,
    "timeout": 90_000,
    "log": False,
}
_ARRIVED: Final = (
    "() => [...document.images].filter((i) => i.complete && i.naturalWidth === 320).length"
)


def main(what: str, address: str, script: str = "") -> None:
    """Print what the page shows, as JSON."""
    began = time.perf_counter()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_browser(BrowserSettings()))
        page = browser.new_page(viewport={"width": 960, "height": 1280})
        if what == "behave":
            _behave(page, address, script)
        else:
            page.goto(address)
        seconds = time.perf_counter() - began
        found = counted(page.inner_text("body"), page.evaluate(_ARRIVED))
        browser.close()
    sys.stdout.write(json.dumps({"seconds": seconds, "found": found}))


def _behave(page: Page, address: str, script: str) -> None:
    """Load, rest, behave, rest: browsertrix's own order."""
    page.add_init_script(Path(script).read_text(encoding="utf-8"))
    page.goto(address, wait_until="networkidle")
    given: dict[str, Any] = _OPTIONS
    page.evaluate("(options) => self.__bx_behaviors.init(options)", given)
    page.evaluate("() => self.__bx_behaviors.run()")
    page.wait_for_load_state("networkidle")
    page.pdf(print_background=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
