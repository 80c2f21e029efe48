"""A snapshot out of the platform's data: for channels whose pages no machine may collect.

It shows what the channel shows when it is taken, public posts only, and says on every sheet that
it is a rendering and no picture of the page. Where no program can read the channel it shows what
the archive still holds of it; what is missing from it, the first sheet tells.
"""

import dataclasses as dc
import datetime as dt
import hashlib
from collections.abc import Callable

from archive_store import Archive
from archive_store.errors import CaptureError, ChannelError, MissingError
from flows.duties import Duty
from flows.house import House, secret_of
from flows.naming import STOCKHOLM
from flows.recording import Record, provenance
from tasks.bases.rendering import Rendering, rendering
from tasks.channels import PLATFORMS, connector_for
from tasks.days import MEDIA, day_of, living_days, load_day
from tasks.documents import SnapshotPdf, rendered_pdf
from tasks.harvest import MEDIA_LIMIT, last_harvest, standing
from tasks.model import Channel, Connector, Thread, Version, Visibility

Media = Callable[[dt.date, str], bytes | None]


def rendered(house: House, duty: Duty, reason: str) -> Record:
    """The channel's posts of the duty's period as a document.

    Raises:
        ChannelError: the channel does not answer; the duty waits.
        CaptureError: ``never-harvested``: no program can read the channel, and the archive holds
            nothing of it; ``readback-failed``.
    """
    if duty.channel.platform not in PLATFORMS:
        return _made(house, duty, reason, _as_archived(house, duty.channel))
    with connector_for(duty.channel, secret=secret_of(duty.channel)) as connector:
        return _made(house, duty, reason, _as_it_stands(house, duty, connector))


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class _Data:
    """What there is to show.

    Attributes:
        threads: in any order.
        read: when they were read on the channel.
        media: gives a picture by its thread's day and its name.
        counted: public posts of the period by the platform's own word, ``None`` where not told.
    """

    threads: list[Thread]
    read: dt.datetime
    media: Media
    counted: int | None


def _as_archived(house: House, channel: Channel) -> _Data:
    """What harvests have read and no culling has taken."""
    read = last_harvest(house.archive, channel.id)
    if read is None:
        raise CaptureError(
            "never-harvested",
            sv=f"{channel.id}: kanalen har aldrig skördats, så det finns inget att återge. Kör "
            "kanalarkiv harvest först.",
            en=f"{channel.id}: the channel was never harvested, so there are no data to render. "
            "Run kanalarkiv harvest first.",
        )
    threads, media = _threads(house.archive, channel.id), _media(house.archive, channel.id)
    return _Data(threads=threads, read=read, media=media, counted=None)


def _as_it_stands(house: House, duty: Duty, connector: Connector) -> _Data:
    """What the channel shows now: culling empties the archive, not the channel.

    A feed tells its newest entries only; what the archive holds beside them is shown too.
    """
    look = standing(connector, duty.channel, since=duty.period_from, now=house.now)
    threads = [_pictured(thread) for thread in look.threads]
    stored = _media(house.archive, duty.channel.id)
    if not look.told.complete:
        shown = {thread.id for thread in threads}
        older = _threads(house.archive, duty.channel.id)
        threads += [thread for thread in older if thread.id not in shown]

    def media(day: dt.date, name: str) -> bytes | None:
        if name.startswith(MEDIA):
            return stored(day, name)
        try:
            return connector.media(name, max_bytes=MEDIA_LIMIT)[0]
        except ChannelError:  # missing or too large: told as such on the sheet
            return None

    counted = None
    if look.told.complete:
        last = house.now.astimezone(STOCKHOLM).date()
        first = duty.period_from or dt.date.min
        counted = sum(_is_public(thread) and first <= thread.day <= last for thread in threads)
    return _Data(threads=threads, read=house.now, media=media, counted=counted)


def _pictured(thread: Thread) -> Thread:
    """The thread with its pictures named by their addresses: they are fetched when shown."""

    def named(version: Version) -> Version:
        pictures = tuple(dc.replace(each, file=each.url) for each in version.words.media)
        return dc.replace(version, words=dc.replace(version.words, media=pictures))

    return dc.replace(
        thread,
        posts=tuple(
            dc.replace(post, versions=tuple(map(named, post.versions))) for post in thread.posts
        ),
    )


def _made(house: House, duty: Duty, reason: str, data: _Data) -> Record:
    channel = duty.channel
    last = house.now.astimezone(STOCKHOLM).date()
    shown = rendering(
        channel,
        _chosen(data.threads, duty),
        now=house.now,
        comments=channel.comments,
        period=(duty.period_from, last),
        media=data.media,
        organisation=house.register.organisation.name,
    )
    about = provenance(house, duty, reason)
    if data.counted is not None and not isinstance(duty.depth, int):
        about = dc.replace(about, api_posts=data.counted)
    made = rendered_pdf(
        shown, about, address=channel.address, read=data.read, comments=channel.comments
    )
    return of_rendering(channel, shown, made, data.read)


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


def _media(archive: Archive, channel_id: str) -> Media:
    """Gives a stored picture by its thread's day and its name."""
    days = {day_of(package): package for package in living_days(archive, channel_id)}

    def read(day: dt.date, name: str) -> bytes | None:
        try:
            return archive.read(days[day], name) if day in days else None
        except MissingError:
            return None

    return read
