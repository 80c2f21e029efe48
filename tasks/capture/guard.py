"""The only way out of a browser context: a SOCKS proxy of our own that judges every connection.

What Playwright and the DevTools protocol show of a page is not all that it asks for: redirects,
frames of other sites, workers and what is fetched ahead are seen late or never. A connection cannot
be hidden: the browser has no way out but this one (RFC 1928, on loopback, one door a context), and
an address is judged here before it is connected to. What flows through is weighed, and read only
where a house's proxy must be told what is wanted; what is encrypted stays so from end to end.

The doors stand in a thread with a loop of its own: a page's bytes wait for nobody's work.
"""

import asyncio
import contextlib
import ipaddress
import threading
import weakref
from collections.abc import Callable, Coroutine
from typing import Any, Final, TypeVar

from playwright.async_api import BrowserContext, ProxySettings

from tasks.capture import guard_ways as ways
from tasks.capture.addresses import Reach
from tasks.capture.guard_ways import CHUNK, Pipe, UnreachedError, Way

_GREETING = 10.0
_NAME = 3
_NUMBERS: Final = {1: 4, 4: 16}  # bytes of an address, by its kind
_OPEN: Final = bytes.fromhex("05000001000000000000")
# "host unreachable": the only refusal after which Chromium looks for no other way
_SHUT: Final = bytes.fromhex("05040001000000000000")

T = TypeVar("T")

guards: Final[weakref.WeakKeyDictionary[BrowserContext, "Guard"]] = weakref.WeakKeyDictionary()


class Guard:
    """The door of one context; as long as it has no limit, all may pass: a person's window.

    Args:
        way: from this machine to the web.
        shut: whether nothing at all may pass.

    Attributes:
        weight: bytes that have passed, both ways.
        refused: how many connections were refused as lying outside the page's reach.
        trouble: Chromium's name of why the last connection that failed did, or ``""``.
    """

    def __init__(self, way: Way, *, shut: bool = False) -> None:
        self.way = way
        self.shut = shut
        self.loop = asyncio.get_running_loop()
        self.reach: Reach | None = None
        self.most = 0
        self.weight = 0
        self.refused = 0
        self.trouble = ""
        self.tunnels: set[asyncio.Task[None]] = set()
        self.filled: Callable[[], object] = int
        self.server: asyncio.Server | None = None
        self.port = 0

    @property
    def proxy(self) -> ProxySettings:
        """What Playwright must know to send everything through this door, loopback included."""
        return ProxySettings(server=f"socks5://127.0.0.1:{self.port}", bypass="<-loopback>")

    def limit(self, reach: Reach, most: int, filled: Callable[[], object]) -> None:
        """From now on let pass what ``reach`` allows, and no more than that.

        Args:
            reach: of the page.
            most: bytes; more, and the door is shut.
            filled: called then, once, from the guard's own thread.
        """
        self.most, self.filled, self.reach = most, filled, reach

    def end(self) -> None:
        """From now on let nothing pass; may be called from any thread."""
        self.loop.call_soon_threadsafe(self._end)

    async def open(self) -> None:
        """Begin to listen."""
        self.server = await asyncio.start_server(self._came, "127.0.0.1", 0, limit=CHUNK)
        self.port = self.server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Listen no more, and cut off what still flows."""
        if self.server:
            self.server.close()
        self._end()
        await asyncio.gather(*self.tunnels, return_exceptions=True)

    def _end(self) -> None:
        self.shut = True
        for tunnel in self.tunnels:
            tunnel.cancel()

    def _came(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        tunnel = asyncio.ensure_future(self._serve(Pipe(reader, writer)))
        self.tunnels.add(tunnel)
        tunnel.add_done_callback(self.tunnels.discard)

    async def _serve(self, near: Pipe) -> None:
        try:
            async with asyncio.timeout(_GREETING):
                host, port = await _asked_for(near)
            if await self._may(host, port):
                await self._carry(near, host, port)
            else:
                near.writer.write(_SHUT)
        except (OSError, EOFError, TimeoutError):
            pass  # either end went away: the other sees a connection that closed
        finally:
            near.writer.close()

    async def _may(self, host: str, port: int) -> bool:
        if self.shut:
            return False
        allowed = self.reach is None or await self.reach.admits(host, port)
        if not allowed:
            self.refused += 1
            self.trouble = "ACCESS_DENIED"
        return allowed

    async def _carry(self, near: Pipe, host: str, port: int) -> None:
        """Connect the two ends; where a proxy must be told, the browser is heard out before."""
        words, by_http = b"", self.way.by_http(host)
        if by_http:
            near.writer.write(_OPEN)
            words = await ways.first_words(near.reader)
        try:
            far = await self.way.open(host, port, self.reach, words)
        except UnreachedError as unreached:
            self.trouble = unreached.reason
            near.writer.write(b"" if by_http else _SHUT)
            return
        try:
            if by_http and ways.in_the_clear(words):
                await _both(self._ask(words, near, far, (host, port)), self._pump(far, near))
            else:
                far.writer.write(words)
                near.writer.write(b"" if by_http else _OPEN)
                await _both(self._pump(near, far), self._pump(far, near))
        finally:
            far.writer.close()

    async def _pump(self, source: Pipe, sink: Pipe) -> None:
        while came := await source.reader.read(CHUNK):
            self._weigh(len(came))
            sink.writer.write(came)
            await sink.writer.drain()

    async def _ask(self, head: bytes, near: Pipe, far: Pipe, where: tuple[str, int]) -> None:
        """Pass on requests in the clear, each with the whole address that was judged."""
        while True:
            far.writer.write(self.way.request(head, *where))
            left = ways.body_length(head)
            self._weigh(len(head) + left)
            while left:
                came = await near.reader.read(min(left, CHUNK))
                if not came:
                    return
                left -= len(came)
                far.writer.write(came)
                await far.writer.drain()
            head = await ways.next_head(near.reader)

    def _weigh(self, came: int) -> None:
        self.weight += came
        if self.reach is not None and self.weight > self.most and not self.shut:
            self._end()
            self.filled()


class Guards:
    """All doors of one browser, in a thread of their own.

    Args:
        way: from this machine to the web.
    """

    def __init__(self, way: Way) -> None:
        self.way = way
        self.doors: set[Guard] = set()
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self._run, name="kanalarkiv-guard", daemon=True)
        self.thread.start()

    async def open(self, *, shut: bool = False) -> Guard:
        """A new door; ``shut`` lets nothing pass: for what the browser wants for itself."""

        async def opened() -> Guard:
            guard = Guard(self.way, shut=shut)
            await guard.open()
            self.doors.add(guard)
            return guard

        return await self._there(opened())

    async def close(self, guard: Guard) -> None:
        """Close one door."""
        self.doors.discard(guard)
        await self._there(guard.close())

    async def end(self) -> None:
        """Close every door that is still open, and end the thread."""
        for guard in tuple(self.doors):
            await self.close(guard)
        self.loop.call_soon_threadsafe(self.loop.stop)
        await asyncio.to_thread(self.thread.join)

    async def _there(self, work: Coroutine[Any, Any, T]) -> T:
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(work, self.loop))

    def _run(self) -> None:
        with contextlib.closing(self.loop):
            self.loop.run_forever()
            self.loop.run_until_complete(self.loop.shutdown_default_executor())


async def _asked_for(near: Pipe) -> tuple[str, int]:
    """Host and port that the browser wants (RFC 1928, 3 and 4).

    Raises:
        EOFError: it went away.
        ConnectionError: it wants something else.
    """
    _, methods = await near.reader.readexactly(2)
    await near.reader.readexactly(methods)
    near.writer.write(b"\x05\x00")
    version, command, _, kind = await near.reader.readexactly(4)
    if (version, command) != (5, 1) or kind not in {_NAME, *_NUMBERS}:
        raise ConnectionError
    length = _NUMBERS.get(kind) or (await near.reader.readexactly(1))[0]
    told = await near.reader.readexactly(length)
    port = int.from_bytes(await near.reader.readexactly(2))
    host = told.decode("ascii", "replace") if kind == _NAME else str(ipaddress.ip_address(told))
    return host.strip("[]").lower(), port


async def _both(*flows: Coroutine[Any, Any, None]) -> None:
    """Let both directions flow until one of them ends."""
    tasks = [asyncio.ensure_future(flow) for flow in flows]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
