"""Words on the sheets, as white space parts them, and where those stand that shall be masked.

A word is looked for as a person would: whatever its case, at the beginning of a word, with or
without the marks between its parts; and what hangs on at its end goes with it (a genitive's *s*, a
comma). So ``Anna Ek`` finds "ANNA EKS," and "anna-ek", and not "Johanna".
"""

import dataclasses as dc
import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Final
from urllib.parse import unquote

from tasks.documents.layout import Rect
from tasks.documents.sheets import Glyph, SheetContent

_BREAK: Final = "\x1f"
_PART: Final = re.compile(r"[^\W_]+")
_NOT_AFTER: Final = r"(?<![^\W_])"


@dc.dataclass(slots=True)
class Token:
    """Letters without white space between them.

    Attributes:
        sheet: number of its sheet, from 0.
        letters: which they are: numbers in ``shown``, and in its ``parts``.
        text: what they read as.
        boxes: where they stand, one for each line.
        spaced: whether white space parts it from the next.
    """

    sheet: int
    letters: list[tuple[int, int]] = dc.field(default_factory=list)
    text: str = ""
    boxes: list[Rect] = dc.field(default_factory=list)
    spaced: bool = False

    def add(self, place: tuple[int, int], glyph: Glyph) -> None:
        """Take in one more letter."""
        self.letters.append(place)
        self.text += glyph.text
        if self.boxes and _is_beside(self.boxes[-1], glyph.box):
            self.boxes[-1] = around(self.boxes[-1], glyph.box)
        else:
            self.boxes.append(glyph.box)


def tokens_of(number: int, sheet: SheetContent) -> list[Token]:
    """The words of a sheet in the order in which they are drawn, which is that of reading."""
    found: list[Token] = []
    token, mark = Token(number), None
    for at, shown in enumerate(sheet.shown):
        if shown.mark != mark and token.letters:
            found.append(token)
            token = Token(number)
        mark = shown.mark
        for place, part in enumerate(shown.parts):
            if not isinstance(part, Glyph):
                continue
            if not part.text.isspace():
                token.add((at, place), part)
            elif token.letters:
                token.spaced = True
                found.append(token)
                token = Token(number)
    return [*found, token] if token.letters else found


class Sought:
    """A word or words to be found wherever they stand."""

    def __init__(self, words: str) -> None:
        """Be ready to look for ``words``; with nothing in them nothing is found."""
        text = folded(words)
        parts = _PART.findall(text)
        gap = rf"[\W_{_BREAK}]*"
        if parts:
            inner = gap.join(f"{_BREAK}?".join(map(re.escape, part)) for part in parts)
            pattern = _NOT_AFTER + inner
        else:
            pattern = re.escape(text.strip()) or r"(?!)"
        self._pattern = re.compile(pattern)
        plain = _bare(text)
        bare = gap.join(map(re.escape, _PART.findall(plain)))
        self._bare = re.compile(_NOT_AFTER + bare) if bare else None

    def among(self, tokens: Sequence[Token]) -> Iterator[Token]:
        """The words that are it, or begin as it does."""
        text, owners = "", list[int]()
        for number, token in enumerate(tokens):
            said = folded(token.text) + (" " if token.spaced else _BREAK)
            text += said
            owners.extend([number] * len(said))
        for found in self._pattern.finditer(text):
            for number in range(owners[found.start()], owners[found.end() - 1] + 1):
                yield tokens[number]

    def is_in(self, text: str) -> bool:
        """Whether a text says it, be it as an address does (``%C3%96berg``, ``oberg``)."""
        said = folded(unquote(text))
        if self._pattern.search(said):
            return True
        return bool(self._bare and self._bare.search(_bare(said)))

    def taken_from(self, text: str, instead: str) -> str:
        """The text with ``instead`` for it, or ``instead`` alone where it is said otherwise."""
        left = re.sub(self._pattern.pattern + r"[^\W_]*", instead, text, flags=re.IGNORECASE)
        return instead if self.is_in(left) else left


def folded(text: str) -> str:
    """Without case, and without what is not seen of characters (UAX #15, NFKC)."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(char for char in plain if unicodedata.category(char) != "Cf")


def touches(one: Rect, other: Rect) -> bool:
    """Whether two rectangles have more than an edge in common."""
    across = one.left < other.right and other.left < one.right
    return across and one.bottom < other.top and other.bottom < one.top


def around(one: Rect, other: Rect) -> Rect:
    """The least rectangle that holds both."""
    return Rect(
        min(one.left, other.left),
        min(one.bottom, other.bottom),
        max(one.right, other.right),
        max(one.top, other.top),
    )


def _is_beside(one: Rect, other: Rect) -> bool:
    return one.bottom < (other.bottom + other.top) / 2 < one.top


def _bare(text: str) -> str:
    apart = unicodedata.normalize("NFKD", text)
    return "".join(char for char in apart if not unicodedata.combining(char))
