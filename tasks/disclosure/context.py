"""A thread in its context on A4: the post, every comment, all wordings, who wrote and when.

Nothing is left out and nothing is masked: a comment alone says little, and names are no secret as
such (notes: law and practice). What was hidden or deleted on the channel says so. The page is for
somebody who reads it without any program of ours, in a disclosure or in the diary.
"""

import dataclasses as dc
import datetime as dt
from collections.abc import Callable
from typing import Final

from tasks.disclosure.wording import one_line, templates
from tasks.model import Media, Outcome, Post, Thread, Version, Visibility

Picture = Callable[[Media], str]
"""Gives a picture's ``data:`` address, or ``""`` where it cannot be shown."""

VISIBILITIES: Final = {
    Visibility.PUBLIC: "",
    Visibility.HELD: "inte offentlig i kanalen (dold eller väntar på granskning)",
    Visibility.SPAM: "märkt som skräppost i kanalen",
    Visibility.TRASH: "i kanalens papperskorg",
    Visibility.GONE: "borttagen ur kanalen",
}
OUTCOMES: Final = {
    Outcome.HERE: "Besvarad här",
    Outcome.ELSEWHERE: "Besvarad på annat sätt",
    Outcome.NOT_NEEDED: "Kräver inget svar",
    Outcome.CASE: "Överförd till ärende",
}
_KINDS: Final = {
    "post": "Inlägg",
    "page": "Sida",
    "comment": "Kommentar",
    "pingback": "Automatisk länk",
}


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What the document says of itself beside the thread.

    Attributes:
        label: what it is, such as ``"Handling 3, begäran 2025-12-31-1"``; in every footer.
        organisation, board: whose record it is.
        channel: the channel's name; address its public page.
        source: a sentence on where the words were read.
        made: when the document was made.
        rehearsal: whether it is from a rehearsal.
    """

    label: str
    organisation: str
    board: str
    channel: str
    address: str
    source: str
    made: dt.datetime
    rehearsal: bool = False


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class _Wording:
    """One version as shown; ``until`` is when the next was seen, ``None`` for the latest."""

    title: str
    text: str
    figures: tuple[tuple[str, str], ...]
    until: dt.datetime | None


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class _Said:
    """A post or comment as shown."""

    kind: str
    name: str
    own: bool
    published: dt.datetime
    answers: str
    state: str
    since: dt.datetime
    outcome: str
    latest: _Wording
    earlier: tuple[_Wording, ...]


def context_title(thread: Thread, sheet: Sheet) -> str:
    """The document's title in its metadata: label and channel, no words of the thread."""
    rehearsal = "ÖVNING – " if sheet.rehearsal else ""
    return f"{rehearsal}{one_line(sheet.label)}: tråd i {one_line(sheet.channel)} från {thread.day}"


def context_html(thread: Thread, sheet: Sheet, picture: Picture) -> str:
    """The thread as a whole HTML document in Swedish, which asks for nothing from elsewhere.

    Args:
        thread: as the archive, or the channel, has it.
        sheet: what the document says of itself.
        picture: gives pictures as ``data:`` addresses, ready to be shown.
    """
    names = {post.id: _name(post) for post in thread.posts}
    said = [_said(post, names, thread, picture) for post in thread.posts]
    return (
        templates()
        .get_template("trad.html")
        .render(
            title=context_title(thread, sheet),
            sheet=sheet,
            thread=thread,
            heading=_heading(thread),
            said=said,
            culled=bool(thread.culled_by) and thread.posts[0].id != thread.id,
        )
    )


def _heading(thread: Thread) -> str:
    first = thread.posts[0]
    title = one_line(first.words.title)
    return title or f"{_KINDS.get(first.kind, 'Inlägg')} utan rubrik"


def _said(post: Post, names: dict[str, str], thread: Thread, picture: Picture) -> _Said:
    wordings = [
        _wording(version, following, picture)
        for version, following in zip(post.versions, (*post.versions[1:], None), strict=True)
    ]
    answers = names.get(post.parent, "") if post.parent and post.parent != thread.id else ""
    return _Said(
        kind=_KINDS.get(post.kind, "Inlägg"),
        name=names[post.id],
        own=post.own,
        published=post.published,
        answers=answers,
        state=VISIBILITIES[post.visibility],
        since=post.visibility_since,
        outcome=OUTCOMES[post.outcome] if post.outcome else "",
        latest=wordings[-1],
        earlier=tuple(wordings[:-1]),
    )


def _wording(version: Version, following: Version | None, picture: Picture) -> _Wording:
    words = version.words
    return _Wording(
        title=words.title,
        text=words.text,
        figures=tuple((picture(one), one_line(one.alt)) for one in words.media),
        until=following.seen if following else None,
    )


def _name(post: Post) -> str:
    return one_line(post.words.author_name) or "Namn saknas"
