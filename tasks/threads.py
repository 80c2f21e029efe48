"""What a thread's last activity is, when it is due, and what in it waits for an answer.

Pure rules (DESIGN section 1, the clock; section 5, answered). The clock starts at the latest of
published, edited, first seen, last comment or reply; reactions and hiding do not move it. Every
public comment by others is open until a later own comment in its thread, or an outcome given by a
person. Pingbacks are machines' notices: they wait for nobody and answer nobody.
"""

import dataclasses as dc
import datetime as dt
from collections.abc import Iterable, Iterator
from typing import TypeVar

from tasks.model import Judged, JudgedPost, Post, Thread, Visibility
from tasks.office_time import at_local, local_date

RETENTION_DAYS = 7
SILENCE = dt.timedelta(hours=24)
"""A message is a first one where nobody wrote in its thread for this long before it."""

_P = TypeVar("_P", bound=JudgedPost)


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """A first message and the body's first later comment in the same thread."""

    message: Post
    answer: Post

    @property
    def calendar(self) -> dt.timedelta:
        """Time from message to answer."""
        return self.answer.published - self.message.published


def last_activity(thread: Judged[JudgedPost]) -> dt.datetime:
    """The latest of published, edited, first seen, last comment or reply (UTC)."""
    latest = thread.posts[0].published
    for post in thread.posts:  # plain, as a culling asks it of every living thread
        spoken = post.published
        latest = spoken if spoken > latest else latest  # noqa: FURB136 - max() is slower
        seen = post.first_seen
        latest = seen if seen > latest else latest  # noqa: FURB136 - the same
        if len(post.versions) > 1:
            latest = max(latest, *_edits(post))
    return latest.astimezone(dt.UTC)


def due(thread: Judged[JudgedPost], days: int = RETENTION_DAYS) -> dt.datetime:
    """The Stockholm midnight from which ``days`` whole days have passed since the last activity."""
    return at_local(local_date(last_activity(thread)) + dt.timedelta(days=days + 1))


def open_questions(thread: Judged[_P]) -> tuple[_P, ...]:
    """Others' public comments without a later own comment or an outcome, oldest first."""
    unclosed: list[_P] = []
    answered_until: dt.datetime | None = None
    for post in _public_comments(thread):
        if post.own:
            spoken = post.published
            if answered_until is None or spoken > answered_until:
                answered_until = spoken
        elif post.outcome is None:
            unclosed.append(post)
    if answered_until is not None:
        unclosed = [post for post in unclosed if answered_until <= post.published]
    return tuple(_by_time(unclosed)) if unclosed else ()


def waits(thread: Thread) -> tuple[Wait, ...]:
    """Each answered first message with its answer, oldest first.

    A *first* message is one before which nobody, on either side, commented for 24 hours.
    """
    answers = tuple(_own_comments(thread))
    pairs: list[Wait] = []
    for message in first_messages(thread):
        answer = next((a for a in answers if a.published > message.published), None)
        if answer is not None:
            pairs.append(Wait(message=message, answer=answer))
    return tuple(pairs)


def first_messages(thread: Thread) -> tuple[Post, ...]:
    """Others' public comments before which no public comment stood for 24 hours, oldest first."""
    spoken = _by_time(_public_comments(thread))
    first: list[Post] = []
    before: dt.datetime | None = None
    for post in spoken:
        if not post.own and (before is None or post.published - before >= SILENCE):
            first.append(post)
        before = post.published
    return tuple(first)


def _edits(post: JudgedPost) -> Iterator[dt.datetime]:
    for edit in post.versions[1:]:
        yield edit.seen
        if edit.modified is not None:
            yield edit.modified


def _public_comments(thread: Judged[_P]) -> list[_P]:
    public = Visibility.PUBLIC
    return [post for post in thread.posts if post.kind == "comment" and post.visibility is public]


def _own_comments(thread: Thread) -> list[Post]:
    return _by_time(post for post in _public_comments(thread) if post.own)


def _by_time(posts: Iterable[_P]) -> list[_P]:
    return sorted(posts, key=lambda post: (post.published, post.id))
