"""What a search has found, ready to be set in a pack: plain data, handed over by the flows."""

import dataclasses as dc
import datetime as dt
import re
from collections.abc import Callable
from typing import Final, Literal

from tasks.disclosure.context import Picture
from tasks.model import Text, Thread, Visibility

Source = Literal["posts", "kept", "channel-culled", "channel-only"]

SOURCES: Final[dict[Source, Text]] = {
    "posts": Text("Arkivet, levande", "archive, living"),
    "kept": Text("Arkivet, bevarad", "archive, kept"),
    "channel-culled": Text(
        "Kanalen: gallrad i arkivet, kvar i kanalen", "channel: culled in the archive"
    ),
    "channel-only": Text(
        "Kanalen: finns inte, eller inte så, i arkivet", "channel: not so in the archive"
    ),
}
FLAGS: Final = {
    "names": Text("namn på andra än myndigheten", "names of others than the body"),
    "identity-number": Text("möjligt personnummer", "possible identity number"),
    "contact": Text("e-post, telefon eller adress", "e-mail, telephone or address"),
    "hidden": Text("har dolts eller tagits bort i kanalen", "hidden or removed on the channel"),
    "class": Text("har klassats, se klassen", "has been classified, see its class"),
    "picture": Text("bilder, som ska ses på", "pictures, to be looked at"),
    "not-read": Text("inte genomsökt", "not searched"),
}
"""What an officer should look at before a document goes; a hint, never a verdict."""

_NUMBER: Final = re.compile(r"(?<!\d)(?:19|20)?\d{2}[01]\d[0-9]\d[-+ ]?\d{4}(?!\d)")
_CONTACT: Final = re.compile(
    r"[\w.+-]+@[\w-]+\.\w|(?<!\d)(?:\+46|0)[\d \-]{7,12}\d(?!\d)|\b\w+(?:vägen|gatan) \d",
    re.IGNORECASE,
)


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class FoundThread:
    """A thread that answers the request.

    Attributes:
        thread: whole.
        source: where it was read.
        key: the package's key, or ``""`` for the channel itself.
        channel, address, board: the channel's name, public page and authority.
        read: when it was read (UTC).
        picture: gives its pictures as ``data:`` addresses.
        certificate: number of the certificate under which it was culled, or ``""``.
        said: the words around what was found.
    """

    thread: Thread
    source: Source
    key: str
    channel: str
    address: str
    board: str
    read: dt.datetime
    picture: Picture
    certificate: str = ""
    said: str = ""

    @property
    def flags(self) -> tuple[str, ...]:
        """Codes of ``FLAGS``."""
        return thread_flags(self.thread)


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class FoundSnapshot:
    """A preserved document that answers the request on some of its pages.

    Attributes:
        key: of the PDF, as ``kanalarkiv get`` takes it; sha256 its digest.
        channel: the channel's name; channel_id its id.
        taken: when (UTC).
        pages: numbers from 1 on which something was found.
        load: gives its bytes, only when they are wanted.
        said: the words around the first thing found.
    """

    key: str
    sha256: str
    channel: str
    channel_id: str
    taken: dt.datetime
    pages: tuple[int, ...]
    load: Callable[[], bytes]
    said: str = ""


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """A restricted record: that it exists is visible, what it says is not, and was not searched."""

    key: str
    channel: str
    date: dt.date


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Culled:
    """A certificate under which threads of a searched channel and time were destroyed."""

    number: str
    finished: dt.date
    channel: str
    threads: int
    earliest: dt.date
    latest: dt.date
    decision: str


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How it went to look on a channel itself; ``problem`` is a code, ``""`` where it was read."""

    channel: str
    problem: str = ""
    items: int = 0


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Masking:
    """What is masked in copies, and the provision that demands it."""

    words: tuple[str, ...]
    provision: str


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """All that a pack is made of.

    Attributes:
        request: the request's id; purpose its code; phrases what was searched for.
        first, last: the period, ``None`` where open.
        organisation, board, contact: the body, the authorities that answer, and how they are
            reached.
        channels: names of the channels searched.
        threads, snapshots, closed, culled, looks: what was found and looked at.
        unread: keys of what could not be read, and so was not searched.
        masking: ``None`` where nothing is masked.
        now: the rule's time; rehearsal whether this is one; software product and version.
    """

    request: str
    purpose: str
    phrases: tuple[str, ...]
    first: dt.date | None
    last: dt.date | None
    organisation: str
    board: str
    contact: str
    channels: tuple[str, ...]
    threads: tuple[FoundThread, ...]
    snapshots: tuple[FoundSnapshot, ...]
    closed: tuple[Closed, ...]
    culled: tuple[Culled, ...]
    looks: tuple[Look, ...]
    unread: tuple[str, ...]
    masking: Masking | None
    now: dt.datetime
    rehearsal: bool
    software: str

    @property
    def blind(self) -> tuple[Look, ...]:
        """The channels that could not be looked at."""
        return tuple(look for look in self.looks if look.problem)

    @property
    def whole(self) -> bool:
        """Whether all that could be searched was."""
        return not (self.blind or self.unread)


def thread_flags(thread: Thread) -> tuple[str, ...]:
    """What in a thread an officer should look at, as codes of ``FLAGS``."""
    texts = [f"{v.words.title}\n{v.words.text}" for post in thread.posts for v in post.versions]
    named = any(not post.own and post.words.author_name.strip() for post in thread.posts)
    hidden = any(post.visibility is not Visibility.PUBLIC for post in thread.posts)
    shown = {
        "names": named,
        "identity-number": any(_NUMBER.search(text) for text in texts),
        "contact": any(_CONTACT.search(text) for text in texts),
        "hidden": hidden,
        "class": bool(thread.record_class),
        "picture": any(v.words.media for post in thread.posts for v in post.versions),
    }
    return tuple(code for code, is_so in shown.items() if is_so)
