"""Which addresses a page may reach: the open web and its own host, never the house around us.

A hostile page could otherwise have the browser, which stands inside the body's network, show what
lies there. What is judged here: what Playwright sees (traffic.py), and every connection (guard.py).
"""

import asyncio
import ipaddress
import socket
from collections.abc import Iterable
from typing import Final
from urllib.parse import urlsplit

from archive_store.errors import InputError

_WEB: Final = ("http", "https", "ws", "wss")
_INLINE: Final = ("data:", "blob:", "about:")
_INSIDE: Final = (".localhost", ".local", ".internal", ".lan", ".home.arpa")
_TRANSLATED: Final = ipaddress.ip_network("64:ff9b::/96")  # RFC 6052
_PORTS: Final = {"http": 80, "https": 443, "ws": 80, "wss": 443}

Number = ipaddress.IPv4Address | ipaddress.IPv6Address


def host_of(address: str) -> str:
    """Host (and port where one stands) of an address: all that an error may tell of it."""
    parts = urlsplit(address)
    return f"{parts.hostname}:{parts.port}" if parts.port else f"{parts.hostname}"


def same_site(one: str, other: str) -> bool:
    """Whether two addresses are of one site, as far as their hosts' names tell."""
    hosts = [urlsplit(address).hostname or "" for address in (one, other)]
    return hosts[0] == hosts[1] or len({tuple(host.split(".")[-2:]) for host in hosts}) == 1


def checked(address: str) -> str:
    """The address, if a browser may be sent there.

    Raises:
        InputError: it is no http or https address.
    """
    try:
        parts = urlsplit(address)
        good = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:  # no port, no host: urlsplit's own judgement
        good = False
    if not good:
        raise InputError(
            "address",
            sv="Adressen är ingen webbadress. Ange en som börjar med http:// eller https://.",
            en="The address is not a web address. Give one that begins with http:// or https://.",
        )
    return address


class Reach:
    """What one page may ask for. May be asked from several threads.

    Where a name leads is asked once: a page cannot have it lead elsewhere after it was judged.

    Args:
        address: the page's own.
        own_hosts: further hosts that are the body's own, as ``host`` (all ports) or ``host:port``.
    """

    def __init__(self, address: str, own_hosts: Iterable[str] = ()) -> None:
        self.own = {_endpoint(address), *own_hosts}
        self.known: dict[str, tuple[str, ...]] = {}

    async def allows(self, address: str) -> bool:
        """Whether the address is inline, the page's own, or out on the open web."""
        if address.startswith(_INLINE):
            return True
        parts = urlsplit(address)  # the browser's own writing: always well formed
        if parts.scheme not in _WEB or not parts.hostname:
            return False
        return await self.admits(parts.hostname, parts.port or _PORTS[parts.scheme])

    async def admits(self, host: str, port: int) -> bool:
        """Whether a connection may be made there."""
        return f"{host}:{port}" in self.own or host in self.own or await self._is_outside(host)

    async def addresses(self, host: str) -> tuple[str, ...]:
        """The numbers that a host's name leads to, the same ones every time; none if unknown."""
        if _number(host):
            return (host,)
        if host not in self.known:
            loop = asyncio.get_running_loop()
            try:
                answers = await loop.getaddrinfo(host, None, type=socket.SOCK_STREAM)
            except (OSError, UnicodeError):  # a name too long for IDNA is a UnicodeError
                answers = []  # for good: one that turned up later would not have been judged
            found = tuple(dict.fromkeys(str(answer[4][0]) for answer in answers))
            self.known.setdefault(host, found)
        return self.known[host]

    async def _is_outside(self, host: str) -> bool:
        """Whether all that the name leads to is; a name that only a proxy knows is, if it can be.

        A name without a dot is known inside a house only.
        """
        number = _number(host)
        if number:
            return _is_global(number)
        name = host.rstrip(".")
        if "." not in name or name.endswith(_INSIDE):
            return False
        numbers = (_number(address) for address in await self.addresses(host))
        return all(number is not None and _is_global(number) for number in numbers)


def _endpoint(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.hostname}:{parts.port or _PORTS.get(parts.scheme, 0)}"


def _number(host: str) -> Number | None:
    try:
        return ipaddress.ip_address(host.split("%", maxsplit=1)[0])
    except ValueError:
        return None


def _is_global(number: Number) -> bool:
    """Whether it lies on the open web, also where IPv6 only wraps an address of IPv4."""
    if isinstance(number, ipaddress.IPv6Address):
        inner = number.ipv4_mapped or number.sixtofour
        if number in _TRANSLATED:
            inner = ipaddress.IPv4Address(int(number) & 0xFFFF_FFFF)
        if inner:
            return inner.is_global
    return number.is_global
