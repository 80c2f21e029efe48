"""Tags: what can be seen of a thread without judging it, for the scope of a decision's classes.

Screening's marks and crisis periods are known elsewhere; flows hand them over as ``Circumstances``.
"""

import dataclasses as dc
import datetime as dt
import re
from collections.abc import Callable, Collection, Mapping

from tasks.gists import Gist
from tasks.model import Text, Thread
from tasks.threads import head_of

TAGS = {
    "spam": Text("tråd som är skräppost", "thread that is spam"),
    "hidden": Text("andras inlägg som dolts eller tagits bort", "others' posts, hidden or removed"),
    "crisis": Text("skriven under ett krisläge", "written during a crisis"),
    "question": Text("innehåller en fråga", "holds a question"),
    "personal-number": Text("möjligt personnummer", "possible personal number"),
}
"""What a class may take threads by; a hashtag is written ``#ordet``."""

SCREENED = frozenset({"question", "personal-number"})
_TOLD = frozenset({"spam", "hidden"})
_HASHTAG = re.compile(r"#\w+")

Reading = Callable[[Gist], Thread]
"""Reads the thread of a gist, where a rule asks for more than that tells."""


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


def tagged(gist: Gist, tag: str, circumstances: Circumstances, read: Reading) -> bool:
    """Whether the thread has the tag; it is read only where its gist does not tell."""
    if tag in _TOLD:
        return tag in gist.tags
    if tag == "crisis":
        around = [crisis for crisis in circumstances.crises if gist.channel in crisis.channels]
        return bool(around) and _within(read(gist), around)
    if tag in SCREENED:
        return tag in circumstances.screened(read(gist))
    return tag.casefold() in _hashtags(read(gist))


def _within(thread: Thread, crises: Collection[Crisis]) -> bool:
    return any(
        crisis.began <= post.published and (crisis.ended is None or post.published <= crisis.ended)
        for post in thread.posts
        for crisis in crises
    )


def _hashtags(thread: Thread) -> set[str]:
    """Hashtags of the post that began it: a reader's comment gives a thread no tag."""
    head = head_of(thread)
    versions = () if head is None else head.versions
    said = (f"{version.words.title}\n{version.words.text}" for version in versions)
    return {found.casefold() for text in said for found in _HASHTAG.findall(text)}
