"""A snapshot's document, read as a stranger's program would: believed only if all is there."""

import dataclasses as dc
import unicodedata
from collections.abc import Sequence
from typing import Any, Final

import pypdf

from tasks.documents.building import uri
from tasks.documents.describing import Metadata
from tasks.documents.embedding import Attachment
from tasks.documents.layout import Layout
from tasks.documents.likeness import share, squeezed
from tasks.documents.read_back import BROKEN, links_of, reading, refused, text_of
from tasks.model import Capture

_ENOUGH: Final = 0.998
_NEAR: Final = 256  # characters within which a line that is interrupted goes on


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a reader must find in the document.

    Attributes:
        sheets: characters of each of the page's own sheets, in the order of reading.
        links: addresses that something on the page leads to.
        bookmarks: how many.
        attachments: by name.
        metadata: title and author.
    """

    sheets: tuple[str, ...]
    links: frozenset[str]
    bookmarks: int
    attachments: dict[str, bytes]
    metadata: Metadata


def wanted(
    capture: Capture, layout: Layout, metadata: Metadata, attachments: Sequence[Attachment]
) -> Wanted:
    """What the document of this capture must hold."""
    sheets: list[list[str]] = [[] for _ in layout.sheets]
    links, posts = set(), set()
    for block in capture.blocks:
        posts.add(block.post)
        for run in layout.runs(block):
            text = "".join(word.text for word in run.words)
            sheets[run.sheet].append(text)
            if run.link is not None:
                links.add(uri(capture.targets[run.link].address))
    return Wanted(
        sheets=tuple(squeezed("".join(parts)) for parts in sheets),
        links=frozenset(links - {""}),
        bookmarks=2 + len(posts - {None}),
        attachments={attachment.name: attachment.data for attachment in attachments},
        metadata=metadata,
    )


def layer_text(capture: Capture) -> str:
    """The characters of the invisible layer, in the order of reading."""
    return squeezed("".join(word.text for block in capture.blocks for word in block.words))


def refuse_lost_text(capture: Capture, text: str) -> None:
    """Refuse a layer that lacks what the page says, by the browser's own reading of it and by ours.

    Each line of the browser's must be there in its order. Lines may stand elsewhere than in that
    reading, which goes by their order in the document and not by what is shown where.

    Raises:
        CaptureError: ``readback-failed``.
    """
    lines = [_plain(line) for line in capture.page_text.splitlines()]
    said, at, kept = _plain(text), 0, 0.0
    for line in lines:
        place = said.find(line, at)
        place = place if place >= 0 else said.find(line)
        if place >= 0:
            at, kept = place + len(line), kept + len(line)
        else:  # a field's words, or a picture's, may stand in the midst of it
            kept += share(line, said[at : at + _NEAR + 2 * len(line)]) * len(line)
    whole = kept >= _ENOUGH * sum(map(len, lines))
    if not whole or share(squeezed(capture.text), text) < _ENOUGH:
        raise refused("sidans text saknas", "the page's text is missing")


def _plain(text: str) -> str:
    """As a reader compares it: a formula's letters are told in more than one style."""
    return unicodedata.normalize("NFKC", squeezed(text))


def believe(pdf: bytes, expected: Wanted) -> int:
    """Read the whole document; its number of pages.

    Raises:
        CaptureError: ``readback-failed``: something is missing or cannot be read.
    """
    try:
        with reading(pdf) as reader:
            return _read(reader, expected)
    except BROKEN:
        raise refused("läsning", "reading") from None


def _read(reader: pypdf.PdfReader, expected: Wanted) -> int:
    pages = list(reader.pages)
    front = len(pages) - len(expected.sheets)
    own = pages[max(front, 0) :]
    if front < 1 or not all(text_of(page).strip() for page in pages[:front]):
        raise refused("försättsbladet saknas", "the provenance page is missing")
    for page, text in zip(own, expected.sheets, strict=True):
        if squeezed(text_of(page)) != text:
            raise refused("sidornas text stämmer inte", "its pages' text does not agree")
    if not expected.links <= {link for page in own for link in links_of(page)}:
        raise refused("sidans länkar saknas", "the page's links are missing")
    if _count(reader.outline) != expected.bookmarks:
        raise refused("bokmärkena stämmer inte", "its bookmarks do not agree")
    if {name: data for name, (data,) in reader.attachments.items()} != expected.attachments:
        raise refused("bilagorna stämmer inte", "its attachments do not agree")
    told = reader.metadata or pypdf.DocumentInformation()
    if (told.title, told.author or "") != (expected.metadata.title, expected.metadata.author):
        raise refused("uppgifterna om dokumentet stämmer inte", "its metadata do not agree")
    return len(pages)


def _count(outline: Sequence[Any]) -> int:
    return sum(_count(item) if isinstance(item, list) else 1 for item in outline)
