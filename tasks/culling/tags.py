"""Tags: what can be seen of a thread without judging it, for the scope of a decision's classes.

Screening's marks and crisis periods are known elsewhere; flows hand them over as ``Circumstances``.
"""

import dataclasses as dc
import datetime as dt
import re
from collections.abc import Callable, Collection, Mapping
from typing import TypeVar

from tasks.model import Judged, JudgedPost, Text, Thread, Visibility

TAGS = {
    "spam": Text("tråd som är skräppost", "thread that is spam"),
    "hidden": Text("andras inlägg som dolts eller tagits bort", "others' posts, hidden or removed"),
    "crisis": Text("skriven under ett krisläge", "written during a crisis"),
    "question": Text("innehåller en fråga", "holds a question"),
    "personal-number": Text("möjligt personnummer", "possible personal number"),
}
"""What a class may take threads by; a hashtag is written ``#ordet``."""

SCREENED = frozenset({"question", "personal-number"})
_WORDLESS = frozenset({"spam", "hidden", "crisis"})
_HIDDEN = frozenset({Visibility.HELD, Visibility.TRASH})
_HASHTAG = re.compile(r"#\w+")
_P = TypeVar("_P", bound=JudgedPost)


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Crisis:
    """A crisis period of some channels; ``ended`` is ``None`` while it goes on."""

    channels: Collection[str]
    began: dt.datetime
    ended: dt.datetime | None = None


def _unseen(_thread: Thread) -> Collection[str]:
    return ()


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What is known around the threads.

    Attributes:
        units: unit's id by channel; platforms: platform by channel (from the register).
        crises: every crisis period.
        screened: gives the marks that screening sees in a thread's words.
    """

    units: Mapping[str, str] = dc.field(default_factory=dict)
    platforms: Mapping[str, str] = dc.field(default_factory=dict)
    crises: tuple[Crisis, ...] = ()
    screened: Callable[[Thread], Collection[str]] = _unseen


def head_of(thread: Judged[_P]) -> _P | None:
    """The post that began the thread; absent where only a late comment was taken in."""
    thread_id = thread.id
    for post in thread.posts:  # nearly always the first: plain, as a culling asks it of all
        if post.id == thread_id:
            return post
    return None


def reads_words(tag: str) -> bool:
    """Whether it takes a thread's words to see the tag."""
    return tag not in _WORDLESS


def tagged(thread: Judged[JudgedPost], tag: str, circumstances: Circumstances) -> bool:
    """Whether the thread has the tag; where ``reads_words``, it must be a whole ``Thread``."""
    if reads_words(tag):
        if not isinstance(thread, Thread):
            raise AssertionError(tag)  # whoever reads threads asks the decision first
        if tag in SCREENED:
            return tag in circumstances.screened(thread)
        return tag.casefold() in _hashtags(thread)
    match tag:
        case "spam":
            head = head_of(thread)
            if head is not None:
                return head.visibility is Visibility.SPAM
            return all(post.visibility is Visibility.SPAM for post in thread.posts)
        case "hidden":
            return any(not p.own and p.visibility in _HIDDEN for p in thread.posts)
        case _:
            crises = circumstances.crises
            return bool(crises) and any(_within(thread, crisis) for crisis in crises)


def _within(thread: Judged[JudgedPost], crisis: Crisis) -> bool:
    return thread.channel in crisis.channels and any(
        crisis.began <= post.published and (crisis.ended is None or post.published <= crisis.ended)
        for post in thread.posts
    )


def _hashtags(thread: Thread) -> set[str]:
    """Hashtags of the post that began it: a reader's comment gives a thread no tag."""
    head = head_of(thread)
    versions = () if head is None else head.versions
    said = (f"{version.words.title}\n{version.words.text}" for version in versions)
    return {found.casefold() for text in said for found in _HASHTAG.findall(text)}
