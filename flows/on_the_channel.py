"""A look on the channel itself, before anybody is told that something was culled.

What was culled in the archive may still stand on the platform, where the body can read it: then it
is still kept in the meaning of the law. So a request is held against what the channel shows now.
What is read there is handed on for the pack, and is not taken into the archive.
"""

import dataclasses as dc
import datetime as dt
from collections.abc import Mapping
from typing import Final

from archive_store import Archive
from archive_store.errors import KanalarkivError
from archive_store.words import Query
from flows.house import House, secret_of
from flows.searching import answers
from tasks import tombstones
from tasks.channels import connector_for
from tasks.discreet import discreet
from tasks.harvest import standing
from tasks.model import Channel, Connector, Thread

PICTURE_LIMIT: Final = 8_000_000


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A thread that the channel shows and that answers.

    Attributes:
        thread: as the channel shows it now.
        list: id of the latest list that culled any of it, ``""`` where none did.
        said: the words around what was found.
        pictures: bytes of its pictures, by address.
    """

    thread: Thread
    list: str
    said: str
    pictures: Mapping[str, bytes]


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a look at one channel gave; ``problem`` is a code, ``""`` where it could be read."""

    channel: Channel
    problem: str
    items: int
    standing: tuple[Standing, ...]


def look_at(
    house: House, channel: Channel, queries: tuple[Query, ...], since: dt.date | None
) -> Seen:
    """Read a channel as it stands and hold a request against it.

    A channel that does not answer, or that no connector reads, is told by its problem's code.

    Args:
        house: opened.
        channel: which.
        queries: any of them is enough.
        since: words said before this Stockholm date are not asked for; ``None`` for all.
    """
    try:
        with (
            discreet("disclose", channel.id),
            connector_for(channel, secret=secret_of(channel)) as connector,
        ):
            return see(house.archive, channel, connector, queries, since=since, now=house.now)
    except KanalarkivError as error:
        return Seen(channel=channel, problem=error.code, items=0, standing=())


def see(  # noqa: PLR0913 - what a look depends on, each by name
    archive: Archive,
    channel: Channel,
    connector: Connector,
    queries: tuple[Query, ...],
    *,
    since: dt.date | None,
    now: dt.datetime,
) -> Seen:
    """As ``look_at``, through a connector at hand; ``ChannelError`` where it does not answer."""
    shown = standing(connector, channel, since=since, now=now)
    stones = tombstones.load(archive, channel.id)
    found = []
    for thread in shown.threads:
        said = answers(thread, queries)
        if said is not None:
            found.append(
                Standing(
                    thread=thread,
                    list=_culled_by(stones, thread),
                    said=said,
                    pictures=_pictures(connector, thread),
                )
            )
    return Seen(channel=channel, problem="", items=len(shown.told.items), standing=tuple(found))


def _culled_by(stones: tombstones.Tombstones, thread: Thread) -> str:
    """The latest list that took any part of the thread that stands there, or ``""``."""
    return next(filter(None, (stones.list_of(post.id) for post in thread.posts)), None) or ""


def _pictures(connector: Connector, thread: Thread) -> dict[str, bytes]:
    """The thread's pictures as far as they can be had; one that is away is told on the page."""
    found: dict[str, bytes] = {}
    for url in {media.url for post in thread.posts for media in post.words.media}:
        try:
            found[url], _ = connector.media(url, max_bytes=PICTURE_LIMIT)
        except KanalarkivError:
            continue
    return found
