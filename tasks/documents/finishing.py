"""The last step of every PDF: what it says of itself, and the marks of PDF/A-2u (ISO 19005-2).

Chromium and WeasyPrint draw well but leave the archival part undone or wrong (notes/pdf.md): XMP
compressed or absent, no output intent, pictures marked for smoothing, annotations that do not
print. Here it is put right without touching what is drawn, so that the same pages and the same
time give the same bytes.
"""

import dataclasses as dc
import datetime as dt
import io
import zlib
from collections.abc import Callable, Iterator
from typing import Any, Final
from xml.sax.saxutils import escape

import pikepdf
from pikepdf import Array, Dictionary, Name, String

from tasks.documents.colour import srgb_profile
from tasks.documents.fonts import name_missing_marks, stop_the_clock

PRODUCER: Final = "Kanalarkiv"
_PRINT: Final = 4
_HIDING: Final = 1 | 2 | 32  # invisible, hidden, no view
_SCRIPTED: Final = ("/JavaScript", "/Launch", "/ImportData", "/ResetForm", "/SubmitForm")


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """What a document says of itself.

    Attributes:
        title: for the reader's window and the list of files.
        author: the organisation, or ``""``.
        created: aware time of making.
        lang: BCP 47 language of the text.
        subject: one sentence, or ``""``.
        creator: the programme that drew the pages, or ``""``.
    """

    title: str
    author: str
    created: dt.datetime
    lang: str = "sv"
    subject: str = ""
    creator: str = ""


def finish(pdf: pikepdf.Pdf, metadata: Metadata) -> bytes:
    """Make ``pdf`` a PDF/A-2u with that metadata; it is changed in place, its bytes returned."""
    _say_what_it_is(pdf, metadata)
    _name_the_colours(pdf)
    _take_actions_away(pdf)
    _let_annotations_print(pdf)
    _stop_smoothing(pdf)
    name_missing_marks(pdf)
    stop_the_clock(pdf)
    _drop(pdf.trailer, "/ID")
    pdf.remove_unreferenced_resources()
    _end_streams_clearly(pdf)
    target = io.BytesIO()
    pdf.save(
        target,
        force_version="1.7",
        deterministic_id=True,
        object_stream_mode=pikepdf.ObjectStreamMode.disable,
        compress_streams=False,
        recompress_flate=False,
    )
    return target.getvalue()


def _say_what_it_is(pdf: pikepdf.Pdf, metadata: Metadata) -> None:
    """Info and XMP, which must agree (6.6.2.3, 6.6.4); XMP stays uncompressed (6.6.2.1)."""
    moment = metadata.created.astimezone(dt.UTC)
    stamp = moment.strftime("D:%Y%m%d%H%M%SZ")
    info = {
        "/Title": metadata.title,
        "/Author": metadata.author,
        "/Subject": metadata.subject,
        "/Creator": metadata.creator,
        "/Producer": PRODUCER,
        "/CreationDate": stamp,
        "/ModDate": stamp,
    }
    pdf.trailer.Info = pdf.make_indirect(
        Dictionary({key: String(value) for key, value in info.items() if value}),
    )
    stream = pikepdf.Stream(pdf, _xmp(metadata, moment))
    stream.Type, stream.Subtype = Name.Metadata, Name.XML
    pdf.Root.Metadata = pdf.make_indirect(stream)
    pdf.Root.Lang = String(metadata.lang)
    pdf.Root.ViewerPreferences = Dictionary(DisplayDocTitle=True)


def _xmp(metadata: Metadata, moment: dt.datetime) -> bytes:
    stamp = moment.strftime("%Y-%m-%dT%H:%M:%SZ")
    titled = f'<rdf:Alt><rdf:li xml:lang="x-default">{escape(metadata.title)}</rdf:li></rdf:Alt>'
    fields = [
        "<pdfaid:part>2</pdfaid:part>",
        "<pdfaid:conformance>U</pdfaid:conformance>",
        "<dc:format>application/pdf</dc:format>",
        f"<dc:title>{titled}</dc:title>",
        f"<dc:language><rdf:Bag><rdf:li>{escape(metadata.lang)}</rdf:li></rdf:Bag></dc:language>",
        f"<pdf:Producer>{PRODUCER}</pdf:Producer>",
        f"<xmp:CreateDate>{stamp}</xmp:CreateDate>",
        f"<xmp:ModifyDate>{stamp}</xmp:ModifyDate>",
        f"<xmp:MetadataDate>{stamp}</xmp:MetadataDate>",
    ]
    if metadata.author:
        written = f"<rdf:Seq><rdf:li>{escape(metadata.author)}</rdf:li></rdf:Seq>"
        fields.append(f"<dc:creator>{written}</dc:creator>")
    if metadata.subject:
        said = f'<rdf:li xml:lang="x-default">{escape(metadata.subject)}</rdf:li>'
        fields.append(f"<dc:description><rdf:Alt>{said}</rdf:Alt></dc:description>")
    if metadata.creator:
        fields.append(f"<xmp:CreatorTool>{escape(metadata.creator)}</xmp:CreatorTool>")
    body = "\n".join(f"   {field}" for field in fields)
    return f"""<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description rdf:about=""
    xmlns:dc="http://purl.org/dc/elements/1.1/"
    xmlns:pdf="http://ns.adobe.com/pdf/1.3/"
    xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/"
    xmlns:xmp="http://ns.adobe.com/xap/1.0/">
{body}
  </rdf:Description>
 </rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>
""".encode()


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
    for key in ("/AA", "/OpenAction", "/AcroForm", "/Collection", "/URI"):
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
        notes = list(page.obj.Annots)
        kept = [note for note in notes if _is_plain_link(note)]
        for note in notes:
            _drop(note, "/AA")
            if note not in kept:
                _drop(note, "/A")  # the structure tree may still name it
        for note in kept:
            note.F = (int(note.get("/F", 0)) | _PRINT) & ~_HIDING
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
