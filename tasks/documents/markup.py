"""Reports, certificates and provenance pages: HTML to PDF/A, never reaching for the network."""

import datetime as dt
import io
import logging
import mimetypes
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

import pikepdf
import pydyf  # type: ignore[import-untyped]  # it ships no types
import weasyprint
from weasyprint.urls import URLFetcher, URLFetcherResponse

from archive_store.errors import InputError
from tasks.documents.finishing import Level, Metadata, finish
from tasks.documents.tagging import mend_structure

# It quotes what it cannot draw, and what it draws may be anybody's words.
logging.getLogger("weasyprint").addFilter(lambda _record: False)

CREATOR: Final = "WeasyPrint"
_NOWHERE: Final = "document:///"  # relative addresses lead here, and are refused like all others


def html_to_pdf(  # noqa: PLR0913 - what a document may be told, each by name
    html: str,
    *,
    title: str,
    author: str,
    created: dt.datetime,
    lang: str = "sv",
    base_url: Path | str | None = None,
    level: Level = Level.A3,
) -> bytes:
    """A document of our own as PDF/A: the same input gives the same bytes.

    Args:
        html: a whole document with its style sheet inside.
        title: the document's title in its metadata.
        author: the organisation.
        created: aware time of making, written into the metadata.
        lang: language of the text.
        base_url: a folder whose files (pictures, style sheets) the document may name relatively.
            Without it only ``data:`` addresses are read.
        level: the standards that the document keeps.

    Raises:
        InputError: the document asks for something that lies elsewhere.
    """
    metadata = Metadata(title=title, author=author, created=created, lang=lang, creator=CREATOR)
    with pikepdf.open(io.BytesIO(drawn(html, base_url=base_url))) as pdf:
        return finish(pdf, metadata, level=level)


def drawn(*parts: str, base_url: Path | str | None = None) -> bytes:
    """The document as WeasyPrint draws it, tagged for PDF/UA-1 and not yet finished.

    Of several parts, each with its own style sheet, the pages follow one another.
    """
    folder = Path(base_url).resolve() if base_url is not None else None
    fetcher = _Offline(folder)
    documents = [
        weasyprint.HTML(
            string=html,
            base_url=f"{folder.as_uri()}/" if folder else _NOWHERE,
            url_fetcher=fetcher,
        ).render(pdf_tags=True)
        for html in parts
    ]
    whole = documents[0].copy([page for document in documents for page in document.pages])
    data: bytes = whole.write_pdf(pdf_tags=True, finisher=_name_links)
    if fetcher.refused:
        where = ", ".join(sorted(fetcher.refused))
        raise InputError(
            "document-resource",
            sv=f"Dokumentet vill läsa något som inte följer med det ({where}). "
            "Lägg filen i dokumentets mapp eller skriv in den som data-adress.",
            en=f"The document asks for something that does not come with it ({where}). "
            "Put the file into the document's folder or write it in as a data address.",
        )
    with pikepdf.open(io.BytesIO(data)) as pdf:
        mend_structure(pdf)
        target = io.BytesIO()
        pdf.save(target, static_id=True)
    return target.getvalue()


def _name_links(document: weasyprint.Document, _: pydyf.PDF) -> None:
    """Say of each link what it is called, not only where it leads (ISO 14289-1, 7.18.5)."""
    for page in document.pages:
        for _, target, _, box in page.links:
            element = box.element
            called = element.get("aria-label") or " ".join("".join(element.itertext()).split())
            box.link_annotation["Contents"] = pydyf.String(called or target)


class _Offline(URLFetcher):  # type: ignore[misc]  # weasyprint ships no types
    """Reads data addresses and files of one folder; remembers by scheme or name what it refused."""

    def __init__(self, folder: Path | None) -> None:
        super().__init__(allowed_protocols=["data"])
        self.folder = folder
        self.refused: set[str] = set()

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        parts = urlsplit(url)
        if parts.scheme == "data":
            return super().fetch(url, headers)
        path = Path(unquote(parts.path)).resolve() if parts.scheme == "file" else None
        if path and self.folder and path.is_relative_to(self.folder) and path.is_file():
            kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
            return URLFetcherResponse(url, path.read_bytes(), {"Content-Type": kind})
        self.refused.add(path.name if path else f"{parts.scheme}:")
        raise ValueError("refused: the document may not read this")
