"""What stands on a channel now, read with its words and taken in nowhere.

For those who must see the channel itself and not what the archive still holds of it: a request
for a record, and a snapshot of a channel whose pages no machine may collect.
"""

import dataclasses as dc
import datetime as dt
from typing import Final

from tasks.harvest.words import clean, version_digest
from tasks.model import Channel, Connector, Fetched, FetchRequest, Item, Post, Thread, Version
from tasks.office_time import at_local, local_date

_BEGINNING: Final = dt.datetime(2004, 1, 1, tzinfo=dt.UTC)


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A look at a channel: what the platform ``told``, and what has words of it as ``threads``."""

    told: Fetched
    threads: tuple[Thread, ...]


def standing(
    connector: Connector, channel: Channel, *, since: dt.date | None, now: dt.datetime
) -> Standing:
    """Read a channel as it stands.

    Args:
        connector: of the channel's platform.
        channel: which.
        since: what was said before this Stockholm date is not asked for; ``None`` for all.
        now: the rule's time.

    Raises:
        ChannelError: it does not answer.
    """
    told = connector.fetch(
        FetchRequest(
            now=now,
            words_since=at_local(since).astimezone(dt.UTC) if since else _BEGINNING,
            changed_since=None,
            watch=frozenset(),
            numbers_since=now,
        )
    )
    return Standing(told=told, threads=tuple(_threads(channel, told.items, now)))


def _threads(channel: Channel, items: tuple[Item, ...], now: dt.datetime) -> list[Thread]:
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
    if item.words is None:
        raise AssertionError  # the caller has looked
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
