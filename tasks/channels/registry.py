"""Which connector reads which platform: one table."""

import time
from collections.abc import Callable

import httpx

from archive_store.errors import InputError
from tasks.channels.base import OpenConnector
from tasks.channels.feed import Feed
from tasks.channels.web import USER_AGENT, Web
from tasks.channels.wordpress import WordPress
from tasks.model import Channel


def connector_for(  # noqa: PLR0913 -- all but the channel and its secret have defaults
    channel: Channel,
    *,
    secret: str | None = None,
    user_agent: str = USER_AGENT,
    timeout: httpx.Timeout | None = None,
    client: httpx.Client | None = None,
    sleep: Callable[[float], object] = time.sleep,
) -> OpenConnector:
    """The connector for a channel, to be closed by ``with`` or ``close()``.

    Args:
        channel: as the register has it.
        secret: the channel's token; for WordPress ``user:application password``.
        user_agent: product and version, shown to the server.
        timeout: seconds to connect and to wait for bytes; 10 and 30 by default.
        client: an httpx client of the caller's, who closes it.
        sleep: how to wait between tries.

    Raises:
        InputError: unknown platform, no address to read, or an unusable secret.
    """
    if channel.platform not in PLATFORMS:
        known = ", ".join(PLATFORMS)
        raise InputError(
            "unknown-platform",
            sv=f"Kanalen {channel.id}: plattformen kan inte läsas. Kända plattformar: {known}.",
            en=f"Channel {channel.id}: the platform cannot be read. Known platforms: {known}.",
        )
    web = Web(
        channel.id,
        home=(channel.address, channel.api, channel.feed),
        user_agent=user_agent,
        timeout=timeout,
        client=client,
        sleep=sleep,
    )
    try:
        return PLATFORMS[channel.platform](channel, web, secret)
    except InputError:
        web.close()
        raise


def _blog(channel: Channel, web: Web, secret: str | None) -> OpenConnector:
    """WordPress' interface where there is one, for it tells of comments; else the feed."""
    if channel.api:
        return WordPress(channel, web, secret=secret)
    if channel.feed:
        return Feed(channel, web)
    raise InputError(
        "no-source",
        sv=f"Kanalen {channel.id}: det finns inget att läsa. Skriv api eller feed i registret.",
        en=f"Channel {channel.id}: there is nothing to read. Write api or feed in the register.",
    )


PLATFORMS: dict[str, Callable[[Channel, Web, str | None], OpenConnector]] = {"blog": _blog}
