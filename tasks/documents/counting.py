"""How many posts of the period a snapshot holds: on the page, in its own text, by the API.

Every peer exits 0 on a document with nothing in it (notes/peers.md). Here each post is looked for
in what the document says, and a shortfall is told on its first page.
"""

import datetime as dt
import re
import unicodedata
from typing import Final
from zoneinfo import ZoneInfo

from tasks.documents.likeness import share
from tasks.model import Capture, Completeness, Provenance

_STOCKHOLM: Final = ZoneInfo("Europe/Stockholm")
_LIKE: Final = 0.998
_NOT_LETTERS: Final = re.compile(r"[\W_]+")


def completeness(capture: Capture, provenance: Provenance) -> Completeness:
    """Posts of the period; one that does not tell its time is counted among them."""
    found = found_posts(capture)
    times = capture.post_times or (None,) * len(found)
    within = [
        is_found
        for is_found, time in zip(found, times, strict=True)
        if time is None or _is_within(time.astimezone(_STOCKHOLM).date(), provenance)
    ]
    return Completeness(page=len(within), pdf=sum(within), api=provenance.api_posts)


def found_posts(capture: Capture) -> tuple[bool, ...]:
    """Whether each post's beginning is in the words of its own blocks.

    Letters and digits alone are compared. A post without them is found if anything of it is there.
    """
    said: dict[int, list[str]] = {}
    for block in capture.blocks:
        if block.post is not None:
            said.setdefault(block.post, []).extend(word.text for word in block.words)
    return tuple(
        number in said and share(_squeeze(text), _squeeze("".join(said[number]))) >= _LIKE
        for number, text in enumerate(capture.post_texts)
    )


def _is_within(day: dt.date, provenance: Provenance) -> bool:
    begun = provenance.period_from is None or provenance.period_from <= day
    return begun and day <= provenance.period_to


def _squeeze(text: str) -> str:
    return _NOT_LETTERS.sub("", unicodedata.normalize("NFKC", text).casefold())
