"""Pictures that lack what stands on the page.

A browser that is short of time may show a page that is not painted everywhere: where it was just
scrolled to, some rows of tiles are bare background (Chromium 156, on a busy machine, one page in
thirty). So a picture is held against the words and figures that have their places in it.
"""

import bisect
import io
import itertools
from collections.abc import Iterable
from operator import itemgetter
from typing import Final, cast

from PIL import Image

from tasks.model import Block, Box

_READ: Final = 4  # CSS pixels: what is smaller is for programs, not to be seen
_FIGURE: Final = 64  # the same; a small one may well be of one colour
_INK: Final = 8  # of 255


class Shown:
    """What a page shows and where: words and figures, CSS pixels from where the page begins."""

    def __init__(self, blocks: Iterable[Block]) -> None:
        found: list[Box] = []
        for block in blocks:
            least, boxes = _READ, [word.box for word in block.words]
            if block.kind == "figure":
                least, boxes = _FIGURE, [block.box]
            found += [box for box in boxes if box.width >= least and box.height >= least]
        self._boxes = sorted(found, key=itemgetter(1))
        self._tops = [box.y for box in self._boxes]

    def within(self, place: Box) -> list[Box]:
        """Those that lie wholly in a part of the page, from the part's own corner."""
        first = bisect.bisect_left(self._tops, place.y)
        last = bisect.bisect_left(self._tops, place.y + place.height)
        moved = (
            box._replace(x=box.x - place.x, y=box.y - place.y)
            for box in itertools.islice(self._boxes, first, last)
        )
        return [
            box
            for box in moved
            if box.x >= 0
            and box.x + box.width <= place.width
            and box.y + box.height <= place.height
        ]


def inkless(picture: bytes, boxes: Iterable[Box]) -> int:
    """How many of the places in a picture have one colour all over."""
    found = 0
    with Image.open(io.BytesIO(picture)) as opened:
        grey = opened.convert("L")
    for x, y, width, height in boxes:
        part = grey.crop((int(x), int(y), int(x + width), int(y + height)))
        darkest, lightest = cast("tuple[int, int]", part.getextrema())  # grey has one of each
        found += lightest - darkest < _INK
    return found
