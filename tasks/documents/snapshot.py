"""A snapshot as a document: the provenance page, then the page as it was shown, for the long term.

Nothing is accepted unread: the printed pages are read before the provenance page tells how
complete they are, and the finished document is read again before it is handed on.
"""

import dataclasses as dc
import datetime as dt
import hashlib
import io
from collections.abc import Sequence
from typing import Final
from zoneinfo import ZoneInfo

import pikepdf
from pikepdf import OutlineItem

from tasks.documents.believing import believe, layer_text, refuse_lost_text, wanted
from tasks.documents.building import build
from tasks.documents.describing import Level
from tasks.documents.enclosures import enclosures
from tasks.documents.finishing import Metadata, finish
from tasks.documents.layout import Layout
from tasks.documents.markup import drawn
from tasks.documents.provenance import OCCASIONS, is_whole, provenance_html, snapshot_title
from tasks.documents.read_back import (
    ReadBack,
    find_posts,
    read_back,
    recall,
    refused,
    same_words,
)
from tasks.model import Capture, Completeness, Provenance

_STOCKHOLM: Final = ZoneInfo("Europe/Stockholm")
_ENOUGH: Final = 0.5
_TRIED: Final = 6
_MARK = 70


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class SnapshotPdf:
    """A finished snapshot.

    Attributes:
        pdf: the document; ``sha256`` its hex digest; ``pages`` its number of pages.
        completeness: posts of the period, as counted in page, PDF text and API.
        whole: whether nothing of the period is missing; what the first page says of it.
        text_chars: characters of text that a reader finds in the page's own sheets.
    """

    pdf: bytes
    pages: int
    sha256: str
    completeness: Completeness
    whole: bool
    text_chars: int


def snapshot_pdf(
    capture: Capture, provenance: Provenance, *, level: Level = Level.A3
) -> SnapshotPdf:
    """Build, finish and read back a snapshot's document.

    The same capture and provenance give the same bytes.

    Args:
        capture: what the browser yielded.
        provenance: what the first page says beside it.
        level: the standards that the document keeps; at ``Level.A1`` nothing is attached.

    Raises:
        CaptureError: ``readback-failed``: the document lost what the page showed;
            ``band-picture`` or ``band-order``: the pictures are not of the whole page.
    """
    if not capture.bands:
        return _printed_pdf(capture, provenance)
    layout = Layout(capture.bands)
    text = layer_text(capture)
    refuse_lost_text(capture, text)
    completeness = _completeness(capture, provenance, find_posts(capture.post_texts, [text]))
    metadata = _metadata(capture, provenance)
    attached = enclosures(capture, provenance, completeness) if level is Level.A3 else ()
    front = drawn(provenance_html(capture, provenance, completeness))
    pdf = build(front, capture, layout, metadata, level=level, attachments=attached)
    pages = believe(pdf, wanted(capture, layout, metadata, attached))
    return SnapshotPdf(
        pdf=pdf,
        pages=pages,
        sha256=hashlib.sha256(pdf).hexdigest(),
        completeness=completeness,
        whole=is_whole(capture, completeness),
        text_chars=len(text),
    )


def _metadata(capture: Capture, provenance: Provenance) -> Metadata:
    return Metadata(
        title=snapshot_title(provenance),
        author=provenance.organisation,
        created=capture.finished,
        subject=f"{OCCASIONS[provenance.occasion]}: {capture.address}",
        creator=capture.browser,
    )


def _printed_pdf(capture: Capture, provenance: Provenance) -> SnapshotPdf:
    """The same of a page that was printed instead of pictured."""
    printed = read_back(capture.pdf)
    places = find_posts(capture.post_texts, printed.texts)
    _refuse_lost_text(capture, printed, places)
    completeness = _completeness(capture, provenance, places)
    metadata = _metadata(capture, provenance)
    front = drawn(provenance_html(capture, provenance, completeness))
    pdf, sheets = _build(front, capture, places, metadata)
    _believe(pdf, capture, printed, metadata, sheets)
    return SnapshotPdf(
        pdf=pdf,
        pages=sheets + printed.pages,
        sha256=hashlib.sha256(pdf).hexdigest(),
        completeness=completeness,
        whole=is_whole(capture, completeness),
        text_chars=sum(len(text) for text in printed.texts),
    )


def _build(
    front: bytes, capture: Capture, places: Sequence[int | None], metadata: Metadata
) -> tuple[bytes, int]:
    """The document's bytes and the number of provenance sheets.

    The one place that knows what a page is printed from: a later builder draws it from pictures
    with an exact text layer instead.
    """
    with (
        pikepdf.open(io.BytesIO(capture.pdf)) as pdf,
        pikepdf.open(io.BytesIO(front)) as first,
    ):
        sheets = len(first.pages)
        for number, page in enumerate(first.pages):
            _forget_structure(page)
            pdf.pages.insert(number, page)
        _bookmark(pdf, sheets, capture, places)
        return finish(pdf, metadata), sheets


def _forget_structure(page: pikepdf.Page) -> None:
    """The front's numbers point into a structure tree of its own, which stays behind."""
    for holder in (page.obj, *page.obj.get("/Annots", ())):
        for key in ("/StructParents", "/StructParent"):
            if key in holder:
                del holder[key]


def _bookmark(
    pdf: pikepdf.Pdf, sheets: int, capture: Capture, places: Sequence[int | None]
) -> None:
    with pdf.open_outline() as outline:
        outline.root.clear()
        outline.root.append(OutlineItem("Försättsblad", 0))
        page = OutlineItem(capture.title or "Sidan", sheets)
        for text, place in zip(capture.post_texts, places, strict=True):
            if place is not None and text:
                page.children.append(OutlineItem(_shortened(text), sheets + place))
        outline.root.append(page)


def _shortened(text: str) -> str:
    return text if len(text) <= _MARK else f"{text[:_MARK].rsplit(' ', 1)[0]} …"


def _completeness(
    capture: Capture, provenance: Provenance, places: Sequence[int | None]
) -> Completeness:
    """Posts of the period; one that does not tell its time is counted among them."""
    times = capture.post_times or (None,) * len(places)
    within = [
        place
        for place, time in zip(places, times, strict=True)
        if time is None or _is_within(time.astimezone(_STOCKHOLM).date(), provenance)
    ]
    return Completeness(
        page=len(within),
        pdf=sum(place is not None for place in within),
        api=provenance.api_posts,
    )


def _is_within(day: dt.date, provenance: Provenance) -> bool:
    begun = provenance.period_from is None or provenance.period_from <= day
    return begun and day <= provenance.period_to


def _refuse_lost_text(capture: Capture, printed: ReadBack, places: Sequence[int | None]) -> None:
    if places and not any(place is not None for place in places):
        raise refused("inget av inläggen finns i texten", "none of the posts is in its text")
    if recall(capture.text, printed.texts) < _ENOUGH:
        raise refused("sidans text saknas", "the page's text is missing")
    if any(link.startswith("http") for link in capture.links) and not printed.links:
        raise refused("sidans länkar saknas", "the page's links are missing")


def _believe(
    pdf: bytes, capture: Capture, printed: ReadBack, metadata: Metadata, sheets: int
) -> None:
    """The finished document says what it is, and shows sheet by sheet what was printed.

    What is drawn must be the same to the byte; that it is also read the same is tried on the first
    pages and on some others, since fonts are what finishing may change.
    """
    with (
        pikepdf.open(io.BytesIO(capture.pdf)) as before,
        pikepdf.open(io.BytesIO(pdf)) as after,
    ):
        drawn_before = [_drawing(page) for page in before.pages]
        drawn_after = [_drawing(page) for page in after.pages]
    if drawn_after[sheets:] != drawn_before:
        raise refused("sidorna stämmer inte", "its pages do not agree")
    pages = len(drawn_before)
    tried = sorted({round(n * (pages - 1) / (_TRIED - 1)) for n in range(_TRIED)})
    final = read_back(pdf, [*range(sheets), *(sheets + n for n in tried)])
    if not "".join(final.texts[:sheets]).strip() or not same_words(
        final.texts[sheets:], [printed.texts[n] for n in tried]
    ):
        raise refused("sidornas text stämmer inte", "its pages' text does not agree")
    if (final.title, final.author) != (metadata.title, metadata.author):
        raise refused("uppgifterna om dokumentet stämmer inte", "its metadata do not agree")


def _drawing(page: pikepdf.Page) -> bytes:
    contents = page.obj.get("/Contents")
    parts = contents if isinstance(contents, pikepdf.Array) else [contents]
    return b"\n".join(part.read_bytes() for part in parts if isinstance(part, pikepdf.Stream))
