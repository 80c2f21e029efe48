"""Harvests one channel: words to its days, numbers to its observations, in one commit.

DESIGN section 1, the way of a post. Everything that a harvest saw becomes visible at once or not
at all; a day is rewritten only when its words or visibility changed; nothing is done twice for the
same time of harvest.
"""

import dataclasses as dc
import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from typing import Any

from archive_store import Archive, Commit, Draft, Package
from archive_store.errors import RefusalError
from tasks import tombstones
from tasks.days import day_draft, day_media, day_of, generation_of, living_days, load_day
from tasks.harvest.differences import Differences, Sight, differences, grouped
from tasks.harvest.history import History, history_of
from tasks.harvest.looking import is_full, look
from tasks.harvest.observing import rows_due
from tasks.harvest.outcome import EVENT, HarvestOutcome, stamp_of
from tasks.harvest.pictures import MEDIA_LIMIT, Pictures
from tasks.harvest.profile import larger_changes, portrait
from tasks.harvest.screening import screen
from tasks.harvest.table import observations_draft
from tasks.model import Channel, Profile, Thread
from tasks.model.fetch import Connector
from tasks.threads import RETENTION_DAYS

Days = Mapping[dt.date, Package]


def harvest_channel(  # noqa: PLR0913 – what a harvest depends on, each named at the call
    archive: Archive,
    channel: Channel,
    connector: Connector,
    *,
    now: dt.datetime,
    retention_days: int = RETENTION_DAYS,
    media_limit: int = MEDIA_LIMIT,
    actor: str = "harvest",
) -> HarvestOutcome:
    """Take in what is new on a channel and see what has changed.

    Args:
        archive: where it goes.
        channel: which channel.
        connector: reads its platform.
        now: the rule's time; a second harvest with the same time does nothing.
        retention_days: how old the last activity of a thread may be for its words to be taken in
            by a first harvest.
        media_limit: bytes of the largest picture that is taken in.
        actor: id of the flow or person.

    Returns:
        Counts of what was done.

    Raises:
        ChannelError: the platform does not answer; nothing was committed.
        HeldError: another run is busy with the channel.
        RefusalError: the channel has been harvested at a later time than ``now``.
    """
    once = f"harvest:{channel.id}:{stamp_of(now)}"
    with archive.lease(f"channel-{channel.id}"):
        archive.refresh()
        if done := archive.once(once):
            return HarvestOutcome.from_entry(done)
        for zone in ("posts", "observations", "tombstones"):
            archive.sweep(f"{zone}/{channel.id}/")
        history = history_of(archive, channel.id)
        _refuse_the_past(channel.id, history, now)

        days = {day_of(package): package for package in living_days(archive, channel.id)}
        known = {t.id: t for package in days.values() for t in load_day(archive, package)}
        sight = look(
            connector,
            channel=channel.id,
            known=known,
            history=history,
            stones=tombstones.load(archive, channel.id),
            now=now,
            retention_days=retention_days,
        )
        numbers = _Numbers(history.others)
        found = differences(known, sight, numbers)
        pictures = _illustrate(found, known, connector, media_limit)
        seen = grouped(sight.answer.items)
        rows = rows_due(seen, found.threads, history.rows, sight, numbers)

        written = _day_drafts(archive, channel.id, days, found, pictures)
        stones = _stones_draft(archive, sight)
        now_looks = portrait(sight.answer.profile, archive.secret()) or history.portrait
        drafts = (*written, observations_draft(channel.id, now, rows), *stones)
        outcome = dc.replace(
            _outcome(sight, found, history),
            days=len(written),
            observations=len(rows),
            media=pictures.taken,
            media_missing=pictures.missing,
            change=larger_changes(history.portrait, now_looks),
            packages=len(drafts),
        )
        archive.commit(
            Commit(
                event=EVENT,
                now=now,
                actor=actor,
                drafts=drafts,
                retire=(
                    *(days[day].key for day in _changed_days(found) if day in days),
                    *(old.key for old in tombstones.packages(archive, channel.id) if stones),
                ),
                once=once,
                facts=outcome.counts() | _memory(sight, history, numbers) | {"portrait": now_looks},
            )
        )
        return outcome


class _Numbers:
    """Running numbers for threads that others began; remembers the last one given."""

    def __init__(self, last: int) -> None:
        self.last = last

    def __iter__(self) -> "_Numbers":
        return self

    def __next__(self) -> int:
        self.last += 1
        return self.last


def _refuse_the_past(channel_id: str, history: History, now: dt.datetime) -> None:
    if history.last is not None and now < history.last:
        raise RefusalError(
            "harvest-backwards",
            sv=f"{channel_id}: kanalen är redan skördad {stamp_of(history.last)}, efter "
            f"{stamp_of(now)}. Ange en senare tid.",
            en=f"{channel_id}: the channel was harvested at {stamp_of(history.last)}, after "
            f"{stamp_of(now)}. Give a later time.",
        )


def _illustrate(
    found: Differences, known: Mapping[str, Thread], connector: Connector, limit: int
) -> Pictures:
    """Take in the pictures that the living threads show and the archive lacks."""
    pictures = Pictures.beside(known.values(), connector, limit)
    for thread_id, thread in found.threads.items():
        found.threads[thread_id] = pictures.illustrated(thread)
        if found.threads[thread_id] is not thread:
            found.changed.add(thread_id)
    return pictures


def _changed_days(found: Differences) -> list[dt.date]:
    return sorted({found.threads[thread_id].day for thread_id in found.changed})


def _day_drafts(
    archive: Archive, channel_id: str, days: Days, found: Differences, pictures: Pictures
) -> list[Draft]:
    """A new generation of every day that changed, old pictures carried along."""
    drafts, secret = [], archive.secret()
    for day in _changed_days(found):
        before = days.get(day)
        carried = day_media(archive, before) if before else {}
        drafts.append(
            day_draft(
                channel_id,
                day,
                generation_of(before) + 1 if before else 1,
                [thread for thread in found.threads.values() if thread.day == day],
                carried | pictures.files.get(day, {}),
                secret=secret,
            )
        )
    return drafts


def _outcome(sight: Sight, found: Differences, history: History) -> HarvestOutcome:
    """What was seen, as counts; what was written comes on top."""
    return HarvestOutcome(
        channel=sight.channel,
        stamp=stamp_of(sight.now),
        first=sight.first,
        new=found.tally["new"],
        new_comments=found.tally["new_comments"],
        edited=found.tally["edited"],
        gone=found.tally["gone"],
        hidden=found.tally["hidden"],
        shown=found.tally["shown"],
        threads=len(found.threads),
        requests=sight.answer.requests,
        told_posts=sight.answer.total_posts,
        complete=sight.answer.complete,
        changed=_presents_itself_anew(sight.answer.profile, history),
        screened=screen(found.taken_in),
    )


def _stones_draft(archive: Archive, sight: Sight) -> list[Draft]:
    """New last-seen dates of what was culled, where they are worth writing."""
    seen = (item.id for item in sight.answer.items)
    draft = tombstones.refresh(archive, sight.channel, seen, sight.now)
    return [draft] if draft else []


def _presents_itself_anew(profile: Profile, history: History) -> bool:
    digest = _profile_digest(profile)
    return bool(digest and history.profile) and digest != history.profile


def _profile_digest(profile: Profile) -> str:
    """Digest of name, description, picture and links; ``""`` where the platform tells none."""
    if profile == Profile():
        return ""
    return hashlib.sha256(json.dumps(dc.astuple(profile)).encode()).hexdigest()


def _memory(sight: Sight, history: History, numbers: _Numbers) -> dict[str, Any]:
    """What the next harvest must know, as ids, codes and numbers."""
    full_look = sight.now if is_full(history, sight.now) else history.full_look
    return {
        "profile": _profile_digest(sight.answer.profile) or history.profile,
        "others": numbers.last,
        "full_look": stamp_of(full_look) if full_look else None,
    }
