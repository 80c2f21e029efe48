"""Keeping is asked anew on its review date: it goes on until another day, or it ends.

Where it ends, nothing is destroyed by that: the thread goes back to ``posts/``, and from there it
goes the way of every other thread, by a list, an approver and a certificate. So a kept thread is
never endless retention by accident, and never gone without a decision.
"""

import dataclasses as dc
import datetime as dt
from collections.abc import Mapping
from pathlib import PurePosixPath

from archive_store import Archive, Commit, Draft, Entry, Package
from archive_store.errors import InputError, MissingError, RefusalError
from tasks.culling.moving import APART_ZONE, FILE, again, clear
from tasks.days import (
    MEDIA,
    day_draft,
    day_media,
    day_of,
    generation_of,
    living_days,
    load_day,
    media_names,
    thread_from_json,
)
from tasks.model import Thread
from tasks.office_time import local_date


def prolong(archive: Archive, key: str, *, until: dt.date, by: str, now: dt.datetime) -> Entry:
    """Go on keeping a thread until another review.

    Args:
        archive: where it lies.
        key: of the package, as ``reviews_due`` gives it, with or without ending.
        until: the next review date.
        by: id of the person.
        now: the rule's time.

    Raises:
        InputError: ``review-date``: the date has passed already.
        MissingError: ``kept-unknown``.
        HeldError: a harvest or culling is busy with the channel.
    """
    if until <= local_date(now):
        raise InputError(
            "review-date",
            sv=f"--until {until}: datumet har redan varit; ange ett senare.",
            en=f"--until {until}: the date has passed; give a later one.",
        )
    channel = channel_of(archive, key)
    with archive.lease(f"channel-{channel}"):
        clear(archive, channel)
        package = _package(archive, key)
        thread = thread_from_json(archive.read(package, FILE))
        said = {
            "review": until.isoformat(),
            "reviewed": local_date(now).isoformat(),
            "reviewed_by": by,
        }
        return archive.commit(
            Commit(
                event="reviewed",
                now=now,
                actor=by,
                drafts=(again(archive, package, thread, said),),
                retire=(package.key,),
                retirement="superseded",
                facts={"channel": channel, "until": until.isoformat()},
            )
        )


def give_back(archive: Archive, key: str, *, by: str, now: dt.datetime) -> Entry:
    """End the keeping of a thread: it lies in its day again, and is judged as any other.

    Args:
        archive: where it lies.
        key: of the package.
        by: id of the person.
        now: the rule's time.

    Raises:
        RefusalError: ``thread-lives``: the channel has said more in it since; cull that first.
        MissingError: ``kept-unknown``.
        HeldError: a harvest or culling is busy with the channel.
    """
    channel = channel_of(archive, key)
    with archive.lease(f"channel-{channel}"):
        clear(archive, channel)
        package = _package(archive, key)
        thread = thread_from_json(archive.read(package, FILE))
        days = living_days(archive, channel)
        if any(each.id == thread.id for day in days for each in load_day(archive, day)):
            raise RefusalError(
                "thread-lives",
                sv=f"{channel}: tråden har fått nya inlägg sedan den bevarades. Låt dem gallras "
                "först, och försök igen.",
                en=f"{channel}: more was said in the thread since it was kept. Let that be culled "
                "first, and try again.",
            )
        day = next((each for each in days if day_of(each) == thread.day), None)
        return archive.commit(
            Commit(
                event="given-back",
                now=now,
                actor=by,
                drafts=(_day_with(archive, day, package, thread),),
                retire=(package.key, *(() if day is None else (day.key,))),
                retirement="superseded",
                facts={"channel": channel, "reason": package.labels["reason"]},
            )
        )


def channel_of(archive: Archive, key: str) -> str:
    """Id of the channel of a kept or restricted thread (``MissingError`` where there is none)."""
    return _package(archive, key).labels["channel"]


def _package(archive: Archive, key: str) -> Package:
    base = key.removesuffix("/manifest.json").removesuffix("/")
    archive.refresh()
    for zone, kind in (("kept/", "kept"), (f"{APART_ZONE}/", "restricted")):
        for package in archive.packages(zone, kind=kind):
            if package.base == base:
                return package
    raise MissingError(
        "kept-unknown",
        sv="Ingen bevarad eller avskild tråd har den nyckeln; se 'kanalarkiv list --zone kept'.",
        en="No kept or restricted thread has that key; see 'kanalarkiv list --zone kept'.",
    )


def _day_with(archive: Archive, day: Package | None, package: Package, thread: Thread) -> Draft:
    """The day anew with the thread in it; a picture whose name is taken there gets another."""
    threads = [] if day is None else list(load_day(archive, day))
    media = {} if day is None else day_media(archive, day)
    names = _free_names(media_names([thread]), media)
    media = media | {new: archive.read(package, old) for old, new in names.items()}
    generation = 1 if day is None else generation_of(day) + 1
    threads.append(_renamed(thread, names))
    secret = archive.secret()
    return day_draft(thread.channel, thread.day, generation, threads, media, secret=secret)


def _free_names(wanted: set[str], taken: Mapping[str, bytes]) -> dict[str, str]:
    names: dict[str, str] = {}
    number = 0
    for old in sorted(wanted):
        new = old
        while new in taken or new in names.values():
            number += 1
            new = f"{MEDIA}{number:04d}{PurePosixPath(old).suffix}"
        names[old] = new
    return names


def _renamed(thread: Thread, names: Mapping[str, str]) -> Thread:
    if all(old == new for old, new in names.items()):
        return thread
    posts = []
    for post in thread.posts:
        versions = []
        for version in post.versions:
            media = tuple(
                dc.replace(each, file=names.get(each.file, each.file))
                for each in version.words.media
            )
            versions.append(dc.replace(version, words=dc.replace(version.words, media=media)))
        posts.append(dc.replace(post, versions=tuple(versions)))
    return dc.replace(thread, posts=tuple(posts))
