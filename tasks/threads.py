"""What a thread's last activity is, and what in it waits for an answer.

Pure rules (DESIGN section 1, the clock; section 5, answered). The clock starts at the latest of
published, edited, first seen, last comment or reply; reactions and hiding do not move it. Every
public comment by others is open until a later own comment in its thread, or an outcome given by a
person. Pingbacks are machines' notices: they wait for nobody and answer nobody. Gists tell what
these rules say (``tasks.gists``): a changed rule changes the name of their file.
"""

import dataclasses as dc
import datetime as dt
from collections.abc import Iterable, Iterator

from tasks.model import Post, Thread, Visibility

RETENTION_DAYS = 7
SILENCE = dt.timedelta(hours=24)
"""A message is a first one where nobody wrote in its thread for this long before it."""


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """A first message and the body's first later comment in the same thread."""

    message: Post
    answer: Post

    @property
    def calendar(self) -> dt.timedelta:
        """Time from message to answer."""
        return self.answer.published - self.message.published


def head_of(thread: Thread) -> Post | None:
    """The post that began the thread; absent where only a late comment was taken in."""
    return next((post for post in thread.posts if post.id == thread.id), None)


def last_activity(thread: Thread) -> dt.datetime:
    """The latest of published, edited, first seen, last comment or reply (UTC)."""
    moments: list[dt.datetime] = []
    for post in thread.posts:
        moments += [post.published, post.first_seen, *_edits(post)]
    return max(moments).astimezone(dt.UTC)


def open_questions(thread: Thread) -> tuple[Post, ...]:
    """Others' public comments without a later own comment or an outcome, oldest first."""
    spoken = [post.published for post in _public_comments(thread) if post.own]
    answered_until = max(spoken, default=None)
    return tuple(
        post
        for post in _by_time(_public_comments(thread))
        if not post.own
        and post.outcome is None
        and (answered_until is None or answered_until <= post.published)
    )


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


def _edits(post: Post) -> Iterator[dt.datetime]:
    for edit in post.versions[1:]:
        yield edit.seen
        if edit.modified is not None:
            yield edit.modified


def _public_comments(thread: Thread) -> list[Post]:
    public = Visibility.PUBLIC
    return [post for post in thread.posts if post.kind == "comment" and post.visibility is public]


def _own_comments(thread: Thread) -> list[Post]:
    return _by_time(post for post in _public_comments(thread) if post.own)


def _by_time(posts: Iterable[Post]) -> list[Post]:
    return sorted(posts, key=lambda post: (post.published, post.id))
