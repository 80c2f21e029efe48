"""The fonts of the invisible layer: no shapes, but an exact character for each code.

One code stands for one grapheme cluster, the least that a reader would call a letter (Unicode
UAX #29): an emoji with its joiners, a flag, a letter with its marks. Each code maps to the same
empty glyph of one embedded font and to its characters by a ToUnicode table (ISO 32000-1, 9.10.3),
so nothing depends on fonts of this machine.

Code 0 is the missing glyph's, which PDF/A forbids to show, and 1 a space. Those from 0xD800 on are
not used: pypdf takes two of them for one character of UTF-16.
"""

import functools
import io
from collections.abc import Iterator, Sequence
from typing import Final

import pikepdf
import regex
from fontTools.fontBuilder import FontBuilder  # type: ignore[import-untyped]  # it ships no types
from fontTools.ttLib.tables._g_l_y_f import Glyph  # type: ignore[import-untyped]  # the same
from pikepdf import Array, Dictionary, Name, String

ADVANCE: Final = 500  # thousandths of the font's size
ASCENT: Final = 800
SPACE: Final = 1  # the code of a space in every font
UNKNOWN: Final = "\ufffd"
_MEANINGLESS: Final = regex.compile(r"[\p{Cc}\p{Cs}\p{Co}\p{Noncharacter_Code_Point}\ufeff]")
_NAME: Final = "KanalarkivLayer"
_CODES: Final = 4095  # of a font: a reader takes in the whole of each font that a sheet uses
_LONGEST: Final = 64  # characters of one code: a ToUnicode value holds at most 512 bytes
_LINES: Final = 100  # of one bfchar section
_MADE: Final = 3_850_070_400  # seconds from 1904 to 2026-01-01: the font never changes


class Letters:
    """Gives each grapheme cluster a code, and makes the fonts of the codes given."""

    def __init__(self, codes: int = _CODES) -> None:
        """``codes``: how many a font may hold, the space included; then another is begun."""
        self._room = codes - SPACE
        self._codes: dict[str, tuple[int, str]] = {}

    def spelled(self, cluster: str) -> tuple[int, str]:
        """The number of the font and the code, four hexadecimal digits."""
        code = self._codes.get(cluster)
        if code is None:
            font, place = divmod(len(self._codes), self._room)
            code = self._codes[cluster] = font, f"{place + SPACE + 1:04X}"
        return code

    def fonts(self, pdf: pikepdf.Pdf) -> list[pikepdf.Object]:
        """The fonts, in the order of their numbers."""
        program = pikepdf.Stream(pdf, font_program())
        program.Length1 = len(font_program())
        clusters = list(self._codes)
        return [
            _font(pdf, program, [" ", *clusters[start : start + self._room]])
            for start in range(0, len(clusters), self._room)
        ]


def clusters(word: str) -> list[str]:
    """The word's grapheme clusters; one that would be too long for a code, in parts."""
    if word.isascii():
        return list(word)
    return [
        whole[start : start + _LONGEST]
        for whole in regex.findall(r"\X", word)
        for start in range(0, len(whole), _LONGEST)
    ]


def readable(text: str) -> str:
    """The text with U+FFFD for each character that means nothing outside the page.

    A character of private use is a picture of the page's own font, and PDF/A-3a wants words for
    it that nobody knows (ISO 19005-3, 6.2.11.7.3); controls, lone surrogates, byte order marks
    and code points that are no characters cannot be read at all (6.2.11.7.2).
    """
    told: str = _MEANINGLESS.sub(UNKNOWN, text)
    return told


def folded(text: str, longest: int | None = None) -> str:
    """The text on one line, cut after so many characters, for a string of the PDF.

    What cannot be read is a question mark there: QPDF writes U+FFFD as a byte that
    PDFDocEncoding leaves undefined (ISO 32000-1, annex D.2).
    """
    return readable(" ".join(text.split())).replace(UNKNOWN, "?")[:longest]


@functools.cache
def font_program() -> bytes:
    """A TrueType font of two empty glyphs, always the same bytes."""
    glyphs = [".notdef", "empty"]
    builder = FontBuilder(unitsPerEm=1000, isTTF=True)
    builder.setupGlyphOrder(glyphs)
    builder.setupCharacterMap({0x20: "empty"})
    builder.setupGlyf({name: Glyph() for name in glyphs})
    builder.setupHorizontalMetrics(dict.fromkeys(glyphs, (ADVANCE, 0)))
    builder.setupHorizontalHeader(ascent=ASCENT, descent=ASCENT - 1000)
    builder.setupNameTable({"familyName": _NAME, "styleName": "Regular", "psName": _NAME})
    builder.setupOS2(sTypoAscender=ASCENT, sTypoDescender=ASCENT - 1000, sTypoLineGap=0)
    builder.setupPost()
    builder.font["head"].created = builder.font["head"].modified = _MADE
    builder.font.recalcTimestamp = False
    target = io.BytesIO()
    builder.save(target)
    return target.getvalue()


def _font(pdf: pikepdf.Pdf, program: pikepdf.Stream, told: Sequence[str]) -> pikepdf.Object:
    """A composite font (9.7) whose code ``n + 1`` reads as ``told[n]``."""
    descriptor = Dictionary(
        Type=Name.FontDescriptor,
        FontName=Name(f"/{_NAME}"),
        Flags=4,
        FontBBox=Array([0, ASCENT - 1000, ADVANCE, ASCENT]),
        ItalicAngle=0,
        Ascent=ASCENT,
        Descent=ASCENT - 1000,
        CapHeight=ASCENT,
        StemV=80,
        FontFile2=pdf.make_indirect(program),
    )
    every = b"\0\0" + b"\0\1" * len(told)
    descendant = Dictionary(
        Type=Name.Font,
        Subtype=Name.CIDFontType2,
        BaseFont=Name(f"/{_NAME}"),
        CIDSystemInfo=Dictionary(
            Registry=String("Adobe"), Ordering=String("Identity"), Supplement=0
        ),
        FontDescriptor=pdf.make_indirect(descriptor),
        DW=ADVANCE,
        CIDToGIDMap=pdf.make_indirect(pikepdf.Stream(pdf, every)),
    )
    return pdf.make_indirect(
        Dictionary(
            Type=Name.Font,
            Subtype=Name.Type0,
            BaseFont=Name(f"/{_NAME}"),
            Encoding=Name("/Identity-H"),
            DescendantFonts=Array([pdf.make_indirect(descendant)]),
            ToUnicode=pdf.make_indirect(pikepdf.Stream(pdf, _to_unicode(told))),
        )
    )


def _to_unicode(told: Sequence[str]) -> bytes:
    sections = "".join(_sections(told))
    return f"""/CIDInit /ProcSet findresource begin
12 dict begin
begincmap
/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def
/CMapName /Adobe-Identity-UCS def
/CMapType 2 def
1 begincodespacerange
<0000> <FFFF>
endcodespacerange
{sections}endcmap
CMapName currentdict /CMap defineresource pop
end
end
""".encode()


def _sections(told: Sequence[str]) -> Iterator[str]:
    for start in range(0, len(told), _LINES):
        part = told[start : start + _LINES]
        lines = "\n".join(
            f"<{code:04X}> <{text.encode('utf-16-be').hex()}>"
            for code, text in enumerate(part, start + SPACE)
        )
        yield f"{len(part)} beginbfchar\n{lines}\nendbfchar\n"
