"""From a platform's HTML to what a reader sees: visible text, and the pictures in it.

The version of a post is judged by this text (DESIGN: markup left out), so it must be the same
however a theme dresses it, and hostile markup must neither raise nor leak tags or scripts.
"""

import re
from collections.abc import Iterable
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

from tasks.model import Media

_BLOCKS = re.compile(
    "address|article|aside|blockquote|br|caption|d[dlt]|details|div|fieldset|figcaption|figure"
    "|footer|form|h[1-6r]|header|legend|li|main|nav|ol|option|p|pre|section|summary|table|tbody"
    "|tfoot|thead|tr|ul"
)
_CELLS = frozenset({"td", "th"})
_UNSEEN = frozenset({"head", "iframe", "noscript", "object", "script", "style", "template"})
_LAZY = ("data-src", "data-lazy-src", "data-original")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufeff]")
_SPACE = re.compile(r"[^\S\n]+")


def visible_text(html: str) -> str:
    """What a reader sees, one line a block, white space folded; pictures by their alt text."""
    return _read(html).text()


def one_line(html: str) -> str:
    """What a reader sees of a title or a name, on one line."""
    return " ".join(visible_text(html).split())


def pictures(html: str, base: str) -> tuple[Media, ...]:
    """The pictures in ``html`` by absolute address, each once, in reading order.

    Emoji that the platform has turned into pictures are text, not pictures.
    """
    told = ((absolute(source, base), alt) for source, alt in _read(html).pictures)
    return each_once(Media(url=url, alt=" ".join(alt.split())) for url, alt in told if url)


def each_once(media: Iterable[Media]) -> tuple[Media, ...]:
    """``media`` without repetition, in the order first met, with the first alt text that says."""
    seen: dict[str, Media] = {}
    for one in media:
        if not seen.get(one.url, Media(url="")).alt:
            seen[one.url] = one
    return tuple(seen.values())


def absolute(url: str, base: str) -> str:
    """``url`` as an absolute web address without fragment, or ``""`` where it is none."""
    try:
        whole = urljoin(base, url.strip())
        parts = urlsplit(whole)
    except ValueError:  # such as an unclosed bracket around an IPv6 address
        return ""
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        return ""
    return parts._replace(fragment="").geturl()


def sound(text: str) -> str:
    """``text`` with lone surrogates replaced, so that it can be stored as UTF-8."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _read(html: str) -> "_Reader":
    reader = _Reader()
    reader.feed(_tame(html))
    reader.close()
    return reader


def _tame(html: str) -> str:
    """``html`` without comments, and with ``<`` as text where nothing closes it any more.

    Python's parser takes quadratic time on comments and tags that stay open (CVE-2025-6069); as
    text, no word of theirs is lost.
    """
    parts = []
    position = 0
    while (start := html.find("<!--", position)) >= 0:
        end = html.find("-->", start + 2)  # from + 2: browsers end the comment <!--> at once
        if end < 0:
            break
        parts.append(html[position:start])
        position = end + 3
    parts.append(html[position:].replace("<!--", "&lt;!--"))
    whole, mark, tail = "".join(parts).rpartition(">")
    return whole + mark + tail.replace("<", "&lt;")


class _Reader(HTMLParser):
    """Collects text and pictures; forgiving as browsers are."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pictures: list[tuple[str, str]] = []
        self._parts: list[str] = []
        self._unseen = 0

    def text(self) -> str:
        whole = _CONTROL.sub("", sound("".join(self._parts)))
        lines = (_SPACE.sub(" ", line).strip() for line in whole.split("\n"))
        return "\n".join(line for line in lines if line)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _UNSEEN:
            self._unseen += 1
        elif tag == "img" and not self._unseen:
            self._picture({name: value or "" for name, value in attrs})
        self._space(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNSEEN:
            self._unseen = max(0, self._unseen - 1)
        self._space(tag)

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            # a line break in the source is white space to a reader
            self._parts.append(data.replace("\n", " ").replace("\r", " "))

    def parse_marked_section(self, i: int, report: int = 1) -> int:  # noqa: ARG002 -- the base's own signature
        """A comment, as in browsers: the base class raises on ``<![`` and what it does not know."""
        return self.parse_bogus_comment(i)

    def _picture(self, attributes: dict[str, str]) -> None:
        alt = attributes.get("alt", "")
        self._parts.append(f" {alt} ".replace("\n", " "))
        if {"wp-smiley", "emoji"} & set(attributes.get("class", "").split()):
            return
        source = attributes.get("src", "")
        if not source or source.startswith("data:"):
            source = next((attributes[n] for n in _LAZY if attributes.get(n)), "")
        if source:
            self.pictures.append((source, alt))

    def _space(self, tag: str) -> None:
        if self._unseen:
            return
        if _BLOCKS.fullmatch(tag):
            self._parts.append("\n")
        elif tag in _CELLS:
            self._parts.append(" ")
