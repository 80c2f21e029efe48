"""People's words as HTML that can do nothing: text, and a short list of elements without powers.

What a post says came from strangers. It becomes passages and runs of text and is written anew, so
that no element, attribute or address of theirs reaches the page unless it stands in the lists here.
"""

import dataclasses as dc
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final
from urllib.parse import urljoin, urlsplit

from markupsafe import Markup, escape

_CONTROL: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff"
    "\xad\u200b\u2060"  # places to break a line, which are no letters
    "\u202d\u202e]"  # letters shown in the wrong order: only ever used to deceive
)
_TURNING: Final = re.compile("[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]")
SPACE: Final = re.compile(r"[^\S\n]+")
"""White space that a browser folds; a line feed is a line break here."""

_ADDRESS: Final = re.compile(r"https?://[^\s<>\"\u201d\u00bb]+", re.IGNORECASE)
_AFTER: Final = ".,;:!?'\u2019)]}"
_SCHEMES: Final = frozenset({"http", "https", "mailto", "tel"})
_WEB: Final = frozenset({"http", "https"})
_LONGEST_ADDRESS: Final = 2000


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Letters that are written alike; ``href`` an address that may be linked, or ``""``."""

    text: str
    href: str = ""
    strong: bool = False
    stressed: bool = False


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A paragraph or a list item: ``kind`` is ``"p"``, ``"ul"``, ``"ol"`` or ``"quote"``."""

    kind: str
    runs: tuple[Run, ...]


def sound(text: str) -> str:
    """``text`` without control characters, hidden marks and half surrogate pairs."""
    return _CONTROL.sub("", text.encode("utf-8", "replace").decode("utf-8"))


def one_line(text: str) -> str:
    """A name or a title: on one line, and unable to turn the direction of what follows it."""
    return " ".join(_TURNING.sub("", sound(text)).split())


def safe_address(href: str, base: str = "") -> str:
    """``href`` as an absolute address that a reader may follow, or ``""`` where it is none."""
    try:
        parts = urlsplit(urljoin(base, "".join(sound(href).split())))
        named = bool(parts.hostname) if parts.scheme in _WEB else bool(parts.path)
    except ValueError:  # such as an unclosed bracket around an IPv6 address
        return ""
    whole = parts.geturl()
    fits = parts.scheme in _SCHEMES and named and len(whole) <= _LONGEST_ADDRESS
    # a name and password in an address make it look like another host
    return whole if fits and "@" not in parts.netloc else ""


def from_text(text: str) -> tuple[Passage, ...]:
    """Plain words, one paragraph a line; web addresses become links."""
    lines = (SPACE.sub(" ", line).strip() for line in sound(text).splitlines())
    return tuple(Passage(kind="p", runs=tuple(_linked(line))) for line in lines if line)


def spoken(passages: Iterable[Passage]) -> str:
    """What is said, one line a passage."""
    return "\n".join("".join(run.text for run in passage.runs) for passage in passages)


def addresses(passages: Iterable[Passage]) -> Iterator[str]:
    """Where the links lead, in reading order."""
    for passage in passages:
        for run in passage.runs:
            if run.href:
                yield run.href


def markup(passages: Sequence[Passage]) -> Markup:
    """The passages as HTML: ``p ul ol li blockquote strong em a[href] br`` and escaped text."""
    parts: list[Markup] = []
    open_list = ""
    for passage in passages:
        wanted = passage.kind if passage.kind in {"ul", "ol"} else ""
        if wanted != open_list:
            parts.append(_closing(open_list) + _opening(wanted))
            open_list = wanted
        inner = Markup("").join(_run(run) for run in passage.runs)
        parts.append(_SHAPES[passage.kind].format(inner))
    parts.append(_closing(open_list))
    return Markup("").join(parts)


_SHAPES: Final = {
    "p": Markup("<p>{}</p>\n"),
    "ul": Markup("<li>{}</li>\n"),
    "ol": Markup("<li>{}</li>\n"),
    "quote": Markup("<blockquote><p>{}</p></blockquote>\n"),
}
_LISTS: Final = {
    "": (Markup(""), Markup("")),
    "ul": (Markup("<ul>\n"), Markup("</ul>\n")),
    "ol": (Markup("<ol>\n"), Markup("</ol>\n")),
}


def _opening(kind: str) -> Markup:
    return _LISTS[kind][0]


def _closing(kind: str) -> Markup:
    return _LISTS[kind][1]


def _run(run: Run) -> Markup:
    text = Markup("<br>").join(escape(line) for line in run.text.split("\n"))
    if run.stressed:
        text = Markup("<em>{}</em>").format(text)
    if run.strong:
        text = Markup("<strong>{}</strong>").format(text)
    return Markup('<a href="{}">{}</a>').format(run.href, text) if run.href else text


def _linked(line: str) -> Iterator[Run]:
    position = 0
    for match in _ADDRESS.finditer(line):
        written = match[0].rstrip(_AFTER)
        if match[0][len(written) :].startswith(")") and "(" in written:
            written += ")"
        href = safe_address(written)
        if href:
            if match.start() > position:
                yield Run(text=line[position : match.start()])
            yield Run(text=written, href=href)
            position = match.start() + len(written)
    if position < len(line):
        yield Run(text=line[position:])


def _letters(text: str) -> str:
    return "".join(sound(text).split())
