"""Reading a PDF as a stranger's program would: its text, its links, what it says of itself."""

import contextlib
import dataclasses as dc
import io
from collections.abc import Iterator, Sequence
from typing import Final, NoReturn

import pypdf
from pypdf.errors import PyPdfError
from pypdf.generic import DictionaryObject, NameObject

from archive_store.errors import CaptureError

BROKEN: Final = (
    PyPdfError,
    ValueError,
    KeyError,
    IndexError,
    TypeError,
    AttributeError,
    RecursionError,
    NotImplementedError,
)
"""pypdf meets broken files with any of these."""

_BAND: Final = NameObject("/Band")


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class ReadBack:
    """What a reader finds: text of each page read, their link addresses, title and author."""

    texts: tuple[str, ...]
    links: tuple[str, ...]
    title: str
    author: str

    @property
    def pages(self) -> int:
        """Number of pages read."""
        return len(self.texts)


def read_back(data: bytes, pages: Sequence[int] | None = None) -> ReadBack:
    """Read the PDF: all of it, or the pages of those numbers (from 0).

    Raises:
        CaptureError: ``readback-failed``: it cannot be read.
    """
    try:
        with reading(data) as reader:
            return _read(reader, pages)
    except BROKEN:
        raise refused("läsning", "reading") from None


def _read(reader: pypdf.PdfReader, pages: Sequence[int] | None) -> ReadBack:
    chosen = [reader.pages[n] for n in (range(len(reader.pages)) if pages is None else pages)]
    told = reader.metadata
    return ReadBack(
        texts=tuple(text_of(page) for page in chosen),
        links=tuple(link for page in chosen for link in links_of(page)),
        title=(told.title if told else None) or "",
        author=(told.author if told else None) or "",
    )


class _Shared(io.BytesIO):
    """A stream over bytes that are not copied.

    pypdf asks ``getbuffer`` for their number, and for that BytesIO takes a copy of all.
    """

    @property
    def getbuffer(self) -> NoReturn:
        raise AttributeError


@contextlib.contextmanager
def reading(data: bytes) -> Iterator[pypdf.PdfReader]:
    """A reader of the PDF, which lets go of it at the end; one of ``BROKEN`` where it is none."""
    with _Shared(data) as stream:
        yield pypdf.PdfReader(stream)


def text_of(page: pypdf.PageObject) -> str:
    """The page's text, as pypdf reads it; its band's picture is not read into memory."""
    pictures = page.get("/Resources", {}).get("/XObject", {})
    if _BAND in pictures:
        pictures[_BAND] = DictionaryObject({NameObject("/Subtype"): NameObject("/Image")})
    return page.extract_text()


def links_of(page: pypdf.PageObject) -> Iterator[str]:
    """Addresses that the page's links lead to."""
    for note in page.annotations or ():
        action = note.get_object().get("/A")
        if action is not None and "/URI" in action.get_object():
            yield str(action.get_object()["/URI"])


def refused(sv: str, en: str) -> CaptureError:
    """The document is not what it should be; ``sv`` and ``en`` name what fell short."""
    return CaptureError(
        "readback-failed",
        sv=f"Det färdiga dokumentet klarade inte kontrolläsningen ({sv}) och har inte sparats. "
        "Kör igen; händer det igen, fånga kanalen på annat sätt och anmäl felet.",
        en=f"The finished document failed to read back ({en}) and was not kept. Run again; if it "
        "happens again, capture the channel otherwise and report the fault.",
    )
