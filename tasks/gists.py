"""A thread's gist: all that judging needs of it, and none of its words.

A culling judges every living thread of a body. Each day therefore holds, beside its threads, their
gists (``tasks.days``): a sixth of the bytes, sealed by the same manifest, made of the same threads
in the same moment. ``gist_of`` is the only maker; a day of before has them made when it is read.
Whoever changes what a gist says, here or in ``tasks.threads``, gives its file a new name, so that
no old one is ever read as new; a test holds the two together, and the audit compares them weekly.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from archive_store.errors import DamageError
from tasks.marks import Marked
from tasks.model import Outcome, Thread, Visibility
from tasks.threads import head_of, last_activity, open_questions

FILE: Final = "gists-1.jsonl"

_HIDDEN: Final = frozenset({Visibility.HELD, Visibility.SPAM, Visibility.TRASH})
_REMOVED: Final = frozenset({Visibility.HELD, Visibility.TRASH})


class Gist(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """What a culling asks of a thread.

    Attributes:
        id, channel, day, record_class, filed: as of the thread.
        sha256: hex digest of its stored line, salted by the thread's own salt.
        length: bytes of the line; size: of it and of the pictures that it names.
        active: when it was last spoken in or edited (``last_activity``).
        seen: when the first of it was seen.
        began: when the post that began it was published; ``None`` where that one is absent.
        head: how that post was last seen, ``""`` where it is absent.
        own: whether the body began it; where that post is absent, whether it wrote the first one.
        closed: when a person last said how a question was dealt with.
        questions: how many wait for an answer (``open_questions``).
        posts: posts and comments; comments: others' comments among them; versions: wordings.
        flags: why an approver should look at it: ``edited``, ``gone``, ``hidden``, ``outcome``.
        tags: what a class may take it by, as far as no words are needed: ``spam``, ``hidden``.
        pictures: names of the stored pictures that any version shows.
        marks: of every item, that of the post that began it first (``marks_in``).
    """

    id: str
    channel: str
    day: dt.date
    sha256: str
    length: int
    size: int
    active: dt.datetime
    seen: dt.datetime
    began: dt.datetime | None = None
    head: str = ""
    own: bool = False
    closed: dt.datetime | None = None
    questions: int = 0
    posts: int = 1
    comments: int = 0
    versions: int = 1
    record_class: str = ""
    filed: str = ""
    flags: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    pictures: tuple[str, ...] = ()
    marks: msgspec.Raw = msgspec.Raw(b"[]")  # as stored: only what leaves its day is asked


_LINES: Final = msgspec.json.Decoder(Gist)
_MARKS: Final = msgspec.json.Decoder(tuple[Marked, ...])


def gist_of(
    thread: Thread,
    *,
    sha256: str = "",
    length: int = 0,
    size: int = 0,
    marks: Sequence[Marked] = (),
) -> Gist:
    """The gist of a thread; ``sha256``, ``length``, ``size`` and ``marks`` as it is stored."""
    head = head_of(thread)
    return Gist(
        id=thread.id,
        channel=thread.channel,
        day=thread.day,
        sha256=sha256,
        length=length,
        size=size,
        active=last_activity(thread),
        seen=min(post.first_seen for post in thread.posts),
        began=None if head is None else head.published,
        head="" if head is None else head.visibility.value,
        own=(head or thread.posts[0]).own,
        closed=max((post.outcome_at for post in thread.posts if post.outcome_at), default=None),
        questions=len(open_questions(thread)),
        posts=len(thread.posts),
        comments=sum(not post.own and post.kind == "comment" for post in thread.posts),
        versions=sum(len(post.versions) for post in thread.posts),
        record_class=thread.record_class,
        filed=thread.filed,
        flags=tuple(_flags(thread)),
        tags=tuple(_tags(thread)),
        pictures=tuple(sorted(pictures_of(thread))),
        marks=msgspec.Raw(msgspec.json.encode(marks)),
    )


def marks_in(gist: Gist) -> tuple[Marked, ...]:
    """The marks of every item, of the post that began the thread first."""
    return _MARKS.decode(gist.marks)


def pictures_of(thread: Thread) -> set[str]:
    """Names of the stored pictures that any version shows."""
    shown = [each.words.media for post in thread.posts for each in post.versions]
    return {picture.file for media in shown for picture in media if picture.file}


def gists_json(gists: Iterable[Gist]) -> bytes:
    """One line of JSON each; what is as it mostly is, is not written."""
    encode = msgspec.json.Encoder().encode
    return b"".join([encode(gist) + b"\n" for gist in gists])


def gists_from_json(data: bytes, *, where: str = FILE) -> list[Gist]:
    """The gists of such lines; ``DamageError`` that says ``where`` if they are something else."""
    try:
        return _LINES.decode_lines(data)
    except (msgspec.DecodeError, UnicodeDecodeError):
        # Not its message: it may name a key that came from a damaged file.
        raise DamageError(
            "gists-unreadable",
            sv=f"{where}: dagens sammandrag går inte att läsa. Klassa en av dagens trådar "
            "(kanalarkiv classify), så skrivs dagen på nytt.",
            en=f"{where}: the day's gists cannot be read. Classify one of the day's threads "
            "(kanalarkiv classify), and the day is written anew.",
        ) from None


def _flags(thread: Thread) -> Iterable[str]:
    rest = [post for post in thread.posts if post.id != thread.id]
    if any(len(post.versions) > 1 for post in thread.posts):
        yield "edited"
    if any(post.visibility is Visibility.GONE for post in thread.posts):
        yield "gone"
    if any(post.visibility in _HIDDEN for post in rest):
        yield "hidden"
    if any(post.outcome is not None and post.outcome is not Outcome.HERE for post in rest):
        yield "outcome"


def _tags(thread: Thread) -> Iterable[str]:
    head = head_of(thread)
    judged = thread.posts if head is None else (head,)
    if all(post.visibility is Visibility.SPAM for post in judged):
        yield "spam"
    if any(not post.own and post.visibility in _REMOVED for post in thread.posts):
        yield "hidden"
