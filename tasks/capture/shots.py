"""Pictures of a page, one a band, the browser's own pixels to the last.

Taken one at a time: several at once give wrong pixels (Chromium 156). The
browser compresses quickly and we compress well, in a thread, while it takes the next. A picture
that lacks what stands in its place is taken anew in the way in which the browser paints first.
"""

import asyncio
import base64
import itertools
import struct
import zlib
from collections.abc import Sequence
from typing import Any, Final, Literal, NamedTuple

import deflate
from playwright.async_api import Error as BrowserError

from archive_store.errors import CaptureError
from tasks.capture.inkless import Shown, inkless
from tasks.capture.inside import Inside
from tasks.model import Band, Box

Pictures = Literal["png", "jpeg"]

_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
_QUALITY: Final = 90
_LEVEL: Final = 6
_ANEW: Final = 5  # bands of a page: each costs as much as ten others on a tall page
_TRIES: Final = 3  # a browser that is short of time may give up one picture, not the page
_SCROLL: Final = "(top) => (window.scrollTo({ top, behavior: 'instant' }), window.scrollY)"


async def take_shots(
    inside: Inside,
    tops: Sequence[int],
    whole: Box,
    *,
    pictures: Pictures = "png",
    shown: Shown | None = None,
) -> tuple[Band, ...]:
    """A picture of each band of the page as it stands; the page is scrolled meanwhile.

    Args:
        inside: the page, standing still.
        tops: upper edges of the bands.
        whole: the part of the page that they cover, CSS pixels from where the page begins.
        pictures: lossless, or a third of the size.
        shown: what must be seen in them.

    Raises:
        TimeoutError: the browser does not answer.
        CaptureError: ``picture-format``.
    """
    left, _, width, height = map(int, whole)
    shown = shown or Shown(())
    compressing: list[asyncio.Task[_Shot]] = []
    try:
        for top, end in itertools.pairwise((*tops, height)):
            place = Box(left, top, width, end - top)
            parts = await _parts_of(inside, place, pictures)
            made = asyncio.to_thread(_made, parts, place, shown)
            compressing.append(asyncio.create_task(made))
            if len(compressing) > 1:  # no heap of pictures, where compressing is the slower
                await compressing[-2]
        shots = list(await asyncio.gather(*compressing))
    finally:
        for task in compressing:
            task.cancel()
    # White on white lacks ink too, and always will: only where most is missing is it asked why.
    by_lack = sorted(range(len(shots)), key=lambda n: shots[n].lacking, reverse=True)
    for n in by_lack[:_ANEW]:
        if shots[n].lacking:
            again = [await _shot(inside, shots[n].place, pictures, beyond=True)]
            other = await asyncio.to_thread(_made, again, shots[n].place, shown)
            shots[n] = min(shots[n], other, key=lambda shot: shot.lacking)
    return tuple([shot.band for shot in shots])


async def _parts_of(inside: Inside, band: Box, pictures: Pictures) -> list[str]:
    """Pictures of a band, from its top: as many as it is windows high.

    What is in the window is taken at once; to show more, the browser lays out the whole page anew
    for each picture, which on a tall one takes ten times as long.
    """
    tall, wide = await inside.ask("() => [window.innerHeight, window.innerWidth]")
    if band.width > wide or (pictures == "jpeg" and band.height > tall):
        return [await _shot(inside, band, pictures, beyond=True)]
    taken = []
    for top in range(int(band.y), int(band.y + band.height), tall):
        height = min(tall, band.y + band.height - top)
        at = await inside.ask(_SCROLL, top)
        seen = at <= top and top + height <= at + tall
        part = Box(band.x, top, band.width, height)
        taken.append(await _shot(inside, part, pictures, beyond=not seen))
    return taken


async def _shot(inside: Inside, part: Box, pictures: Pictures, *, beyond: bool) -> str:
    given: dict[str, Any] = {
        "format": pictures,
        "clip": {**part._asdict(), "scale": 1},
        "captureBeyondViewport": beyond,
        "optimizeForSpeed": pictures == "png",
    }
    if pictures == "jpeg":
        given["quality"] = _QUALITY
    for tries_left in range(_TRIES - 1, -1, -1):
        try:
            answer = await inside.send("Page.captureScreenshot", given)
        except BrowserError as error:
            if not tries_left or "capture screenshot" not in str(error):
                raise
        else:
            break
    return str(answer["data"])


class _Shot(NamedTuple):
    """A band of the page, its place, and how many places in it show nothing."""

    band: Band
    place: Box
    lacking: int


def _made(parts: list[str], place: Box, shown: Shown) -> _Shot:
    pictures = [base64.b64decode(part) for part in parts]
    picture = pictures[0]
    if picture.startswith(_SIGNATURE):
        picture = well_packed(*pictures)
    _, top, width, height = map(int, place)
    band = Band(top=top, width=width, height=height, picture=picture)
    return _Shot(band=band, place=place, lacking=inkless(picture, shown.within(place)))


def well_packed(*pngs: bytes) -> bytes:
    """Pictures below one another as one in few bytes, with nothing in it but the picture.

    PNG is ISO/IEC 15948.

    Raises:
        CaptureError: ``picture-format``: one is not 8-bit RGB (or wholly opaque RGBA), is broken,
            or is not as wide as the others.
    """
    read = [_rows(png) for png in pngs]
    width = read[0][0]
    if any(other != width for other, _ in read):
        raise _strange("width")
    rows = b"".join([read[0][1], *(_alone(below, width) for _, below in read[1:])])
    header = struct.pack(">IIBBBBB", width, len(rows) // (1 + 3 * width), 8, 2, 0, 0, 0)
    packed = bytes(deflate.zlib_compress(rows, _LEVEL))
    chunks = ((b"IHDR", header), (b"IDAT", packed), (b"IEND", b""))
    return _SIGNATURE + b"".join(_chunk(name, body) for name, body in chunks)


def _rows(png: bytes) -> tuple[int, bytearray]:
    """Width and filtered RGB rows of a PNG."""
    header, data = _parts(png)
    width, height, depth, colour, _, _, interlace = struct.unpack(">IIBBBBB", header)
    samples = {2: 3, 6: 4}.get(colour)
    if samples is None or depth != 8 or interlace:  # noqa: PLR2004 - bits a sample
        raise _strange(f"{colour}/{depth}/{interlace}")
    try:
        rows = deflate.zlib_decompress(data, height * (1 + width * samples))
    except deflate.DeflateError:
        raise _strange("deflate") from None
    return width, _without_opacity(rows, width) if samples == 4 else rows  # noqa: PLR2004 - RGBA


def _alone(rows: bytearray, width: int) -> bytearray:
    """The rows, the first not filtered by what is above it, since something else will be."""
    kind, first = rows[0], rows[1 : 1 + 3 * width]
    for sample in range(3):
        above = bytearray(width)
        first[sample::3] = _unfiltered(kind, first[sample::3], above)
    rows[: 1 + 3 * width] = b"\0" + first
    return rows


def _parts(png: bytes) -> tuple[bytes, bytes]:
    """The header and the compressed rows of a PNG."""
    header, data, at = b"", [], len(_SIGNATURE)
    while at + 12 <= len(png):
        size, name = struct.unpack_from(">I4s", png, at)
        body = png[at + 8 : at + 8 + size]
        if name == b"IHDR":
            header = body
        elif name == b"IDAT":
            data.append(body)
        at += 12 + size
    if len(header) != 13 or not data:  # noqa: PLR2004 - ISO/IEC 15948, 11.2.2
        raise _strange("chunks")
    return header, b"".join(data)


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def _without_opacity(rows: bytearray, width: int) -> bytearray:
    """RGBA rows as RGB ones.

    Every filter predicts a sample from samples of its own kind, so that dropping one kind leaves
    the others' predictions right (ISO/IEC 15948, 9.2), save Paeth's and none's of nothing: the
    samples of each kind are filtered apart.
    """
    step = 1 + 4 * width
    kept = bytearray()
    opaque = bytearray(b"\xff" * width)
    above = bytearray(width)
    for at in range(0, len(rows), step):
        kind, row = rows[at], rows[at + 1 : at + step]
        above = _unfiltered(kind, row[3::4], above)
        if above != opaque:
            raise _strange("opacity")
        colours = bytearray(3 * width)
        for sample in range(3):
            colours[sample::3] = row[sample::4]
        kept.append(kind)
        kept += colours
    return kept


def _unfiltered(kind: int, row: bytearray, above: bytearray) -> bytearray:
    """One kind of sample of a row, its filter undone (ISO/IEC 15948, 9.2)."""
    out = bytearray(len(row))
    left = corner = 0
    for n, value in enumerate(row):
        up = above[n]
        guess = left + up - corner
        paeth = min(
            (abs(guess - left), 0, left), (abs(guess - up), 1, up), (abs(guess - corner), 2, corner)
        )
        predicted = (0, left, up, (left + up) // 2, paeth[2])[kind]
        left, corner = (value + predicted) & 255, up
        out[n] = left
    return out


def _strange(what: str) -> CaptureError:
    return CaptureError(
        "picture-format",
        sv=f"Webbläsarens bild av sidan har ett format som inte stöds ({what}). Uppdatera "
        "Chromium, eller välj en annan med inställningen browser, och kör igen.",
        en=f"The browser's picture of the page has a format that is not supported ({what}). "
        "Update Chromium, or choose another by the setting browser, and run again.",
    )
