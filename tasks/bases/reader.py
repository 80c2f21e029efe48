"""Reads the HTML of a post into passages: paragraphs, lists, stress and links, and no more."""

import re
from collections.abc import Iterator, Sequence
from html.parser import HTMLParser
from itertools import groupby
from typing import Final

from tasks.bases.wording import SPACE, Passage, Run, from_text, safe_address, sound

LONGEST: Final = 200_000
"""Characters of HTML that are parsed; of a longer post the visible text is shown."""

_BLOCKS: Final = re.compile(
    "address|article|aside|blockquote|caption|d[dlt]|details|div|fieldset|figcaption|figure"
    "|footer|form|h[1-6r]|header|legend|li|main|nav|ol|option|p|pre|section|summary|table|tbody"
    "|tfoot|thead|tr|ul"
)
_UNSEEN: Final = frozenset(
    {"head", "iframe", "math", "noscript", "object", "script", "style", "svg", "template"}
)
_STRONG: Final = frozenset({"b", "strong"})
_STRESSED: Final = frozenset({"em", "i"})
_EMOJI: Final = frozenset({"wp-smiley", "emoji"})


def from_words(text: str, html: str, base: str = "") -> tuple[Passage, ...]:
    """The words as passages.

    Args:
        text: what a reader sees, one line a block; this is what was judged and counts.
        html: the same as the platform dressed it, or ``""``; used only where it says the same.
        base: address that relative links start from.
    """
    if html.strip() and len(html) <= LONGEST:
        reader = _read(html, base)
        if _letters(reader.heard()) == _letters(text):
            return reader.passages()
    return from_text(text)


def from_html(html: str, base: str = "") -> tuple[Passage, ...]:
    """The words of ``html`` with paragraphs, lists, quotations, stress and links, nothing else."""
    return _read(html, base).passages()


def _read(html: str, base: str) -> "_Reader":
    reader = _Reader(base)
    reader.feed(_tame(html))
    reader.close()
    return reader


def _letters(text: str) -> str:
    return "".join(sound(text).split())


def _tame(html: str) -> str:
    """``html`` without comments; ``<`` is text where nothing closes it any more.

    The standard library's parser takes quadratic time on comments and tags that stay open
    (CVE-2025-6069).
    """
    kept = []
    position = 0
    while (start := html.find("<!--", position)) >= 0:
        end = html.find("-->", start + 2)
        if end < 0:
            break
        kept.append(html[position:start])
        position = end + 3
    kept.append(html[position:].replace("<!--", "&lt;!--"))
    whole, mark, tail = "".join(kept).rpartition(">")
    return whole + mark + tail.replace("<", "&lt;")


_Look = tuple[str, bool, bool]
"""Address, strong, stressed."""


class _Reader(HTMLParser):
    """Collects passages; forgiving as browsers are, and deaf to all that is not in the lists."""

    def __init__(self, base: str) -> None:
        super().__init__(convert_charrefs=True)
        self._base = base
        self._done: list[Passage] = []
        self._said: list[tuple[_Look, str]] = []
        self._heard: list[str] = []
        self._lists: list[str] = []
        self._quotes = self._unseen = self._strong = self._stressed = 0
        self._href = ""

    def heard(self) -> str:
        """All words with the pictures' own, which ``passages`` leaves to the figures."""
        return "".join(self._heard)

    def passages(self) -> tuple[Passage, ...]:
        self._break()
        return tuple(self._done)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _UNSEEN:
            self._unseen += 1
        if self._unseen:
            return
        told = {name: value or "" for name, value in attrs}
        if _BLOCKS.fullmatch(tag):
            self._break()
            self._enter(tag)
        elif tag == "br":
            self._add("\n")
        elif tag in {"td", "th"}:
            self._add(" ")
        elif tag == "a":
            self._href = safe_address(told["href"], self._base) if told.get("href") else ""
        elif tag == "img" and _EMOJI & set(told.get("class", "").split()):
            self._add(told.get("alt", ""))  # an emoji that the platform made a picture
        elif tag == "img":
            self._heard.append(told.get("alt", ""))
        self._strong += tag in _STRONG
        self._stressed += tag in _STRESSED

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNSEEN:
            self._unseen = max(0, self._unseen - 1)
        if self._unseen:
            return
        if _BLOCKS.fullmatch(tag):
            self._break()
            self._leave(tag)
        elif tag == "a":
            self._href = ""
        if tag in _STRONG:
            self._strong = max(0, self._strong - 1)
        if tag in _STRESSED:
            self._stressed = max(0, self._stressed - 1)

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self._add(data.replace("\n", " ").replace("\r", " "))

    def parse_marked_section(self, i: int, report: int = 1) -> int:  # noqa: ARG002 - the base's own signature
        """A comment, as in browsers: the base class raises on ``<![`` and what it does not know."""
        return self.parse_bogus_comment(i)

    def _enter(self, tag: str) -> None:
        if tag in {"ul", "ol"}:
            self._lists.append(tag)
        elif tag == "blockquote":
            self._quotes += 1

    def _leave(self, tag: str) -> None:
        if tag in {"ul", "ol"} and self._lists:
            self._lists.pop()
        elif tag == "blockquote":
            self._quotes = max(0, self._quotes - 1)

    def _add(self, text: str) -> None:
        self._heard.append(text)
        look = (self._href, bool(self._strong), bool(self._stressed))
        self._said.append((look, sound(text)))

    def _break(self) -> None:
        """End the passage, white space folded across its runs."""
        runs = tuple(_folded(self._said))
        if runs:
            within = self._lists[-1] if self._lists else ""
            kind = within or ("quote" if self._quotes else "p")
            self._done.append(Passage(kind=kind, runs=runs))
        self._said = []


def _folded(said: Sequence[tuple[_Look, str]]) -> Iterator[Run]:
    """Runs as a browser shows them: one space between words, none at the edges of a line."""
    kept: list[tuple[_Look, str]] = []
    for look, group in groupby(said, key=lambda piece: piece[0]):
        text = re.sub(r" ?\n ?", "\n", SPACE.sub(" ", "".join(text for _, text in group)))
        if not kept:
            text = text.lstrip(" \n")
        elif kept[-1][1].endswith((" ", "\n")):
            text = text.lstrip(" ")
        if text:
            kept.append((look, text))
    while kept:
        look, text = kept.pop()
        if ending := text.rstrip():
            kept.append((look, ending))
            break
    for (href, strong, stressed), text in kept:
        yield Run(text=text, href=href, strong=strong, stressed=stressed)
