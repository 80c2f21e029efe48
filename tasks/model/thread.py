"""Posts, comments and the threads they lie in.

An ``Item`` is what a connector fetched just now; a ``Post`` is what the archive knows of it through
all harvests. A ``Thread`` (a post with its comments) is the unit of judgement. Times are aware and
in UTC.
"""

import dataclasses as dc
import datetime as dt
import enum


class Visibility(enum.StrEnum):
    """How an item was seen on the platform."""

    PUBLIC = "public"
    HELD = "held"
    SPAM = "spam"
    TRASH = "trash"
    GONE = "gone"


class Outcome(enum.StrEnum):
    """How a question was dealt with, where not by a later own comment in the thread."""

    HERE = "here"
    ELSEWHERE = "elsewhere"
    NOT_NEEDED = "not-needed"
    CASE = "case"


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Media:
    """A picture or file of an item; ``url`` as fetched, ``file`` its name in the day's package."""

    url: str
    alt: str = ""
    file: str = ""
    media_type: str = ""
    sha256: str = ""


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What an item says and who says it: the part that culling takes away."""

    author: str
    author_name: str
    title: str
    text: str
    html: str
    permalink: str
    media: tuple[Media, ...] = ()


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One thing as a connector fetched it.

    Attributes:
        id: the platform's id; of comments prefixed ``c`` where posts and comments share numbers.
        thread: id of the post (or page) it belongs to; its own id for a post.
        parent: id of the item it answers, or ``None``.
        kind: ``"post"``, ``"page"``, ``"comment"`` or ``"pingback"``.
        own: whether the body itself wrote it.
        published: when, in UTC.
        modified: last change that the platform tells of, or ``None``.
        visibility: as seen now.
        address: a wordless address (``/?p=17``, a guid); never a slug.
        words: ``None`` where only numbers were asked for.
        reactions, shares, views: ``None`` where the platform does not tell.
    """

    id: str
    thread: str
    parent: str | None
    kind: str
    own: bool
    published: dt.datetime
    modified: dt.datetime | None
    visibility: Visibility
    address: str
    words: Words | None
    reactions: int | None = None
    shares: int | None = None
    views: int | None = None


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One wording of a post: ``digest`` over visible text, title and media, white space folded."""

    digest: str
    seen: dt.datetime
    modified: dt.datetime | None
    words: Words


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """One post or comment through all harvests; ``versions`` from oldest to newest, at least one.

    ``outcome`` is how a question was closed by a person (id ``outcome_by``, time ``outcome_at``).
    """

    id: str
    parent: str | None
    kind: str
    own: bool
    published: dt.datetime
    first_seen: dt.datetime
    visibility: Visibility
    visibility_since: dt.datetime
    address: str
    versions: tuple[Version, ...]
    outcome: Outcome | None = None
    outcome_by: str = ""
    outcome_at: dt.datetime | None = None

    @property
    def words(self) -> Words:
        """The latest wording."""
        return self.versions[-1].words


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """A post with its comments: what is judged, held, kept or culled as a whole.

    Attributes:
        id: platform id of the post.
        channel: channel's id.
        day: the Stockholm date on which it began; the package it lies in.
        salt: random hex, so that the stored document's digest cannot be guessed from a short text.
        posts: the post first, then comments by time; the post itself is absent where only a late
            comment on a culled post was taken in.
        culled_by: id of the list that took the rest of this thread, or ``""``.
        permalink: where the thread stands on the channel.
        record_class: id of the class that a person gave it, ``""`` where rules judge; by whom
            (``classed_by``, an id), when (``classed_at``) and why (``classed_why``, a code).
        filed: its number in the diary (dnr), ``""`` until registered there.
        counted_as: running number without meaning, such as ``"other-1"``, under which observations
            know a thread that others began; ``""`` where the body began it.
    """

    id: str
    channel: str
    day: dt.date
    salt: str
    permalink: str
    posts: tuple[Post, ...]
    culled_by: str = ""
    record_class: str = ""
    counted_as: str = ""
    classed_by: str = ""
    classed_at: dt.datetime | None = None
    classed_why: str = ""
    filed: str = ""


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """How a channel presents itself: compared between harvests to see larger changes.

    ``picture`` and ``cover`` are addresses; ``links`` may be of any kind, mailto and tel too.
    """

    name: str = ""
    description: str = ""
    picture: str = ""
    links: tuple[str, ...] = ()
    cover: str = ""
