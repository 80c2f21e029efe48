"""Reading a finished document back, as a stranger's program would, before it is believed.

Every peer exits 0 on a document with nothing in it (notes/peers.md). Here the PDF's own text says
how many posts it holds, and a document that lost the page's words is refused.
"""

import dataclasses as dc
import io
import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Final

import pypdf
from pypdf.errors import PyPdfError

from archive_store.errors import CaptureError

BROKEN: Final = (
    PyPdfError,
    ValueError,
    KeyError,
    IndexError,
    TypeError,
    AttributeError,
    RecursionError,
)
"""pypdf meets broken files with any of these."""

_LIKE: Final = 0.8
_GRAM = 3
_NOT_LETTERS: Final = re.compile(r"[\W_]+")


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class ReadBack:
    """What a reader finds: text of each page read, their link addresses, title and author."""

    texts: tuple[str, ...]
    links: tuple[str, ...]
    title: str
    author: str

    @property
    def pages(self) -> int:
        """Number of pages read."""
        return len(self.texts)


def read_back(data: bytes, pages: Sequence[int] | None = None) -> ReadBack:
    """Read the PDF: all of it, or the pages of those numbers (from 0).

    Raises:
        CaptureError: ``readback-failed``: it cannot be read.
    """
    try:
        reader = pypdf.PdfReader(io.BytesIO(data))
        chosen = [reader.pages[n] for n in (range(len(reader.pages)) if pages is None else pages)]
        texts = tuple(text_of(page) for page in chosen)
        links = tuple(link for page in chosen for link in links_of(page))
        told = reader.metadata
    except BROKEN:
        raise refused("läsning", "reading") from None
    return ReadBack(
        texts=texts,
        links=links,
        title=(told.title if told else None) or "",
        author=(told.author if told else None) or "",
    )


def text_of(page: pypdf.PageObject) -> str:
    """The page's text, as pypdf reads it."""
    return page.extract_text()


def links_of(page: pypdf.PageObject) -> Iterator[str]:
    """Addresses that the page's links lead to."""
    for note in page.annotations or ():
        action = note.get_object().get("/A")
        if action is not None and "/URI" in action.get_object():
            yield str(action.get_object()["/URI"])


def refused(sv: str, en: str) -> CaptureError:
    """The document is not what it should be; ``sv`` and ``en`` name what fell short."""
    return CaptureError(
        "readback-failed",
        sv=f"Det färdiga dokumentet klarade inte kontrolläsningen ({sv}) och har inte sparats. "
        "Kör igen; händer det igen, fånga kanalen på annat sätt och anmäl felet.",
        en=f"The finished document failed to read back ({en}) and was not kept. Run again; if it "
        "happens again, capture the channel otherwise and report the fault.",
    )


def find_posts(posts: Sequence[str], texts: Sequence[str]) -> tuple[int | None, ...]:
    """The page (from 0) on which each post begins in the PDF's text; ``None`` where it is not.

    Letters and digits alone are compared: breaks, ligatures and pictures of emoji are the
    printer's. A post whose words are painted in another order (a name above a picture) is found by
    its word sequences. Each place serves one post only, so that two posts that begin alike must
    both be there. A post without words is found where the one before it was: nothing can be looked
    for, and its place is in the page's order.
    """
    squeezed = [_squeeze(text) for text in texts]
    whole = "".join(squeezed)
    ends: list[int] = []
    for text in squeezed:
        ends.append(len(text) + (ends[-1] if ends else 0))
    found: list[int | None] = []
    taken: list[range] = []
    for post in posts:
        wanted = _squeeze(post)
        cursor = taken[-1].stop if taken else 0
        before = range(max(cursor - 1, 0), cursor)
        place = _place(wanted, post, whole, taken) if wanted else before
        if place is not None:
            taken.append(place)
        found.append(None if place is None else _page(place.start, ends))
    return tuple(found)


def recall(text: str, texts: Sequence[str]) -> float:
    """The share of the text's different words that the PDF's pages hold; 1 where there are none."""
    wanted = _words(text)
    have = _words(" ".join(texts))
    whole = "".join(_squeeze(part) for part in texts)
    found = sum(1 for word in wanted if word in have or word in whole)
    return found / len(wanted) if wanted else 1.0


def same_words(texts: Sequence[str], others: Sequence[str]) -> bool:
    """Whether two readings agree page by page, marks for unknown characters left out."""
    return [_squeeze(text) for text in texts] == [_squeeze(text) for text in others]


def _place(wanted: str, post: str, whole: str, taken: Sequence[range]) -> range | None:
    """Where the post stands in the text: as it is, or else as most of its word sequences."""
    cursor = taken[-1].stop if taken else 0
    for start in (cursor, 0):
        place = _free(wanted, whole, start, taken)
        if place is not None:
            return place
    words = [squeezed for word in post.split() if (squeezed := _squeeze(word))]
    if len(words) < 2 * _GRAM:
        return None
    grams = ["".join(words[i : i + _GRAM]) for i in range(len(words) - _GRAM + 1)]
    places = [_free(gram, whole, cursor, taken) for gram in grams]
    # what follows the common beginning (sender, date) tells posts apart: it must be there
    enough = sum(place is not None for place in places) >= _LIKE * len(grams)
    return places[-1] if enough else None


def _free(wanted: str, whole: str, start: int, taken: Sequence[range]) -> range | None:
    """The first place of ``wanted`` from ``start`` on that serves no other post."""
    at = whole.find(wanted, start)
    while at >= 0:
        place = range(at, at + len(wanted))
        if not any(place.start < other.stop and other.start < place.stop for other in taken):
            return place
        at = whole.find(wanted, at + 1)
    return None


def _page(place: int, ends: Sequence[int]) -> int | None:
    return next((number for number, end in enumerate(ends) if place < end), None)


def _squeeze(text: str) -> str:
    return _NOT_LETTERS.sub("", unicodedata.normalize("NFKC", text).casefold())


def _words(text: str) -> set[str]:
    folded = unicodedata.normalize("NFKC", text).casefold()
    return {_squeeze(word) for word in re.findall(r"\w{3,}", folded)}
