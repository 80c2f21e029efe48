"""How a guarded connection reaches its host: straight, or through the house's own proxy.

Straight, it goes to the very address that was judged. Through a proxy the proxy decides where a
name leads, and it wants to be told (RFC 9110, 9.3.6 for what is encrypted; RFC 9112, 3.2.2 for what
is not; RFC 1928 or SOCKS 4a).
"""

import asyncio
import base64
import contextlib
import dataclasses as dc
import ipaddress
import re
import socket
import ssl
from typing import Final
from urllib.parse import urlsplit

from playwright.async_api import ProxySettings

from tasks.capture.addresses import Reach

CHUNK: Final = 1 << 18
_PATIENCE = 30.0
_SHORT = 3.0  # for an address that has another beside it
_PORTS: Final = {"http": 80, "https": 443, "socks4": 1080, "socks5": 1080}
_TLS: Final = b"\x16"  # RFC 8446, 5.1: a handshake
_HEAD: Final = b"\r\n\r\n"
_LENGTH: Final = re.compile(rb"\r\ncontent-length:[ \t]*(\d+)", re.IGNORECASE)
_UPGRADES: Final = re.compile(rb"\r\nupgrade:", re.IGNORECASE)
_CHUNKED: Final = re.compile(rb"\r\ntransfer-encoding:", re.IGNORECASE)


class UnreachedError(OSError):
    """No connection; ``reason`` is Chromium's own name of it (net/base/net_error_list.h)."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dc.dataclass(frozen=True, slots=True)
class Pipe:
    """Both directions of one connection."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter


class Way:
    """The way from this machine to the web.

    Args:
        house: the house's proxy as ``trust.proxy`` tells it, or ``None``.
        ca: path of further authorities that a proxy's own certificate may have, or ``""``.
    """

    def __init__(self, house: ProxySettings | None = None, ca: str = "") -> None:
        parts = urlsplit(house["server"] if house else "")
        self.scheme = parts.scheme
        self.host = parts.hostname or ""
        self.port = parts.port or _PORTS.get(parts.scheme, 0)
        self.passed = tuple(filter(None, re.split(r"[,\s]+", (house or {}).get("bypass") or "")))
        named = f"{(house or {}).get('username') or ''}:{(house or {}).get('password') or ''}"
        basic = base64.b64encode(named.encode()).decode()
        self.login = b"" if named == ":" else f"Proxy-Authorization: Basic {basic}\r\n".encode()
        self.ca = ca
        self.versions: set[int] = set()

    def by_http(self, host: str) -> bool:
        """Whether the house's proxy must be told what is wanted, in HTTP."""
        return self.scheme in {"http", "https"} and not self._passes(host)

    async def open(self, host: str, port: int, reach: Reach | None, words: bytes = b"") -> Pipe:
        """A connection to a host that was judged.

        Args:
            host: its name or number.
            port: its port.
            reach: that judged it, and knows its addresses.
            words: what the browser says first, where ``by_http``.

        Raises:
            UnreachedError: there is none.
        """
        try:
            async with asyncio.timeout(_PATIENCE):
                if not self.scheme or self._passes(host):
                    return await self._straight(host, port, reach or Reach(""))
                return await self._through(host, port, words)
        except TimeoutError:
            raise UnreachedError("CONNECTION_TIMED_OUT") from None

    async def _straight(self, host: str, port: int, reach: Reach) -> Pipe:
        addresses = await reach.addresses(host)
        if not addresses:
            raise UnreachedError("NAME_NOT_RESOLVED")
        # the version of IP that has worked before goes first: the other may lead nowhere here
        *others, last = sorted(addresses, key=lambda a: _version(a) not in self.versions)
        for address in others:
            with contextlib.suppress(OSError, TimeoutError):
                async with asyncio.timeout(_SHORT):
                    return await self._connected(address, port)
        try:
            return await self._connected(last, port)
        except ConnectionRefusedError:
            raise UnreachedError("CONNECTION_REFUSED") from None
        except OSError:
            raise UnreachedError("ADDRESS_UNREACHABLE") from None

    async def _connected(self, address: str, port: int) -> Pipe:
        pipe = Pipe(*await asyncio.open_connection(address, port, limit=CHUNK))
        self.versions.add(_version(address))
        return pipe

    async def _through(self, host: str, port: int, words: bytes) -> Pipe:
        """Through the house's proxy; what is said in the clear is for the proxy itself."""
        try:
            pipe = Pipe(
                *await asyncio.open_connection(
                    self.host,
                    self.port,
                    limit=CHUNK,
                    ssl=self._trust() if self.scheme == "https" else None,
                )
            )
        except OSError:
            raise UnreachedError("PROXY_CONNECTION_FAILED") from None
        try:
            if self.scheme.startswith("socks"):
                await _by_socks(pipe, host, port, version=int(self.scheme[-1]))
            elif not in_the_clear(words):
                await self._by_connect(pipe, host, port)
        except (OSError, EOFError, asyncio.LimitOverrunError):
            pipe.writer.close()
            raise UnreachedError("TUNNEL_CONNECTION_FAILED") from None
        return pipe

    async def _by_connect(self, pipe: Pipe, host: str, port: int) -> None:
        where = f"{_bracketed(host)}:{port}"
        asked = f"CONNECT {where} HTTP/1.1\r\nHost: {where}\r\n".encode()
        pipe.writer.write(asked + self.login + b"\r\n")
        status = (await pipe.reader.readuntil(_HEAD)).split(b" ", 2)[1:2]
        if not status or not status[0].startswith(b"2"):
            raise ConnectionRefusedError

    def _trust(self) -> ssl.SSLContext:
        trust = ssl.create_default_context()
        if self.ca:
            trust.load_verify_locations(self.ca)
        return trust

    def _passes(self, host: str) -> bool:
        """Whether the environment names the host as one that is reached without the proxy."""
        return any(_named(host.lower(), passed.lower()) for passed in self.passed)

    def request(self, head: bytes, host: str, port: int) -> bytes:
        """A request's head as the house's proxy wants it: with the whole address."""
        where = _bracketed(host) if port == _PORTS["http"] else f"{_bracketed(host)}:{port}"
        method, _, rest = head.partition(b" ")
        line, _, fields = rest.partition(b"\r\n")
        return method + f" http://{where}".encode() + line + b"\r\n" + self.login + fields


def in_the_clear(words: bytes) -> bool:
    """Whether the browser speaks plain HTTP, and not to change to something else."""
    return words[:1] != _TLS and not _UPGRADES.search(words)


async def first_words(reader: asyncio.StreamReader) -> bytes:
    """The first byte of what is encrypted, else the whole head of the first request.

    Raises:
        EOFError: it said nothing.
        ConnectionError: the head has no end.
    """
    first = await reader.readexactly(1)
    return first if first == _TLS else first + await next_head(reader)


async def next_head(reader: asyncio.StreamReader) -> bytes:
    """The head of the next request.

    Raises:
        EOFError: there is none.
        ConnectionError: it has no end, or a body whose end cannot be told beforehand.
    """
    try:
        head = await reader.readuntil(_HEAD)
    except asyncio.LimitOverrunError:
        raise ConnectionError from None
    if _CHUNKED.search(head):
        raise ConnectionError
    return head


def body_length(head: bytes) -> int:
    """Bytes that follow a request's head and belong to it."""
    told = _LENGTH.search(head)
    return int(told.group(1)) if told else 0


async def _by_socks(pipe: Pipe, host: str, port: int, *, version: int) -> None:
    name, at = host.encode("ascii", "replace"), port.to_bytes(2)
    if version == 4:  # noqa: PLR2004 - SOCKS 4a: the name follows an address that is none
        pipe.writer.write(b"\x04\x01" + at + b"\x00\x00\x00\x01\x00" + name + b"\x00")
        if (await pipe.reader.readexactly(8))[1] != 90:  # noqa: PLR2004 - "granted"
            raise ConnectionRefusedError
        return
    pipe.writer.write(b"\x05\x01\x00")
    if await pipe.reader.readexactly(2) != b"\x05\x00":
        raise ConnectionRefusedError
    pipe.writer.write(b"\x05\x01\x00\x03" + bytes((len(name),)) + name + at)
    _, status, _, kind = await pipe.reader.readexactly(4)
    length = {1: 4, 4: 16}.get(kind) or (await pipe.reader.readexactly(1))[0]
    await pipe.reader.readexactly(length + 2)
    if status:
        raise ConnectionRefusedError


def _named(host: str, passed: str) -> bool:
    if "/" in passed:
        with contextlib.suppress(ValueError):
            return ipaddress.ip_address(host) in ipaddress.ip_network(passed, strict=False)
        return False
    name = re.sub(r"(?<=[^:]):\d+$", "", passed).strip("[]").removeprefix("*").removeprefix(".")
    return passed == "*" or (bool(name) and (host == name or host.endswith(f".{name}")))


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _version(address: str) -> int:
    return socket.AF_INET6 if ":" in address else socket.AF_INET
