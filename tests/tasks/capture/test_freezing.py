"""A page that stands still is whole, and else as it was."""

import asyncio
import dataclasses as dc
import io
from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image, ImageChops

from archive_store.errors import CaptureError
from tasks.capture import OpenBrowser, picturing
from tasks.capture.freezing import Frozen, freeze
from tasks.capture.inside import Inside
from tasks.capture.layer import Layer, layer_of
from tasks.capture.picturing import picture
from tasks.capture.stages import Stages
from tasks.model import Band, Capture
from tests.tasks.capture.conftest import QUICK
from tests.tasks.capture.looks import LOOKS
from tests.tasks.capture.site import Site


@dc.dataclass(frozen=True, kw_only=True)
class Stood:
    before: Image.Image  # the window, as its visitor sees it
    frozen: Frozen
    layer: Layer
    bands: tuple[Band, ...]

    def box(self, text: str) -> tuple[float, ...]:
        return next(
            (*word.box,)
            for block in self.layer.blocks
            for word in block.words
            if text in (word.text, " ".join(w.text for w in block.words))
        )


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data)).convert("RGB")


async def stand(browser: OpenBrowser, address: str) -> Stood:
    async with browser.page() as page:
        await page.goto(address)
        before = opened(await page.screenshot(animations="allow"))
        inside = await Inside.of(page, QUICK)
        frozen = await freeze(inside, selector="article", limits=QUICK)
        text = await inside.ask("() => document.body.innerText")
        told: dict[str, Any] = {"selector": "article", "host": "", "stages": Stages()}
        layer, bands = await picture(inside, text, pictures="png", **told)
        return Stood(before=before, frozen=frozen, layer=layer, bands=bands)


@pytest.fixture(scope="module")
def looks(running: tuple[asyncio.Runner, OpenBrowser], site: Site) -> dict[str, Stood]:
    runner, browser = running

    async def all_of_them() -> list[Stood]:
        return [await stand(browser, f"{site.address}/{name}") for name in LOOKS]

    return dict(zip(LOOKS, runner.run(all_of_them()), strict=True))


def same(stood: Stood, until: int, left: int = 0) -> bool:
    """Whether the first ``until`` pixels of the page are as they were."""
    part = (left, 0, 960, until)
    first = opened(stood.bands[0].picture).crop(part)
    return ImageChops.difference(first, stood.before.crop(part)).getbbox() is None


@pytest.mark.browser
def test_a_fixed_header_and_side_stay_where_there_is_room_for_them(looks: dict[str, Stood]) -> None:
    stood = looks["header"]
    assert same(stood, 1180)  # until what floats at the bottom
    assert stood.frozen.changed == ("header#bar", "nav#side", "div#foot", "button#up")
    assert stood.box("Ring 0000 för felanmälan")[1] > stood.box("Inlägg 12")[1]


@pytest.mark.browser
def test_a_dialog_stands_in_the_text_and_its_shade_is_gone(looks: dict[str, Stood]) -> None:
    stood = looks["dialog"]
    assert stood.frozen.changed == ("div#shade", "div#news")
    assert stood.box("Nyhetsbrev")[1] > stood.box("Inlägg 10")[1]
    assert opened(stood.bands[0].picture).getpixel((900, 5)) == (255, 255, 255)


@pytest.mark.browser
def test_a_pane_is_as_tall_as_what_it_holds(looks: dict[str, Stood]) -> None:
    stood = looks["pane"]
    assert same(stood, 1270)
    assert stood.frozen.changed == ("div#scroll",)
    assert stood.box("Inlägg 14")[1] > 2500
    assert stood.layer.height > 2700


@pytest.mark.browser
def test_what_stood_below_a_pane_stands_below_it_still(looks: dict[str, Stood]) -> None:
    stood = looks["shell"]
    assert stood.frozen.changed == ("main",)
    assert stood.box("Inlägg 12")[1] > 1300
    assert stood.box("Fot")[1] > stood.box("Inlägg 12")[1] + 50


@pytest.mark.browser
@pytest.mark.parametrize("name", sorted(LOOKS.keys() - {"sideways"}))  # in it, a pane has no room
def test_there_is_ink_where_the_layer_has_a_word(looks: dict[str, Stood], name: str) -> None:
    stood = looks[name]
    for band in stood.bands:
        picture = opened(band.picture)
        for block in stood.layer.blocks:
            for word in block.words:
                x, y, width, height = word.box
                if band.top <= y < band.top + band.height:
                    part = picture.crop((x, y - band.top, x + width, y - band.top + height))
                    darkest, lightest = part.convert("L").getextrema()
                    assert darkest < lightest, word


@pytest.mark.browser
def test_what_runs_on_sideways_is_seen_where_there_is_room(looks: dict[str, Stood]) -> None:
    stood = looks["sideways"]
    assert stood.frozen.changed == ("div#row", "div#wide", "pre#code")
    assert stood.box("slut")[0] < 900
    assert stood.box("Kort 7")[1] > 200
    column = stood.box("Kolumn 12")
    assert column[0] + column[2] < stood.layer.width < 1300
    assert {band.width for band in stood.bands} == {stood.layer.width}


@pytest.mark.browser
def test_the_page_is_dressed_as_it_was_and_nothing_moves(
    looks: dict[str, Stood], running: tuple[asyncio.Runner, OpenBrowser], site: Site
) -> None:
    stood = looks["dressed"]
    assert same(stood, 1270)
    assert stood.frozen == Frozen(hidden=(), changed=())
    assert stood.box("Snurrar")[3] < 30  # upright
    runner, browser = running
    again = runner.run(stand(browser, f"{site.address}/dressed"))
    assert [band.picture for band in again.bands] == [band.picture for band in stood.bands]
    last = opened(stood.bands[-1].picture)
    top = stood.bands[-1].top
    shadow = last.getpixel((480, int(stood.box("Inlägg 2")[1]) - top - 58))
    assert isinstance(shadow, tuple)
    assert max(shadow) < 225  # the one above throws it
    tinted = [
        last.getpixel((600, int(stood.box(word)[1]) - top + 9)) for word in ("Grå", "Blandad")
    ]
    assert all(isinstance(pixel, tuple) for pixel in tinted)
    gray, mixed = tinted
    assert len(set(gray)) == 1
    assert mixed[1] > 200 > mixed[0]
    faded = last.crop((0, int(stood.box("Tonas")[1]) - top, 60, last.height))
    assert min(faded.tobytes()) < 60  # its letters


EMPTY = {"blocks": [], "texts": [], "spaced": "", "links": [], "boxes": [], "targets": []} | {
    "posts": [],
    "pictures": [],
    "missed": "",
    "heard": [],
    "left": 0,
    "width": 960,
    "height": 100,
    "window": 100,
}


class Restless:
    """A page on which something moves at each of the first looks."""

    def __init__(self, moves: int) -> None:
        self.limits, self.left, self.looks, self.height = QUICK, moves, 0, 100

    async def ask(self, _: str, **__: Any) -> int:
        self.looks += 1
        return min(self.looks, self.left)


def pictured(page: Restless, monkeypatch: pytest.MonkeyPatch, text: str = "") -> object:
    async def layer(*_: object, **__: object) -> Layer:
        return layer_of(EMPTY | {"height": page.height})

    async def shots(*_: object, **__: object) -> tuple[Band, ...]:
        return ()

    monkeypatch.setattr(picturing, "read_layer", layer)
    monkeypatch.setattr(picturing, "take_shots", shots)
    told: dict[str, Any] = {"selector": None, "host": "sjovik.example", "stages": Stages()}
    return asyncio.run(picture(page, text, pictures="png", **told))  # type: ignore[arg-type]


def test_a_page_that_moves_is_taken_again_and_refused_at_last(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    page = Restless(moves=3)
    pictured(page, monkeypatch)
    assert page.looks == 4
    with pytest.raises(CaptureError) as caught:
        pictured(Restless(moves=99), monkeypatch)
    assert caught.value.code == "page-moves"
    assert "sjovik.example" in caught.value.sv


def test_a_page_that_no_document_can_hold_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    page = Restless(moves=0)
    page.height = 2 * QUICK.height + 1
    with pytest.raises(CaptureError) as caught:
        pictured(page, monkeypatch)
    assert caught.value.code == "page-too-tall"


def test_a_page_whose_words_have_no_place_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(CaptureError) as caught:
        pictured(Restless(moves=0), monkeypatch, "ord utan plats")
    assert caught.value.code == "text-lost"


@pytest.mark.browser
def test_no_script_runs_while_the_page_is_looked_at(take: Callable[..., Capture]) -> None:
    capture = take("/busy")
    assert len(capture.post_texts) == 1
    assert capture.bands
