"""How tests say when a harvest runs, and look at what it left; and a culling in between."""

import datetime as dt
import io
from collections.abc import Callable
from typing import Any

import pyarrow.parquet as pq

from archive_store import Archive, Commit
from tasks import tombstones
from tasks.days import day_draft, generation_of, living_days, load_day
from tasks.harvest import HarvestOutcome
from tasks.marks import marks_of
from tasks.model import Thread
from tasks.office_time import STOCKHOLM
from tests.tasks.harvest.fake_channel import a_channel

CHANNEL = a_channel()
Harvest = Callable[[str], HarvestOutcome]


def utc(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


def local(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=STOCKHOLM).astimezone(dt.UTC)


def threads(archive: Archive) -> dict[str, Thread]:
    return {
        thread.id: thread
        for package in living_days(archive, CHANNEL.id)
        for thread in load_day(archive, package)
    }


def rows(archive: Archive) -> list[dict[str, Any]]:
    return [
        row
        for package in archive.packages(kind="observations")
        for row in pq.read_table(io.BytesIO(archive.read(package, "parquet"))).to_pylist()
    ]


def cull(archive: Archive, thread_id: str, now: str) -> None:
    """What culling leaves behind: the day without the thread, and tombstones."""
    for package in living_days(archive, CHANNEL.id):
        held = load_day(archive, package)
        for thread in (thread for thread in held if thread.id == thread_id):
            secret = archive.secret()
            gone = tombstones.Gone(marks=marks_of(thread, secret))
            stones = tombstones.draft(CHANNEL.id, "2025-12-22-ks-1", [gone], utc(now))
            rest = [other for other in held if other.id != thread_id]
            generation = generation_of(package) + 1
            day = day_draft(CHANNEL.id, thread.day, generation, rest, {}, secret=secret)
            archive.commit(
                Commit(
                    event="cull",
                    now=utc(now),
                    actor="arkivarie-1",
                    drafts=(stones, *([day] if rest else [])),
                    retire=(package.key,),
                    retirement="culled",
                )
            )
