"""What a document says beside its sheets: links, bookmarks, alternative texts, tables of letters.

A mask on a sheet is worth nothing while any of these still says what lay under it.
"""

import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

import pikepdf
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]  # it ships no types
from fontTools.ttLib.tables._g_l_y_f import Glyph as Outline  # type: ignore[import-untyped]  # same
from pikepdf import Array, Dictionary, Name, String

from tasks.documents.fonts import still
from tasks.documents.layout import Rect
from tasks.documents.sheets import LAYER, SheetContent, read_texts
from tasks.documents.tagging import kids, walk
from tasks.documents.tokens import touches

MASKED: Final = "[maskat]"
_SPOKEN: Final = ("/Alt", "/ActualText", "/E", "/T")
_SECTION: Final = 100  # entries of one bfchar section

Says = Callable[[str], bool]
"""Whether a text says what shall be masked."""


def drop_links(pdf: pikepdf.Pdf, areas: Sequence[Sequence[Rect]], says: Says) -> int:
    """Take away the links over a masked place, and those that say it; how many."""
    dropped = set()
    for page, spots in zip(pdf.pages, areas, strict=True):
        notes = list(page.obj.get("/Annots", ()))
        kept = [note for note in notes if not _is_masked(note, spots, says)]
        dropped |= {note.objgen for note in notes} - {note.objgen for note in kept}
        if len(kept) < len(notes):
            page.obj.Annots = Array(kept)
            if not kept:
                del page.obj.Annots
    if dropped:
        _forget_notes(pdf, dropped)
    return len(dropped)


def _is_masked(note: pikepdf.Object, spots: Sequence[Rect], says: Says) -> bool:
    boxes = list(_boxes(note))
    if any(touches(box, spot) for box in boxes for spot in spots):
        return True
    action = note.get("/A", Dictionary())
    return any(says(str(text)) for text in (note.get("/Contents", ""), action.get("/URI", "")))


def _boxes(note: pikepdf.Object) -> Iterator[Rect]:
    corners = [float(number) for number in note.get("/QuadPoints", ())]
    for start in range(0, len(corners) - 7, 8):
        across, up = corners[start : start + 8 : 2], corners[start + 1 : start + 8 : 2]
        yield Rect(min(across), min(up), max(across), max(up))
    if not corners:
        left, bottom, right, top = map(float, note.Rect)
        yield Rect(left, min(bottom, top), right, max(bottom, top))


def _forget_notes(pdf: pikepdf.Pdf, dropped: set[tuple[int, int]]) -> None:
    """Out of the structure tree too: an element that only linked is a piece of text now."""
    for element in walk(pdf.Root.StructTreeRoot):
        inner = kids(element)
        left = [kid for kid in inner if not _refers(kid, dropped)]
        if len(left) < len(inner):
            element.K = Array(left)
            if Name.Link == element.S and not any(_refers(kid, None) for kid in left):
                element.S = Name.Span
    living = {note.StructParent for page in pdf.pages for note in page.obj.get("/Annots", ())}
    pages = {page.obj.get("/StructParents") for page in pdf.pages}
    numbers = pikepdf.NumberTree(pdf.Root.StructTreeRoot.ParentTree)
    for number in list(numbers.keys()):
        if number not in living and number not in pages:
            del numbers[number]


def _refers(kid: Any, dropped: set[tuple[int, int]] | None) -> bool:
    if not isinstance(kid, Dictionary) or "/Obj" not in kid:
        return False
    return dropped is None or kid.Obj.objgen in dropped


def silence_elements(
    pdf: pikepdf.Pdf,
    sheets: Sequence[SheetContent],
    areas: Sequence[Sequence[Rect]],
    says: Says,
) -> None:
    """Let no element say what lay under a mask, in place of a picture or of words."""
    pages = {page.obj.objgen: number for number, page in enumerate(pdf.pages)}
    for element in walk(pdf.Root.StructTreeRoot):
        spoken = [key for key in _SPOKEN if key in element]
        if not spoken:
            continue
        masked = any(
            touches(box, spot)
            for number, box in _places(element, pages, sheets)
            for spot in areas[number]
        )
        for key in spoken:
            if masked or says(str(element[key])):
                element[key] = String(MASKED)


def _places(
    element: pikepdf.Object,
    pages: Mapping[tuple[int, int], int],
    sheets: Sequence[SheetContent],
) -> Iterator[tuple[int, Rect]]:
    """Where an element stands: sheet and box of each piece of its content."""
    for part in [element, *walk(element)]:
        home = pages.get(part.Pg.objgen) if "/Pg" in part else None
        for kid in kids(part):
            if isinstance(kid, int) and home is not None:
                yield from ((home, box) for box in sheets[home].marks.get(kid, ()))
            elif isinstance(kid, Dictionary) and "/MCID" in kid:
                number = pages[kid.Pg.objgen]
                yield from ((number, box) for box in sheets[number].marks.get(int(kid.MCID), ()))


def silence_bookmarks(
    pdf: pikepdf.Pdf,
    spoken: Mapping[tuple[int, int], frozenset[str]],
    without: Callable[[str], str],
) -> None:
    """Let no bookmark say what was masked.

    Args:
        pdf: the document.
        spoken: the words masked by their place, folded, by the page that a bookmark leads to.
        without: a text without what was sought.
    """
    waiting = [pdf.Root.Outlines] if "/Outlines" in pdf.Root else []
    while waiting:
        item = waiting.pop()
        waiting.extend(item[key] for key in ("/First", "/Next") if key in item)
        if "/Title" not in item:
            continue
        title, place = str(item.Title), item.get("/Dest")
        page = place[0].objgen if isinstance(place, Array) else None
        masked = spoken.get(page, frozenset()) if page else frozenset()
        whole = masked.intersection(title.casefold().split())
        item.Title = String(MASKED if whole else without(title))


def thin_fonts(pdf: pikepdf.Pdf, used: Mapping[tuple[int, int], set[int]]) -> None:
    """Keep of the visible fonts only letters still shown, told in the order of their codes.

    ``used``: the codes still shown, by font.
    """
    for item in pdf.objects:
        if not isinstance(item, Dictionary) or item.get("/Subtype") != Name.Type0:
            continue
        if str(item.BaseFont) == LAYER:
            continue
        codes = used.get(item.objgen, set())
        item.ToUnicode = pdf.make_stream(_table(item.ToUnicode.read_bytes(), codes))
        descendant = item.DescendantFonts[0]
        program = descendant.FontDescriptor.get("/FontFile2")
        if program is not None:
            data = _without_outlines(program.read_bytes(), _marks(descendant, codes))
            program.write(data)
            program.Length1 = len(data)


def _table(before: bytes, codes: set[int]) -> bytes:
    """The ToUnicode table with these codes alone (ISO 32000-1, 9.10.3)."""
    left = sorted((code, text) for code, text in read_texts(before) if code in codes)
    head = before[: before.index(b"endcodespacerange") + len(b"endcodespacerange")]
    sections = []
    for start in range(0, len(left), _SECTION):
        part = left[start : start + _SECTION]
        lines = "\n".join(f"<{code:04x}> <{text.encode('utf-16-be').hex()}>" for code, text in part)
        sections.append(f"{len(part)} beginbfchar\n{lines}\nendbfchar\n")
    tail = "endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend"
    return head + f"\n{''.join(sections)}{tail}".encode()


def _marks(descendant: pikepdf.Object, codes: set[int]) -> set[int]:
    """The marks of the font program by which codes are drawn (9.7.4.3)."""
    table = descendant.get("/CIDToGIDMap")
    if not isinstance(table, pikepdf.Stream):
        return codes
    data = table.read_bytes()
    return {int.from_bytes(data[2 * code : 2 * code + 2], "big") for code in codes}


def _without_outlines(program: bytes, marks: set[int]) -> bytes:
    font = TTFont(io.BytesIO(program), recalcTimestamp=False)
    return program if "glyf" not in font else still(_emptied(font, marks))


def _emptied(font: TTFont, marks: set[int]) -> bytes:
    order = font.getGlyphOrder()
    kept = {order[0]} | {order[mark] for mark in marks if mark < len(order)}
    waiting = list(kept)
    while waiting:
        for name in font["glyf"][waiting.pop()].getComponentNames(font["glyf"]):
            if name not in kept:
                kept.add(name)
                waiting.append(name)
    for name in order:
        if name not in kept:
            font["glyf"][name] = Outline()
    target = io.BytesIO()
    font.save(target)
    return target.getvalue()
