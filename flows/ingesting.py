"""What a person brings: a screenshot, a PDF, an account's export, or Business Suite's numbers.

It answers the duties that no machine may take (``flows.duties.awaited``). A capture is kept as it
came, with what it says of itself, and beside it stands a document that lasts. An export is not kept
itself, since it holds messages and searches too: what was public in it is rendered, and its digest
stands in the manifest. What cannot be taken in is refused whole.
"""

import dataclasses as dc
import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from archive_store import Commit, Draft, Entry
from archive_store.errors import InputError
from flows.duties import duty_of
from flows.from_data import of_rendering
from flows.house import House, write_page
from flows.incoming import file_bytes
from flows.naming import STOCKHOLM
from flows.occasions import DUTIES, Due, demanded, lacking, nearest_duty
from flows.recording import Record, about_of, base_of, labels_of, provenance
from tasks.bases.by_hand import picture_document
from tasks.bases.export import exported
from tasks.bases.recognising import Kind, recognised, refuse_unfit
from tasks.bases.rendering import rendering
from tasks.bases.suite import MAX_BYTES as LARGEST_TABLE
from tasks.bases.suite import numbers_draft, suite_numbers
from tasks.discreet import discreet
from tasks.documents import html_to_pdf, read_back, rendered_pdf
from tasks.documents.cover_sheet import covered
from tasks.documents.incoming import MAX_BYTES, examined
from tasks.model import Channel, Completeness, Occasion

EVENT: Final = "ingested"
_UNCOUNTED: Final = Completeness(page=0)


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """What became of a file: its record, its kind, and the basis that it stands for."""

    record: Record
    kind: Kind
    basis: str
    sha256: str


def ingest(
    house: House, channel: Channel, source: Path, occasion: Occasion, *, alt: str = ""
) -> Entry:
    """Take in a file; the same one for the same occasion is taken in once.

    Args:
        house: opened.
        channel: whose it is.
        source: a file, or the folder of an export.
        occasion: what it documents.
        alt: what a picture shows, in words, for those who cannot see it.

    Returns:
        The entry; ``added`` is empty where there was nothing to add.

    Raises:
        InputError: the file cannot be taken in; nothing was done.
    """
    kind = _recognised(channel, source)
    if kind is Kind.SUITE:
        return _numbers(house, channel, file_bytes(source, largest=LARGEST_TABLE))
    each = due_of(house, channel, occasion)
    with discreet("ingest", channel.id):
        if kind is Kind.EXPORT:
            brought = of_export(house, channel, source, each)
        else:
            data = file_bytes(source, largest=MAX_BYTES)
            brought = of_file(house, channel, data, kind, alt)
    return archived(house, channel, brought, each)


def archived(house: House, channel: Channel, brought: Brought, each: Due) -> Entry:
    """Commit what was brought as a preliminary snapshot."""
    occasion, record = each.occasion, brought.record
    labels = labels_of(channel, occasion, brought.basis, each.date)
    about = about_of(house, channel, occasion, "") | {"basis": brought.basis, "pages": record.pages}
    commit = Commit(
        event=EVENT,
        now=house.now,
        actor="ingest",
        once=f"ingest:{channel.id}:{occasion}:{each.date}:{brought.sha256}",
        drafts=(
            Draft(
                base=base_of("snapshots", channel, house.now, occasion.value),
                files=record.files,
                about={**about, **record.about},
                labels=labels,
            ),
        ),
        facts={"channel": channel.id, "kind": brought.kind.value, "pages": record.pages},
    )
    with house.archive.lease(f"snapshot-{channel.id}"):
        house.archive.sweep(f"snapshots/{channel.unit}/{channel.id}/")
        entry = house.archive.commit(commit)
    write_page(house)
    return entry


def due_of(house: House, channel: Channel, occasion: Occasion) -> Due:
    """The date that a person means: of the duty, of what is lacking, or today."""
    if occasion in DUTIES:
        return Due(occasion=occasion, once=None, date=nearest_duty(occasion, house.now))
    lack = lacking(house.archive, demanded(house.archive, channel, house.now))
    today = house.now.astimezone(STOCKHOLM).date()
    by_hand = Due(occasion=occasion, once=None, date=today)
    return next((each for each in lack if each.occasion is occasion), by_hand)


def of_file(house: House, channel: Channel, data: bytes, kind: Kind, alt: str) -> Brought:
    """A picture or PDF as it came, with a document beside it."""
    make: Callable[[House, Channel, bytes, str], tuple[bytes, dict[str, Any]]] = (
        _picture if kind.is_picture else _pdf
    )
    document, told = make(house, channel, data, alt)
    digest = hashlib.sha256(data).hexdigest()
    original = {"media_type": kind.media_type, "sha256": digest, "bytes": len(data)}
    return Brought(
        record=Record(
            pdf=document,
            pages=read_back(document).pages,
            completeness=_UNCOUNTED,
            whole=False,
            about={"original": original, **told},
            originals={f"original.{kind.value}": data},
        ),
        kind=kind,
        basis="manual",
        sha256=digest,
    )


def of_export(house: House, channel: Channel, source: Path, each: Due) -> Brought:
    """An account's own download, rendered; the download itself is not kept."""
    duty = duty_of(house, channel, each)
    with exported(source, channel) as export:
        if export.platform != channel.platform:
            raise InputError(
                "export-other-platform",
                sv=f"Exporten är från {export.platform}, men {channel.id} finns på "
                f"{channel.platform}. Ange rätt kanal med --channel.",
                en=f"The export is from {export.platform}, but {channel.id} is on "
                f"{channel.platform}. Name the right channel with --channel.",
            )
        shown = rendering(
            channel,
            export.threads,
            now=house.now,
            comments=channel.comments,
            period=(duty.period_from, house.now.astimezone(STOCKHOLM).date()),
            media=export.media,
            organisation=house.register.organisation.name,
            source="export",
            remarks=export.remarks,
        )
    told = dc.replace(provenance(house, duty, each.reason), basis="export", api_posts=None)
    made = rendered_pdf(shown, told, address=channel.address, read=None, comments=channel.comments)
    record = of_rendering(channel, shown, made, None)
    digest = _digest(source)
    original = {"media_type": Kind.EXPORT.media_type, "sha256": digest, "kept": False}
    return Brought(
        record=dc.replace(record, about={**record.about, "original": original}),
        kind=Kind.EXPORT,
        basis="export",
        sha256=digest or hashlib.sha256(shown.text.encode("utf-8", "replace")).hexdigest(),
    )


def _recognised(channel: Channel, source: Path) -> Kind:
    with discreet("ingest", channel.id):
        kind = recognised(source)
        refuse_unfit(kind)
    return kind


def _picture(house: House, channel: Channel, data: bytes, alt: str) -> tuple[bytes, dict[str, Any]]:
    made = picture_document(data, channel_name=channel.name, received=house.now, alt=alt)
    document = html_to_pdf(
        made.html,
        title=f"Inlämnad bild av {channel.name}",
        author=house.register.organisation.name,
        created=house.now,
    )
    return document, {"changed": list(made.changed), "alt": made.alt}


def _pdf(house: House, channel: Channel, data: bytes, _: str) -> tuple[bytes, dict[str, Any]]:
    statement = examined(data)
    document = covered(
        data,
        statement,
        channel_name=channel.name,
        organisation=house.register.organisation.name,
        received=house.now,
        told={"Verksamhet": house.register.unit(channel.unit).name},
    )
    says = dc.asdict(statement) | {"active": list(statement.active)}
    return document, {"says_of_itself": says}


def _numbers(house: House, channel: Channel, data: bytes) -> Entry:
    """Business Suite's numbers become observations of their own kind: no words, no persons."""
    with discreet("ingest", channel.id):
        rows = suite_numbers(data)
    with house.archive.lease(f"channel-{channel.id}"):
        house.archive.sweep(f"observations/{channel.id}/")
        return house.archive.commit(
            Commit(
                event=EVENT,
                now=house.now,
                actor="ingest",
                once=f"ingest:{channel.id}:suite:{hashlib.sha256(data).hexdigest()}",
                drafts=(numbers_draft(channel.id, house.now, rows),),
                facts={"channel": channel.id, "kind": Kind.SUITE.value, "rows": len(rows)},
            )
        )


def _digest(source: Path) -> str:
    """Hex digest of a file; ``""`` for a folder."""
    if not source.is_file():
        return ""
    with source.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
