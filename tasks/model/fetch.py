"""What a harvest asks of a connector, and what it gets: the seam between channels and harvest."""

import dataclasses as dc
import datetime as dt
from typing import Protocol

from tasks.model.thread import Item, Profile, Visibility


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class FetchRequest:
    """What to read.

    Attributes:
        now: the rule's time.
        words_since: words are wanted only for what was published, modified or commented after.
        changed_since: time of the last harvest; ``None`` at the first.
        watch: ids of threads that live in the archive: read anew in full, comments included.
        numbers_since: wordless numbers are wanted back to here; ``None`` means all history.
    """

    now: dt.datetime
    words_since: dt.datetime
    changed_since: dt.datetime | None
    watch: frozenset[str]
    numbers_since: dt.datetime | None


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """What the platform showed.

    Attributes:
        items: everything read; ``words`` is ``None`` where only numbers were wanted.
        looked_for: ids (threads and items) whose absence among ``items`` means that they are gone.
        states: which states of visibility could be told; the others are unknown, not empty.
        profile: how the channel presents itself.
        total_posts: public posts by the platform's own count, ``None`` where not told.
        complete: whether absence can be told at all (a feed shows only its newest entries).
        requests: number of requests made.
    """

    items: tuple[Item, ...]
    looked_for: frozenset[str]
    states: frozenset[Visibility]
    profile: Profile
    total_posts: int | None
    complete: bool
    requests: int


class Connector(Protocol):
    """One platform's reader: it fetches, and nothing else."""

    def fetch(self, request: FetchRequest) -> Fetched:
        """Read what is asked for; ``ChannelError`` where the platform does not answer."""

    def media(self, url: str, *, max_bytes: int) -> tuple[bytes, str]:
        """Bytes and media type of a picture; ``ChannelError`` where missing or too large."""
