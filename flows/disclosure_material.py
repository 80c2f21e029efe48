"""From what was found to what a pack is made of: with names, pictures and certificates."""

import datetime as dt
from collections.abc import Callable, Iterator

from archive_store import Archive, Package
from archive_store.errors import KanalarkivError, MissingError
from archive_store.keys import file_key
from flows.disclosure_search import Found, Matches, Pages, within
from flows.house import House, software
from flows.on_the_channel import Seen, Standing
from tasks.bases.pictures import small
from tasks.culling.certificate import FILE as CERTIFICATE
from tasks.culling.certificate import certificates, from_json
from tasks.days import day_of, living_days, thread_from_json
from tasks.disclosure import (
    Closed,
    Culled,
    FoundSnapshot,
    FoundThread,
    Look,
    Masking,
    Material,
    Request,
)
from tasks.model import Channel, Media, Thread
from tasks.office_time import local_date

LONGEST_SIDE = 1240
"""Pixels of a picture on the page: about 200 to the inch."""

Bytes = Callable[[Media], bytes | None]


def gather(
    house: House,
    request: Request,
    found: Matches,
    seen: list[Seen],
    *,
    masking: Masking | None,
) -> Material:
    """All that the pack of a request is made of."""
    asked = [c for c in house.register.channels if not request.channels or c.id in request.channels]
    boards = dict.fromkeys(house.register.board_of(channel).name for channel in asked)
    return Material(
        request=request.id,
        purpose=request.purpose,
        phrases=request.phrases,
        first=request.first,
        last=request.last,
        organisation=house.register.organisation.name,
        board=" och ".join(boards),
        contact=next((c.mailbox for c in asked if c.mailbox), ""),
        channels=tuple(channel.name for channel in asked),
        threads=tuple(_threads(house, request, found, seen)),
        snapshots=tuple(_snapshots(house, found)),
        closed=tuple(_closed(house, request)),
        culled=tuple(_culled(house, request)),
        looks=tuple(
            Look(channel=one.channel.name, problem=one.problem, items=one.items) for one in seen
        ),
        unread=tuple(found.flaws),
        masking=masking,
        now=house.now,
        rehearsal=house.archive.rehearsal,
        software=software(),
    )


def _threads(
    house: House, request: Request, found: Matches, seen: list[Seen]
) -> Iterator[FoundThread]:
    """Archived threads by time, then what only the channel shows."""
    archived = [("posts", one) for of in found.living.values() for one in of.values()]
    archived += [("kept", one) for one in found.kept.values()]
    archived.sort(key=lambda pair: (pair[1].thread.posts[0].published, pair[1].thread.id))
    for source, one in archived:
        yield _from_archive(house, source, one)
    for look in seen:
        for standing in look.standing:
            if within(standing.thread, request.first, request.last):
                yield from _from_channel(house, found, look, standing)


def _from_archive(house: House, source: str, one: Found) -> FoundThread:
    channel = _channel(house, one.thread.channel)
    return FoundThread(
        thread=one.thread,
        source="kept" if source == "kept" else "posts",
        key=one.package.key,
        channel=channel.name if channel else one.thread.channel,
        address=channel.address if channel else "",
        board=house.register.board_of(channel).name if channel else "",
        read=house.now,
        picture=_shown(_stored(house.archive, one.package)),
        said=one.said,
    )


def _from_channel(
    house: House, found: Matches, look: Seen, standing: Standing
) -> Iterator[FoundThread]:
    """A thread of the channel, unless the archive holds all of it as it stands there."""
    thread, channel = standing.thread, look.channel
    living = found.living.get(channel.id, {}).get(thread.id)
    stored = [living.thread] if living else []
    stored += [kept.thread for kept in found.kept.values() if kept.thread.id == thread.id]
    if _is_held(thread, stored):
        return
    certificate = _certificate_of(house, channel.id, thread.id, standing.list)
    yield FoundThread(
        thread=thread,
        source="channel-culled" if certificate else "channel-only",
        key="",
        channel=channel.name,
        address=channel.address,
        board=house.register.board_of(channel).name,
        read=house.now,
        picture=_shown(lambda media: standing.pictures.get(media.url)),
        certificate=certificate,
        said=standing.said,
    )


def _is_held(thread: Thread, stored: list[Thread]) -> bool:
    """Whether every wording of the thread is in the archive's own."""
    known = {(p.id, v.digest) for one in stored for p in one.posts for v in p.versions}
    return all((p.id, v.digest) in known for p in thread.posts for v in p.versions)


def _certificate_of(house: House, channel: str, thread: str, list_id: str) -> str:
    """Number of the certificate under which it was culled; ``""`` where it was kept, or never."""
    done = house.archive.once(f"cull:{list_id}") if list_id else None
    if done is None:
        return ""
    for package in house.archive.packages("kept/", kind="kept", channel=channel, list=list_id):
        data = house.archive.read(package, "thread.json").strip()
        if thread_from_json(data).id == thread:
            return ""
    return str(done.facts["certificate"])


def _snapshots(house: House, found: Matches) -> Iterator[FoundSnapshot]:
    for pages in sorted(found.snapshots.values(), key=lambda one: (one.package.time, one.file)):
        label = pages.package.labels.get("channel", "")
        channel = _channel(house, label)
        digests = {
            file["name"]: file["sha256"] for file in house.archive.manifest(pages.package)["files"]
        }
        yield FoundSnapshot(
            key=file_key(pages.package.key, pages.file),
            sha256=digests.get(pages.file, ""),
            channel=channel.name if channel else label,
            channel_id=label,
            taken=pages.package.time,
            pages=tuple(sorted(pages.numbers)),
            load=_loader(house.archive, pages),
            said=pages.said,
        )


def _loader(archive: Archive, pages: Pages) -> Callable[[], bytes]:
    return lambda: archive.read(pages.package, pages.file)


def _closed(house: House, request: Request) -> Iterator[Closed]:
    """What is kept apart on these channels: that it exists, and no more."""
    for package in house.archive.packages("restricted/"):
        label = package.labels.get("channel", "")
        date = local_date(package.time)
        if request.channels and label not in request.channels:
            continue
        if request.first is None or date >= request.first:
            channel = _channel(house, label)
            yield Closed(key=package.key, channel=channel.name if channel else label, date=date)


def _culled(house: House, request: Request) -> Iterator[Culled]:
    """The certificates of these channels and dates."""
    for package in certificates(house.archive):
        told = from_json(house.archive.read(package, CERTIFICATE))
        decision = told.decision
        for part in told.channels:
            asked = not request.channels or part.id in request.channels
            if asked and part.threads and _overlap(request, part.earliest, part.latest):
                yield Culled(
                    number=told.number,
                    finished=local_date(told.finished or told.started),
                    channel=part.name or part.id,
                    threads=part.threads,
                    earliest=part.earliest,
                    latest=part.latest,
                    decision=f"{decision.body} {decision.date} § {decision.section}, "
                    f"dnr {decision.dnr}",
                )


def _overlap(request: Request, earliest: dt.date, latest: dt.date) -> bool:
    return (request.first or latest) <= latest and earliest <= (request.last or earliest)


def _channel(house: House, channel_id: str) -> Channel | None:
    return next((c for c in house.register.channels if c.id == channel_id), None)


def _stored(archive: Archive, package: Package) -> Bytes:
    """A picture's bytes from the package, or from the day written anew meanwhile."""

    def read(media: Media) -> bytes | None:
        if not media.file:
            return None
        for there in _same_day(archive, package):
            try:
                return archive.read(there, media.file)
            except MissingError:
                continue
            except KanalarkivError:
                return None
        return None

    return read


def _same_day(archive: Archive, package: Package) -> Iterator[Package]:
    yield package
    if package.labels.get("kind") == "day":
        archive.refresh()
        days = living_days(archive, package.labels["channel"])
        yield from (day for day in days if day_of(day) == day_of(package))


def _shown(read: Bytes) -> Callable[[Media], str]:
    """A picture ready for the page; ``""`` where there is none that can be shown."""

    def picture(media: Media) -> str:
        data = read(media)
        shown = small(data, LONGEST_SIDE) if data else None
        return shown.address if shown else ""

    return picture
