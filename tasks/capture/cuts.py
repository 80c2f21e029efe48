"""Where a page is cut into bands: between posts where that can be, never through what is read.

One band becomes one page of the document. Pure: places in, places out.
"""

import dataclasses as dc
import math
from collections.abc import Iterable, Sequence
from typing import Final

_WIDTH, _HEIGHT, _MARGIN = 210, 297, 6  # A4, ISO 216, and the margin of a snapshot's document
_FULL: Final = 0.6
_EDGE, _SPARE = 0.25, 8.0  # of a line's box, above and below: where its letters do not reach

Span = tuple[float, float]
"""Upper and lower edge of something, in CSS pixels of the page."""


def sheet_height(width: int) -> int:
    """Height of an A4 page's text area, in CSS pixels of a page that is ``width`` of them wide."""
    return int((_HEIGHT - 2 * _MARGIN) / (_WIDTH - 2 * _MARGIN) * width)


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """What stands where on a page, as far as cutting it minds.

    Attributes:
        posts: upper edges of posts.
        ends: lower edges of blocks.
        lines: lines of text.
        pictures: pictures and everything else that is one piece.
    """

    posts: Sequence[float] = ()
    ends: Sequence[float] = ()
    lines: Sequence[Span] = ()
    pictures: Sequence[Span] = ()


def cuts(height: int, limit: int, places: Places) -> list[int]:
    """The upper edge of each band; each ends where the next begins, the last where the page does.

    A band is cut at the last post that begins in its last two fifths, else below the last block
    that ends there, else wherever there is nothing, else higher up. Only what is taller than a
    band is cut through, and then a picture rather than a line of text.

    Args:
        height: of the page, CSS pixels, at least 1.
        limit: the tallest that a band may be, at least 1.
        places: what must not be cut through.
    """
    fitting = [span for span in places.pictures if span[1] - span[0] <= limit]
    cores = [_core(line) for line in places.lines]
    whole = _taken(height, [*places.lines, *fitting])
    # lines set close lie over one another by their boxes, not by their letters
    letters = _taken(height, [*cores, *fitting])
    words = _taken(height, cores)
    begins = _offered(height, map(math.floor, places.posts))
    below = _offered(height, map(math.ceil, places.ends))
    tops = [0]
    while height - tops[-1] > limit:
        low, high = tops[-1] + 1, tops[-1] + limit
        full = max(low, tops[-1] + math.ceil(limit * _FULL))
        tops.append(
            _last(whole, begins, full, high)
            or _last(whole, below, full, high)
            or _free(whole, full, high)
            or _free(letters, full, high)
            or _free(letters, low, high)
            or _free(words, low, high)
            or high
        )
    return tops


def _core(span: Span) -> Span:
    top, bottom = span
    spare = min((bottom - top) * _EDGE, _SPARE)
    return top + spare, bottom - spare


def _taken(height: int, spans: Iterable[Span]) -> bytearray:
    """One byte a row of pixels: 1 where a cut above that row would go through something."""
    taken = bytearray(height + 1)
    for top, bottom in spans:
        first = min(max(math.floor(top) + 1, 0), height)
        after = min(max(math.ceil(bottom), first), height)
        taken[first:after] = b"\1" * (after - first)
    return taken


def _offered(height: int, rows: Iterable[int]) -> bytearray:
    """One byte a row: 0 where there is a place to cut, so that it is found as free rows are."""
    offered = bytearray(b"\1" * (height + 1))
    for row in rows:
        if 0 < row < height:
            offered[row] = 0
    return offered


def _last(taken: bytearray, offered: bytearray, low: int, high: int) -> int:
    """The last place offered from ``low`` to ``high`` that is free; 0 where there is none."""
    at = offered.rfind(0, low, high + 1)
    while at >= 0 and taken[at]:
        at = offered.rfind(0, low, at)
    return max(at, 0)


def _free(taken: bytearray, low: int, high: int) -> int:
    return max(taken.rfind(0, low, high + 1), 0)
