"""What a document says of itself: Info and XMP, which must agree, and the levels it claims.

ISO 19005-1, 6.7 and ISO 19005-3, 6.6 (metadata); ISO 14289-1, 5 (the mark of PDF/UA). The XMP
packet stays uncompressed, so that any program can find it.
"""

import dataclasses as dc
import datetime as dt
import enum
import re
from typing import Final
from xml.sax.saxutils import escape

import pikepdf
from pikepdf import Dictionary, Name, String

PRODUCER: Final = "Kanalarkiv"
_NOT_XML: Final = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Level(enum.Enum):
    """Which standards a document keeps.

    ``A3`` is PDF/A-3a (ISO 19005-3) and PDF/UA-1 (ISO 14289-1); ``A1`` is PDF/A-1b (ISO 19005-1),
    for deliveries that name it: nothing attached, nothing transparent.
    """

    A3 = "3"
    A1 = "1"

    @property
    def version(self) -> str:
        """The version of PDF that the file says it is."""
        return "1.4" if self is Level.A1 else "1.7"

    @property
    def words(self) -> str:
        """The level's name for people."""
        return "PDF/A-1b" if self is Level.A1 else "PDF/A-3a och PDF/UA-1"


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """What a document says of itself; what no metadata can hold is written as U+FFFD.

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

    def __post_init__(self) -> None:
        for name in ("title", "author", "subject", "creator"):
            object.__setattr__(self, name, legible(getattr(self, name)))


def legible(text: str) -> str:
    """``text`` on one line, with U+FFFD for what XML 1.0 (2.2) has no place for."""
    return _NOT_XML.sub("\N{REPLACEMENT CHARACTER}", " ".join(text.split()))


def say_what_it_is(pdf: pikepdf.Pdf, metadata: Metadata, level: Level) -> None:
    """Write Info, XMP, language and the wish to show the title, in place of what was there."""
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
    stream = pikepdf.Stream(pdf, _xmp(metadata, moment, level))
    stream.Type, stream.Subtype = Name.Metadata, Name.XML
    pdf.Root.Metadata = pdf.make_indirect(stream)
    pdf.Root.Lang = String(metadata.lang)
    pdf.Root.ViewerPreferences = Dictionary(DisplayDocTitle=True)


def _xmp(metadata: Metadata, moment: dt.datetime, level: Level) -> bytes:
    stamp = moment.strftime("%Y-%m-%dT%H:%M:%SZ")
    titled = f'<rdf:Alt><rdf:li xml:lang="x-default">{escape(metadata.title)}</rdf:li></rdf:Alt>'
    fields = [
        *_claims(level),
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
{_EXTENSION if level is Level.A3 else ""}  <rdf:Description rdf:about=""
    xmlns:dc="http://purl.org/dc/elements/1.1/"
    xmlns:pdf="http://ns.adobe.com/pdf/1.3/"
    xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/"
    xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/"
    xmlns:xmp="http://ns.adobe.com/xap/1.0/">
{body}
  </rdf:Description>
 </rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>
""".encode()


def _claims(level: Level) -> list[str]:
    if level is Level.A1:
        return ["<pdfaid:part>1</pdfaid:part>", "<pdfaid:conformance>B</pdfaid:conformance>"]
    return [
        "<pdfaid:part>3</pdfaid:part>",
        "<pdfaid:conformance>A</pdfaid:conformance>",
        "<pdfuaid:part>1</pdfuaid:part>",
    ]


_EXTENSION: Final = """\
  <rdf:Description rdf:about=""
    xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
    xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#"
    xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#">
   <pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
    <pdfaSchema:schema>PDF/UA identification</pdfaSchema:schema>
    <pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
    <pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
    <pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
     <pdfaProperty:name>part</pdfaProperty:name>
     <pdfaProperty:valueType>Integer</pdfaProperty:valueType>
     <pdfaProperty:category>internal</pdfaProperty:category>
     <pdfaProperty:description>Part of ISO 14289 that the file keeps</pdfaProperty:description>
    </rdf:li></rdf:Seq></pdfaSchema:property>
   </rdf:li></rdf:Bag></pdfaExtension:schemas>
  </rdf:Description>
"""
"""PDF/A knows no schema of PDF/UA's: the file itself must explain it (ISO 19005-3, 6.6.2.3)."""
