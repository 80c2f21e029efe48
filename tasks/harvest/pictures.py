"""Takes in the pictures of what has words, each once; losing them would itself be culling.

A picture that is missing or too large is recorded as such (``file=""``), counted, and tried again
as long as its thread lives. What left the channel or was thrown away as spam is not fetched.
"""

import collections
import dataclasses as dc
import datetime as dt
import hashlib
import itertools
import mimetypes
from collections.abc import Iterable

from archive_store.errors import ChannelError
from tasks.days import MEDIA, media_names
from tasks.harvest.words import picture_address
from tasks.model import Media, Post, Thread, Visibility
from tasks.model.fetch import Connector

MEDIA_LIMIT = 25 * 1024 * 1024
"""Bytes; a larger picture is recorded as not taken in."""

_SHOWN = frozenset({Visibility.PUBLIC, Visibility.HELD})
_NO_PICTURE = "text/html"  # an error page in a picture's place


@dc.dataclass(slots=True, kw_only=True)
class Pictures:
    """The pictures of one harvest.

    Attributes:
        connector: the platform.
        limit: bytes of the largest picture that is taken in.
        names: file names taken in each day.
        files: what was taken in, by day and name.
        missing: how many could not be had.
    """

    connector: Connector
    limit: int
    names: dict[dt.date, set[str]] = dc.field(default_factory=dict)
    files: dict[dt.date, dict[str, bytes]] = dc.field(default_factory=dict)
    missing: int = 0

    @classmethod
    def beside(cls, threads: Iterable[Thread], connector: Connector, limit: int) -> "Pictures":
        """Ready to add to what the stored threads already have."""
        by_day: dict[dt.date, list[Thread]] = collections.defaultdict(list)
        for thread in threads:
            by_day[thread.day].append(thread)
        names = {day: media_names(of_day) for day, of_day in by_day.items()}
        return cls(connector=connector, limit=limit, names=names)

    @property
    def taken(self) -> int:
        """How many were taken in."""
        return sum(map(len, self.files.values()))

    def illustrated(self, thread: Thread) -> Thread:
        """The thread with the pictures of its latest wordings stored, where they can be had."""
        posts = tuple(self._illustrated(post, thread.day) for post in thread.posts)
        return thread if posts == thread.posts else dc.replace(thread, posts=posts)

    def _illustrated(self, post: Post, day: dt.date) -> Post:
        if post.visibility not in _SHOWN or all(picture.file for picture in post.words.media):
            return post
        stored = {
            picture_address(picture): picture
            for version in post.versions
            for picture in version.words.media
            if picture.file
        }
        media: list[Media] = []
        for picture in post.words.media:
            same = stored.get(picture_address(picture)) or self._fetched(picture, day)
            stored[picture_address(picture)] = same
            media.append(dc.replace(same, url=picture.url, alt=picture.alt))
        latest = post.versions[-1]
        latest = dc.replace(latest, words=dc.replace(latest.words, media=tuple(media)))
        return dc.replace(post, versions=(*post.versions[:-1], latest))

    def _fetched(self, picture: Media, day: dt.date) -> Media:
        try:
            data, media_type = self.connector.media(picture.url, max_bytes=self.limit)
        except ChannelError:  # missing or too large: recorded as such
            data, media_type = b"", _NO_PICTURE
        media_type = media_type.partition(";")[0].strip().lower()
        if media_type == _NO_PICTURE or not 0 < len(data) <= self.limit:
            self.missing += 1
            return picture
        name = self._free_name(day, media_type)
        self.files.setdefault(day, {})[name] = data
        digest = hashlib.sha256(data).hexdigest()
        return dc.replace(picture, file=name, media_type=media_type, sha256=digest)

    def _free_name(self, day: dt.date, media_type: str) -> str:
        ending = mimetypes.guess_extension(media_type) or ".bin"
        taken = self.names.setdefault(day, set())
        numbers = {name.partition(".")[0] for name in taken}
        number = next(n for n in itertools.count(1) if f"{MEDIA}{n:04}" not in numbers)
        taken.add(name := f"{MEDIA}{number:04}{ending}")
        return name
