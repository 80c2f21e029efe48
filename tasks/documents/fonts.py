"""Embedded fonts as PDF/A wants them (ISO 19005-2, 6.2.11), and the same bytes every time.

Two things come wrong from WeasyPrint. It writes fonts that hold coloured emoji anew and stamps them
with the clock. And where no font on the machine has a character, it draws the font's mark for that,
``.notdef``, to which PDF/A allows no reference (6.2.11.8); every drawn mark must also tell its
character (6.2.11.7.2). Nothing that is seen changes here.
"""

import copy
import io
import re
import struct
import unicodedata
from collections.abc import Iterator
from typing import Final

import pikepdf
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]  # it ships no types
from pikepdf import Array, Name

_CREATED, _MODIFIED = slice(20, 28), slice(28, 36)
_ADJUSTMENT = slice(8, 12)
_MAGIC = 0xB1B0AFBA
_MARKS: Final = re.compile(rb"<([0-9a-fA-F]{4})> (\d+)\b")
_TOLD: Final = re.compile(rb"beginbfchar.*?endbfchar", re.DOTALL)
_PAIR: Final = re.compile(rb"(<[0-9A-Fa-f]+>)\s*<((?:[0-9A-Fa-f]{4})*)>")
_REPLACEMENT: Final = "FFFD"


def stop_the_clock(pdf: pikepdf.Pdf) -> None:
    """Give every embedded TrueType font the time of its making as that of its last change."""
    for item in pdf.objects:
        if isinstance(item, pikepdf.Dictionary) and "/FontFile2" in item:
            data = item.FontFile2.read_bytes()
            stilled = still(data)
            if stilled != data:
                _put_font(item.FontFile2, stilled)


def still(font: bytes) -> bytes:
    """The TrueType ``font`` with ``modified`` equal to ``created``; unchanged if it has no head."""
    tables = struct.unpack_from(">H", font, 4)[0]
    for record in range(12, 12 + 16 * tables, 16):
        tag, _, offset, length = struct.unpack_from(">4sIII", font, record)
        if tag == b"head":
            break
    else:
        return font
    whole = bytearray(font)
    head = bytearray(whole[offset : offset + length])
    if head[_MODIFIED] == head[_CREATED]:
        return font
    head[_MODIFIED] = head[_CREATED]
    head[_ADJUSTMENT] = bytes(4)
    whole[offset : offset + length] = head
    struct.pack_into(">I", whole, record + 4, _checksum(bytes(head)))
    struct.pack_into(">I", whole, offset + 8, (_MAGIC - _checksum(bytes(whole))) & 0xFFFFFFFF)
    return bytes(whole)


def name_missing_marks(pdf: pikepdf.Pdf) -> None:
    """Draw characters that no font has by a named copy of ``.notdef``.

    Only fonts with TrueType outlines, which is what WeasyPrint falls back to.
    """
    for font in list(_composite_fonts(pdf)):
        descendant = font.DescendantFonts[0]
        if "/FontFile2" not in descendant.get("/FontDescriptor", {}):
            continue
        encoding = font.get("/Encoding")
        if isinstance(encoding, pikepdf.Stream):
            marks = {
                int(code, 16): int(mark) for code, mark in _MARKS.findall(encoding.read_bytes())
            }
            if 0 in marks.values():
                mark = _add_mark(descendant)
                marks = {code: known or mark for code, known in marks.items()}
            font.Encoding = Name("/Identity-H")
            _draw_by(pdf, descendant, marks)


def tell_characters(pdf: pikepdf.Pdf) -> None:
    """Let no drawn mark be read as a code that stands for no character: U+FFFD instead.

    Private codes mean something only to who made the font (ISO 19005-3, 6.2.11.7.3), and nought
    and the marks of byte order nothing at all (6.2.11.7.2). What is seen stays.
    """
    for font in _composite_fonts(pdf):
        told = font.get("/ToUnicode")
        if isinstance(told, pikepdf.Stream):
            before = told.read_bytes()
            after = _TOLD.sub(lambda block: _PAIR.sub(_known, block[0]), before)
            if after != before:
                told.write(after)


def _known(pair: re.Match[bytes]) -> bytes:
    text = bytes.fromhex(pair[2].decode()).decode("utf-16-be", "replace")
    if text and not any(c in "\0\ufeff\ufffe\uffff" or _is_private(c) for c in text):
        return pair[0]
    return b"%s <%s>" % (pair[1], _REPLACEMENT.encode())


def _is_private(character: str) -> bool:
    return unicodedata.category(character) == "Co"


def list_characters(pdf: pikepdf.Pdf) -> None:
    """Say of each part of a font which characters are in it (CIDSet; ISO 19005-1, 6.3.5)."""
    for item in _composite_fonts(pdf):
        described = item.DescendantFonts[0].FontDescriptor
        if "/FontFile2" in described and "/CIDSet" not in described:
            font = TTFont(io.BytesIO(described.FontFile2.read_bytes()), lazy=True)
            table = item.DescendantFonts[0].get("/CIDToGIDMap")
            codes = len(table.read_bytes()) // 2 if isinstance(table, pikepdf.Stream) else 0
            whole, rest = divmod(max(font["maxp"].numGlyphs, codes), 8)
            bits = b"\xff" * whole + bytes([0xFF00 >> rest & 0xFF] if rest else [])
            described.CIDSet = pdf.make_stream(bits)


def _composite_fonts(pdf: pikepdf.Pdf) -> Iterator[pikepdf.Object]:
    for item in pdf.objects:
        if isinstance(item, pikepdf.Dictionary) and item.get("/Subtype") == Name.Type0:
            yield item


def _add_mark(descendant: pikepdf.Object) -> int:
    """Append a copy of ``.notdef`` to the font program; its number."""
    stream = descendant.FontDescriptor.FontFile2
    font = TTFont(io.BytesIO(stream.read_bytes()), recalcTimestamp=False)
    order = list(font.getGlyphOrder())
    name = "kanalarkiv.missing"
    font["glyf"].glyphs[name] = copy.deepcopy(font["glyf"][order[0]])
    font["hmtx"].metrics[name] = font["hmtx"].metrics[order[0]]
    font.setGlyphOrder([*order, name])
    font["glyf"].glyphOrder = font.getGlyphOrder()
    font["maxp"].numGlyphs = len(order) + 1
    target = io.BytesIO()
    font.save(target)
    _put_font(stream, still(target.getvalue()))
    width = round(font["hmtx"].metrics[name][0] * 1000 / font["head"].unitsPerEm)
    widths = descendant.get("/W", Array())
    descendant.W = Array([*widths, len(order), Array([width])])
    return len(order)


def _draw_by(pdf: pikepdf.Pdf, descendant: pikepdf.Object, marks: dict[int, int]) -> None:
    """Draw each code by its mark of the font program, in the one way that all readers follow.

    WeasyPrint gives each character that no font has a code of its own, by an encoding that lies in
    the file; pypdf then reads nothing of the whole font. ``CIDToGIDMap`` says the same
    (ISO 32000-1, 9.7.4.3).
    """
    program = TTFont(io.BytesIO(descendant.FontDescriptor.FontFile2.read_bytes()), lazy=True)
    order, scale = program.getGlyphOrder(), 1000 / program["head"].unitsPerEm
    table = bytearray(2 * (max(marks, default=0) + 1))
    widths = Array()
    for code, mark in sorted(marks.items()):
        struct.pack_into(">H", table, 2 * code, mark)
        width = round(program["hmtx"].metrics[order[mark]][0] * scale)
        widths.append(code)
        widths.append(Array([width]))
    descendant.CIDToGIDMap = pdf.make_stream(bytes(table))
    descendant.W = widths


def _put_font(stream: pikepdf.Object, data: bytes) -> None:
    stream.write(data)
    stream.Length1 = len(data)


def _checksum(data: bytes) -> int:
    padded = data + bytes(-len(data) % 4)
    words: tuple[int, ...] = struct.unpack(f">{len(padded) // 4}I", padded)
    return sum(words) & 0xFFFFFFFF
