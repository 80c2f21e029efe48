"""The bands' pixels are the browser's own, however tall the page is."""

import asyncio
import base64
import io
import itertools
import random
import struct
import zlib
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from PIL import Image, ImageChops, ImageDraw
from playwright.async_api import Error as BrowserError
from playwright.async_api import Page

from archive_store.errors import CaptureError
from tasks.capture import OpenBrowser
from tasks.capture.freezing import freeze
from tasks.capture.inkless import Shown, inkless
from tasks.capture.inside import Inside
from tasks.capture.shots import Pictures, take_shots, well_packed
from tasks.model import Band, Block, Box, Capture, Word
from tests.tasks.capture.conftest import QUICK
from tests.tasks.capture.site import Site
from tests.tasks.capture.traps import page as html

STRIPE = 20


def opened(band: Band) -> Image.Image:
    return Image.open(io.BytesIO(band.picture)).convert("RGB")


def joined(bands: Sequence[Band]) -> Image.Image:
    whole = Image.new("RGB", (bands[0].width, bands[-1].top + bands[-1].height))
    for band in bands:
        whole.paste(opened(band), (0, band.top))
    return whole


def striped(count: int) -> str:
    """Each stripe's colour tells its number."""
    rows = "".join(
        f"<p style='background:rgb({n >> 8},{n & 255},77)'>{n}</p>" for n in range(count)
    )
    style = f"<style>*{{margin:0;font:9px sans-serif}}p{{height:{STRIPE}px;padding-left:40px}}"
    return html("Ränder", rows, f"{style}</style>")


async def shots_of(
    page: Page, tops: Sequence[int], height: int, pictures: Pictures = "png"
) -> tuple[Band, ...]:
    inside = await Inside.of(page, QUICK)
    await freeze(inside, selector=None, limits=QUICK)
    return await take_shots(inside, tops, Box(0, 0, 960, height), pictures=pictures)


@pytest.mark.browser
def test_a_page_of_60_000_pixels_is_right_in_every_band(
    running: tuple[asyncio.Runner, OpenBrowser],
) -> None:
    runner, browser = running

    async def taken() -> tuple[Band, ...]:
        async with browser.page() as page:
            await page.set_content(striped(3000))
            return await shots_of(page, range(0, 60_000, 1381), 60_000)

    bands = runner.run(taken())
    assert [band.height for band in bands] == [1381] * 43 + [60_000 - 43 * 1381]
    for band in bands:
        column = opened(band).crop((5, 0, 6, band.height)).tobytes()
        numbers = [(band.top + y) // STRIPE for y in range(band.height)]
        assert column == b"".join(bytes((n >> 8, n & 255, 77)) for n in numbers)


@pytest.mark.browser
@pytest.mark.parametrize("name", ["kinds", "emoji", "places"])
def test_bands_are_the_browsers_own_picture_of_the_whole_page(
    running: tuple[asyncio.Runner, OpenBrowser], site: Site, name: str
) -> None:
    runner, browser = running

    async def taken() -> tuple[tuple[Band, ...], bytes]:
        async with browser.page() as page:
            await page.goto(f"{site.address}/{name}")
            inside = await Inside.of(page, QUICK)
            await freeze(inside, selector=None, limits=QUICK)
            height = await inside.ask("() => document.documentElement.scrollHeight")
            tops = [0, 301, *range(602, height, 1381)]
            bands = await take_shots(inside, tops, Box(0, 0, 960, height))
            return bands, await page.screenshot(full_page=True, animations="allow")

    bands, whole = runner.run(taken())
    own = Image.open(io.BytesIO(whole)).convert("RGB")
    ours = joined(bands)
    assert ours.size == own.size
    assert ImageChops.difference(ours, own).getbbox() is None


@pytest.mark.browser
def test_a_capture_is_bands_without_gap_that_part_no_line(take: Callable[..., Capture]) -> None:
    capture = take("/feed?posts=10&delay=0")
    tops = [band.top for band in capture.bands]
    ends = [band.top + band.height for band in capture.bands]
    assert tops == [0, *ends[:-1]]
    assert ends[-1] == capture.height
    assert {band.width for band in capture.bands} == {960}
    for block in capture.blocks:
        for word in block.words:
            assert not any(word.box.y < top < word.box.y + word.box.height for top in tops)
    posts = {top for top in tops if any(abs(top - edge) <= 1 for edge in _post_tops(capture))}
    assert len(posts) == len(tops) - 1  # all but the page's own top
    assert {name for name, _ in capture.stages} >= {"open", "settle", "freeze", "layer", "shots"}


def _post_tops(capture: Capture) -> list[float]:
    firsts = [next(b for b in capture.blocks if b.post == n) for n in range(10)]
    return [block.box.y - 40.91 for block in firsts]  # margins, padding and border above it


@pytest.mark.browser
def test_pictures_are_jpeg_by_choice(take: Callable[..., Capture]) -> None:
    capture = take("/header", pictures="jpeg")
    taken = [Image.open(io.BytesIO(band.picture)) for band in capture.bands]
    assert {picture.format for picture in taken} == {"JPEG"}
    assert [picture.size for picture in taken] == [(b.width, b.height) for b in capture.bands]
    assert max(band.height for band in capture.bands) <= 1280  # what the window shows
    assert capture.bands[-1].top + capture.bands[-1].height == capture.height


def drawn(*lines: int, size: tuple[int, int] = (200, 90)) -> bytes:
    """A picture with a line of ink at each of the heights."""
    picture = Image.new("RGB", size, "#eaf1f4")
    for line in lines:
        ImageDraw.Draw(picture).line((12, line, 60, line), fill="#123")
    written = io.BytesIO()
    picture.save(written, "PNG")
    return written.getvalue()


def block(kind: str, box: Box, *words: Box) -> Block:
    return Block(kind=kind, box=box, words=tuple(Word(text="x", box=each) for each in words))


LINES = [Box(10, top, 60, 16) for top in (10, 40, 70)]
SHOWN = Shown([block("p", Box(10, 10, 60, 76), *LINES)])
WHOLE = Box(0, 0, 200, 90)


def test_words_without_ink_are_counted() -> None:
    assert inkless(drawn(18, 48, 78), SHOWN.within(WHOLE)) == 0
    assert inkless(drawn(18), SHOWN.within(WHOLE)) == 2


def test_a_part_of_the_page_shows_what_lies_wholly_in_it_and_can_be_seen() -> None:
    tiny, figure, small = Box(1, 1, 1, 1), Box(80, 10, 64, 70), Box(150, 10, 20, 20)
    page = Shown(
        [
            block("p", Box(10, 10, 60, 76), *LINES, tiny),
            block("figure", figure),
            block("figure", small),
        ]
    )
    assert page.within(WHOLE) == [LINES[0], figure, *LINES[1:]]
    assert page.within(Box(0, 30, 200, 40)) == [Box(10, 10, 60, 16)]
    assert page.within(Box(20, 0, 180, 90)) == [Box(60, 10, 64, 70)]


class Late:
    """A browser that has not painted what was just scrolled to, save where it is asked to wait."""

    def __init__(self, *, ever: bool) -> None:
        self.ever, self.asked = ever, list[bool]()

    async def ask(self, script: str, _: object = None) -> object:
        return [1280, 960] if "innerHeight" in script else 0

    async def send(self, _: str, given: dict[str, Any]) -> dict[str, str]:
        self.asked.append(given["captureBeyondViewport"])
        whole = self.ever and given["captureBeyondViewport"]
        return {"data": base64.b64encode(drawn(18, 48, 78) if whole else drawn(18)).decode()}


@pytest.mark.parametrize(("ever", "left"), [(True, 0), (False, 2)])
def test_a_band_that_is_not_painted_is_taken_anew_once(*, ever: bool, left: int) -> None:
    inside = Late(ever=ever)
    (band,) = asyncio.run(take_shots(inside, [0], WHOLE, shown=SHOWN))  # type: ignore[arg-type]
    assert inside.asked == [False, True]
    assert inkless(band.picture, SHOWN.within(WHOLE)) == left


def test_white_on_white_costs_a_tall_page_five_pictures_and_no_more() -> None:
    inside = Late(ever=False)
    lines = [Box(10, top + 40, 60, 16) for top in range(0, 900, 90)]
    shown = Shown([block("p", Box(10, 0, 60, 900), *lines)])
    tops, whole = range(0, 900, 90), Box(0, 0, 200, 900)
    bands = asyncio.run(take_shots(inside, tops, whole, shown=shown))  # type: ignore[arg-type]
    assert len(bands) == 10
    assert inside.asked.count(True) == 5


class Weary:
    """A browser that gives up its first pictures."""

    def __init__(self, gives_up: int, message: str) -> None:
        self.left, self.message = gives_up, message

    async def ask(self, script: str, _: object = None) -> object:
        return [1280, 960] if "innerHeight" in script else 0

    async def send(self, _: str, __: object) -> dict[str, str]:
        self.left -= 1
        if self.left >= 0:
            raise BrowserError(self.message)
        written = io.BytesIO()
        Image.new("RGB", (9, 9)).save(written, "PNG")
        return {"data": base64.b64encode(written.getvalue()).decode()}


@pytest.mark.parametrize(
    ("gives_up", "message", "taken"),
    [(2, "Unable to capture screenshot", 1), (3, "Unable to capture screenshot", 0), (1, "x", 0)],
)
def test_a_picture_that_the_browser_gave_up_is_asked_for_again(
    gives_up: int, message: str, taken: int
) -> None:
    inside = Weary(gives_up, message)
    asked = take_shots(inside, [0], Box(0, 0, 9, 9))  # type: ignore[arg-type]
    if taken:
        assert len(asyncio.run(asked)) == taken
        return
    with pytest.raises(BrowserError):
        asyncio.run(asked)


def chunk(name: bytes, data: bytes) -> bytes:
    body = name + data
    return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))


def test_packing_keeps_the_pixels_and_nothing_else() -> None:
    picture = Image.effect_noise((70, 40), 60).convert("RGB")
    written = io.BytesIO()
    picture.save(written, "PNG", compress_level=1, dpi=(72, 72))
    packed = well_packed(written.getvalue())
    assert Image.open(io.BytesIO(packed)).tobytes() == picture.tobytes()
    assert b"pHYs" in written.getvalue()
    assert b"pHYs" not in packed


@pytest.mark.parametrize("kind", range(5))
def test_parts_below_one_another_become_one_picture(kind: int) -> None:
    dice = random.Random(kind)  # noqa: S311 - a picture, no secret
    halves = [
        [[dice.randrange(256) if n % 4 < 3 else 255 for n in range(36)] for _ in range(4)]
        for _ in range(2)
    ]
    packed = Image.open(io.BytesIO(well_packed(*(_rgba(half, kind) for half in halves))))
    assert packed.size == (9, 8)
    expected = [row[n : n + 3] for half in halves for row in half for n in range(0, 36, 4)]
    assert packed.tobytes() == b"".join(map(bytes, expected))
    with pytest.raises(CaptureError):
        well_packed(_rgba(halves[0], kind), _rgba([row[4:] for row in halves[1]], kind))


@pytest.mark.parametrize("kind", range(5))
def test_opaque_pictures_with_a_fourth_sample_lose_only_that(kind: int) -> None:
    """Every filter of ISO/IEC 15948, 9.2, written by hand, since Pillow chooses its own."""
    dice = random.Random(kind)  # noqa: S311 - a picture, no secret
    pixels = [[dice.randrange(256) if n % 4 < 3 else 255 for n in range(36)] for _ in range(5)]
    packed = Image.open(io.BytesIO(well_packed(_rgba(pixels, kind))))
    assert packed.mode == "RGB"
    expected = [row[n : n + 3] for row in pixels for n in range(0, 36, 4)]
    assert packed.tobytes() == b"".join(map(bytes, expected))
    pixels[2][7] = 254
    with pytest.raises(CaptureError) as caught:
        well_packed(_rgba(pixels, kind))
    assert caught.value.code == "picture-format"


def _rgba(pixels: list[list[int]], kind: int) -> bytes:
    rows, above = b"", [0] * len(pixels[0])
    for row in pixels:
        line = []
        for n, value in enumerate(row):
            left, up, corner = (
                (row[n - 4] if n > 3 else 0),
                above[n],
                (above[n - 4] if n > 3 else 0),
            )
            near = left + up - corner
            paeth = min((left, up, corner), key=lambda one, near=near: abs(near - one))
            line.append((value - (0, left, up, (left + up) // 2, paeth)[kind]) & 255)
        rows, above = rows + bytes([kind, *line]), row
    header = struct.pack(">IIBBBBB", len(pixels[0]) // 4, len(pixels), 8, 6, 0, 0, 0)
    parts = [(b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(itertools.starmap(chunk, parts))


@pytest.mark.parametrize("mode", ["L", "P", "1", "I;16"])
def test_other_formats_are_refused(mode: str) -> None:
    written = io.BytesIO()
    Image.new(mode, (9, 9)).save(written, "PNG")
    with pytest.raises(CaptureError) as caught:
        well_packed(written.getvalue())
    assert caught.value.code == "picture-format"


@pytest.mark.parametrize("cut", [9, 30, 60])
def test_a_broken_picture_is_refused(cut: int) -> None:
    written = io.BytesIO()
    Image.effect_noise((9, 9), 50).convert("RGB").save(written, "PNG")
    with pytest.raises(CaptureError) as caught:
        well_packed(written.getvalue()[:cut])
    assert caught.value.code == "picture-format"
