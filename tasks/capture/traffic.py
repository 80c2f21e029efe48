"""What a page asks the network for: refused, counted while under way, and closed at the end.

Counting by events costs nothing and, unlike ``networkidle``, tells a feed's next batch from the
sockets and beacons that never end (notes/pdf.md, settling).
"""

import time
from typing import Final

from playwright.async_api import Error as BrowserError
from playwright.async_api import Page, Request, Route

from tasks.capture.addresses import Reach

_ENDLESS: Final = frozenset({"websocket", "eventsource", "media", "ping"})
_GROWING: Final = frozenset({"xhr", "fetch"})
_PATIENCE = 20.0
_HOPS = 10


class Traffic:
    """Requests of one page; attach it before the page is opened.

    Attributes:
        refused: how many were refused as lying outside the page's reach.
        hops: how many times the page went to another document before it was told to stay.
    """

    def __init__(self, page: Page, reach: Reach) -> None:
        self.page = page
        self.reach = reach
        self.under_way: dict[Request, float] = {}
        self.refused = 0
        self.hops = 0
        self.stays = False
        self.grows = True

    async def attach(self) -> None:
        """Begin to watch and to guard."""
        self.page.on("request", self._began)
        self.page.on("requestfinished", self._ended)
        self.page.on("requestfailed", self._ended)
        await self.page.context.route("**/*", self._judge)

    @property
    def astray(self) -> bool:
        """Whether the page went on to more documents than any honest page does."""
        return self.hops > _HOPS

    def stay(self) -> None:
        """From now on the page may not leave for another document."""
        self.stays = True

    def close(self) -> None:
        """From now on the page may not fetch more posts; pictures still come."""
        self.grows = False

    def quiet(self) -> bool:
        """Whether nothing is under way that is worth waiting for."""
        oldest = time.monotonic() - _PATIENCE
        return all(began < oldest for began in self.under_way.values())

    def _began(self, request: Request) -> None:
        if request.resource_type not in _ENDLESS:
            self.under_way[request] = time.monotonic()

    def _ended(self, request: Request) -> None:
        self.under_way.pop(request, None)

    async def _judge(self, route: Route, request: Request) -> None:
        try:
            if await self._may(request):
                await route.continue_()
            else:
                # "aborted" leaves the page where it is; other reasons show the browser's own page
                await route.abort("aborted")
        except BrowserError:
            self.under_way.pop(request, None)  # the page went away meanwhile

    async def _may(self, request: Request) -> bool:
        if not await self.reach.allows(request.url):
            self.refused += 1
            return False
        if request.is_navigation_request() and request.frame == self.page.main_frame:
            if self.stays:
                return False
            self.hops += 1
            return not self.astray
        return self.grows or request.resource_type not in _GROWING
