"""What a search phrase means, and when a text answers it: the same for every place searched.

All words must occur. A word is letters and digits, whatever their case; å, ä and ö are letters of
their own, never a or o. Words in quotes, and words written together (``e-post``), must follow one
another. ``badhus*`` is the beginning of a word. Nothing else in a phrase has a meaning, so that no
phrase can break a query.
"""

import dataclasses as dc
import functools
import itertools
import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Final

from archive_store.errors import InputError

_BREAK: Final = "\x1e"  # between parts of a text that no phrase spans
_WORD: Final = re.compile(r"[^\W_]+")
_GAP: Final = rf"(?:[^\w{_BREAK}]|_)+"
_TERM: Final = re.compile(r'"([^"]*)"?(\*?)|([^\s"]+)')
_SPACE: Final = re.compile(r"[\s\x00-\x1f\x7f-\x9f]+")
_QUOTES: Final = str.maketrans("“”„«»", '"""""')
_AROUND: Final = 70  # characters of a snippet on each side


def _plain_letters() -> Mapping[int, str]:
    """Characters that stand in the middle of a word and are not seen, or are letters in costume."""
    unseen = (0xAD, *range(0x200B, 0x2010), *range(0x202A, 0x202F), 0x2060, *range(0x2066, 0x206A))
    costumes = itertools.chain(
        range(0x2100, 0x2150), range(0xFB00, 0xFB07), range(0xFF01, 0xFF5F), range(0x1D400, 0x1D800)
    )
    letters = {
        code: unicodedata.normalize("NFKC", chr(code))
        for code in costumes
        if unicodedata.decomposition(chr(code)).startswith(("<font>", "<wide>", "<compat> 0066"))
        or 0xFB00 <= code <= 0xFB06  # noqa: PLR2004 - the ligatures of Latin letters
    }
    return letters | dict.fromkeys((*unseen, 0xFEFF), "")


_PLAIN: Final = _plain_letters()
_ODD: Final = re.compile("[" + "".join(map(re.escape, map(chr, _PLAIN))) + "]")

# Among bytes that are not ASCII: every character of the above, and those that fold into ASCII.
ODD_BYTES: Final = re.compile(
    rb"\xc2\xad|\xc5\xbf|\xe2(?:\x80[\x8b-\x8f\xaa-\xae]|\x81[\xa0\xa6-\xa9]|[\x84\x85].)"
    rb"|\xef(?:\xac[\x80-\x86]|\xbb\xbf|[\xbc\xbd].)|\xf0\x9d..",
    re.DOTALL,
)


def joined(parts: Iterable[str]) -> str:
    """One text of parts, each said once, that no phrase spans."""
    return f" {_BREAK} ".join(dict.fromkeys(part for part in map(normal, parts) if part))


def normal(text: str) -> str:
    """The text as it is kept and shown: composed, one space between, no unseen characters."""
    if _ODD.search(text):
        text = text.translate(_PLAIN)
    parts = unicodedata.normalize("NFC", text).split(_BREAK)
    return f" {_BREAK} ".join(_SPACE.sub(" ", part).strip() for part in parts)


def fold(text: str) -> str:
    """The text without case, in as many characters: places in one are places in the other."""
    folded = text.casefold()
    if len(folded) == len(text):
        return folded
    return "".join(map(_fold_one, text))


def _fold_one(letter: str) -> str:
    for folded in (letter.casefold(), letter.lower()):
        if len(folded) == 1:
            return folded
    return letter


@functools.cache
def as_compared(letter: str) -> str:
    """What one character is when words are compared, as far as it stands alone."""
    return fold(unicodedata.normalize("NFC", _PLAIN.get(ord(letter), letter)))


def words_of(folded: str) -> list[str]:
    """The words of a folded text in order; a break counts as a word that is in no phrase."""
    return re.findall(rf"[^\W_]+|{_BREAK}", folded)


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """Words that follow one another; ``beginning`` where the last may go on."""

    words: tuple[str, ...]
    beginning: bool = False

    def pattern(self) -> re.Pattern[str]:
        """Finds the term in a folded text."""
        after = "" if self.beginning else r"(?![^\W_])"
        return re.compile(rf"(?<![^\W_]){_GAP.join(self.words)}{after}")


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Snippet:
    """A piece of a text around what was found; ``marks`` are its places in ``text``."""

    text: str
    marks: tuple[tuple[int, int], ...]


class Query:
    """A search phrase, understood. It is kept in memory only, and never in a message.

    Args:
        phrase: what a person typed.

    Raises:
        InputError: ``empty-query``: it holds no word.
    """

    __slots__ = ("_patterns", "terms")

    def __init__(self, phrase: str) -> None:
        self.terms: Final = tuple(_terms(phrase))
        self._patterns: Final = tuple(term.pattern() for term in self.terms)
        if not self.terms:
            raise InputError(
                "empty-query",
                sv="Sökfrasen innehåller inget ord. Skriv minst ett ord med bokstäver eller "
                "siffror.",
                en="The phrase holds no word. Write at least one word of letters or digits.",
            )

    def __repr__(self) -> str:
        return f"<Query of {len(self.terms)} terms>"

    def occurs(self, folded: str) -> bool:
        """Whether every term is in a folded text."""
        return all(pattern.search(folded) for pattern in self._patterns)

    def snippet(self, text: str) -> Snippet | None:
        """Where a ``normal`` text answers; ``None`` where it does not."""
        folded = fold(text)
        places: list[tuple[int, int, int]] = []
        for number, pattern in enumerate(self._patterns):
            found = [(*match.span(), number) for match in pattern.finditer(folded)]
            if not found:
                return None
            places += found
        return _cut(text, sorted(places))


def _terms(phrase: str) -> Iterable[Term]:
    for quoted, star, bare in _TERM.findall(phrase.translate(_QUOTES)):
        text = fold(normal(quoted or bare))
        words = tuple(_WORD.findall(text))
        if words:
            yield Term(words=words, beginning=bool(star) or (not quoted and text.endswith("*")))


def _cut(text: str, places: list[tuple[int, int, int]]) -> Snippet:
    """The piece in which most of the terms are seen."""

    def together(first: int) -> int:
        reach = places[first][0] + 2 * _AROUND
        return len({number for _, end, number in places[first:] if end <= reach})

    # The first hundred places will do: a word that is everywhere tells nothing by its place.
    best = max(range(min(len(places), 100)), key=lambda first: (together(first), -first))
    begin, end = places[best][0], places[best][1]
    left = text.rfind(" ", 0, max(0, begin - _AROUND)) + 1 if begin > _AROUND else 0
    right = text.find(" ", end + _AROUND)
    right = len(text) if right < 0 else right
    before, after = "… " if left else "", " …" if right < len(text) else ""
    shift = len(before) - left
    marks = [(a + shift, b + shift) for a, b, _ in places if left <= a and b <= right]
    shown = text[left:right].replace(_BREAK, "·")
    return Snippet(text=before + shown + after, marks=tuple(_apart(marks)))


def _apart(marks: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """The same places without overlap."""
    kept: list[tuple[int, int]] = []
    for begin, end in marks:
        if kept and begin <= kept[-1][1]:
            kept[-1] = (kept[-1][0], max(end, kept[-1][1]))
        else:
            kept.append((begin, end))
    return kept
