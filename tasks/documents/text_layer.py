"""What a sheet draws: the band's picture, and over it, unseen, each word where it is shown.

Words are shown in text render mode 3 (ISO 32000-1, 9.3.6), each stretched to its box. After a word
that white space parts from the next stands a space, so that programs part words as the page does.

Right-to-left words are shown letter by letter in the order they are read, each at its place
(14.8.2.3.3). Each begins with ``Tf``, which changes nothing: at it pypdf ends a run of text, and so
keeps the order of reading, where it else takes letters for shown from the left and turns them.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Final

from tasks.documents.layout import Rect, Run, Sheet
from tasks.documents.letters import ADVANCE, ASCENT, SPACE, Letters, clusters, readable
from tasks.model import Word

_EM: Final = ADVANCE / 1000
_BASE: Final = 1 - ASCENT / 1000  # of a box's height, below the base line
_SPACE: Final = f"{SPACE:04X}"
_RIGHT_TO_LEFT: Final = {"R", "AL"}
_DIGITS: Final = {"EN", "AN"}
_RTL_RANGES: Final = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff\U00010800-\U00010fff]")


class Drawing:
    """The operators of one sheet, part by part, and the fonts that they use."""

    def __init__(self, sheet: Sheet, letters: Letters) -> None:
        """Begin with the picture, which says nothing to a reader's program (14.8.2.2)."""
        self.sheet = sheet
        self.fonts: set[int] = set()
        self.marks = 0
        self._letters = letters
        self._font = -1
        self._turned = False
        self._parts = [_picture(sheet.picture)]

    def mark(self, kind: str, run: Run) -> int:
        """Draw the run as marked content of that kind; its number on the sheet (MCID)."""
        number = self.marks
        self.marks += 1
        self._parts.append(f"/{kind} <</MCID {number}>> BDC")
        if run.words:
            self._parts.append("BT")
            for word in run.words:
                self._parts.extend(self._word(word))
            self._parts.append("ET")
        else:
            self._parts.append(_nothing(self.sheet.place(run.box)))
        self._parts.append("EMC")
        return number

    def content(self) -> bytes:
        """The sheet's content stream."""
        return "\n".join(self._parts).encode("ascii")

    def _word(self, word: Word) -> Iterator[str]:
        text = readable(word.text)
        letters = clusters(text)
        place = self.sheet.place(word.box)
        wide = (place.right - place.left) / len(letters)
        codes = [self._letters.spelled(letter) for letter in letters]
        if word.spaced:
            codes.append((codes[-1][0], _SPACE))
        if not self._is_turned(text, letters):
            for left, font, run in _by_font(codes, place.left, wide):
                if font != self._font:
                    yield self._begin(font)
                yield _shown(run, place._replace(left=left), wide)
            return
        for spot, (font, code) in zip([*_as_shown(letters), -1], codes, strict=False):
            yield self._begin(font)
            yield _shown(code, place._replace(left=place.left + spot * wide), wide)

    def _begin(self, font: int) -> str:
        self.fonts.add(font)
        self._font = font
        return f"/T{font} 1 Tf"

    def _is_turned(self, text: str, letters: Sequence[str]) -> bool:
        """Whether pypdf may take the word for one that runs from the right.

        So it does until a letter of its own that runs from the left; those with marks, and those
        among the signs of U+2000 to U+21FF, it passes over.
        """
        if text.isascii() and not self._turned:
            return False
        if _RTL_RANGES.search(text):
            self._turned = True
            return True
        turned = self._turned
        if any(len(letter) == 1 and _turns_back(letter) for letter in letters):
            self._turned = False
        return turned


def _by_font(
    codes: Sequence[tuple[int, str]], left: float, wide: float
) -> Iterator[tuple[float, int, str]]:
    """Codes that one font shows side by side: from where, in which, and all of them."""
    for font, group in groupby(codes, itemgetter(0)):
        run = [code for _, code in group]
        yield left, font, "".join(run)
        left += wide * len(run)


def _shown(codes: str, place: Rect, wide: float) -> str:
    across, high = wide / _EM, place.top - place.bottom
    base = place.bottom + high * _BASE
    return f"{across:.3f} 0 0 {high:.2f} {place.left:.2f} {base:.2f} Tm <{codes}> Tj"


def _turns_back(char: str) -> bool:
    return unicodedata.bidirectional(char) == "L" and not "\u2000" <= char <= "\u21ff"


def _picture(rect: Rect) -> str:
    width, height = rect.right - rect.left, rect.top - rect.bottom
    return (
        f"/Artifact BMC\nq {width:.3f} 0 0 {height:.3f} {rect.left:.3f} {rect.bottom:.3f} cm "
        "/Band Do Q\nEMC\n3 Tr"
    )


def _nothing(rect: Rect) -> str:
    """A path that is not painted: it marks where a figure is (8.5.3.1)."""
    width, height = rect.right - rect.left, rect.top - rect.bottom
    return f"{rect.left:.2f} {rect.bottom:.2f} {width:.2f} {height:.2f} re n"


def _as_shown(letters: Sequence[str]) -> list[int]:
    """The place of each letter from the left, where the word as a whole runs from the right.

    Numbers and other scripts inside it run from the left (the levels of UAX #9, for one word).
    """
    kinds = [_direction(letter) for letter in letters]
    if not any(kind == "R" for kind in kinds):
        return list(range(len(letters)))
    spots = [0] * len(letters)
    edge, start = len(letters), 0
    while start < len(letters):
        end = start + 1
        while kinds[start] == "L" and end < len(letters) and kinds[end] == "L":
            end += 1
        edge -= end - start
        for number in range(start, end):
            spots[number] = edge + number - start
        start = end
    return spots


def _direction(letter: str) -> str:
    kind = unicodedata.bidirectional(letter[0])
    if kind in _RIGHT_TO_LEFT:
        return "R"
    return "L" if kind == "L" or kind in _DIGITS else "N"
