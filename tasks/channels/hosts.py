"""Which addresses may be asked: never the inner network on a post's word, never far from home.

A picture's address stands in a post, and a redirect in an answer; both are others' words. What
they point to on the archive's own network must not end up in the archive.
"""

import ipaddress
from urllib.parse import urljoin, urlsplit

_INNER_NAMES = (".localhost", ".local", ".internal", ".intranet", ".lan", ".home.arpa")
_PORTS = {"http": 80, "https": 443}


def origin(url: str) -> tuple[str, int]:
    """Host in lower case and port of ``url``; ``("", 0)`` where it has none."""
    try:
        parts = urlsplit(url)
        port = parts.port or _PORTS.get(parts.scheme, 0)
    except ValueError:
        return ("", 0)
    return (parts.hostname or "", port) if parts.hostname else ("", 0)


def inside(url: str) -> bool:
    """Whether ``url`` names a host of an inner network, or none at all."""
    host = origin(url)[0].rstrip(".")
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        pass
    last = host.rpartition(".")[2]
    # a name that ends in a number is read as an address by some resolvers (0177.1, 2130706433)
    return "." not in host or last[:1].isdigit() or host.endswith(_INNER_NAMES)


def loopback(url: str) -> bool:
    """Whether ``url`` stays on this machine."""
    host = origin(url)[0]
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def may_follow(url: str, target: str, *, secret: bool, anywhere: bool) -> str | None:
    """Where a redirect from ``url`` leads, or ``None`` where it must not be followed.

    Always http or https and never from https to http. Without ``anywhere`` the host stays the
    same but for a leading ``www.``; with a ``secret`` it stays exactly the same.
    """
    try:
        step = urljoin(url, target)
        schemes = (urlsplit(url).scheme, urlsplit(step).scheme)
    except ValueError:
        return None
    (old, old_port), (new, new_port) = origin(url), origin(step)
    if schemes[1] not in _PORTS or schemes == ("https", "http") or not new:
        return None
    if anywhere and not secret:
        return step
    if not secret:
        old, new = old.removeprefix("www."), new.removeprefix("www.")
    upgraded = schemes[0] != schemes[1]
    return step if old == new and (upgraded or old_port == new_port) else None
