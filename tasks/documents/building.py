"""The document of a captured page: its provenance sheets, then a sheet for each band.

The provenance sheets come drawn and tagged from WeasyPrint; the page's own sheets, their part of
the structure tree and the bookmarks are added to that document, so that one tree holds all.
"""

import io
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Final
from urllib.parse import quote

import pikepdf
from pikepdf import Array, Dictionary, Name, OutlineItem, PageLocation, String

from archive_store.errors import CaptureError
from tasks.documents.describing import Level, Metadata
from tasks.documents.embedding import Attachment
from tasks.documents.finishing import finish
from tasks.documents.layout import A4, Layout, Rect, Run, lines
from tasks.documents.letters import Letters, folded
from tasks.documents.pictures import picture
from tasks.documents.structure import Element, Mark, Note, Tree
from tasks.documents.text_layer import Drawing
from tasks.model import Block, Capture, Target

NO_ALT: Final = "Bild utan beskrivning"
_ASCII: Final = "".join(map(chr, range(0x21, 0x7F)))
_LONGEST_ADDRESS: Final = 8000  # bytes; PDF/A-1 allows 65 535 of a string, PDF/A-3 32 767
_LONGEST_TEXT: Final = 2000  # characters of an alternative text or a link's name
_SHORT: Final = 70
_CROWDED: Final = 8191  # entries of an array in PDF 1.4 (annex C)


def build(  # noqa: PLR0913 - what a document is made of, each by name
    front: bytes,
    capture: Capture,
    layout: Layout,
    metadata: Metadata,
    *,
    level: Level,
    attachments: Sequence[Attachment],
) -> bytes:
    """The finished document.

    Args:
        front: the provenance sheets, tagged.
        capture: whose bands, blocks and targets are shown.
        layout: of the capture's bands.
        metadata: what the document says of itself.
        level: the standards that it keeps.
        attachments: files to put inside.

    Raises:
        CaptureError: ``band-picture``: a band's picture is not what it should be;
            ``band-crowded``: there is more on a sheet than PDF/A-1 can hold.
    """
    with pikepdf.open(io.BytesIO(front)) as pdf:
        sheets = len(pdf.pages)
        page = _Page(pdf, capture, layout)
        page.add()
        if level is Level.A1 and page.crowded > _CROWDED:
            raise _too_crowded()
        _bookmark(pdf, sheets, capture, layout)
        return finish(pdf, metadata, level=level, attachments=attachments)


def uri(address: str) -> str:
    """The address as a link in the document holds it: ASCII (ISO 32000-1, 12.6.4.7).

    ``""`` for one that is too long for a PDF; such a link is shown but leads nowhere.
    """
    safe = quote(address, safe=_ASCII, errors="replace")
    return safe if len(safe) <= _LONGEST_ADDRESS else ""


class _Page:
    """The captured page's sheets, being drawn."""

    def __init__(self, pdf: pikepdf.Pdf, capture: Capture, layout: Layout) -> None:
        self._pdf = pdf
        self._capture = capture
        self._layout = layout
        self._letters = Letters()
        self._drawings = [Drawing(sheet, self._letters) for sheet in layout.sheets]
        self._pages = [
            pdf.make_indirect(Dictionary(Type=Name.Page, MediaBox=Array([0, 0, *A4])))
            for _ in layout.sheets
        ]
        self._notes: list[list[pikepdf.Object]] = [[] for _ in layout.sheets]
        self._actions: dict[int, pikepdf.Object] = {}
        self._heading = 0

    @property
    def crowded(self) -> int:
        """The most pieces of marked content on a sheet; there are no more links than those."""
        return max(drawing.marks for drawing in self._drawings)

    def add(self) -> None:
        """Draw everything and append it."""
        sections = [
            Element(kind="Sect", kids=list(self._elements(list(blocks))))
            for _, blocks in groupby(self._capture.blocks, lambda block: block.post)
        ]
        fonts = self._letters.fonts(self._pdf)
        for drawing, page, notes in zip(self._drawings, self._pages, self._notes, strict=True):
            image = self._pdf.make_indirect(picture(self._pdf, drawing.sheet.band))
            page.Resources = Dictionary(
                XObject=Dictionary(Band=image),
                Font=Dictionary({f"/T{n}": fonts[n] for n in sorted(drawing.fonts)}),
            )
            page.Contents = self._pdf.make_indirect(pikepdf.Stream(self._pdf, drawing.content()))
            page.Tabs = Name.S
            if notes:
                page.Annots = Array(notes)
            self._pdf.pages.append(pikepdf.Page(page))
        Tree(self._pdf).write([section for section in sections if section.kids], self._pages)

    def _elements(self, blocks: Sequence[Block]) -> Iterator[Element]:
        """What a post holds; list items that follow one another are one list."""
        told = [block for block in blocks if block.words or block.kind == "figure"]
        for is_list, group in groupby(told, lambda block: block.kind == "li"):
            if is_list:
                items = [
                    Element(kind="LI", kids=[Element(kind="LBody", kids=self._kids(block))])
                    for block in group
                ]
                yield Element(kind="L", kids=list(items))
            else:
                yield from map(self._element, group)

    def _element(self, block: Block) -> Element:
        if block.kind != "figure":
            kind = self._kind(block)
            return Element(kind=kind, kids=self._kids(block, kind))
        runs = list(self._layout.runs(block))
        alt = folded(block.alt, _LONGEST_TEXT) or NO_ALT
        box = self._layout.sheets[runs[0].sheet].place(runs[0].box) if len(runs) == 1 else None
        figure = Element(
            kind="Figure", kids=[self._mark("Figure", run) for run in runs], alt=alt, box=box
        )
        notes = [note for run in runs for note in self._annotations(run)]
        if not notes:
            return figure
        return Element(kind="P", kids=[Element(kind="Link", kids=[figure, *notes])])

    def _kind(self, block: Block) -> str:
        """Headings begin at the first level, and none is more than one below that before it."""
        if block.kind == "p":
            return "P"
        self._heading = min(int(block.kind[1:]), self._heading + 1)
        return f"H{self._heading}"

    def _kids(self, block: Block, kind: str = "LBody") -> list[Element | Mark | Note]:
        """The block's runs; those of one link, on one sheet or several, are one element."""
        kids: list[Element | Mark | Note] = []
        for link, group in groupby(self._layout.runs(block), lambda run: run.link):
            runs = list(group)
            notes = [note for run in runs for note in self._annotations(run)]
            if link is None or not notes:
                kids.extend(self._mark(kind, run) for run in runs)
            else:
                marks = [self._mark("Link", run) for run in runs]
                kids.append(Element(kind="Link", kids=[*marks, *notes]))
        return kids

    def _mark(self, kind: str, run: Run) -> Mark:
        return Mark(run.sheet, self._drawings[run.sheet].mark(kind, run))

    def _annotations(self, run: Run) -> Iterator[Note]:
        if run.link is None or not uri(self._capture.targets[run.link].address):
            return
        sheet = self._layout.sheets[run.sheet]
        spots = [sheet.place(box) for box in lines(run.words)] or [sheet.place(run.box)]
        note = self._pdf.make_indirect(_link(self._capture.targets[run.link], spots))
        note.A, note.P = self._action(run.link), self._pages[run.sheet]
        self._notes[run.sheet].append(note)
        yield Note(run.sheet, note)

    def _action(self, link: int) -> pikepdf.Object:
        """One for all places of a link."""
        if link not in self._actions:
            address = uri(self._capture.targets[link].address)
            self._actions[link] = self._pdf.make_indirect(
                Dictionary(Type=Name.Action, S=Name.URI, URI=String(address))
            )
        return self._actions[link]


def _link(target: Target, spots: Sequence[Rect]) -> Dictionary:
    """A link over one or more lines (12.5.6.5), without a border; finishing lets it print."""
    around = (
        min(spot.left for spot in spots),
        min(spot.bottom for spot in spots),
        max(spot.right for spot in spots),
        max(spot.top for spot in spots),
    )
    corners = [
        side
        for left, bottom, right, top in spots
        for side in (left, top, right, top, left, bottom, right, bottom)
    ]
    return Dictionary(
        Type=Name.Annot,
        Subtype=Name.Link,
        Rect=_rounded(around),
        QuadPoints=_rounded(corners),
        Border=Array([0, 0, 0]),
        Contents=String(folded(target.label or target.address, _LONGEST_TEXT)),
    )


def _too_crowded() -> CaptureError:
    return CaptureError(
        "band-crowded",
        sv="Sidan har fler textstycken och länkar på ett och samma ställe än PDF/A-1 kan hålla. "
        "Välj PDF/A-3.",
        en="The page has more pieces of text and links in one place than PDF/A-1 can hold. "
        "Choose PDF/A-3.",
    )


def _rounded(numbers: Sequence[float]) -> Array:
    return Array([round(number, 2) for number in numbers])


def _bookmark(pdf: pikepdf.Pdf, sheets: int, capture: Capture, layout: Layout) -> None:
    """The provenance sheets, the page, and under it each post at its very place."""
    places: dict[int, Block] = {}
    for block in capture.blocks:
        if block.post is not None:
            places.setdefault(block.post, block)
    with pdf.open_outline() as outline:
        outline.root.clear()
        outline.root.append(OutlineItem("Försättsblad", 0))
        page = OutlineItem(_shortened(capture.title) or "Sidan", sheets)
        for number, text in enumerate(capture.post_texts):
            if number not in places:
                continue
            box = places[number].box
            sheet = layout.sheets[layout.sheet_at(box.y)]
            title = _shortened(text) or f"Inlägg {number + 1}"
            top = round(sheet.place(box).top, 2)
            page.children.append(
                OutlineItem(title, sheets + sheet.number, PageLocation.XYZ, left=0, top=top)
            )
        outline.root.append(page)


def _shortened(text: str) -> str:
    whole = folded(text)
    return whole if len(whole) <= _SHORT else f"{whole[:_SHORT].rsplit(' ', 1)[0]} …"
