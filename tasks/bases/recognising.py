"""What a handed-in file is, by its content and never by its name."""

import enum
import re
from pathlib import Path
from typing import Final

from archive_store.errors import InputError
from tasks.bases.export import platform_of
from tasks.bases.suite import first_row, is_header
from tasks.bases.unpacking import opened
from tasks.model import Text

_HEAD: Final = 20_000
_PDF_WITHIN: Final = 1024  # a header may stand this far in (ISO 32000-1, annex H, 3.4.1)
_PICTURES: Final = {
    b"\x89PNG\r\n\x1a\n": "png",
    b"\xff\xd8\xff": "jpeg",
    b"GIF87a": "gif",
    b"GIF89a": "gif",
    b"II*\0": "tiff",
    b"MM\0*": "tiff",
}
_BRANDS: Final = {
    "heic": (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"),
    "avif": (b"avif", b"avis"),
}
_MARKUP: Final = re.compile(
    rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(!doctype\s+)?(html|svg)\b"
)


class Kind(enum.StrEnum):
    """What ``ingest`` may be handed."""

    PDF = "pdf"
    PNG = "png"
    JPEG = "jpeg"
    WEBP = "webp"
    TIFF = "tiff"
    GIF = "gif"
    EXPORT = "export"
    SUITE = "suite-csv"
    HEIC = "heic"
    AVIF = "avif"
    ZIP = "zip"
    HTML = "html"
    UNKNOWN = "unknown"

    @property
    def is_picture(self) -> bool:
        """Whether it is a picture that can be made a document."""
        return self in {Kind.PNG, Kind.JPEG, Kind.WEBP, Kind.TIFF, Kind.GIF}

    @property
    def media_type(self) -> str:
        """Its media type, for the manifest."""
        return _MEDIA_TYPES.get(self, "application/octet-stream")


_MEDIA_TYPES: Final = {
    Kind.PDF: "application/pdf",
    Kind.PNG: "image/png",
    Kind.JPEG: "image/jpeg",
    Kind.WEBP: "image/webp",
    Kind.TIFF: "image/tiff",
    Kind.GIF: "image/gif",
    Kind.EXPORT: "application/zip",
    Kind.SUITE: "text/csv",
}


def recognised(source: Path | bytes) -> Kind:
    """What the file (or folder) is.

    Raises:
        InputError: ``ingest-missing``: it is not there or cannot be opened; ``export-…``: it is a
            zip file that is damaged or not safe.
    """
    if isinstance(source, Path) and source.is_dir():
        return _packed(source, Kind.UNKNOWN)
    head = source[:_HEAD] if isinstance(source, bytes) else _head(source)
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _packed(source, Kind.ZIP)
    return _picture(head) or _written(head)


def refuse_unfit(kind: Kind) -> None:
    """Tell what to do instead, where ``ingest`` cannot take in such a file.

    Raises:
        InputError: ``ingest-heic``, ``ingest-avif``, ``ingest-zip``, ``ingest-html`` or
            ``ingest-unknown``.
    """
    if kind in _ADVICE:
        advice = _ADVICE[kind]
        raise InputError(f"ingest-{kind}", sv=advice.sv, en=advice.en)


def _save_as(form: str) -> Text:
    return Text(
        f"Bilden är i formatet {form}, som inte är gjort för att bevaras. Spara den som PNG eller "
        "JPEG (på telefonen: kamerans inställning Mest kompatibel, eller dela den som JPEG) och "
        "lämna den igen.",
        f"The picture is in the format {form}, which is not made to be preserved. Save it as PNG "
        "or JPEG (on the phone: the camera's setting Most Compatible, or share it as JPEG) and "
        "hand it in again.",
    )


_ADVICE: Final = {
    Kind.HEIC: _save_as("HEIC"),
    Kind.AVIF: _save_as("AVIF"),
    Kind.ZIP: Text(
        "Zip-filen är ingen export från Facebook eller Instagram i JSON. Lämna en export, eller "
        "filerna i den var för sig.",
        "The zip file is no export of Facebook or Instagram in JSON. Hand in an export, or its "
        "files one by one.",
    ),
    Kind.HTML: Text(
        "En sparad webbsida kan inte tas emot: den läser in annat när den öppnas. Skriv ut sidan "
        "till PDF eller ta en skärmdump, och lämna den.",
        "A saved web page cannot be taken in: it reads other things when it is opened. Print the "
        "page to PDF or take a screenshot, and hand that in.",
    ),
    Kind.UNKNOWN: Text(
        "Filen går inte att känna igen. Lämna en PDF, en bild (PNG, JPEG, WebP, TIFF, GIF), en "
        "export i JSON (zip) eller en CSV-fil från Meta Business Suite.",
        "The file is not recognised. Hand in a PDF, a picture (PNG, JPEG, WebP, TIFF, GIF), an "
        "export in JSON (zip) or a CSV file of Meta Business Suite.",
    ),
}


def _head(source: Path) -> bytes:
    try:
        with source.open("rb") as file:
            return file.read(_HEAD)
    except OSError:
        raise InputError(
            "ingest-missing",
            sv="Filen finns inte eller går inte att öppna. Kontrollera sökvägen.",
            en="The file is not there or cannot be opened. Check the path.",
        ) from None


def _picture(head: bytes) -> Kind | None:
    for start, kind in _PICTURES.items():
        if head.startswith(start):
            return Kind(kind)
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return Kind.WEBP
    if head[4:8] == b"ftyp":
        brands = head[8 : int.from_bytes(head[:4], "big")]
        for kind in ("avif", "heic"):  # an AVIF file may also name the family's common brand
            if any(brand in brands for brand in _BRANDS[kind]):
                return Kind(kind)
    return None


def _written(head: bytes) -> Kind:
    if b"%PDF-" in head[:_PDF_WITHIN]:
        return Kind.PDF
    if is_header(first_row(head)):
        return Kind.SUITE
    if _MARKUP.match(head.removeprefix(b"\xef\xbb\xbf").lower()):
        return Kind.HTML
    return Kind.UNKNOWN


def _packed(source: Path | bytes, otherwise: Kind) -> Kind:
    with opened(source) as package:
        return Kind.EXPORT if platform_of(package) else otherwise
