"""Which words a document says, and where masking can reach them.

A word on a sheet can be masked by itself. One that only an alternative text or the document's title
says cannot, and must not slip through: it is told apart.
"""

import dataclasses as dc
import io
from collections.abc import Iterator, Sequence

import pikepdf

from tasks.documents.sheets import read_sheet
from tasks.documents.tagging import walk
from tasks.documents.tokens import Sought, tokens_of

_SPOKEN = ("/Alt", "/ActualText", "/E", "/T")


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Occurring:
    """The words that stand on sheets, and those that are only said beside them."""

    shown: tuple[str, ...]
    only_spoken: tuple[str, ...]


def occurring(pdf: bytes, words: Sequence[str]) -> Occurring:
    """Which of the words a document of ours says.

    Args:
        pdf: the document, which this room made.
        words: as ``masked`` takes them.
    """
    with pikepdf.open(io.BytesIO(pdf)) as document:
        tokens = [
            token
            for number, page in enumerate(document.pages)
            for token in tokens_of(number, read_sheet(page))
        ]
        spoken = list(_spoken(document))
    shown, only_spoken = [], []
    for word in words:
        sought = Sought(word)
        if any(sought.among(tokens)):
            shown.append(word)
        elif any(sought.is_in(text) for text in spoken):
            only_spoken.append(word)
    return Occurring(shown=tuple(shown), only_spoken=tuple(only_spoken))


def _spoken(document: pikepdf.Pdf) -> Iterator[str]:
    """What is said for who cannot see it, and of the document itself."""
    for element in walk(document.Root.StructTreeRoot):
        yield from (str(element[key]) for key in _SPOKEN if key in element)
    yield from (str(text) for text in document.docinfo.values())
