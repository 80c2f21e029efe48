"""The last step of every PDF: what it says of itself, and the marks of its level.

PDF/A-3a with PDF/UA-1 (ISO 19005-3, ISO 14289-1), or PDF/A-1b (ISO 19005-1); clauses are those of
ISO 19005-3.

Chromium and WeasyPrint draw well but leave the archival part undone or wrong (notes/pdf.md): XMP
compressed or absent, no output intent, pictures marked for smoothing, annotations that do not
print. Here it is put right without touching what is drawn, so that the same pages and the same
time give the same bytes.
"""

import io
import zlib
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

import pikepdf
from pikepdf import Array, Dictionary, Name, String

from archive_store.errors import InputError
from tasks.documents.colour import srgb_profile
from tasks.documents.describing import Level, Metadata, say_what_it_is
from tasks.documents.embedding import Attachment, embed
from tasks.documents.fonts import (
    list_characters,
    name_missing_marks,
    stop_the_clock,
    tell_characters,
)
from tasks.documents.opaque import make_opaque

_PRINT: Final = 4
_HIDING: Final = 1 | 2 | 32  # invisible, hidden, no view
_SCRIPTED: Final = ("/JavaScript", "/Launch", "/ImportData", "/ResetForm", "/SubmitForm")


def finish(
    pdf: pikepdf.Pdf,
    metadata: Metadata,
    *,
    level: Level = Level.A3,
    attachments: Sequence[Attachment] = (),
) -> bytes:
    """Make ``pdf`` a document of that level; it is changed in place, its bytes returned.

    Args:
        pdf: drawn, tagged and bookmarked.
        metadata: what it shall say of itself.
        level: the standards it shall keep.
        attachments: files to put inside; those that came with ``pdf`` go.

    Raises:
        InputError: ``attachment-level``: files are given at a level that allows none;
            ``attachment-name``: two of them have one name; ``transparency``: something is shown
            through something else, which PDF/A-1 forbids.
    """
    if attachments and level is Level.A1:
        raise InputError(
            "attachment-level",
            sv="PDF/A-1 tillåter inga bilagor i dokumentet. Välj PDF/A-3 eller utelämna dem.",
            en="PDF/A-1 allows no files inside a document. Choose PDF/A-3 or leave them out.",
        )
    say_what_it_is(pdf, metadata, level)
    _name_the_colours(pdf)
    _take_actions_away(pdf)
    embed(pdf, attachments, metadata.created)
    _let_annotations_print(pdf)
    _stop_smoothing(pdf)
    name_missing_marks(pdf)
    tell_characters(pdf)
    stop_the_clock(pdf)
    if level is Level.A1:
        make_opaque(pdf)
        list_characters(pdf)
    _drop(pdf.trailer, "/ID")
    pdf.remove_unreferenced_resources()
    _end_streams_clearly(pdf)
    target = io.BytesIO()
    pdf.save(
        target,
        force_version=level.version,
        deterministic_id=True,
        object_stream_mode=pikepdf.ObjectStreamMode.disable,
        compress_streams=False,
        recompress_flate=False,
    )
    return target.getvalue()


def _name_the_colours(pdf: pikepdf.Pdf) -> None:
    """One output intent, sRGB, for all that is drawn in RGB or grey (6.2.3)."""
    profile = pikepdf.Stream(pdf, srgb_profile())
    profile.N = 3
    pdf.Root.OutputIntents = Array(
        [
            Dictionary(
                Type=Name.OutputIntent,
                S=Name.GTS_PDFA1,
                OutputConditionIdentifier=String("sRGB IEC61966-2.1"),
                Info=String("sRGB IEC61966-2.1"),
                DestOutputProfile=pdf.make_indirect(profile),
            ),
        ],
    )


def _take_actions_away(pdf: pikepdf.Pdf) -> None:
    """No scripts, no actions that start by themselves, no forms (6.4, 6.5)."""
    for key in ("/AA", "/OpenAction", "/AcroForm", "/Collection", "/URI", "/AF"):
        _drop(pdf.Root, key)
    names = pdf.Root.get("/Names")
    if isinstance(names, Dictionary):
        for key in ("/JavaScript", "/EmbeddedFiles"):
            _drop(names, key)
    for page in pdf.pages:
        _drop(page.obj, "/AA")


def _let_annotations_print(pdf: pikepdf.Pdf) -> None:
    """Only links stay, and they print (6.3.2); links that would run something go (6.5.1)."""
    for page in pdf.pages:
        if "/Annots" not in page.obj:
            continue
        kept = []
        for note in page.obj.Annots:
            _drop(note, "/AA")
            if _is_plain_link(note):
                note.F = (int(note.get("/F", 0)) | _PRINT) & ~_HIDING
                kept.append(note)
            else:
                _drop(note, "/A")  # the structure tree may still name it
        page.obj.Annots = Array(kept)


def _is_plain_link(note: pikepdf.Object) -> bool:
    if note.get("/Subtype") != Name.Link:
        return False
    action = note.get("/A")
    if action is None:
        return True
    if action.get("/S") in _SCRIPTED:
        return False
    return not str(action.get("/URI", "")).strip().casefold().startswith("javascript:")


def _stop_smoothing(pdf: pikepdf.Pdf) -> None:
    """A picture is shown as it is, never smoothed by the viewer (6.2.8)."""
    for item in _streams(pdf, lambda d: d.get("/Subtype") == Name.Image):
        _drop(item, "/Interpolate")


def _end_streams_clearly(pdf: pikepdf.Pdf) -> None:
    """Compress what is not, and let no stream end in a carriage return.

    Before ``endstream`` stands a line feed: readers that take the two for one end of line miss a
    byte (6.1.7.1). A second round of Flate ends in another checksum.
    """
    for stream in _streams(pdf, lambda d: d.get("/Type") != Name.Metadata):
        filters = _listed(stream.get("/Filter"))
        parameters = _listed(stream.get("/DecodeParms")) or [None] * len(filters)
        raw = stream.read_raw_bytes()
        if filters and not raw.endswith(b"\r"):
            continue
        wrapped = False
        while not wrapped or raw.endswith(b"\r"):
            raw, wrapped = zlib.compress(raw), True
            filters, parameters = [Name.FlateDecode, *filters], [None, *parameters]
        stream.write(raw, filter=Array(filters), decode_parms=Array(parameters))


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, Array) else [value]


def _streams(
    pdf: pikepdf.Pdf, wanted: Callable[[pikepdf.Object], bool]
) -> Iterator[pikepdf.Object]:
    for item in pdf.objects:
        if isinstance(item, pikepdf.Stream) and wanted(item):
            yield item


def _drop(holder: pikepdf.Object, key: str) -> None:
    if key in holder:
        del holder[key]


__all__ = ["Attachment", "Level", "Metadata", "finish"]
