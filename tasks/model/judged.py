"""What judging reads of a thread: when it was spoken in and how it stands, none of its words.

A ``Thread`` is all of that and more. A culling judges every living thread of a body, so it reads
them as ``tasks.gists`` gives them, without the words; whoever judges one thread hands over the
thread itself.
"""

import datetime as dt
from collections.abc import Sequence
from typing import Protocol, TypeVar

from tasks.model.thread import Outcome, Visibility


class JudgedVersion(Protocol):
    """One wording, as ``Version`` without words."""

    @property
    def digest(self) -> str: ...  # noqa: D102 - as in Version
    @property
    def seen(self) -> dt.datetime: ...  # noqa: D102
    @property
    def modified(self) -> dt.datetime | None: ...  # noqa: D102


class JudgedPost(Protocol):
    """A post or comment, as ``Post`` without words."""

    @property
    def id(self) -> str: ...  # noqa: D102 - as in Post
    @property
    def kind(self) -> str: ...  # noqa: D102
    @property
    def own(self) -> bool: ...  # noqa: D102
    @property
    def published(self) -> dt.datetime: ...  # noqa: D102
    @property
    def first_seen(self) -> dt.datetime: ...  # noqa: D102
    @property
    def visibility(self) -> Visibility: ...  # noqa: D102
    @property
    def versions(self) -> Sequence[JudgedVersion]: ...  # noqa: D102
    @property
    def outcome(self) -> Outcome | None: ...  # noqa: D102
    @property
    def outcome_at(self) -> dt.datetime | None: ...  # noqa: D102


P_co = TypeVar("P_co", bound=JudgedPost, covariant=True)


class Judged(Protocol[P_co]):
    """A thread of such posts, as ``Thread`` without words."""

    @property
    def id(self) -> str: ...  # noqa: D102 - as in Thread
    @property
    def channel(self) -> str: ...  # noqa: D102
    @property
    def day(self) -> dt.date: ...  # noqa: D102
    @property
    def posts(self) -> Sequence[P_co]: ...  # noqa: D102
    @property
    def record_class(self) -> str: ...  # noqa: D102
    @property
    def filed(self) -> str: ...  # noqa: D102
