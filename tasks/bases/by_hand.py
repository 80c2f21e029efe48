"""The basis ``manual``: a person's picture as a document, beside the picture as it came.

The picture is shown whole: a tall screenshot is cut between lines onto several sheets. What had to
be changed to show it (colours, a moving picture's first moment) stands on the first sheet, and what
must not come along, such as where a photograph was taken, does not. A picture has no words, so the
document cannot be searched; it says so too.
"""

import dataclasses as dc
import datetime as dt
import functools
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import jinja2
from PIL import Image, ImageSequence

from archive_store.errors import InputError
from tasks.bases.pictures import (
    BROKEN,
    MAX_PIXELS,
    Picture,
    TooManyPixelsError,
    encoded,
    load,
    opened,
    plain,
)
from tasks.bases.rendering import css_string, moment
from tasks.bases.wording import one_line

MARK: Final = "En persons egen fångst, inte framställd av Kanalarkiv"
"""What every sheet says."""

MAX_BYTES: Final = 100_000_000
MAX_SHEETS: Final = 200

_WIDTH, _HEIGHT = 166, 235  # millimetres that a picture may take on a sheet
_WHOLE = 2.6  # a picture this much taller than wide is still shown on one sheet
_SOUGHT = 0.2  # the share of a sheet in which a calm row is looked for
_QUALITY = 92
_ACROSS = 48  # the columns in which a row's evenness is judged
_EVEN = 3  # shades of grey by which an even row may vary


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class PictureDocument:
    """A picture as one HTML document for A4.

    Attributes:
        html: a whole document; it asks for nothing from elsewhere.
        alt: the alternative text that was given, or what stands in its place.
        sheets: parts that the picture is shown in.
        changed: what is not as in the file, as sentences in Swedish.
        sha256: hex digest of the file as it came.
    """

    html: str
    alt: str
    sheets: int
    changed: tuple[str, ...]
    sha256: str


def picture_document(
    data: bytes, *, channel_name: str, received: dt.datetime, alt: str = ""
) -> PictureDocument:
    """Make a document of a handed-in picture.

    Args:
        data: the file as it came.
        channel_name: of which channel it is.
        received: when it was handed in.
        alt: what the picture shows, in the words of whoever hands it in.

    Raises:
        InputError: ``picture-damaged``, ``picture-too-large`` or ``picture-shape``.
    """
    if len(data) > MAX_BYTES:
        raise _too_large()
    try:
        image = opened(data)
        load(image)
        changed = tuple(_changes(image))
        form = f"{image.format}, {image.width} × {image.height} bildpunkter"
        parts = [
            part
            for frame in _frames(image)
            for part in _cut(plain(frame), lossless=image.format != "JPEG")
        ]
    except _TooManyError:
        raise _wrong_shape() from None
    except TooManyPixelsError:
        raise _too_large() from None
    except BROKEN:
        raise _damaged() from None
    described = one_line(alt) or (
        f"Skärmdump av {one_line(channel_name)}, inlämnad {moment(received)} utan beskrivning"
    )
    digest = hashlib.sha256(data).hexdigest()
    html = _template().render(
        mark=MARK,
        channel_name=one_line(channel_name),
        received=moment(received),
        form=form,
        digest=digest,
        changed=changed,
        described=one_line(alt),
        alt=described,
        parts=[(part, *_millimetres(part)) for part in parts],
    )
    return PictureDocument(
        html=html, alt=described, sheets=len(parts), changed=changed, sha256=digest
    )


class _TooManyError(Exception):
    """The picture would take more sheets than a document has."""


def _frames(image: Image.Image) -> Iterator[Image.Image]:
    """The pages of a TIFF; of what moves, the first moment."""
    if image.format != "TIFF":
        yield image
        return
    pixels = 0
    for number, frame in enumerate(ImageSequence.Iterator(image)):
        pixels += frame.width * frame.height
        if number >= MAX_SHEETS or pixels > MAX_PIXELS:
            raise _TooManyError
        yield frame


def _changes(image: Image.Image) -> Iterator[str]:
    frames = getattr(image, "n_frames", 1)
    if frames > 1 and image.format in {"GIF", "WEBP", "PNG"}:
        yield f"Bilden är rörlig: bara den första av {frames} bilder visas."
    if image.mode.startswith(("CMYK", "YCCK", "LAB", "I", "F")) or image.info.get("icc_profile"):
        yield "Färgerna är omräknade till sRGB med 8 bitar."
    if "transparency" in image.info or "A" in image.getbands():
        yield "Genomskinliga delar visas mot vitt."
    if image.getexif():
        yield "Uppgifter i filen om kamera, tid och plats följer inte med hit."


def _cut(frame: Image.Image, *, lossless: bool) -> Iterator[Picture]:
    """The frame in parts as tall as a sheet, cut where a row is calm."""
    width, height = frame.size
    if height <= width * _WHOLE:
        yield encoded(frame, lossless=lossless, quality=_QUALITY)
        return
    full = max(1, width * _HEIGHT // _WIDTH)
    if height > full * MAX_SHEETS:
        raise _TooManyError
    top = 0
    while top < height:
        bottom = height if height - top <= full else _calm_row(frame, top, full)
        part = frame.crop((0, top, width, bottom))
        yield encoded(part, lossless=lossless, quality=_QUALITY)
        top = bottom


def _calm_row(frame: Image.Image, top: int, full: int) -> int:
    """The middle of the longest calm stretch in a sheet's last part: between posts, or lines."""
    first = top + full - int(full * _SOUGHT)
    strip = frame.crop((0, first, frame.width, top + full)).convert("L")
    cells = strip.resize((_ACROSS, strip.height), Image.Resampling.BOX).tobytes()
    rows = [cells[start : start + _ACROSS] for start in range(0, len(cells), _ACROSS)]
    unrest = [max(row) - min(row) for row in rows]
    calm = min(unrest) + _EVEN
    best = start = 0
    length = 0
    for number, one in enumerate([*unrest, 256 + calm]):
        if one <= calm:
            continue
        if number - start >= length and number > start:
            best, length = (start + number) // 2, number - start
        start = number + 1
    return first + best + 1


def _millimetres(part: Picture) -> tuple[int, int]:
    """Width and height on the sheet: as large as fits."""
    scale = min(_WIDTH / part.width, _HEIGHT / part.height)
    return max(1, int(part.width * scale)), max(1, int(part.height * scale))


def _damaged() -> InputError:
    return InputError(
        "picture-damaged",
        sv="Bilden är skadad och går inte att öppna. Spara den på nytt som PNG och lämna den igen.",
        en="The picture is damaged and cannot be opened. Save it anew as PNG and hand it in again.",
    )


def _too_large() -> InputError:
    return InputError(
        "picture-too-large",
        sv=f"Bilden är för stor (högst {MAX_BYTES // 10**6} MB och {MAX_PIXELS // 10**6} miljoner "
        "bildpunkter). Dela den i flera bilder och lämna dem var för sig.",
        en=f"The picture is too large (at most {MAX_BYTES // 10**6} MB and "
        f"{MAX_PIXELS // 10**6} million pixels). Part it into several and hand them in one by one.",
    )


def _wrong_shape() -> InputError:
    return InputError(
        "picture-shape",
        sv=f"Bilden skulle ta mer än {MAX_SHEETS} blad. Dela den i flera bilder.",
        en=f"The picture would take more than {MAX_SHEETS} sheets. Part it into several pictures.",
    )


@functools.cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["css"] = css_string
    return environment.get_template("picture.html")
