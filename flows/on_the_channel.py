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
from tasks.harvest.words import clean, version_digest
from tasks.model import Channel, Connector, FetchRequest, Item, Post, Thread, Version
from tasks.office_time import at_local, local_date

PICTURE_LIMIT: Final = 8_000_000
_BEGINNING: Final = dt.datetime(2004, 1, 1, tzinfo=dt.UTC)


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
    shown = connector.fetch(
        FetchRequest(
            now=now,
            words_since=at_local(since).astimezone(dt.UTC) if since else _BEGINNING,
            changed_since=None,
            watch=frozenset(),
            numbers_since=now,
        )
    )
    stones = tombstones.load(archive, channel.id)
    standing = []
    for thread in _threads(channel, shown.items, now):
        said = answers(thread, queries)
        if said is not None:
            standing.append(
                Standing(
                    thread=thread,
                    list=_culled_by(stones, thread),
                    said=said,
                    pictures=_pictures(connector, thread),
                )
            )
    return Seen(channel=channel, problem="", items=len(shown.items), standing=tuple(standing))


def _threads(channel: Channel, items: tuple[Item, ...], now: dt.datetime) -> list[Thread]:
    """What was read with its words, put together as threads."""
    together: dict[str, list[Post]] = {}
    links: dict[str, str] = {}
    for item in sorted(items, key=lambda item: (item.id != item.thread, item.published, item.id)):
        if item.words is None:
            continue
        together.setdefault(item.thread, []).append(_post(item, now))
        links.setdefault(item.thread, item.words.permalink)
    return [
        Thread(
            id=thread_id,
            channel=channel.id,
            day=local_date(posts[0].published),
            salt="",
            permalink=links[thread_id],
            posts=tuple(posts),
        )
        for thread_id, posts in together.items()
    ]


def _post(item: Item, now: dt.datetime) -> Post:
    assert item.words is not None  # noqa: S101 - the caller has looked
    words = clean(item.words)
    version = Version(digest=version_digest(words), seen=now, modified=item.modified, words=words)
    return Post(
        id=item.id,
        parent=item.parent,
        kind=item.kind,
        own=item.own,
        published=item.published,
        first_seen=now,
        visibility=item.visibility,
        visibility_since=now,
        address=item.address,
        versions=(version,),
    )


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
