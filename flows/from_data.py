"""A snapshot out of what harvests have read: for channels whose pages no machine may collect.

It shows the archive's own living posts, public ones only, and says on every sheet that it is a
rendering and no picture of the page. What has been culled or was never harvested is missing from
it, and the first sheet says how much that is.
"""

import datetime as dt
import hashlib
from collections.abc import Callable

from archive_store import Archive
from archive_store.errors import CaptureError, MissingError
from flows.duties import Duty
from flows.house import House
from flows.naming import STOCKHOLM
from flows.recording import Record, provenance
from tasks.bases.rendering import Rendering, rendering
from tasks.days import day_of, living_days, load_day
from tasks.documents import SnapshotPdf, rendered_pdf
from tasks.harvest import last_harvest
from tasks.model import Channel, Thread, Visibility


def rendered(house: House, duty: Duty, reason: str) -> Record:
    """The channel's posts of the duty's period as a document.

    Raises:
        CaptureError: ``never-harvested``: there is nothing to render; ``readback-failed``.
    """
    channel = duty.channel
    read = last_harvest(house.archive, channel.id)
    if read is None:
        raise CaptureError(
            "never-harvested",
            sv=f"{channel.id}: kanalen har aldrig skördats, så det finns inget att återge. Kör "
            "kanalarkiv harvest först.",
            en=f"{channel.id}: the channel was never harvested, so there are no data to render. "
            "Run kanalarkiv harvest first.",
        )
    last = house.now.astimezone(STOCKHOLM).date()
    shown = rendering(
        channel,
        _chosen(_threads(house.archive, channel.id), duty),
        now=house.now,
        comments=channel.comments,
        period=(duty.period_from, last),
        media=_media(house.archive, channel.id),
        organisation=house.register.organisation.name,
    )
    made = rendered_pdf(
        shown,
        provenance(house, duty, reason),
        address=channel.address,
        read=read,
        comments=channel.comments,
    )
    return of_rendering(channel, shown, made, read)


def of_rendering(
    channel: Channel, shown: Rendering, made: SnapshotPdf, read: dt.datetime | None
) -> Record:
    """The record of a rendering."""
    return Record(
        pdf=made.pdf,
        pages=made.pages,
        completeness=made.completeness,
        whole=made.whole,
        about={
            "address": channel.address,
            "read": read and read.isoformat(),
            "comments": channel.comments,
            "comments_shown": shown.comments,
            "images": shown.images,
            "images_missing": shown.images_missing,
            "logged_in": False,
            "text_sha256": hashlib.sha256(shown.text.encode("utf-8", "replace")).hexdigest(),
        },
    )


def _threads(archive: Archive, channel_id: str) -> list[Thread]:
    return [
        thread
        for package in living_days(archive, channel_id)
        for thread in load_day(archive, package)
    ]


def _chosen(threads: list[Thread], duty: Duty) -> list[Thread]:
    """Where the depth is a number of posts: the threads of that many of the newest public ones."""
    if not isinstance(duty.depth, int):
        return threads
    public = [thread for thread in threads if _is_public(thread)]
    public.sort(key=lambda thread: thread.posts[0].published, reverse=True)
    return public[: duty.depth]


def _is_public(thread: Thread) -> bool:
    first = thread.posts[0]
    return first.id == thread.id and first.visibility is Visibility.PUBLIC


def _media(archive: Archive, channel_id: str) -> Callable[[dt.date, str], bytes | None]:
    """Gives a stored picture by its thread's day and its name."""
    days = {day_of(package): package for package in living_days(archive, channel_id)}

    def read(day: dt.date, name: str) -> bytes | None:
        try:
            return archive.read(days[day], name) if day in days else None
        except MissingError:
            return None

    return read
