"""Threads read without their words: all that judging needs, at a seventh of the time.

A gist is read from the same stored line as the thread, so there is nothing beside it that could
say something else. What judging needs is ``tasks.model.judged``; a picture's stored name and the
digests of the wordings are there too, because culling takes those along.
"""

import datetime as dt
from typing import Final

import msgspec

from archive_store.errors import DamageError
from tasks.model import Outcome, Visibility


class GistPicture(msgspec.Struct, frozen=True, gc=False):
    """A stored picture's name, ``""`` where it was not taken in."""

    file: str = ""


class GistWords(msgspec.Struct, frozen=True, gc=False):
    """Of the words the pictures alone."""

    media: tuple[GistPicture, ...] = ()


class GistVersion(msgspec.Struct, frozen=True, gc=False):
    """``Version`` without words."""

    digest: str
    seen: dt.datetime
    modified: dt.datetime | None
    words: GistWords


class GistPost(msgspec.Struct, frozen=True, gc=False):
    """``Post`` without words."""

    id: str
    kind: str
    own: bool
    published: dt.datetime
    first_seen: dt.datetime
    visibility: Visibility
    versions: tuple[GistVersion, ...]
    outcome: Outcome | None = None
    outcome_at: dt.datetime | None = None


class Gist(msgspec.Struct, frozen=True, gc=False):
    """``Thread`` without words."""

    id: str
    channel: str
    day: dt.date
    posts: tuple[GistPost, ...]
    record_class: str = ""
    filed: str = ""

    @property
    def pictures(self) -> set[str]:
        """Names of the stored pictures that any version shows."""
        shown = [each.words.media for post in self.posts for each in post.versions]
        return {picture.file for media in shown for picture in media if picture.file}


_DECODER: Final = msgspec.json.Decoder(Gist)


def gist_from_json(line: bytes) -> Gist:
    """The gist of one stored line; ``DamageError`` where it is not a thread."""
    try:
        return _DECODER.decode(line)
    except msgspec.DecodeError:
        # Not its message: it may name a key that came from a damaged file.
        raise DamageError(
            "thread-unreadable",
            sv="En tråd i arkivet går inte att läsa. Kör kanalarkiv verify.",
            en="A thread in the archive cannot be read. Run kanalarkiv verify.",
        ) from None
