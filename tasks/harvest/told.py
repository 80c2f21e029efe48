"""How many posts the platform told of in a period: what a snapshot's completeness is held against.

DESIGN section 1, honest captures: every snapshot says how complete it is for its period.
"""

import datetime as dt

from archive_store import Archive
from tasks.days import living_days, load_day
from tasks.harvest.history import history_of, last_harvest
from tasks.harvest.outcome import EVENT
from tasks.model import Visibility


def posts_told(
    archive: Archive, channel_id: str, *, since: dt.datetime | None, until: dt.datetime
) -> int | None:
    """Public posts published after ``since`` until ``until``, as far as harvests know.

    Args:
        archive: the observations, and the living threads for what has left the channel.
        channel_id: the channel.
        since: ``None`` means from the beginning: then the platform's own count, where it tells one.
        until: the end of the period.

    Returns:
        The number, or ``None`` where the channel was never harvested.
    """
    if last_harvest(archive, channel_id) is None:
        return None
    if since is None and (total := _own_count(archive, channel_id)) is not None:
        return total
    gone = _no_longer_public(archive, channel_id)
    return sum(
        row.kind == "post"
        and (since is None or since < row.published)
        and row.published <= until
        and thread not in gone
        for thread, row in history_of(archive, channel_id).rows.items()
    )


def _own_count(archive: Archive, channel_id: str) -> int | None:
    last = next(archive.entries(event=EVENT, channel=channel_id, newest=True), None)
    return last.facts.get("told_posts") if last else None


def _no_longer_public(archive: Archive, channel_id: str) -> frozenset[str]:
    """Threads, as observations name them, whose post is not public any more."""
    return frozenset(
        thread.counted_as or thread.id
        for package in living_days(archive, channel_id)
        for thread in load_day(archive, package)
        for post in thread.posts
        if post.id == thread.id and post.visibility is not Visibility.PUBLIC
    )
