"""What a sheet of one of our own documents draws, read letter by letter with its place.

Only what WeasyPrint and our own layer write is understood (ISO 32000-1, 8.4, 9.4): composite fonts
with two-byte codes and a ToUnicode table. Anything else is refused, since a letter that is not
understood could not be masked.
"""

import dataclasses as dc
import re
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

import pikepdf
from pikepdf import Array, Dictionary, Name

from archive_store.errors import InputError
from tasks.documents.layout import Rect

_BLOCK: Final = re.compile(rb"beginbfchar(.*?)endbfchar", re.DOTALL)
_HEX: Final = re.compile(rb"<([0-9A-Fa-f\s]*)>")
_HIGH, _LOW = 0.95, -0.25  # of the em: no letter of our fonts reaches farther
_WIDE: Final = 1000.0

Matrix = tuple[float, float, float, float, float, float]
UNMOVED: Final[Matrix] = (1, 0, 0, 1, 0, 0)


class Glyph(NamedTuple):
    """A letter drawn: what it reads as, its code, the font's name there, its width and place."""

    text: str
    code: bytes
    font: str
    width: float
    box: Rect


class Picture(NamedTuple):
    """An image drawn: the number of the instruction, its name there, and its place."""

    line: int
    name: str
    box: Rect


@dc.dataclass(slots=True)
class Shown:
    """An instruction that shows text: its letters, and the steps (thousandths) between them."""

    line: int
    mark: int | None
    parts: list[Glyph | float]


@dc.dataclass(slots=True)
class Font:
    """How codes of a font are read.

    Attributes:
        texts: what each code reads as.
        widths: by code, in thousandths; wide: that of all others.
        tall: the upper and lower edge of its letters, in parts of the em.
    """

    texts: dict[int, str]
    widths: dict[int, float]
    wide: float
    tall: tuple[float, float]

    def width(self, code: int) -> float:
        """Of the letter with that code, in thousandths of the em."""
        return self.widths.get(code, self.wide)


@dc.dataclass(slots=True)
class SheetContent:
    """A sheet's instructions, with what they show.

    Attributes:
        instructions: operands and operator of each.
        shown: those that show text, in order.
        pictures: images, in order.
        marks: places of what each number of marked content holds.
    """

    instructions: list[tuple[list[Any], str]]
    shown: list[Shown]
    pictures: list[Picture]
    marks: dict[int, list[Rect]]


def read_sheet(page: pikepdf.Page) -> SheetContent:
    """Read what the page draws.

    Raises:
        InputError: ``mask-foreign``: it holds text that we did not write.
    """
    return _Reader(page).read()


class _Reader:
    def __init__(self, page: pikepdf.Page) -> None:
        self._page = page
        resources = page.obj.get("/Resources", Dictionary())
        named = resources.get("/Font", Dictionary())
        self._fonts = {str(name): font for name, font in named.items()}
        self._read: dict[str, Font] = {}
        self._images = {
            str(name)
            for name, item in resources.get("/XObject", Dictionary()).items()
            if item.get("/Subtype") == Name.Image
        }
        self._matrix, self._stack = UNMOVED, list[Matrix]()
        self._line, self._at = UNMOVED, UNMOVED
        self._font, self._size = "", 0.0
        self._marks: list[int | None] = []
        self._sheet = SheetContent([], [], [], {})

    def read(self) -> SheetContent:
        for number, line in enumerate(pikepdf.parse_content_stream(self._page)):
            operator, operands = str(line.operator), list(line.operands)
            if operator in _FOREIGN:
                raise foreign()
            self._sheet.instructions.append((operands, operator))
            self._follow(number, operator, operands)
        return self._sheet

    def _follow(self, line: int, operator: str, operands: list[Any]) -> None:
        match operator:
            case "q" | "Q" | "cm":
                self._move(operator, operands)
            case "BT" | "Tm" | "Td":
                self._set(operator, operands)
            case "Tf":
                self._font, self._size = str(operands[0]), float(operands[1])
            case "Tj" | "TJ":
                self._show(line, operands if operator == "Tj" else list(operands[0]))
            case "BMC" | "BDC":
                self._begin(operands)
            case "EMC":
                self._marks.pop()
            case "re":
                x, y, wide, high = map(float, operands)
                self._note(_placed(self._matrix, (x, y), (x + wide, y + high)))
            case "Do":
                self._draw(line, str(operands[0]))

    def _move(self, operator: str, operands: list[Any]) -> None:
        if operator == "q":
            self._stack.append(self._matrix)
        elif operator == "Q":
            self._matrix = self._stack.pop()
        else:
            self._matrix = _joined(_numbers(operands), self._matrix)

    def _set(self, operator: str, operands: list[Any]) -> None:
        if operator == "BT":
            self._line = UNMOVED
        elif operator == "Tm":
            self._line = _numbers(operands)
        else:
            self._line = _joined(_numbers([1, 0, 0, 1, *operands]), self._line)
        self._at = self._line

    def _begin(self, operands: list[Any]) -> None:
        properties = operands[1] if len(operands) > 1 else None
        number = properties.get("/MCID") if isinstance(properties, Dictionary) else None
        self._marks.append(None if number is None else int(number))

    def _show(self, line: int, pieces: list[Any]) -> None:
        font = self._known(self._font)
        parts: list[Glyph | float] = []
        for piece in pieces:
            if not isinstance(piece, pikepdf.String):
                parts.append(float(piece))
                self._step(-float(piece))
                continue
            codes = bytes(piece)
            for start in range(0, len(codes), 2):
                glyph = self._glyph(font, codes[start : start + 2])
                parts.append(glyph)
                self._note(glyph.box)
                self._step(glyph.width)
        mark = next((mark for mark in reversed(self._marks) if mark is not None), None)
        self._sheet.shown.append(Shown(line, mark, parts))

    def _glyph(self, font: Font, code: bytes) -> Glyph:
        number = int.from_bytes(code, "big")
        width = font.width(number)
        top, low = font.tall
        whole = _joined(self._at, self._matrix)
        across = width / _WIDE * self._size
        box = _placed(whole, (0, low * self._size), (across, top * self._size))
        return Glyph(font.texts.get(number, ""), code, self._font, width, box)

    def _step(self, thousandths: float) -> None:
        self._at = _joined((1, 0, 0, 1, thousandths / _WIDE * self._size, 0), self._at)

    def _draw(self, line: int, name: str) -> None:
        if name not in self._images:
            raise foreign()
        box = _placed(self._matrix, (0, 0), (1, 1))
        self._sheet.pictures.append(Picture(line, name, box))
        self._note(box)

    def _note(self, box: Rect) -> None:
        for mark in self._marks:
            if mark is not None:
                self._sheet.marks.setdefault(mark, []).append(box)

    def _known(self, name: str) -> Font:
        if name not in self._read:
            if name not in self._fonts:
                raise foreign()
            self._read[name] = read_font(self._fonts[name])
        return self._read[name]


_FOREIGN: Final = {"'", '"', "TD", "T*", "Tw", "Tc", "Tz", "Ts", "sh", "BI", "INLINE IMAGE"}
"""What neither WeasyPrint nor our layer writes, and what would move or hide text if it stood."""


def read_font(font: pikepdf.Object) -> Font:
    """How a composite font's codes are read.

    Raises:
        InputError: ``mask-foreign``: it is none that we write.
    """
    told = font.get("/Subtype") == Name.Type0 and font.get("/Encoding") == Name("/Identity-H")
    if not told or "/ToUnicode" not in font:
        raise foreign()
    descendant = font.DescendantFonts[0]
    described = descendant.FontDescriptor
    own = str(font.BaseFont) == LAYER
    tall = (float(described.Ascent) / _WIDE, float(described.Descent) / _WIDE)
    return Font(
        texts=dict(read_texts(font.ToUnicode.read_bytes())),
        widths=dict(_widths(descendant.get("/W", Array()))),
        wide=float(descendant.get("/DW", _WIDE)),
        tall=tall if own else (_HIGH, _LOW),
    )


LAYER: Final = "/KanalarkivLayer"
"""The name of our layer's fonts."""


def read_texts(table: bytes) -> Iterator[tuple[int, str]]:
    """Codes and what they read as, in the order of a ToUnicode table."""
    for block in _BLOCK.findall(table):
        found = [bytes.fromhex(code.decode()) for code in _HEX.findall(block)]
        for code, text in zip(found[::2], found[1::2], strict=True):
            yield int.from_bytes(code, "big"), text.decode("utf-16-be", "replace")


def _widths(table: pikepdf.Object) -> Iterator[tuple[int, float]]:
    items = list(table)
    while items:
        first, then = int(items.pop(0)), items.pop(0)
        if isinstance(then, Array):
            yield from enumerate(map(float, then), first)
        else:
            wide = float(items.pop(0))
            yield from ((number, wide) for number in range(first, int(then) + 1))


def _numbers(operands: list[Any]) -> Matrix:
    a, b, c, d, e, f = map(float, operands)
    return a, b, c, d, e, f


def _joined(one: Matrix, other: Matrix) -> Matrix:
    """First ``one``, then ``other``."""
    a, b, c, d, e, f = one
    g, h, i, j, k, m = other
    return (
        a * g + b * i,
        a * h + b * j,
        c * g + d * i,
        c * h + d * j,
        e * g + f * i + k,
        e * h + f * j + m,
    )


def _placed(matrix: Matrix, *corners: tuple[float, float]) -> Rect:
    """Around the rectangle of two corners, as the matrix moves it."""
    (x1, y1), (x2, y2) = corners
    a, b, c, d, e, f = matrix
    spots = [(a * x + c * y + e, b * x + d * y + f) for x in (x1, x2) for y in (y1, y2)]
    across, up = [x for x, _ in spots], [y for _, y in spots]
    return Rect(min(across), min(up), max(across), max(up))


def foreign() -> InputError:
    """The refusal of a document that is none of ours."""
    return InputError(
        "mask-foreign",
        sv="Filen är ingen ögonblicksbild som Kanalarkiv har gjort, och kan därför inte maskas "
        "säkert här. Maska den i ett annat program och lämna in kopian.",
        en="The file is no snapshot made by Kanalarkiv, so it cannot be masked safely here. Mask "
        "it in another program and hand in the copy.",
    )
