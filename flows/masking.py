"""The masked copy that takes a withdrawn snapshot's place, made from what a person points out.

Words to be masked come in a file, never on the command line: other people on the machine see that,
and shells remember it.
"""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from archive_store.errors import InputError
from flows.house import House
from flows.incoming import file_bytes
from flows.taken import snapshot_named
from tasks.discreet import discreet
from tasks.documents.masking import Place, masked

_PLACE: Final = re.compile(
    r"(?P<page>\d{1,5}):" + ",".join(rf"(?P<{name}>\d{{1,5}}(?:\.\d+)?)" for name in "xywh")
)
_MOST_WORDS: Final = 1_000_000  # bytes


def place_of(text: str) -> Place:
    """The rectangle that ``PAGE:x,y,w,h`` means, in points from the sheet's upper left corner.

    Raises:
        InputError: ``mask-form``.
    """
    found = _PLACE.fullmatch(text.strip())
    if found is None:
        raise InputError(
            "mask-form",
            sv="--mask: skriv SIDA:x,y,bredd,höjd i punkter från bladets övre vänstra hörn, till "
            "exempel 3:60,120,200,40.",
            en="--mask: write PAGE:x,y,width,height in points from the sheet's upper left corner, "
            "such as 3:60,120,200,40.",
        )
    left, top, width, height = (float(found[name]) for name in "xywh")
    return Place(page=int(found["page"]), left=left, top=top, width=width, height=height)


def words_in(path: Path) -> tuple[str, ...]:
    """The words of a file, one or several a line; empty lines do not count.

    Raises:
        InputError: it cannot be read, or is not UTF-8.
    """
    try:
        text = file_bytes(path, largest=_MOST_WORDS).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError(
            "mask-not-utf-8",
            sv=f"{path.name} är inte UTF-8. Spara filen som UTF-8, med ett ord eller namn per rad.",
            en=f"{path.name} is not UTF-8. Save the file as UTF-8, a word or name a line.",
        ) from None
    return tuple(filter(None, (" ".join(line.split()) for line in text.splitlines())))


def masked_copy(
    house: House, name: str, *, places: Sequence[Place], words: Sequence[str], provision: str
) -> tuple[bytes, dict[str, Any]]:
    """The copy, and what its manifest tells of the mask: numbers and the provision.

    Args:
        house: opened.
        name: the snapshot's key.
        places: what stands there goes.
        words: what goes wherever it stands.
        provision: the rule or decision that forbids it to be shown.

    Raises:
        MissingError: no such snapshot.
        InputError: what is asked for does not fit the document.
        CaptureError: ``mask-left``: something would still be there.
    """
    package = snapshot_named(house.archive, name)
    with discreet("mask", package.labels["channel"]):
        copy = masked(
            house.archive.read(package, "pdf"),
            places=places,
            words=words,
            provision=provision,
            created=house.now,
        )
    return copy, {"places": len(places), "words": len(words), "provision": provision}
