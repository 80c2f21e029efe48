"""Which addresses a page may reach: the open web and its own host, never the house around us.

A hostile page could otherwise have the browser, which stands inside the body's network, show what
lies there. Chromium's own guard of local networks stands behind this one and sees redirects too.
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
_PORTS: Final = {"http": 80, "https": 443, "ws": 80, "wss": 443}


def host_of(address: str) -> str:
    """Host (and port where one stands) of an address: all that an error may tell of it."""
    parts = urlsplit(address)
    return f"{parts.hostname}:{parts.port}" if parts.port else f"{parts.hostname}"


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
    """What one page may ask for.

    Args:
        address: the page's own.
        own_hosts: further hosts that are the body's own, as ``host`` (all ports) or ``host:port``.
    """

    def __init__(self, address: str, own_hosts: Iterable[str] = ()) -> None:
        self.own = {_endpoint(address), *own_hosts}
        self.known: dict[str, bool] = {}

    async def allows(self, address: str) -> bool:
        """Whether the address is inline, the page's own, or out on the open web."""
        if address.startswith(_INLINE):
            return True
        parts = urlsplit(address)  # the browser's own writing: always well formed
        host = parts.hostname or ""
        if parts.scheme not in _WEB or not host:
            return False
        if _endpoint(address) in self.own or host in self.own:
            return True
        if host not in self.known:
            self.known[host] = await _is_outside(host)
        return self.known[host]


def _endpoint(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.hostname}:{parts.port or _PORTS.get(parts.scheme, 0)}"


async def _is_outside(host: str) -> bool:
    if host == "localhost" or host.endswith(_INSIDE):
        return False
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        pass
    loop = asyncio.get_running_loop()
    try:
        answers = await loop.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except OSError:
        return True  # a proxy may know the name; if nobody does, the browser fails by itself
    return all(ipaddress.ip_address(str(a[4][0]).split("%")[0]).is_global for a in answers)
