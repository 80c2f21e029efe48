"""A page that stands still, as pictures and words of one and the same moment."""

import asyncio
from pathlib import Path
from typing import Final

from archive_store.errors import CaptureError
from tasks.capture.cuts import Places, cuts, sheet_height
from tasks.capture.inkless import Shown
from tasks.capture.inside import Inside
from tasks.capture.layer import Layer, read_layer
from tasks.capture.shots import Pictures, take_shots
from tasks.capture.stages import Stages
from tasks.model import Band, Box

_PLACES: Final = (Path(__file__).parent / "places.js").read_text(encoding="utf-8")
_TRIES: Final = 3
_ENOUGH: Final = 0.998
_TALL: Final = 2  # times the height at which scrolling stops: the last batch, and opened panes
_SLOW: Final = 20_000  # CSS pixels of page that a second more is given for


async def picture(  # noqa: PLR0913 - what it is told, each by name
    inside: Inside,
    text: str,
    *,
    selector: str | None,
    host: str,
    pictures: Pictures,
    stages: Stages,
) -> tuple[Layer, tuple[Band, ...]]:
    """The layer and the bands of the page; taken again where something moved between them.

    Args:
        inside: the page, frozen.
        text: the page's ``innerText``, of which the layer must have every word.
        selector: CSS selector of one post.
        host: whose page it is, for errors.
        pictures: how the bands are kept.
        stages: told of the seconds.

    Raises:
        TimeoutError: the page or the browser does not answer.
        CaptureError: ``page-moves``, ``page-too-tall`` or ``text-lost``; ``picture-format``.
    """
    patience = inside.limits.height / _SLOW
    for _ in range(_TRIES):
        with stages.stage("layer"):
            before = await inside.ask(_PLACES, patience=patience)
            layer = await read_layer(inside, selector, patience=patience)
            if layer.height > _TALL * inside.limits.height:
                raise _too_tall(host, layer.height)
            if layer.found(text) < _ENOUGH:
                raise _text_lost(host)
            tops = await asyncio.to_thread(_tops, layer, pictures)
        with stages.stage("shots"):
            whole = Box(layer.left, 0, layer.width, layer.height)
            shown = Shown(layer.blocks)
            bands = await take_shots(inside, tops, whole, pictures=pictures, shown=shown)
            if await inside.ask(_PLACES, patience=patience) == before:
                return layer, bands
    raise _page_moves(host)


def _tops(layer: Layer, pictures: Pictures) -> list[int]:
    limit = sheet_height(layer.width)
    if pictures == "jpeg":  # unlike lossless ones, two cannot be joined to a taller one
        limit = min(limit, layer.window)
    places = Places(
        posts=layer.posts,
        ends=[block.box.y + block.box.height for block in layer.blocks],
        lines=layer.lines,
        pictures=layer.pictures,
    )
    return cuts(layer.height, limit, places)


def _page_moves(host: str) -> CaptureError:
    return CaptureError(
        "page-moves",
        sv=f"Sidan hos {host} stod aldrig stilla: något på den flyttade sig medan bilderna togs. "
        "Försök igen senare; händer det igen, fånga kanalen på annat sätt.",
        en=f"The page at {host} never stood still: something on it moved while the pictures were "
        "taken. Try again later; if it happens again, capture the channel otherwise.",
    )


def _too_tall(host: str, height: int) -> CaptureError:
    return CaptureError(
        "page-too-tall",
        sv=f"Sidan hos {host} är {height} bildpunkter hög, mer än ett dokument kan bära. Fånga "
        "färre inlägg (djup), eller fånga kanalen på annat sätt.",
        en=f"The page at {host} is {height} pixels tall, more than a document can hold. Capture "
        "fewer posts (depth), or capture the channel otherwise.",
    )


def _text_lost(host: str) -> CaptureError:
    return CaptureError(
        "text-lost",
        sv=f"Sidan hos {host} har text vars plats inte gick att läsa, så dokumentet skulle sakna "
        "ord. Anmäl felet, och fånga kanalen på annat sätt så länge.",
        en=f"The page at {host} has text whose place could not be read, so that the document "
        "would lack words. Report the fault, and capture the channel otherwise meanwhile.",
    )
