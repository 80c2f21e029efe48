"""Pictures of the page, put into the PDF as they are: nothing is decoded or packed anew.

A PNG's packed lines are what PDF calls Flate with PNG predictors (ISO 32000-1, 7.4.4.4), and a
JPEG is a DCT stream (7.4.8). So the pixels are the browser's own, and a band costs no time.
"""

import struct
import zlib
from collections.abc import Iterator
from typing import Final

import pikepdf
from pikepdf import Dictionary, Name

from archive_store.errors import CaptureError
from tasks.model import Band

_PNG: Final = b"\x89PNG\r\n\x1a\n"
_JPEG: Final = b"\xff\xd8\xff"
_RGB_8: Final = (8, 2, 0, 0, 0)  # bits, colour type, compression, filter, interlacing
_MARKER: Final = 0xFF
_FRAMES: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_BARE: Final = frozenset(range(0xD0, 0xDA)) | {0x01}


def picture(pdf: pikepdf.Pdf, band: Band) -> pikepdf.Stream:
    """The band's picture as an image of ``pdf``.

    Raises:
        CaptureError: ``band-picture``: not a PNG or JPEG as ``Band`` says, or of another size.
    """
    if band.picture.startswith(_PNG):
        stream = _png(pdf, band)
    elif band.picture.startswith(_JPEG):
        stream = _jpeg(pdf, band)
    else:
        raise _refused("varken PNG eller JPEG", "neither PNG nor JPEG")
    stream.Type, stream.Subtype = Name.XObject, Name.Image
    stream.Width, stream.Height = band.width, band.height
    stream.BitsPerComponent = 8
    stream.ColorSpace = Name.DeviceRGB
    return stream


def _png(pdf: pikepdf.Pdf, band: Band) -> pikepdf.Stream:
    chunks = _chunks(band.picture)
    kind, head = next(chunks)
    if kind != b"IHDR" or head[8:] != bytes(_RGB_8):
        raise _refused("inte RGB med 8 bitar utan sammanflätning", "not RGB of 8 bits, interlaced")
    _check_size(struct.unpack(">II", head[:8]), band)
    packed = []
    for kind, data in chunks:
        if kind == b"tRNS":
            raise _refused("genomskinlig", "transparent")
        if kind == b"IDAT":
            packed.append(data)
    stream = pikepdf.Stream(pdf, b"")
    stream.write(
        packed[0].tobytes() if len(packed) == 1 else b"".join(packed),
        filter=Name.FlateDecode,
        decode_parms=Dictionary(Predictor=15, Colors=3, BitsPerComponent=8, Columns=band.width),
    )
    return stream


def _chunks(data: bytes) -> Iterator[tuple[bytes, memoryview]]:
    """The chunks of a PNG, each compared with its checksum, up to a proper end."""
    view, at, kind = memoryview(data), len(_PNG), b""
    while kind != b"IEND":
        try:
            length, kind = struct.unpack_from(">I4s", data, at)
            (checksum,) = struct.unpack_from(">I", data, at + 8 + length)
        except struct.error:
            raise _refused("avhuggen", "cut off") from None
        if zlib.crc32(view[at + 4 : at + 8 + length]) != checksum:
            raise _refused("skadad", "damaged")
        yield kind, view[at + 8 : at + 8 + length]
        at += 12 + length


def _jpeg(pdf: pikepdf.Pdf, band: Band) -> pikepdf.Stream:
    bits, height, width, colours = _frame(band.picture)
    if (bits, colours) != (8, 3):
        raise _refused("inte tre färger med 8 bitar", "not three colours of 8 bits")
    _check_size((width, height), band)
    stream = pikepdf.Stream(pdf, b"")
    stream.write(band.picture, filter=Name.DCTDecode)
    return stream


def _frame(data: bytes) -> tuple[int, int, int, int]:
    """Bits, height, width and number of colours in the frame header (ITU-T T.81, B.2.2)."""
    at = 2
    try:
        while True:
            marker = data[at + 1]
            if data[at] != _MARKER:
                raise _refused("skadad", "damaged")
            if marker in _FRAMES:
                bits, height, width, colours = struct.unpack_from(">BHHB", data, at + 4)
                return bits, height, width, colours
            step = 0 if marker in _BARE else struct.unpack_from(">H", data, at + 2)[0]
            at += 2 + step
    except (IndexError, struct.error):
        raise _refused("avhuggen", "cut off") from None


def _check_size(size: tuple[int, ...], band: Band) -> None:
    if size != (band.width, band.height):
        raise _refused("av annan storlek än sitt band", "of another size than its band")


def _refused(sv: str, en: str) -> CaptureError:
    return CaptureError(
        "band-picture",
        sv=f"En bild av sidan går inte att lägga i dokumentet ({sv}). Kör igen; händer det igen, "
        "pröva en annan webbläsare och anmäl felet.",
        en=f"A picture of the page cannot be put into the document ({en}). Run again; if it "
        "happens again, try another browser and report the fault.",
    )
