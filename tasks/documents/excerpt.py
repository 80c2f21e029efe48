"""Some pages of one of our own documents as a document of its own, with its provenance sheets.

For a disclosure: a snapshot may show a hundred posts where one is asked for. The pages are the
original's, untouched; its structure (ISO 32000-1, 14.7) is kept as far as those pages go, so that
the excerpt is as valid and as accessible. What other pages hold is nowhere in it, attachments
neither.
"""

import datetime as dt
import io
import re
from collections.abc import Collection
from typing import Final

import pikepdf
from pikepdf import Array, Dictionary, Name, NumberTree

from archive_store.errors import CaptureError, InputError
from tasks.documents.describing import Level, Metadata
from tasks.documents.finishing import finish
from tasks.documents.read_back import read_back
from tasks.documents.tagging import kids

_FRONT: Final = re.compile(r"Försättsblad 1 \((\d{1,3})\)")
_TREES: Final = ("/Outlines", "/PageLabels", "/Dests", "/Threads")

_PageId = tuple[int, int]


def excerpt(pdf: bytes, pages: Collection[int], *, created: dt.datetime) -> bytes:
    """The provenance sheets and those pages, at the level of the original.

    Args:
        pdf: a snapshot or another document that this room made.
        pages: numbers as a reader counts, from 1.
        created: aware time of making.

    Raises:
        InputError: ``excerpt-foreign``: it is no document of ours; ``excerpt-page``: it has no
            such page.
        CaptureError: ``readback-failed``: it cannot be read, or the excerpt says something else.
    """
    whole = read_back(pdf)
    if not all(1 <= number <= whole.pages for number in pages):
        raise InputError(
            "excerpt-page",
            sv=f"Dokumentet har sidorna 1–{whole.pages}; välj bland dem.",
            en=f"The document has the pages 1–{whole.pages}; choose among them.",
        )
    numbers = sorted({*range(1, front_pages(whole.texts) + 1), *pages})
    with _opened(pdf) as document:
        level = _level(document)
        kept = [document.pages[number - 1] for number in numbers]
        _keep(document, {page.obj.objgen for page in kept})
        for number in range(whole.pages, 0, -1):
            if number not in numbers:
                del document.pages[number - 1]
        with document.open_outline() as outline:
            outline.root.extend(
                pikepdf.OutlineItem(f"Sida {number} i originalet", place)
                for place, number in enumerate(numbers)
            )
        metadata = Metadata(
            title=f"Sidor ur: {whole.title}",
            author=whole.author,
            created=created,
            creator=str(document.docinfo.get("/Creator", "")),
        )
        data = finish(document, metadata, level=level)
    if read_back(data).texts != tuple(whole.texts[number - 1] for number in numbers):
        raise CaptureError(
            "readback-failed",
            sv="Utdraget säger något annat än originalets sidor och har inte sparats. Lämna ut "
            "hela dokumentet i stället, och anmäl felet.",
            en="The excerpt says something else than the original's pages and was not kept. "
            "Disclose the whole document instead, and report the fault.",
        )
    return data


def front_pages(texts: Collection[str]) -> int:
    """How many provenance sheets a document begins with, by what its first page says."""
    first = next(iter(texts), "")
    told = _FRONT.search(" ".join(first.split()))
    return min(int(told[1]) if told else 1, len(texts))


def _opened(pdf: bytes) -> pikepdf.Pdf:
    document = pikepdf.open(io.BytesIO(pdf))
    told = document.Root.get("/Metadata")
    ours = isinstance(told, pikepdf.Stream) and b">Kanalarkiv</pdf:Producer>" in told.read_bytes()
    if not ours or "/StructTreeRoot" not in document.Root:
        document.close()
        raise InputError(
            "excerpt-foreign",
            sv="Dokumentet är inte framställt av Kanalarkiv, så utdrag går inte att göra. Lämna "
            "ut hela dokumentet.",
            en="The document was not made by Kanalarkiv, so no excerpt can be made. Disclose the "
            "whole document.",
        )
    return document


def _level(document: pikepdf.Pdf) -> Level:
    told = document.Root.Metadata.read_bytes()
    return Level.A1 if b"<pdfaid:part>1<" in told else Level.A3


def _keep(document: pikepdf.Pdf, pages: set[_PageId]) -> None:
    """Let nothing of the document lead to other pages than these."""
    for key in _TREES:
        if key in document.Root:
            del document.Root[key]
    if "/Names" in document.Root:
        del document.Root.Names
    inner = _drop_inner_links(document)
    root = document.Root.StructTreeRoot
    if "/IDTree" in root:
        del root.IDTree
    _prune(root, pages, inner)
    numbers = _numbers(document, pages)
    tree = NumberTree(root.ParentTree)
    entries = sorted((number, entry) for number, entry in tree.items() if number in numbers)
    pairs = Array()
    for number, entry in entries:
        pairs.append(number)
        pairs.append(entry)
    root.ParentTree = document.make_indirect(Dictionary(Nums=pairs))


def _drop_inner_links(document: pikepdf.Pdf) -> set[_PageId]:
    """Take away the links within the document, which may lead to pages that go."""
    dropped: set[_PageId] = set()
    for page in document.pages:
        notes = page.obj.get("/Annots")
        if notes is None:
            continue
        outward = []
        for note in notes:
            action = note.get("/A", Dictionary())
            if "/Dest" in note or action.get("/S") == Name.GoTo:
                dropped.add(note.objgen)
            else:
                outward.append(note)
        page.obj.Annots = Array(outward)
    return dropped


def _prune(holder: pikepdf.Object, pages: set[_PageId], inner: set[_PageId]) -> bool | None:
    """Take from an element what stands on other pages.

    Returns:
        Whether something of it is left; ``None`` where it never held anything.
    """
    home = holder.get("/Pg")
    here = home is not None and home.objgen in pages
    left, fates = Array(), []
    for kid in kids(holder):
        if isinstance(kid, int):
            fate: bool | None = here
        elif "/S" in kid:
            fate = _prune(kid, pages, inner)
        else:
            page = kid.get("/Pg", home)
            gone = "/Obj" in kid and kid.Obj.objgen in inner
            fate = page is not None and page.objgen in pages and not gone
        if fate is not False:
            left.append(kid)
        fates.append(fate)
    if "/K" in holder:
        holder.K = left
    if home is not None and not here:
        del holder["/Pg"]
    if True in fates:
        return True
    return False if False in fates else None


def _numbers(document: pikepdf.Pdf, pages: set[_PageId]) -> set[int]:
    """The keys of the parent tree that the pages that stay, and their links, name."""
    numbers: set[int] = set()
    for page in document.pages:
        if page.obj.objgen in pages:
            holders = [page.obj, *page.obj.get("/Annots", [])]
            for holder in holders:
                numbers |= {
                    int(holder[key]) for key in ("/StructParents", "/StructParent") if key in holder
                }
    return numbers
