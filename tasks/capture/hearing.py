"""The browser's own reading of a page held against ours: words that nobody sees, and lost ones.

``innerText`` tells what a page says, seen or not; layer.js hears the same words in the same order
and knows which of them are cut away. So a line that is found in what was heard can be freed of the
words that no picture shows, and one that is not found has lost some.
"""

import unicodedata
from collections.abc import Iterable
from typing import Final

_RUN: Final = 12  # characters in order that cannot be there by chance
_SURE: Final = 0.05  # the share of a text that need not be lost in more detail


class Hearing:
    """What layer.js heard.

    Args:
        heard: words in order, and whether nobody sees them.
    """

    def __init__(self, heard: Iterable[tuple[bool, str]]) -> None:
        parts = [(unseen, squeezed(words)) for unseen, words in heard]
        self.text = "".join(words for _, words in parts)
        self.marks = "".join(
            "1" * len(words) if unseen else "0" * len(words) for unseen, words in parts
        )

    def seen(self, texts: Iterable[str]) -> list[str]:
        """The texts without the characters that nobody sees; one that was not heard stays whole."""
        shown, at = [], 0
        for text in texts:
            plain = squeezed(text)
            place = self._find(plain, at)
            if place < 0:
                shown.append(text)
                continue
            at = place + len(plain)
            marks = self.marks[place:at]
            shown.append(_unmarked(text, marks) if "1" in marks else text)
        return shown

    def lost(self, text: str) -> int:
        """How many characters of ``text`` were not heard in the order of their own line."""
        lost, at = 0, 0
        enough = len(text) * _SURE
        for line in text.splitlines():
            plain = squeezed(line)
            place = self._find(plain, at)
            if place >= 0:
                at = place + len(plain)
            else:
                lost += self._lost_in(line.split())
            if lost > enough:
                break  # a hostile page would have us look for each of its words
        return lost

    def _find(self, plain: str, at: int) -> int:
        place = self.text.find(plain, at)
        return place if place >= 0 else self.text.find(plain)

    def _lost_in(self, words: list[str]) -> int:
        lost, run = 0, ""
        for word in [squeezed(word) for word in words]:
            if run + word in self.text:
                run += word
                continue
            known = word in self.text
            lost += (len(run) if len(run) < _RUN else 0) + (0 if known else len(word))
            run = word if known else ""
        return lost + (len(run) if len(run) < _RUN else 0)


def squeezed(text: str) -> str:
    """The characters in their plain form, white space left out."""
    plain = unicodedata.normalize("NFKC", text)  # a formula's letters are shown in another style
    return "".join(plain.split())


def _unmarked(text: str, marks: str) -> str:
    """The characters whose own marks are 0, white space folded."""
    kept, at = [], 0
    for character in unicodedata.normalize("NFC", text):
        own = len(squeezed(character))
        if "1" not in marks[at : at + own]:
            kept.append(character)
        at += own
    return " ".join("".join(kept).split())
