"""A person's picture becomes a document: whole, upright, and without what should not come along."""

import datetime as dt
import io
import re
import zlib
from base64 import b64decode

import page
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms, ImageDraw

from archive_store.errors import InputError
from tasks.bases.by_hand import MARK, PictureDocument, picture_document
from tasks.documents import html_to_pdf, read_back
from tests.tasks.bases.samples import NOW, a_picture

CARRIED = re.compile(r'src="data:image/(\w+);base64,([^"]+)"')


def made(data: bytes, alt: str = "") -> PictureDocument:
    return picture_document(data, channel_name="Sjöviks kommun", received=NOW, alt=alt)


def shown(document: PictureDocument) -> list[Image.Image]:
    return [Image.open(io.BytesIO(b64decode(data))) for _, data in CARRIED.findall(document.html)]


def refusal(data: bytes) -> InputError:
    with pytest.raises(InputError) as caught:
        made(data)
    return caught.value


def saved(image: Image.Image, kind: str, **options: object) -> bytes:
    target = io.BytesIO()
    image.save(target, kind, **options)
    return target.getvalue()


def screenshot(width: int = 400, height: int = 3000) -> Image.Image:
    """White paper with black lines of text, 12 pixels high, 20 apart."""
    image = Image.new("RGB", (width, height), "white")
    draw = ImageDraw.Draw(image)
    for top in range(4, height - 16, 20):
        draw.rectangle((20, top, width - 40, top + 11), fill="black")
    return image


def test_a_screenshot_is_shown_whole_and_to_the_pixel_cut_between_its_lines() -> None:
    original = screenshot()
    document = made(saved(original, "PNG"))
    parts = shown(document)
    assert document.sheets == len(parts) == 6
    together = Image.new("RGB", original.size)
    top = 0
    for part in parts:
        together.paste(part, (0, top))
        top += part.height
        if top < original.height:
            assert all(
                original.getpixel((x, y)) == (255, 255, 255)
                for x in (30, 200)
                for y in (top - 1, top)
            )
    assert together.tobytes() == original.tobytes()
    assert "del 6 av 6" in document.html


def test_a_telephones_screen_stays_on_one_sheet() -> None:
    assert made(a_picture((1080, 2400))).sheets == 1


def test_the_document_is_pdf_a_and_says_on_every_sheet_whose_capture_it_is() -> None:
    document = made(saved(screenshot(), "PNG"), alt="Kanalen med tre inlägg om isen")
    pdf = html_to_pdf(document.html, title="Bild", author="Sjöviks kommun", created=NOW)
    for profile in (page.ValidationProfile.PDF_A_3A, page.ValidationProfile.PDF_UA_1):
        assert page.is_pdf_compliant_bytes(pdf, profile=profile), profile
    found = read_back(pdf)
    assert found.pages == 1 + document.sheets
    assert all(MARK in text for text in found.texts)
    assert "Kanalen med tre inlägg om isen" in found.texts[0]
    assert document.sha256 in "".join(found.texts[0].split())
    assert b"Kanalen" not in document.sha256.encode()


def test_where_it_was_taken_does_not_come_along_and_it_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # a quarter turn
    exif[0x010F] = "Kameran"
    exif.get_ifd(0x8825)[2] = (59.0, 19.0, 50.0)
    data = saved(Image.new("RGB", (300, 200), "navy"), "JPEG", exif=exif)
    assert b"Kameran" in data
    document = made(data)
    (picture,) = shown(document)
    assert picture.size == (200, 300)
    assert not picture.getexif()
    assert b"Kameran" not in b64decode(CARRIED.findall(document.html)[0][1])
    assert "Uppgifter i filen om kamera, tid och plats följer inte med hit." in document.changed


def wide_gamut() -> bytes:
    """A profile that is not sRGB: its inverse would be visible."""
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()


@pytest.mark.parametrize(
    ("image", "kind", "colour"),
    [
        (Image.new("CMYK", (40, 30), (0, 255, 255, 0)), "JPEG", (254, 0, 0)),
        (Image.new("I;16", (40, 30), 65535), "PNG", (255, 255, 255)),
        (Image.new("I;16", (40, 30), 32768), "TIFF", (127, 127, 127)),
        (Image.new("F", (40, 30), 0.5), "TIFF", (0, 0, 0)),
        (Image.new("1", (40, 30), 1), "TIFF", (255, 255, 255)),
        (Image.new("LA", (40, 30), (0, 0)), "PNG", (255, 255, 255)),
        (Image.new("RGBA", (40, 30), (255, 0, 0, 0)), "WEBP", (255, 255, 255)),
        (Image.new("RGBA", (40, 30), (0, 0, 255, 255)), "PNG", (0, 0, 255)),
        (Image.new("RGB", (40, 30), (51, 102, 153)).convert("P"), "GIF", (51, 102, 153)),
    ],
    ids=lambda value: str(getattr(value, "mode", value)),
)
def test_colours_of_every_kind_become_8_bit_rgb(
    image: Image.Image, kind: str, colour: tuple[int, int, int]
) -> None:
    (picture,) = shown(made(saved(image, kind)))
    assert picture.mode == "RGB"
    found = picture.getpixel((5, 5))
    assert isinstance(found, tuple)
    assert all(abs(a - b) <= 12 for a, b in zip(found, colour, strict=True))


def test_a_profile_that_does_not_fit_is_no_reason_to_refuse() -> None:
    for profile in (wide_gamut(), b"no profile", b""):
        data = saved(Image.new("RGB", (40, 30), (1, 2, 3)), "PNG", icc_profile=profile)
        assert shown(made(data))[0].getpixel((0, 0)) == (1, 2, 3)


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_of_a_moving_picture_the_first_moment_is_shown_and_told(kind: str) -> None:
    frames = [Image.new("RGB", (40, 30), shade) for shade in ("red", "green", "blue")]
    data = saved(frames[0], kind, save_all=True, append_images=frames[1:], lossless=True)
    document = made(data)
    assert document.sheets == 1
    assert shown(document)[0].getpixel((0, 0)) == (255, 0, 0)
    assert document.changed[0] == "Bilden är rörlig: bara den första av 3 bilder visas."


def test_every_page_of_a_tiff_is_shown() -> None:
    pages = [Image.new("RGB", (40, 30), shade) for shade in ("red", "green", "blue")]
    document = made(saved(pages[0], "TIFF", save_all=True, append_images=pages[1:]))
    assert [picture.getpixel((0, 0)) for picture in shown(document)] == [
        (255, 0, 0),
        (0, 128, 0),
        (0, 0, 255),
    ]


def test_a_picture_without_words_about_it_says_what_it_is() -> None:
    document = made(a_picture())
    assert document.alt == (
        "Skärmdump av Sjöviks kommun, inlämnad 31 december 2025 kl. 23.00 utan beskrivning"
    )
    assert f'alt="{document.alt}"' in document.html


def test_hostile_words_about_a_picture_are_text() -> None:
    document = made(a_picture(), alt='"><script>alert(1)</script>')
    assert "<script" not in document.html


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "picture-damaged"),
        (b"\x89PNG\r\n\x1a\n" + bytes(60), "picture-damaged"),
        (a_picture((400, 400))[:300], "picture-damaged"),
        (a_picture(kind="JPEG")[:200], "picture-damaged"),
        (a_picture((2, 9000)), "picture-shape"),
    ],
    ids=["empty", "no-picture", "cut-png", "cut-jpeg", "thread"],
)
def test_a_picture_that_cannot_be_shown_is_refused(data: bytes, code: str) -> None:
    error = refusal(data)
    assert error.code == code
    assert "ämna" in error.sv or "Dela" in error.sv


def test_a_picture_made_to_fill_memory_is_refused_before_it_is_unpacked() -> None:
    bomb = bytearray(a_picture((16, 16)))
    bomb[16:24] = (30_000).to_bytes(4, "big") * 2  # the size that the header claims
    bomb[29:33] = zlib.crc32(bytes(bomb[12:29])).to_bytes(4, "big")
    assert refusal(bytes(bomb)).code == "picture-too-large"


@settings(max_examples=80)
@given(
    kind=st.sampled_from(["PNG", "JPEG", "WEBP", "GIF", "TIFF"]),
    at=st.integers(0, 400),
    noise=st.binary(min_size=1, max_size=40),
)
def test_a_spoiled_picture_is_shown_or_refused_never_a_crash(
    kind: str, at: int, noise: bytes
) -> None:
    data = bytearray(a_picture((24, 24), kind=kind))
    at %= len(data)
    data[at : at + len(noise)] = noise
    codes = []
    try:
        made(bytes(data))
    except InputError as error:
        codes.append(error.code)
    assert set(codes) <= {"picture-damaged", "picture-too-large", "picture-shape"}


def test_the_same_picture_gives_the_same_document() -> None:
    data = a_picture(kind="JPEG")
    assert made(data) == made(data)
    assert (
        made(data).html
        != picture_document(
            data, channel_name="Sjöviks kommun", received=NOW + dt.timedelta(hours=1)
        ).html
    )
