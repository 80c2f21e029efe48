"""A rendering of a channel's data as a document: the provenance sheets, then the rendered sheets.

For channels whose pages may not be collected by machine, and for an account's own export: what is
shown is our page of the platform's data, and every sheet says so. It is as valid, as searchable and
as accessible as a captured page, and read back the same way.
"""

import datetime as dt
import hashlib
import io
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from typing import Final, Protocol

import pikepdf
from markupsafe import Markup

from tasks.documents.describing import Level, Metadata
from tasks.documents.finishing import finish
from tasks.documents.likeness import share, squeezed
from tasks.documents.markup import CREATOR, drawn
from tasks.documents.proof import proof_rows
from tasks.documents.provenance import (
    BASES,
    OCCASIONS,
    PLATFORMS,
    moment_words,
    period_words,
    sheet_html,
    snapshot_title,
)
from tasks.documents.read_back import ReadBack, read_back, refused
from tasks.documents.snapshot import SnapshotPdf
from tasks.model import Completeness, Provenance

_ENOUGH: Final = 0.998
_FRONT: Final = 4  # at most so many first sheets come before the rendering's own
_WORD: Final = re.compile(r"\w+")
_COMMENTS: Final = {
    "full": "I sin helhet, med namn",
    "unnamed": "I sin helhet, utan namn",
    "none": "Återges inte",
}


class Rendered(Protocol):
    """A channel's posts as one HTML document, and what a reader finds in it."""

    @property
    def html(self) -> str:
        """The document; it asks for nothing from elsewhere."""

    @property
    def text(self) -> str:
        """What a reader finds in it, in reading order."""

    @property
    def posts(self) -> tuple[str, ...]:
        """The beginning of each post."""

    @property
    def images(self) -> int:
        """Pictures shown."""

    @property
    def images_missing(self) -> int:
        """Pictures that could not be shown."""


def rendered_pdf(  # noqa: PLR0913 - what the sheets tell, each by name
    rendering: Rendered,
    provenance: Provenance,
    *,
    address: str,
    read: dt.datetime | None,
    comments: str,
    level: Level = Level.A3,
) -> SnapshotPdf:
    """Build, finish and read back the document; the same input gives the same bytes.

    Args:
        rendering: the sheets' content.
        provenance: what the first sheet says.
        address: of the channel's public page.
        read: when the data were read from the platform; ``None`` where they came by hand.
        comments: ``"full"``, ``"unnamed"`` or ``"none"``.
        level: the standards that the document keeps.

    Raises:
        CaptureError: ``readback-failed``: the document lost what the rendering shows.
    """
    counted = Completeness(
        page=len(rendering.posts), pdf=len(rendering.posts), api=provenance.api_posts
    )
    metadata = Metadata(
        title=snapshot_title(provenance),
        author=provenance.organisation,
        created=provenance.now,
        subject=f"{OCCASIONS[provenance.occasion]}: {address}",
        creator=CREATOR,
    )
    summed, told = _fullness(counted)
    digest = hashlib.sha256(rendering.text.encode("utf-8", "replace")).hexdigest()
    proof = proof_rows(
        [("Återgivningens text (UTF-8)", digest)],
        archived=bool(provenance.channel),
        level=level,
        attachments=(),
    )
    front = sheet_html(
        provenance,
        whole=counted.whole,
        summed=summed,
        told=told,
        sections=[
            ("Kanalen", list(_channel(address, provenance))),
            ("Framställningen", list(_making(rendering, provenance, read, comments))),
            ("Bekräftelse och äkthet", list(proof)),
        ],
    )
    with pikepdf.open(io.BytesIO(drawn(front, rendering.html))) as pdf:
        data = finish(pdf, metadata, level=level)
    seen = _believed(data, rendering, metadata)
    return SnapshotPdf(
        pdf=data,
        pages=seen.pages,
        sha256=hashlib.sha256(data).hexdigest(),
        completeness=counted,
        whole=counted.whole,
        text_chars=len(squeezed(rendering.text)),
    )


def _fullness(counted: Completeness) -> tuple[str, str]:
    known = counted.page if counted.api is None else max(counted.api, counted.page)
    summed = f"Fullständighet: {counted.page} av {known} inlägg"
    if not counted.whole:
        summed += " – ofullständig"
    api = (
        "Plattformens API har inte tillfrågats om antalet."
        if counted.api is None
        else f"{counted.api} enligt plattformens API."
    )
    told = f"{counted.page} inlägg återgivna och funna i detta dokuments text. {api}"
    if not counted.whole:
        told += " Det som saknas kan vara gallrat ur arkivet, eller inte längre offentligt."
    return summed, told


def _channel(address: str, provenance: Provenance) -> Iterator[tuple[str, str | Markup]]:
    platform = PLATFORMS.get(provenance.platform, provenance.platform)
    yield "Kanal", f"{provenance.channel_name} ({provenance.channel}), {platform}"
    yield "Adress", Markup('<a href="{0}">{0}</a>').format(address)
    yield "Myndighet", f"{provenance.board}, {provenance.organisation}"
    yield "Verksamhet", provenance.unit


def _making(
    rendering: Rendered, provenance: Provenance, read: dt.datetime | None, comments: str
) -> Iterator[tuple[str, str | Markup]]:
    reason = f": {provenance.reason}" if provenance.reason else ""
    yield "Anledning", f"{OCCASIONS[provenance.occasion]}{reason}"
    yield "Underlag", BASES.get(provenance.basis, provenance.basis)
    yield "Avser tidpunkten", f"{moment_words(provenance.now)} svensk tid"
    if read is not None:
        yield "Uppgifterna inlästa", f"{moment_words(read)} svensk tid"
    yield "Period som omfattas", period_words(provenance)
    yield "Kommentarer", _COMMENTS[comments]
    missing = rendering.images_missing
    lost = f"; {missing} finns inte i arkivet" if missing else ""
    yield "Bilder", f"{rendering.images} återgivna{lost}" if rendering.images or missing else "Inga"
    yield "Synlighet", "Bara det som var offentligt återges"


def _believed(data: bytes, rendering: Rendered, metadata: Metadata) -> ReadBack:
    """The document as read, where a reader finds in it what it should hold."""
    seen = read_back(data)
    text = squeezed("".join(seen.texts))
    held = (squeezed("".join(seen.texts[front:])) for front in range(1, _FRONT + 1))
    kept = max(share(squeezed(rendering.text), sheets) for sheets in held)
    if kept < _ENOUGH and not _turned(rendering.text, "\n".join(seen.texts[1:])):
        raise refused("återgivningens text saknas", "the rendering's text is missing")
    if any(squeezed(post) not in text for post in rendering.posts):
        raise refused("ett av inläggen saknas i texten", "one of the posts is not in its text")
    if (seen.title, seen.author) != (metadata.title, metadata.author):
        raise refused("uppgifterna om dokumentet stämmer inte", "its metadata do not agree")
    return seen


def _turned(wanted: str, held: str) -> bool:
    """Whether something is written from right to left, and every word is there in some order.

    Where Arabic or Hebrew meets figures or Swedish, a document is read in the order drawn: its
    words can be looked for, their order cannot be compared.
    """
    if not any(unicodedata.bidirectional(sign) in {"R", "AL"} for sign in wanted):
        return False
    words, letters = Counter(_WORD.findall(wanted)), squeezed(held)
    missing = words - Counter(_WORD.findall(held))
    lost = sum(len(word) * times for word, times in missing.items() if word not in letters)
    return lost <= (1 - _ENOUGH) * len(squeezed(wanted))
