"""Says how a question was dealt with, where no comment in its thread shows it.

The guard "answered" lets a thread go when each of others' public comments has a later comment by
the body, or an outcome given by a person: answered elsewhere, needs no answer, or moved to a case.
"""

import dataclasses as dc
import datetime as dt

from archive_store import Archive, Commit, Entry
from archive_store.errors import InputError, MissingError
from tasks.days import day_draft, day_media, day_of, generation_of, living_days, load_day
from tasks.model import Outcome, Thread


def answer(  # noqa: PLR0913 - which question, how, by whom and when
    archive: Archive,
    channel: str,
    post_id: str,
    *,
    outcome: Outcome,
    by: str,
    now: dt.datetime,
) -> Entry | None:
    """Close a question; the day is written anew and the old generation destroyed.

    Args:
        archive: where the day lies.
        channel: channel's id.
        post_id: the comment's id.
        outcome: how it was dealt with.
        by: id of the person who says so.
        now: the rule's time.

    Returns:
        The journal's entry, or ``None`` where the same outcome was given before.

    Raises:
        MissingError: no living thread of the channel has such a post.
        InputError: the post is the body's own, so it waits for no answer.
        HeldError: a harvest or culling is busy with the channel.
    """
    with archive.lease(f"channel-{channel}"):
        archive.refresh()
        for package in living_days(archive, channel):
            threads = load_day(archive, package)
            post = next((p for t in threads for p in t.posts if p.id == post_id), None)
            if post is None:
                continue
            if post.own:
                raise InputError(
                    "answer-own",
                    sv=f"{channel}: {post_id} är myndighetens eget och väntar inte på svar.",
                    en=f"{channel}: {post_id} is the body's own and waits for no answer.",
                )
            if (post.outcome, post.outcome_by) == (outcome, by):
                return None
            closed = [_closed(thread, post_id, outcome, by, now) for thread in threads]
            draft = day_draft(
                channel,
                day_of(package),
                generation_of(package) + 1,
                closed,
                day_media(archive, package),
                secret=archive.secret(),
            )
            return archive.commit(
                Commit(
                    event="answer",
                    now=now,
                    actor=by,
                    drafts=(draft,),
                    retire=(package.key,),
                    retirement="superseded",
                    facts={"channel": channel, "outcome": outcome.value},
                )
            )
    raise MissingError(
        "post-unknown",
        sv=f"{channel}: ingen levande tråd har {post_id}; kontrollera id med cull show.",
        en=f"{channel}: no living thread has {post_id}; check the id with cull show.",
    )


def _closed(thread: Thread, post_id: str, outcome: Outcome, by: str, now: dt.datetime) -> Thread:
    posts = tuple(
        dc.replace(post, outcome=outcome, outcome_by=by, outcome_at=now)
        if post.id == post_id
        else post
        for post in thread.posts
    )
    return dc.replace(thread, posts=posts)
