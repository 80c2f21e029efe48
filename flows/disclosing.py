"""A request for a public record, from the search to the pack and its closing.

It is no flow of Prefect's: what is searched for is a person's data more often than not, and stands
in nobody's database or log. The request lies in ``requests/`` (docs/disclosure.md); from the moment
it is taken down, what it asks for is held from culling.
"""

import dataclasses as dc
import datetime as dt
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Final

from archive_store.errors import InputError, RefusalError
from archive_store.words import Query
from flows.disclosure_material import gather
from flows.disclosure_search import Matches, search
from flows.house import House
from flows.on_the_channel import look_at
from tasks.culling import holds
from tasks.disclosure import Masking, Packed, Progress, Request, refuse_place, write_pack
from tasks.disclosure import request as requests
from tasks.model import Channel, LifeCycle
from tasks.office_time import local_date

REVIEW_AFTER: Final = dt.timedelta(days=30)


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """What is asked for.

    Attributes:
        phrases: as ``kanalarkiv find`` takes them; any of them is enough.
        channels: ids; none means all.
        first, last: Stockholm dates, ``None`` where open.
        purpose: a code of ``PURPOSES``.
        by: id of the officer, or ``"disclose"``.
    """

    phrases: tuple[str, ...]
    channels: tuple[str, ...] = ()
    first: dt.date | None = None
    last: dt.date | None = None
    purpose: str = "record"
    by: str = "disclose"


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Disclosed:
    """What was made: the request, the pack, and codes of what could not be looked at by channel."""

    request: Request
    packed: Packed
    blind: dict[str, str]
    held: int


def disclose(  # noqa: PLR0913 - what a request may be told, each by name
    house: House,
    ask: Ask | None,
    folder: Path,
    *,
    request_id: str = "",
    masking: Masking | None = None,
    on_recorded: Callable[[str], None] = lambda _: None,
    on_progress: Progress | None = None,
) -> Disclosed:
    """Search, hold, look on the channels and write the pack.

    Args:
        house: opened for writing.
        ask: a new request; ``None`` where ``request_id`` names one that is open.
        folder: where the pack goes; it may not exist, or is empty.
        request_id: an open request, to search anew.
        masking: what is to be masked in copies, with its provision.
        on_recorded: told the request's id as soon as it is safe in the archive.
        on_progress: told how many documents of how many are done.

    Raises:
        InputError: the phrase holds no word, a date or code is wrong, or too much was found.
        ExistsError: the folder is taken.
        RefusalError: the request is closed.
        HeldError: a culling is being carried out at this moment.
        ArchiveError: the pack could not be written; the request stands and can be asked anew.
    """
    refuse_place(folder)
    requests.forget(house.archive, now=house.now)
    ask = ask or _open_ask(house, request_id)
    queries = tuple(Query(phrase) for phrase in ask.phrases)
    found = search(house, ask.channels, queries, ask.first, ask.last)
    request = (
        requests.read(house.archive, request_id)
        if request_id
        else requests.record(
            house.archive,
            purpose=ask.purpose,
            phrases=ask.phrases,
            channels=ask.channels,
            first=ask.first,
            last=ask.last,
            by=ask.by,
            now=house.now,
        )
    )
    on_recorded(request.id)
    held = _hold(house, request, found)
    seen = [
        look_at(house, channel, queries, ask.first) for channel in looked_at(house, ask.channels)
    ]
    material = gather(house, request, found, seen, masking=masking)
    packed = write_pack(material, folder, on_progress=on_progress)
    noted = requests.note_pack(
        house.archive, request, pack=packed.sha256, counts=packed.counts, now=house.now
    )
    blind = {one.channel.id: one.problem for one in seen if one.problem}
    return Disclosed(request=noted, packed=packed, blind=blind, held=held)


def looked_at(house: House, channels: Collection[str]) -> list[Channel]:
    """The channels that a request is held against, closed ones too: their pages may still stand."""
    return [
        channel
        for channel in house.register.channels
        if channel.life is not LifeCycle.PLANNED and (not channels or channel.id in channels)
    ]


def close(house: House, request_id: str, *, outcome: str, by: str) -> Request:
    """End a request and lift its holds; a run cut short in between is finished by another.

    Raises:
        InputError: the outcome is unknown.
        MissingError: there is no such request.
        RefusalError: it was closed before, or is said to be disclosed without a pack.
    """
    request = requests.read(house.archive, request_id)
    if request.outcome != outcome or not _stops(house, request_id):
        request = requests.close(house.archive, request_id, outcome=outcome, by=by, now=house.now)
    _lift(house, request_id, by)
    requests.forget(house.archive, now=house.now)
    return request


def _open_ask(house: House, request_id: str) -> Ask:
    request = requests.read(house.archive, request_id)
    if request.outcome:
        raise RefusalError(
            "disclosure-closed",
            sv=f"{request_id}: begäran är avslutad och dess sökord är glömda. Börja en ny.",
            en=f"{request_id}: the request is closed and its phrases are forgotten. Begin anew.",
        )
    return Ask(
        phrases=request.phrases,
        channels=request.channels,
        first=request.first,
        last=request.last,
        purpose=request.purpose,
        by=request.by,
    )


def _hold(house: House, request: Request, found: Matches) -> int:
    """Keep what was found from being culled, kept threads and snapshots from being taken away.

    Returns:
        How many threads and packages are held now.
    """
    held = 0
    covered = [h for h in holds.active(house.archive) if h.id in _stops(house, request.id)]
    for channel, threads in sorted(found.living.items()):
        fresh = {t for t in threads if not any(hold.covers(channel, t) for hold in covered)}
        if fresh:
            laid = holds.add_threads(
                house.archive,
                channel=channel,
                threads=fresh,
                reason="request",
                by=request.by,
                now=house.now,
                review=local_date(house.now + REVIEW_AFTER),
                id=_free_hold(house, request.id),
            )
            held += len(laid)
    name = requests.hold_of(request.id)
    house.archive.refresh()
    keys = [p.key for p in found.packages() if name not in house.archive.holds(p.key)]
    if keys:
        house.archive.hold(keys, name, now=house.now, actor=request.by)
    return held + len(keys)


def _free_hold(house: House, request_id: str) -> str:
    number = 1
    while house.archive.once(f"hold:{requests.hold_of(request_id)}-{number}") is not None:
        number += 1
    return f"{requests.hold_of(request_id)}-{number}"


def _stops(house: House, request_id: str) -> set[str]:
    """Ids of the request's holds on living threads, and its name where it holds packages."""
    name = requests.hold_of(request_id)
    stops = {h.id for h in holds.active(house.archive) if h.id.rpartition("-")[0] == name}
    return stops | ({name} if _held_packages(house, name) else set())


def _held_packages(house: House, name: str) -> list[str]:
    return [
        package.key
        for zone in ("kept/", "snapshots/")
        for package in house.archive.packages(zone)
        if name in house.archive.holds(package.key)
    ]


def _lift(house: House, request_id: str, by: str) -> None:
    name = requests.hold_of(request_id)
    for hold_id in sorted(_stops(house, request_id) - {name}):
        holds.release(house.archive, hold_id, by=by, now=house.now)
    if keys := _held_packages(house, name):
        house.archive.release(keys, name, now=house.now, actor=by)


def masking_of(words: Path | None, provision: str) -> Masking | None:
    """What is to be masked, from a file with a word or name a line.

    Raises:
        InputError: words without a provision or the other way round, or the file cannot be read.
    """
    if words is None and not provision:
        return None
    if words is None or not provision.strip():
        raise InputError(
            "mask-provision",
            sv="Inget maskeras utan en bestämmelse, och ingen bestämmelse utan ord: ange både "
            '--mask-words FIL och --provision "OSL … kap. … §".',
            en="Nothing is masked without a provision, nor a provision given without words: give "
            'both --mask-words FILE and --provision "OSL … kap. … §".',
        )
    try:
        lines = [" ".join(line.split()) for line in words.read_text("utf-8-sig").splitlines()]
    except (OSError, UnicodeDecodeError):
        lines = []
    if not any(lines):
        raise InputError(
            "mask-words",
            sv=f"{words}: filen saknas, är tom eller är inte UTF-8. Skriv ett ord eller ett namn "
            "på varje rad.",
            en=f"{words}: the file is missing, empty or not UTF-8. Write a word or a name on each "
            "line.",
        )
    return Masking(words=tuple(filter(None, lines)), provision=" ".join(provision.split()))
