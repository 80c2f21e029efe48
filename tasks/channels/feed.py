"""A blog that tells of itself by a feed alone: RSS or Atom.

A feed shows its newest entries and nothing else, so it cannot tell that a post is gone, and it has
no comments. Everything in it is the body's own.
"""

import calendar
import datetime as dt
import hashlib
import io
import re
import time
from types import TracebackType
from typing import Any, Self

import feedparser

from tasks.channels.hosts import origin
from tasks.channels.pictures import fetch_media
from tasks.channels.problems import channel_error
from tasks.channels.text import absolute, each_once, one_line, pictures, sound, visible_text
from tasks.channels.web import Answer, Web
from tasks.model import Channel, Fetched, FetchRequest, Item, Media, Profile, Visibility, Words

_NUMBERED = re.compile(r"\?(?:p|page_id)=(\d+)$")
_MEANINGLESS = re.compile(r"(?=.*\d)(?:urn:uuid:)?[0-9a-f-]{8,64}|\d{1,20}", re.IGNORECASE)


class Feed:
    """The connector of a channel that has a ``feed`` and no ``api``.

    Args:
        channel: as the register has it.
        web: the door to the web; closed with the connector.
    """

    def __init__(self, channel: Channel, web: Web) -> None:
        self._channel = channel
        self._web = web

    def fetch(self, request: FetchRequest) -> Fetched:
        """Read the feed; ``ChannelError`` ``bad-answer`` where it is none."""
        before = self._web.requests
        answer = self._web.get(self._channel.feed)
        # as a stream: feedparser would take short bytes for the name of a file
        parsed = feedparser.parse(
            io.BytesIO(answer.body),
            response_headers={**answer.headers, "content-location": answer.url},
        )
        if not parsed.get("version") or (parsed.get("bozo") and not parsed.entries):
            raise channel_error("bad-answer", self._channel.id, answer.status)
        found = (self._item(entry, answer, request) for entry in parsed.entries)
        items = {item.id: item for item in found if item is not None}
        return Fetched(
            items=tuple(sorted(items.values(), key=lambda item: (item.published, item.id))),
            looked_for=frozenset(),
            states=frozenset({Visibility.PUBLIC}),
            profile=_profile(parsed.feed),
            total_posts=None,
            complete=False,
            requests=self._web.requests - before,
        )

    def media(self, url: str, *, max_bytes: int) -> tuple[bytes, str]:
        """Bytes and media type of a picture; ``ChannelError`` where missing or too large."""
        return fetch_media(self._web, self._channel.id, url, max_bytes=max_bytes)

    def close(self) -> None:
        """Let go of connections."""
        self._web.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _item(self, entry: Any, answer: Answer, request: FetchRequest) -> Item | None:
        """An entry as an item, ``None`` where it is older than anything that is wanted."""
        guid = sound(str(entry.get("id") or entry.get("link") or ""))
        # asked first, for feedparser answers with the published time where it has no updated one
        modified = _moment(entry.updated_parsed) if "updated_parsed" in entry else None
        published = _moment(entry.get("published_parsed")) or modified
        if not guid or published is None:
            raise channel_error("bad-answer", self._channel.id, answer.status)
        number, address = _names(guid, answer.url)
        since = request.words_since
        fresh = published > since or (modified is not None and modified > since)
        wanted = fresh or number in request.watch
        if not wanted and request.numbers_since and published < request.numbers_since:
            return None
        return Item(
            id=number,
            thread=number,
            parent=None,
            kind="post",
            own=True,
            published=published,
            modified=modified,
            visibility=Visibility.PUBLIC,
            address=address,
            words=_words(entry, answer.url) if wanted else None,
        )


def _names(guid: str, feed: str) -> tuple[str, str]:
    """An entry's id and wordless address, from its guid.

    A guid is often the post's address with the title in it. Ids and addresses outlive the words,
    so such a guid is kept as a digest, and without an address.
    """
    numbered = _NUMBERED.search(guid)
    if numbered and origin(guid) == origin(feed):
        return numbered[1], guid
    if _MEANINGLESS.fullmatch(guid):
        return guid, ""
    return f"f{hashlib.sha256(guid.encode()).hexdigest()[:20]}", ""


def _words(entry: Any, base: str) -> Words:
    link = absolute(sound(str(entry.get("link") or "")), base) or base
    whole = [part.get("value", "") for part in entry.get("content", ())]
    html = sound(str(next(filter(None, whole), "") or entry.get("summary") or ""))
    author = one_line(str(entry.get("author") or ""))
    return Words(
        author="",
        author_name=author,
        title=one_line(str(entry.get("title") or "")),
        text=visible_text(html),
        html=html,
        permalink=link,
        media=each_once((*_attached(entry, link), *pictures(html, link))),
    )


def _attached(entry: Any, base: str) -> list[Media]:
    """Pictures that a feed puts beside the text (enclosure, media:content)."""
    told = [
        (str(part.get("href") or part.get("url") or ""), str(part.get("type") or ""), part)
        for part in (*entry.get("enclosures", ()), *entry.get("media_content", ()))
    ]
    return [
        Media(url=url)
        for address, kind, part in told
        if (kind.startswith("image/") or part.get("medium") == "image")
        and (url := absolute(sound(address), base))
    ]


def _moment(told: time.struct_time | None) -> dt.datetime | None:
    """A feedparser time (UTC); ``None`` where there is none, or none that a calendar knows."""
    if told is None:
        return None
    try:
        return dt.datetime.fromtimestamp(calendar.timegm(told), dt.UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _profile(feed: Any) -> Profile:
    image = feed.get("image") or {}
    link = str(feed.get("link") or "")
    return Profile(
        name=one_line(str(feed.get("title") or "")),
        description=one_line(str(feed.get("subtitle") or "")),
        picture=sound(str(image.get("href") or "")),
        links=(sound(link),) if link else (),
    )
