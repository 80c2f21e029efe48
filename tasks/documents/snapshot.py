"""A snapshot as a document: the provenance page, then the page as it was shown, for the long term.

Nothing is accepted unread: what the layer says is held against the page's text before the
provenance page tells how complete it is, and the finished document is read as a stranger's program
reads it before it is handed on.
"""

import dataclasses as dc
import hashlib

from tasks.documents.believing import believe, layer_text, refuse_lost_text, wanted
from tasks.documents.building import build
from tasks.documents.counting import completeness
from tasks.documents.describing import Level, Metadata
from tasks.documents.enclosures import enclosures
from tasks.documents.layout import Layout
from tasks.documents.legible import legible
from tasks.documents.markup import drawn
from tasks.documents.provenance import OCCASIONS, is_whole, provenance_html, snapshot_title
from tasks.model import Capture, Completeness, Provenance


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class SnapshotPdf:
    """A finished snapshot.

    Attributes:
        pdf: the document; ``sha256`` its hex digest; ``pages`` its number of pages.
        completeness: posts of the period, as counted in page, PDF text and API.
        whole: whether nothing of the period is missing; what the first page says of it.
        text_chars: characters, white space left out, that a reader finds in the page's own sheets.
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
    capture, provenance = legible(capture, provenance)
    layout = Layout(capture.bands)
    text = layer_text(capture)
    refuse_lost_text(capture, text)
    counted = completeness(capture, provenance)
    metadata = Metadata(
        title=snapshot_title(provenance),
        author=provenance.organisation,
        created=capture.finished,
        subject=f"{OCCASIONS[provenance.occasion]}: {capture.address}",
        creator=capture.browser,
    )
    attached = enclosures(capture, provenance, counted) if level is Level.A3 else ()
    sheets = provenance_html(capture, provenance, counted, level=level, attachments=attached)
    front = drawn(sheets)
    pdf = build(front, capture, layout, metadata, level=level, attachments=attached)
    pages = believe(pdf, wanted(capture, layout, metadata, attached))
    return SnapshotPdf(
        pdf=pdf,
        pages=pages,
        sha256=hashlib.sha256(pdf).hexdigest(),
        completeness=counted,
        whole=is_whole(capture, counted),
        text_chars=len(text),
    )
