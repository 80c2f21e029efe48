"""Whether a channel's page says who is behind it and how to reach them (clause K10).

Judged on the page as it was captured, since that is what a reader saw. Only what stands outside the
posts counts, where the capture tells posts apart: a neighbour's telephone number in a comment is no
way to reach the body.
"""

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

from tasks.model import Capture

SENDER: Final = "sender"
CONTACT: Final = "contact"

_MAIL: Final = re.compile(r"[^@\s<>]+@[^@\s<>.]+(?:\.[^@\s<>.]+)+")
_PHONE: Final = re.compile(
    r"(?<![\w/.-])(?:\+46[\s\u00a0]?(?:\(0\))?|0)\d{1,3}[\s\u00a0–-]*\d(?:[\s\u00a0–-]?\d){4,8}(?!\w)"
)
_CONTACT: Final = re.compile(r"kontakt|contact|e-?post|e-?mail|telefon|växel", re.IGNORECASE)
_REACHING: Final = ("mailto:", "tel:")


def sender_shown_in(capture: Capture, names: Iterable[str]) -> frozenset[str]:
    """What a captured page shows of ``"sender"`` and ``"contact"``.

    Args:
        capture: of the channel's page.
        names: the body's and the board's; either will do.
    """
    shown = f"{capture.title}\n{_outside_posts(capture)}"
    found = set()
    if any(name and _folded(name) in _folded(shown) for name in names):
        found.add(SENDER)
    leads = any(
        target.address.casefold().startswith(_REACHING) or _CONTACT.search(target.label)
        for target in capture.targets
    )
    linked = any(link.casefold().startswith(_REACHING) for link in capture.links)
    if leads or linked or _MAIL.search(shown) or _PHONE.search(shown):
        found.add(CONTACT)
    return frozenset(found)


def _outside_posts(capture: Capture) -> str:
    if not capture.blocks:
        return capture.text
    outside = (block for block in capture.blocks if block.post is None)
    return "\n".join(" ".join(word.text for word in block.words) for block in outside)


def _folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())
