"""Where each band of the page, and each word and figure on it, stands on the document's sheets.

Nothing but arithmetic: pixels of the page from its top, to points of an A4 sheet from its bottom.
"""

import dataclasses as dc
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Final, NamedTuple

from archive_store.errors import CaptureError
from tasks.model import Band, Block, Box, Word

A4: Final = (595.276, 841.89)
MARGIN: Final = 17.0  # points, 6 mm: what most printers leave white
_SMALLEST = 0.5  # pixels


class Rect(NamedTuple):
    """A rectangle on a sheet, in points: left, bottom, right, top."""

    left: float
    bottom: float
    right: float
    top: float


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One band on an A4 sheet.

    Attributes:
        number: from 0, among the sheets of the page.
        band: what is shown; ``left``, ``top``: where its upper left corner stands, in points.
        scale: points a pixel.
    """

    number: int
    band: Band
    left: float
    top: float
    scale: float

    def place(self, box: Box) -> Rect:
        """Where the box stands; what reaches outside the band is cut, and never to nothing.

        So a word that the page hides outside its own edges is still found by a reader.
        """
        width, height = self.band.width, self.band.height
        x = min(max(0.0, box.x), width - _SMALLEST)
        y = min(max(0.0, box.y - self.band.top), height - _SMALLEST)
        right = min(max(x + _SMALLEST, box.x + box.width), width)
        lower = min(max(y + _SMALLEST, box.y - self.band.top + box.height), height)
        return Rect(
            self.left + x * self.scale,
            self.top - lower * self.scale,
            self.left + right * self.scale,
            self.top - y * self.scale,
        )

    @property
    def picture(self) -> Rect:
        """Where the band's picture stands."""
        return self.place(Box(0, self.band.top, self.band.width, self.band.height))


class Run(NamedTuple):
    """Words of a block, one after another on one sheet and in one link; or a part of a figure."""

    sheet: int
    link: int | None
    words: tuple[Word, ...]
    box: Box


class Layout:
    """The sheets of a page; all bands in the same scale, each at the top of its sheet."""

    def __init__(self, bands: Sequence[Band]) -> None:
        """Lay the bands out.

        Raises:
            CaptureError: ``band-order``: there is none, or they do not follow one another.
        """
        _check(bands)
        room = [side - 2 * MARGIN for side in A4]
        scale = min(room[0] / bands[0].width, room[1] / max(band.height for band in bands))
        left = (A4[0] - bands[0].width * scale) / 2
        self.sheets = tuple(
            Sheet(number=number, band=band, left=left, top=A4[1] - MARGIN, scale=scale)
            for number, band in enumerate(bands)
        )
        self._tops = [band.top for band in bands]

    def sheet_at(self, y: float) -> int:
        """The sheet that shows the page's pixel line ``y``, or else the nearest."""
        return max(0, bisect_right(self._tops, y) - 1)

    def runs(self, block: Block) -> Iterator[Run]:
        """The block's parts in reading order, each on one sheet."""
        if block.kind == "figure":
            yield from self._figure(block)
            return
        for (sheet, link), group in groupby(block.words, self._whereabouts):
            words = tuple(group)
            yield Run(sheet, link, words, _around(words))

    def _whereabouts(self, word: Word) -> tuple[int, int | None]:
        return self.sheet_at(word.box.y + word.box.height / 2), word.link

    def _figure(self, block: Block) -> Iterator[Run]:
        box = block.box
        first, last = self.sheet_at(box.y), self.sheet_at(box.y + max(box.height, 1) - 1)
        for number in range(first, last + 1):
            band = self.sheets[number].band
            top, end = max(box.y, band.top), min(box.y + box.height, band.top + band.height)
            yield Run(number, block.link, (), Box(box.x, top, box.width, end - top))


def lines(words: Sequence[Word]) -> Iterator[Box]:
    """The boxes of the words, those that stand on one line after another joined."""
    line: list[Word] = []
    for word in words:
        if line and not _beside(line[-1].box, word.box):
            yield _around(line)
            line = []
        line.append(word)
    if line:
        yield _around(line)


def _beside(one: Box, other: Box) -> bool:
    return one.y < other.y + other.height / 2 < one.y + one.height


def _around(words: Sequence[Word]) -> Box:
    x = min(word.box.x for word in words)
    y = min(word.box.y for word in words)
    right = max(word.box.x + word.box.width for word in words)
    lower = max(word.box.y + word.box.height for word in words)
    return Box(x, y, right - x, lower - y)


def _check(bands: Sequence[Band]) -> None:
    expected = 0
    for band in bands:
        if band.top != expected or band.height < 1 or band.width != bands[0].width:
            break
        expected += band.height
    else:
        if bands and bands[0].width > 0:
            return
    raise CaptureError(
        "band-order",
        sv="Bilderna av sidan täcker den inte i följd. Kör igen; händer det igen, anmäl felet.",
        en="The pictures of the page do not cover it one after another. Run again; if it happens "
        "again, report the fault.",
    )
