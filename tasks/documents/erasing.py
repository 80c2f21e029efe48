"""Taking words and pixels out of sheets: what stood there is not covered but gone.

Letters leave the instructions that show them, a step of their width in their place, so that all
others stay where they are. Pixels are painted black in the picture itself, which is packed anew
without loss. The layer's fonts are made anew of what is left: a table of characters in the order in
which they first came would else tell the first words of a document to who looks for them.
"""

import io
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any, Final

import pikepdf
from pikepdf import Array, Dictionary, Name, Operator
from PIL import ImageDraw

from tasks.documents.layout import Rect
from tasks.documents.letters import SPACE, UNKNOWN, Letters
from tasks.documents.pictures import picture
from tasks.documents.sheets import LAYER, Glyph, Picture, SheetContent, foreign
from tasks.documents.tokens import touches
from tasks.model import Band

Gone = set[tuple[int, int]]
"""Letters that leave: numbers in ``shown``, and in its ``parts``."""

Line = tuple[list[Any], Operator]
_SPACE: Final = SPACE.to_bytes(2, "big")


def erase(
    pdf: pikepdf.Pdf,
    sheets: Sequence[SheetContent],
    gone: Sequence[Gone],
    areas: Sequence[Sequence[Rect]],
) -> None:
    """Write every sheet anew without its letters in ``gone`` and black within its ``areas``.

    Raises:
        InputError: ``mask-foreign``: a sheet draws by patterns, which could hide a picture.
    """
    layered = [_is_layered(page) for page in pdf.pages]
    own = [(sheets[n], gone[n]) for n, it_is in enumerate(layered) if it_is]
    letters = _spelled_anew(own)
    fonts = letters.fonts(pdf)
    for number, page in enumerate(pdf.pages):
        sheet, spots = sheets[number], areas[number]
        painted = {one.line: _painted(pdf, page, one, spots) for one in sheet.pictures}
        lines = list(_written(sheet, gone[number], painted, letters if layered[number] else None))
        page.obj.Contents = pdf.make_stream(
            _blackened(pikepdf.unparse_content_stream(lines), spots)
        )
        page.obj.Resources = _resources(page, lines, painted, fonts if layered[number] else None)


def _is_layered(page: pikepdf.Page) -> bool:
    fonts = page.obj.get("/Resources", Dictionary()).get("/Font", Dictionary())
    return any(str(font.get("/BaseFont")) == LAYER for font in fonts.values())


def _spelled_anew(own: Sequence[tuple[SheetContent, Gone]]) -> Letters:
    """New codes for what the layer still says, in the order of the characters."""
    left = {
        part.text
        for sheet, gone in own
        for at, shown in enumerate(sheet.shown)
        for place, part in enumerate(shown.parts)
        if isinstance(part, Glyph) and (at, place) not in gone
    }
    letters = Letters()
    for text in sorted(left - {" "}) or [UNKNOWN]:  # so that there is a font to name
        letters.spelled(text)
    return letters


def _written(
    sheet: SheetContent,
    gone: Gone,
    painted: Mapping[int, str],
    letters: Letters | None,
) -> Iterator[Line]:
    """The sheet's instructions as they shall be."""
    shown = {one.line: (at, one) for at, one in enumerate(sheet.shown)}
    size: Any = 0
    for number, (operands, operator) in enumerate(sheet.instructions):
        if number in shown:
            at, one = shown[number]
            left = [
                -part.width if isinstance(part, Glyph) and (at, place) in gone else part
                for place, part in enumerate(one.parts)
            ]
            yield from _layer(left, letters, size) if letters else [_text(left)]
        elif number in painted:
            if painted[number]:
                yield [Name(painted[number])], Operator("Do")
        elif operator == "Tf" and letters:
            size = operands[1]
            yield [Name("/T0"), size], Operator("Tf")
        else:
            yield operands, Operator(operator)


def _text(parts: Sequence[Glyph | float]) -> Line:
    """Letters, and the steps between them, as one instruction."""
    pieces = Array()
    for is_letter, group in groupby(parts, lambda part: isinstance(part, Glyph)):
        if is_letter:
            codes = b"".join(part.code for part in group if isinstance(part, Glyph))
            pieces.append(pikepdf.String(codes))
        else:
            step = sum(part for part in group if not isinstance(part, Glyph))
            pieces.append(round(step, 3))
    return [pieces], Operator("TJ")


def _layer(parts: Sequence[Glyph | float], letters: Letters, size: Any) -> Iterator[Line]:
    """The same in the layer's new codes; a sheet's font is its first where not said otherwise."""
    spelled: list[tuple[int | None, Glyph | float]] = []
    last = 0
    for part in parts:
        if not isinstance(part, Glyph):
            spelled.append((last, part))
        elif part.text == " ":
            spelled.append((last, part._replace(code=_SPACE)))
        else:
            last, code = letters.spelled(part.text)
            spelled.append((last, part._replace(code=bytes.fromhex(code))))
    for font, group in groupby(spelled, lambda pair: pair[0]):
        if font:
            yield [Name(f"/T{font}"), size], Operator("Tf")
        yield _text([part for _, part in group])
        if font:
            yield [Name("/T0"), size], Operator("Tf")


def _painted(pdf: pikepdf.Pdf, page: pikepdf.Page, one: Picture, areas: Sequence[Rect]) -> str:
    """The name by which the picture is drawn from now on; ``""`` where it is no longer."""
    covered = [area for area in areas if touches(one.box, area)]
    resources = page.obj.Resources.XObject
    if not covered:
        return one.name
    whole = resources[one.name]
    if not isinstance(whole, pikepdf.Stream) or "/SMask" in whole:  # an emoji: as small as a letter
        return ""
    image = pikepdf.PdfImage(whole).as_pil_image().convert("RGB")
    pen = ImageDraw.Draw(image)
    for area in covered:
        pen.rectangle(_pixels(one.box, area, image.size), fill="black")
    packed = io.BytesIO()
    image.save(packed, "PNG", compress_level=6)
    band = Band(top=0, width=image.width, height=image.height, picture=packed.getvalue())
    name = f"{one.name}Masked{one.line}"
    resources[name] = pdf.make_indirect(picture(pdf, band))
    return name


def _pixels(box: Rect, area: Rect, size: tuple[int, int]) -> tuple[int, int, int, int]:
    """The pixels that the area touches: first and last column and line, both included."""
    across, down = size[0] / (box.right - box.left), size[1] / (box.top - box.bottom)
    left = int((max(area.left, box.left) - box.left) * across)
    right = int((min(area.right, box.right) - box.left) * across)
    top = int((box.top - min(area.top, box.top)) * down)
    low = int((box.top - max(area.bottom, box.bottom)) * down)
    return left, top, min(right, size[0] - 1), min(low, size[1] - 1)


def _blackened(drawing: bytes, areas: Sequence[Rect]) -> bytes:
    """The drawing, and black over each area, so that it is seen also where no picture is."""
    if not areas:
        return drawing
    bars = "\n".join(
        f"{area.left:.2f} {area.bottom:.2f} {area.right - area.left:.2f} "
        f"{area.top - area.bottom:.2f} re f"
        for area in areas
    )
    return b"q\n" + drawing + f"\nQ\n/Artifact BMC\nq 0 0 0 rg\n{bars}\nQ\nEMC\n".encode()


def _resources(
    page: pikepdf.Page,
    lines: Sequence[Line],
    painted: Mapping[int, str],
    fonts: Sequence[pikepdf.Object] | None,
) -> Dictionary:
    """Only what the sheet still draws with: what is named elsewhere would stay in the file."""
    before = page.obj.Resources
    if any(len(before.get(key, Dictionary())) for key in ("/Pattern", "/Shading")):
        raise foreign()
    drawn = set(painted.values())
    written = {str(operands[0]) for operands, operator in lines if operator == Operator("Tf")}
    kept = Dictionary(
        XObject=Dictionary(
            {
                name: item
                for name, item in before.get("/XObject", Dictionary()).items()
                if name in drawn
            }
        ),
        Font=Dictionary(
            {f"/T{n}": font for n, font in enumerate(fonts) if f"/T{n}" in written}
            if fonts is not None
            else {name: font for name, font in before.Font.items() if name in written}
        ),
    )
    for key in ("/ExtGState", "/ColorSpace"):
        if key in before:
            kept[key] = before[key]
    return kept
