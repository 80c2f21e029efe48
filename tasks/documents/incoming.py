"""A PDF that a person hands in: what it says of itself.

The file is kept as it came. No validator runs here, so nothing is said about whether it *is* PDF/A:
the statement repeats what the file claims (ISO 19005-1, 6.7.11: pdfaid in XMP) and what anybody can
count in it.
"""

import dataclasses as dc
import hashlib
import io
import re
import struct
import zlib
from typing import Final

import pikepdf
import pypdf
from pypdf.errors import PyPdfError

from archive_store.errors import InputError

MAX_BYTES: Final = 300_000_000
MAX_PAGES: Final = 5_000

_TRIED: Final = 12
_LONGEST: Final = 3_000_000  # bytes of metadata, or of a page's drawing as stored, that are read
_OBJECTS: Final = 200_000
_NESTED: Final = 6
_ACTIVE: Final = frozenset({"/JavaScript", "/Launch", "/ImportData", "/SubmitForm", "/Movie"})
_PART: Final = re.compile(rb"pdfaid:part\s*(?:=\s*[\"']|>)\s*(\d)")
_LEVEL: Final = re.compile(rb"pdfaid:conformance\s*(?:=\s*[\"']|>)\s*([ABUEFabuef])")
_UNREADABLE: Final = (
    PyPdfError,
    ValueError,
    KeyError,
    IndexError,
    TypeError,
    AttributeError,
    RecursionError,
    ArithmeticError,
    AssertionError,
    NotImplementedError,
    OSError,
    struct.error,
    zlib.error,
)
"""What the two libraries raise on files that are damaged or made to harm."""


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class IncomingPdf:
    """What a handed-in PDF says of itself, as it came.

    Attributes:
        sha256: hex digest; ``size`` in bytes; ``pages`` their number; ``version`` of PDF.
        claims: the PDF/A level that its XMP names, such as ``"PDF/A-2b"``, or ``""``; a claim, not
            a validator's word.
        encrypted: whether it restricts what readers may do (it opens without a password).
        active: kinds of scripts and actions in it, sorted.
        attachments: files inside it; ``forms`` and ``signed``: whether it has fields, signatures.
        repaired: whether its structure was damaged and had to be guessed.
        tried: pages whose text was looked for; ``worded`` those that had some.
    """

    sha256: str
    size: int
    pages: int
    version: str
    claims: str
    encrypted: bool
    active: tuple[str, ...]
    attachments: int
    forms: bool
    signed: bool
    repaired: bool
    tried: int
    worded: int

    @property
    def searchable(self) -> bool:
        """Whether every page that was tried has text; false for a picture of pages."""
        return 0 < self.tried == self.worded


def examined(data: bytes) -> IncomingPdf:
    """Read what the PDF says of itself; nothing in it is run or changed.

    Raises:
        InputError: ``pdf-damaged``, ``pdf-locked``, ``pdf-empty`` or ``pdf-too-large``: it could
            not be read in the archive either.
    """
    if len(data) > MAX_BYTES:
        raise _too_large()
    try:
        with pikepdf.open(io.BytesIO(data)) as pdf:
            pages = len(pdf.pages)
            if pages > MAX_PAGES:
                raise _too_large()
            if not pages:
                raise _refusal(
                    "pdf-empty",
                    "har inga sidor. Skriv ut sidan till PDF på nytt",
                    "has no pages. Print the page to PDF anew",
                )
            tried, worded = _worded(pdf, pages)
            form = pdf.Root.get("/AcroForm")
            return IncomingPdf(
                sha256=hashlib.sha256(data).hexdigest(),
                size=len(data),
                pages=pages,
                version=str(pdf.pdf_version),
                claims=_claims(pdf),
                encrypted=pdf.is_encrypted,
                active=tuple(sorted(_active(pdf))),
                attachments=len(pdf.attachments),
                forms=isinstance(form, pikepdf.Dictionary) and bool(form.get("/Fields")),
                signed=isinstance(form, pikepdf.Dictionary) and bool(int(form.get("/SigFlags", 0))),
                repaired=bool(pdf.get_warnings()),
                tried=tried,
                worded=worded,
            )
    except pikepdf.PasswordError:
        raise _refusal(
            "pdf-locked",
            "är låst med ett lösenord. Spara den utan lösenord",
            "is locked by a password. Save it without one",
        ) from None
    except (pikepdf.PdfError, *_UNREADABLE):
        raise _refusal(
            "pdf-damaged",
            "är skadad och går inte att läsa. Skriv ut sidan till PDF på nytt",
            "is damaged and cannot be read. Print the page to PDF anew",
        ) from None


def _claims(pdf: pikepdf.Pdf) -> str:
    stream = pdf.Root.get("/Metadata")
    if not isinstance(stream, pikepdf.Stream):
        return ""
    xmp = _opened(stream)
    part, level = _PART.search(xmp), _LEVEL.search(xmp)
    if part is None:
        return ""
    return f"PDF/A-{part[1].decode()}{level[1].decode().lower() if level else ''}"


def _opened(stream: pikepdf.Stream) -> bytes:
    """The metadata's bytes, never more than a document has: packed ones may have no end."""
    raw = stream.read_raw_bytes()
    if "/Filter" not in stream:
        return raw[:_LONGEST]
    try:
        return zlib.decompressobj().decompress(raw, _LONGEST)
    except zlib.error:
        return b""  # packed otherwise, which no PDF/A is


def _active(pdf: pikepdf.Pdf) -> set[str]:
    found: set[str] = set()
    for number, item in enumerate(pdf.objects):
        if number > _OBJECTS:
            break
        if isinstance(item, pikepdf.Dictionary | pikepdf.Stream):
            found |= _active_in(item, 0)
    return found


def _active_in(item: pikepdf.Object, depth: int) -> set[str]:
    """Kinds of actions in an object and in what lies directly within it."""
    found: set[str] = set()
    holder = item.stream_dict if isinstance(item, pikepdf.Stream) else item
    if str(holder.get("/S", "")) in _ACTIVE:
        found.add(str(holder.get("/S")))
    if "/JS" in holder:
        found.add("/JavaScript")
    if "/AA" in holder:
        found.add("/AA")
    if depth < _NESTED:
        for value in holder.as_dict().values():
            if isinstance(value, pikepdf.Dictionary) and not value.is_indirect:
                found |= _active_in(value, depth + 1)
    return found


def _worded(pdf: pikepdf.Pdf, pages: int) -> tuple[int, int]:
    """How many pages were tried, spread over the document, and how many of them had text."""
    chosen = sorted({round(n * (pages - 1) / (_TRIED - 1)) for n in range(_TRIED)})
    target = io.BytesIO()
    with pikepdf.new() as few:
        for number in chosen:
            page = pdf.pages[number]
            if _drawing_size(page) <= _LONGEST:
                few.pages.append(page)
        few.save(target)
    reader = pypdf.PdfReader(target)
    worded = 0
    for sheet in reader.pages:
        try:
            worded += bool(sheet.extract_text().strip())
        except _UNREADABLE:
            continue  # a page whose text cannot be read has none for a reader either
    return len(reader.pages), worded


def _drawing_size(page: pikepdf.Page) -> int:
    contents = page.obj.get("/Contents")
    parts = contents if isinstance(contents, pikepdf.Array) else [contents]
    return sum(len(part.read_raw_bytes()) for part in parts if isinstance(part, pikepdf.Stream))


def _too_large() -> InputError:
    return _refusal(
        "pdf-too-large",
        f"är för stor (högst {MAX_BYTES // 10**6} MB och {MAX_PAGES} sidor). Dela den",
        f"is too large (at most {MAX_BYTES // 10**6} MB and {MAX_PAGES} pages). Part it",
    )


def _refusal(code: str, sv: str, en: str) -> InputError:
    return InputError(
        code,
        sv=f"PDF-filen {sv} och lämna den igen.",
        en=f"The PDF {en} and hand it in again.",
    )
