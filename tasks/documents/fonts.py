"""Embedded fonts without the hour of their making, so that the same document gives the same bytes.

WeasyPrint writes fonts that hold coloured emoji anew and stamps them with the clock (``head``
table, OpenType 1.9). The stamp is set back to when the font was made, and the checksums follow.
"""

import struct

import pikepdf
from pikepdf import Name

_CREATED, _MODIFIED = slice(20, 28), slice(28, 36)
_ADJUSTMENT = slice(8, 12)
_MAGIC = 0xB1B0AFBA


def stop_the_clock(pdf: pikepdf.Pdf) -> None:
    """Give every embedded TrueType font the time of its making as that of its last change."""
    for item in pdf.objects:
        if not isinstance(item, pikepdf.Dictionary) or "/FontFile2" not in item:
            continue
        stream = item.FontFile2
        data = stream.read_bytes()
        stilled = still(data)
        if stilled != data:
            stream.write(stilled)
            stream.Length1 = len(stilled)
            if Name.Length2 in stream:
                del stream[Name.Length2]


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


def _checksum(data: bytes) -> int:
    padded = data + bytes(-len(data) % 4)
    words: tuple[int, ...] = struct.unpack(f">{len(padded) // 4}I", padded)
    return sum(words) & 0xFFFFFFFF
