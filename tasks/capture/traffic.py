"""What a page asks the network for: refused, counted while under way, weighed, closed at the end.

Counting by events costs nothing and, unlike ``networkidle``, tells a feed's next batch from the
sockets and beacons that never end (notes/pdf.md, settling). Bytes are weighed as they come, since a
stream may never end.
"""

import asyncio
import contextlib
import time
from typing import Any, Final
from urllib.parse import urljoin

from playwright.async_api import (
    CDPSession,
    Frame,
    Page,
    Request,
    Response,
    Route,
    WebSocketRoute,
)
from playwright.async_api import Error as BrowserError

from tasks.capture.addresses import Reach, same_site
from tasks.capture.guard import guards
from tasks.capture.limits import Limits
from tasks.capture.refusing import too_heavy

_ENDLESS: Final = frozenset({"websocket", "eventsource", "media", "ping"})
_GROWING: Final = frozenset({"xhr", "fetch"})
_DOCUMENTS: Final = {"urlPattern": "*", "resourceType": "Document", "requestStage": "Response"}
_PATIENCE = 20.0
_HOPS = 10
_REFUSAL = 400  # the first status of HTTP's that is no answer (RFC 9110, 15.5)
_INNER = 100  # documents in frames: no honest page has more


class Traffic:
    """Requests of one page; attach it before the page is opened.

    Attributes:
        hops: how many times the page went to another document before it was told to stay.
        full: whether the page has fetched as much as it may.
    """

    def __init__(self, page: Page, reach: Reach, limits: Limits) -> None:
        self.page = page
        self.reach = reach
        self.limits = limits
        self.under_way: dict[Request, float] = {}
        self.failed = 0
        self.grew = 0.0
        self.kept_in = 0
        self.guard = guards[page.context]
        self.hops = 0
        self.inner = 0
        self.stays = False
        self.grows = True
        self.full = False
        self.weight = 0
        self.documents: dict[str, int] = {}
        self.chores: set[asyncio.Task[None]] = set()

    async def attach(self) -> None:
        """Begin to watch and to guard."""
        self.page.on("request", self._began)
        self.page.on("requestfinished", self._ended)
        self.page.on("requestfailed", self._failed)
        self.page.on("response", self._answered)
        await self.page.context.route("**/*", self._judge)
        await self.page.context.route_web_socket("**/*", self._judge_socket)
        session = await self.page.context.new_cdp_session(self.page)
        session.on("Network.requestWillBeSent", self._asked)
        session.on("Network.dataReceived", lambda told: self._came(told, session))
        session.on("Fetch.requestPaused", lambda told: self._do(self._judge_answer(told, session)))
        self.guard.limit(self.reach, self.limits.bytes * 5 // 4, self._outweighed)
        await session.send("Network.enable")
        await session.send("Fetch.enable", {"patterns": [_DOCUMENTS]})

    @property
    def refused(self) -> int:
        """How many were refused as lying outside the page's reach."""
        return self.kept_in + self.guard.refused

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

    @property
    def lost(self) -> int:
        """How many answers the page's scripts asked for in vain since it last grew.

        Those that failed, were refused by us or by the server, were given up by the page, or have
        not ended within our patience: a feed's next batch may be among them.
        """
        oldest = time.monotonic() - _PATIENCE
        return self.failed + sum(
            self.grew <= began < oldest and self._may_be_more(request)
            for request, began in self.under_way.items()
        )

    def grown(self) -> None:
        """The page grew, so what it asked for in vain before that is no loss any more."""
        self.failed = 0
        self.grew = time.monotonic()

    def _began(self, request: Request) -> None:
        if request.resource_type not in _ENDLESS:
            self.under_way[request] = time.monotonic()

    def _ended(self, request: Request) -> None:
        self.under_way.pop(request, None)

    def _failed(self, request: Request) -> None:
        self._ended(request)
        self._lose(request)

    def _answered(self, response: Response) -> None:
        if response.status >= _REFUSAL:
            self._lose(response.request)

    def _lose(self, request: Request) -> None:
        # what fails once the page may not grow any more is our own doing
        if self.grows and self._may_be_more(request):
            self.failed += 1

    def _may_be_more(self, request: Request) -> bool:
        """Whether a feed may have asked for its next batch; what counts visitors lies elsewhere."""
        return request.resource_type in _GROWING and same_site(request.url, self.page.url)

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
            self.kept_in += 1
            return False
        if self.full:
            return False
        if request.is_navigation_request():
            frame = _frame(request)
            if frame is None or frame.page != self.page:
                return False  # a window of its own
            if frame == self.page.main_frame:
                return self._may_go_on()
            self.inner += 1
            if self.inner > _INNER:
                return False
        return self.grows or request.resource_type not in _GROWING

    def _may_go_on(self) -> bool:
        """Whether the page may leave for another document."""
        if self.stays:
            return False
        self.hops += 1
        self.grown()  # what the document before it asked for ends with it
        return not self.astray

    async def _judge_socket(self, socket: WebSocketRoute) -> None:
        if await self.reach.allows(socket.url):
            socket.connect_to_server()
        else:
            self.kept_in += 1
            await socket.close()

    async def _judge_answer(self, told: Any, session: CDPSession) -> None:
        """A document that sends its reader on: not to where the page itself may not go."""
        headers = {h["name"].lower(): h["value"] for h in told.get("responseHeaders", ())}
        place = headers.get("location", "")
        onward = urljoin(told["request"]["url"], place)
        with contextlib.suppress(BrowserError):  # the page went away meanwhile
            if place and not await self.reach.allows(onward):
                self.kept_in += 1
                failed = {"requestId": told["requestId"], "errorReason": "AccessDenied"}
                await session.send("Fetch.failRequest", failed)
            else:
                await session.send("Fetch.continueRequest", {"requestId": told["requestId"]})

    def _asked(self, told: Any) -> None:
        if told.get("type") == "Document":
            self.documents[told["requestId"]] = 0

    def _came(self, told: Any, session: CDPSession) -> None:
        came, request = told["dataLength"], told["requestId"]
        self.weight += came
        if request in self.documents:
            self.documents[request] += came
            if self.documents[request] > min(self.limits.document, self.limits.bytes):
                too_heavy.add(self.page)
                self._do(self.page.close())
        if self.weight > self.limits.bytes:
            self._fill(session)

    def _fill(self, session: CDPSession) -> None:
        if not self.full:
            self.full = True
            self.guard.end()
            self._do(_stop(session))

    def _outweighed(self) -> None:
        """The guard, in its own thread, has let pass all that it may, and shut.

        The page loads on what it got: a document that is too heavy shows only by that.
        """
        self.full = True

    def _do(self, chore: Any) -> None:
        task = asyncio.ensure_future(chore)
        self.chores.add(task)
        task.add_done_callback(self.chores.discard)


def _frame(request: Request) -> Frame | None:
    try:
        return request.frame
    except BrowserError:
        return None  # a window that is just being opened has none yet


async def _stop(session: CDPSession) -> None:
    with contextlib.suppress(BrowserError):  # the page went away meanwhile
        await session.send("Page.stopLoading")
