"""Others' pictures made safe and small enough to stand in a document.

A picture is decoded and encoded anew, so that nothing else comes along: no place where it was taken
(EXIF), no colour profile that a validator refuses, no second picture hidden behind the first.
"""

import base64
import dataclasses as dc
import io
import struct
import threading
import zlib
from typing import Final

from PIL import Image, ImageCms, ImageFile, ImageOps

FORMATS: Final = ("PNG", "JPEG", "WEBP", "GIF", "TIFF", "BMP")
MAX_PIXELS: Final = 60_000_000
"""A larger picture is not decoded: as colours it would take more than 180 MB."""

BROKEN: Final = (
    OSError,
    ValueError,
    SyntaxError,
    EOFError,
    KeyError,
    IndexError,
    TypeError,
    OverflowError,
    MemoryError,
    Warning,
    struct.error,
    zlib.error,
    Image.DecompressionBombError,
)
"""What Pillow raises on pictures that are damaged or made to harm."""

_LOADING: Final = threading.Lock()
_QUALITY: Final = 85
_STEPS: Final = ((1240, 82), (1000, 78), (760, 74), (520, 70))
"""Pixels on the long side and JPEG quality, from what a sheet can show (250 to the inch) down."""

_DEEP: Final = frozenset({"I", "F", "I;16", "I;16L", "I;16B", "I;16N"})


class TooManyPixelsError(ValueError):
    """The picture has more than ``MAX_PIXELS``."""


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture ready for a document: sRGB, 8 bits, upright, on white, without any metadata."""

    data: bytes
    media_type: str
    width: int
    height: int

    @property
    def address(self) -> str:
        """The picture as a ``data:`` address."""
        return f"data:{self.media_type};base64,{base64.b64encode(self.data).decode('ascii')}"


def opened(data: bytes) -> Image.Image:
    """The picture's header, nothing decoded yet.

    Raises:
        one of ``BROKEN``: no picture, or one with too many pixels.
    """
    try:
        image = Image.open(io.BytesIO(data), formats=FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise TooManyPixelsError from None
    if image.width * image.height > MAX_PIXELS:
        raise TooManyPixelsError
    return image


def load(image: Image.Image) -> None:
    """Decode the current frame, and refuse one that is cut off.

    WeasyPrint tells Pillow to fill up what is missing, for the whole process: half a picture would
    be shown as whole.

    Raises:
        one of ``BROKEN``: its data are damaged or cut off.
    """
    with _LOADING:
        lenient, ImageFile.LOAD_TRUNCATED_IMAGES = ImageFile.LOAD_TRUNCATED_IMAGES, False
        try:
            image.load()
        finally:
            ImageFile.LOAD_TRUNCATED_IMAGES = lenient


def plain(image: Image.Image) -> Image.Image:
    """The picture's current frame as upright 8-bit sRGB on white.

    Raises:
        one of ``BROKEN``: its data are damaged.
    """
    load(image)
    upright = ImageOps.exif_transpose(image)
    profile = upright.info.get("icc_profile")
    if upright.mode in _DEEP:
        upright = _shallow(upright)
    if upright.mode == "P" or "transparency" in upright.info:
        upright = upright.convert("RGBA")
    alpha = upright.getchannel("A") if "A" in upright.getbands() else None
    colours = _srgb(upright, profile)
    if alpha is None:
        return colours
    paper = Image.new("RGB", colours.size, "white")
    paper.paste(colours, mask=alpha)
    return paper


def small(data: bytes, target: int) -> Picture | None:
    """The picture in about ``target`` bytes, as large as they allow; ``None`` if unreadable.

    What is drawn rather than photographed (PNG, GIF) stays lossless where there is room.
    """
    try:
        image = opened(data)
        lossless = image.format in {"PNG", "GIF"}
        if image.format == "JPEG":
            image.draft("RGB", (_STEPS[0][0], _STEPS[0][0]))
        frame = plain(image)
    except BROKEN:
        return None
    frame.thumbnail((_STEPS[0][0], _STEPS[0][0]), Image.Resampling.LANCZOS)
    if lossless:
        picture = encoded(frame, lossless=True)
        if len(picture.data) <= target:
            return picture
    for longest, quality in _STEPS:
        frame.thumbnail((longest, longest), Image.Resampling.LANCZOS)
        picture = encoded(frame, lossless=False, quality=quality, fine=False)
        if len(picture.data) <= target:
            break
    return picture


def encoded(
    frame: Image.Image, *, lossless: bool, quality: int = _QUALITY, fine: bool = True
) -> Picture:
    """An RGB frame without metadata; the same frame gives the same bytes.

    Args:
        frame: the picture.
        lossless: as PNG, else as JPEG.
        quality: of a JPEG, as libjpeg counts.
        fine: whether a JPEG keeps every pixel's own colour, else each four share one.
    """
    target = io.BytesIO()
    bare = Image.frombytes("RGB", frame.size, frame.tobytes())
    if lossless:
        bare.save(target, "PNG", optimize=False)
    else:
        bare.save(target, "JPEG", quality=quality, subsampling=0 if fine else 2)
    return Picture(
        data=target.getvalue(),
        media_type="image/png" if lossless else "image/jpeg",
        width=frame.width,
        height=frame.height,
    )


def _shallow(image: Image.Image) -> Image.Image:
    """Grey of 16 or 32 bits as 8 bits, from its darkest to its lightest."""
    values = image.convert("F")
    low, high = values.getextrema()
    dark, light = float(low), float(high)  # type: ignore[arg-type]  # one band has one pair
    if image.mode.startswith("I;16"):
        dark, light = 0.0, 65535.0
    scale = 255.0 / (light - dark) if light > dark else 0.0
    return values.point(lambda value: value * scale - dark * scale).convert("L")


def _srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """The colours as sRGB: by the picture's own profile where it has one that can be read."""
    flat = image.convert("RGB") if image.mode in {"RGBA", "RGBa", "P", "PA"} else image
    if image.mode in {"LA", "La", "1"}:
        flat = image.convert("L")
    if profile and flat.mode in {"RGB", "L", "CMYK"}:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            target = ImageCms.createProfile("sRGB")
            turned = ImageCms.profileToProfile(flat, source, target, outputMode="RGB")
        except (ImageCms.PyCMSError, OSError, ValueError):
            turned = None  # the profile does not fit: the plain numbers are the best there is
        if turned is not None:
            return turned
    return flat.convert("RGB")
