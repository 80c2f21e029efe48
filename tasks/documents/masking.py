"""A masked copy of one of our own snapshots: what lay under the mask is nowhere in it any more.

For a snapshot that is withdrawn by a decision, and for a disclosure with a provision that forbids a
part (offentlighets- och sekretesslagen). The copy is made from the document itself, since nothing
else of it may be left; it is checked for what should be gone before it is handed on.
"""

import dataclasses as dc
import datetime as dt
import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import jinja2
import pikepdf
from pikepdf import Array, Dictionary, Name

from archive_store.errors import CaptureError, InputError
from tasks.documents.describing import Level, Metadata
from tasks.documents.erasing import Gone, erase
from tasks.documents.finishing import finish
from tasks.documents.layout import Rect
from tasks.documents.markup import drawn
from tasks.documents.provenance import moment_words
from tasks.documents.scrubbing import (
    MASKED,
    drop_links,
    silence_bookmarks,
    silence_elements,
    thin_fonts,
)
from tasks.documents.sheets import Glyph, SheetContent, foreign, read_sheet
from tasks.documents.tokens import Sought, Token, folded, tokens_of, touches

_DIGEST: Final = re.compile(r"[0-9a-f]{64}")
"""By a digest of the original a guess at what was masked could be tried; the archive keeps them."""

SNAPSHOT: Final = "Ögonblicksbild av social kanal"
_AROUND: Final = (1.5, 0.8)  # points that letters may reach outside their box


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A rectangle to be masked.

    Attributes:
        page: the sheet's number as a reader counts, from 1, the provenance sheets included.
        left, top: of its upper left corner, in points from that of the sheet.
        width, height: in points.
    """

    page: int
    left: float
    top: float
    width: float
    height: float


def masked(  # noqa: PLR0913 - what is masked, by which rule, when, and what it is a copy of
    pdf: bytes,
    *,
    places: Sequence[Place],
    words: Sequence[str],
    provision: str,
    created: dt.datetime,
    kind: str = SNAPSHOT,
) -> bytes:
    """The masked copy, at the level of the original, with a sheet before it that says so.

    Args:
        pdf: a snapshot as :func:`snapshot_pdf` or :func:`rendered_pdf` made it.
        places: what stands there goes: pixels, words, links, alternative texts.
        words: what goes wherever it stands; each a word or several, such as a name. Whole words
            go that begin with it.
        provision: the rule that forbids them to be shown, in words for the reader.
        created: aware time of making.
        kind: what the original is, in Swedish; stands above the heading of the sheet.

    Raises:
        InputError: ``mask-nothing``, ``mask-provision``, ``mask-place``, ``mask-not-found``: what
            is asked for is incomplete or does not fit the document; ``mask-foreign``: the
            document is none of ours.
        CaptureError: ``mask-left``: something would still be there; nothing is handed on.
    """
    _check(places, words, provision)
    sought = [Sought(text) for text in words]
    with _opened(pdf) as document:
        sheets = [read_sheet(page) for page in document.pages]
        tokens = [
            token for number, sheet in enumerate(sheets) for token in tokens_of(number, sheet)
        ]
        fixed = _fixed(document, places)
        lying = [token for token in tokens if _lies_under(token, fixed[token.sheet])]
        digests = [token for token in tokens if _DIGEST.fullmatch(token.text)]
        found = [*lying, *_found(sought, tokens), *digests]
        mask = _Mask(document, sheets, sought, found, lying, fixed)
        mask.put_on()
        metadata = mask.metadata(created)
        note = _note(mask, provision, created, metadata.title, kind)
        _put_first(document, note)
        data = finish(document, metadata, level=mask.level)
    _believe(data, sought)
    return data


class _Mask:
    """A document being masked."""

    def __init__(  # noqa: PLR0913, PLR0917 - what is known of it
        self,
        document: pikepdf.Pdf,
        sheets: Sequence[SheetContent],
        sought: Sequence[Sought],
        found: Sequence[Token],
        lying: Sequence[Token],
        fixed: Sequence[list[Rect]],
    ) -> None:
        self._document = document
        self._sheets = sheets
        self._sought = sought
        self._lying = lying
        self.gone: list[Gone] = [set() for _ in sheets]
        self.areas = [list(spots) for spots in fixed]
        for token in {id(token): token for token in found}.values():
            self.gone[token.sheet].update(token.letters)
            self.areas[token.sheet].extend(map(_widened, token.boxes))
        told = document.Root.Metadata.read_bytes()
        self.level = Level.A1 if b"<pdfaid:part>1<" in told else Level.A3

    def says(self, text: str) -> bool:
        """Whether a text says something that was sought."""
        return any(one.is_in(text) for one in self._sought)

    def without(self, text: str) -> str:
        """The text without what was sought."""
        for one in self._sought:
            text = one.taken_from(text, MASKED)
        return text

    def put_on(self) -> None:
        """Take everything away."""
        drop_links(self._document, self.areas, self.says)
        silence_elements(self._document, self._sheets, self.areas, self.says)
        silence_bookmarks(self._document, self._spoken(), self.without)
        used = self._used()
        erase(self._document, self._sheets, self.gone, self.areas)
        thin_fonts(self._document, used)

    def metadata(self, created: dt.datetime) -> Metadata:
        """What the copy says of itself."""
        info = self._document.docinfo
        told = {key: str(info.get(f"/{key}", "")) for key in ("Title", "Author", "Creator")}
        kept = {key: self.without(text) for key, text in told.items()}
        return Metadata(
            title=f"Maskad kopia: {kept['Title']}",
            author=kept["Author"],
            created=created,
            lang=str(self._document.Root.get("/Lang", "sv")),
            creator=kept["Creator"],
        )

    def counts(self) -> Counter[int]:
        """Masked places by sheet, as the original counts them from 1."""
        return Counter({n + 1: len(spots) for n, spots in enumerate(self.areas) if spots})

    def _spoken(self) -> dict[tuple[int, int], frozenset[str]]:
        """Words masked by their place, by the page on which a bookmark to them may lead."""
        pages = list(self._document.pages)
        spoken: dict[tuple[int, int], frozenset[str]] = {}
        for number, page in enumerate(pages):
            spoken[page.obj.objgen] = frozenset(
                folded(token.text) for token in self._lying if token.sheet in {number, number + 1}
            )
        return spoken

    def _used(self) -> dict[tuple[int, int], set[int]]:
        """The codes of each font that are still shown."""
        used: dict[tuple[int, int], set[int]] = {}
        for number, (page, sheet) in enumerate(
            zip(self._document.pages, self._sheets, strict=True)
        ):
            fonts = page.obj.Resources.get("/Font", Dictionary())
            for at, shown in enumerate(sheet.shown):
                for place, part in enumerate(shown.parts):
                    if isinstance(part, Glyph) and (at, place) not in self.gone[number]:
                        codes = used.setdefault(fonts[part.font].objgen, set())
                        codes.add(int.from_bytes(part.code, "big"))
        return used


def _check(places: Sequence[Place], words: Sequence[str], provision: str) -> None:
    if not places and not words:
        raise InputError(
            "mask-nothing",
            sv="Inget att maska är angivet. Ange minst ett ställe eller ett ord.",
            en="Nothing to mask is given. Give at least one place or one word.",
        )
    if not provision.strip():
        raise InputError(
            "mask-provision",
            sv="Ange den bestämmelse som maskningen stöder sig på.",
            en="Give the provision that the masking rests on.",
        )


def _opened(pdf: bytes) -> pikepdf.Pdf:
    try:
        document = pikepdf.open(io.BytesIO(pdf))
    except pikepdf.PdfError:
        raise foreign() from None
    told = document.Root.get("/Metadata")
    ours = isinstance(told, pikepdf.Stream) and b">Kanalarkiv</pdf:Producer>" in told.read_bytes()
    if not ours or "/StructTreeRoot" not in document.Root or document.is_encrypted:
        document.close()
        raise foreign()
    return document


def _fixed(document: pikepdf.Pdf, places: Sequence[Place]) -> list[list[Rect]]:
    """The places by sheet, in points from its lower left corner.

    Raises:
        InputError: ``mask-place``: one lies on no sheet.
    """
    pages = list(document.pages)
    spots: list[list[Rect]] = [[] for _ in pages]
    for number, place in enumerate(places, start=1):
        there = 1 <= place.page <= len(pages) and place.width > 0 and place.height > 0
        if there:
            wide, high = map(float, list(pages[place.page - 1].mediabox)[2:])
            there = place.left < wide and place.top < high
            there = there and place.left + place.width > 0 and place.top + place.height > 0
        if not there:
            raise InputError(
                "mask-place",
                sv=f"Ställe nummer {number} ligger inte på något blad. Ange sida (1–{len(pages)}), "
                "avstånd från bladets övre vänstra hörn, bredd och höjd i punkter.",
                en=f"Place number {number} lies on no sheet. Give page (1–{len(pages)}), distance "
                "from the sheet's upper left corner, width and height in points.",
            )
        low = high - place.top - place.height
        box = Rect(place.left, low, place.left + place.width, high - place.top)
        spots[place.page - 1].append(box)
    return spots


def _lies_under(token: Token, spots: Sequence[Rect]) -> bool:
    return any(touches(box, spot) for box in token.boxes for spot in spots)


def _found(sought: Sequence[Sought], tokens: Sequence[Token]) -> list[Token]:
    """Every word that is sought, wherever it stands.

    Raises:
        InputError: ``mask-not-found``: one stands nowhere.
    """
    found: list[Token] = []
    for number, one in enumerate(sought, start=1):
        here = list(one.among(tokens))
        if not here:
            raise InputError(
                "mask-not-found",
                sv=f"Ord nummer {number} finns inte i dokumentets text. Se efter hur det är "
                "stavat; står det bara i en bild, ange stället i stället.",
                en=f"Word number {number} is not in the document's text. See how it is spelled; "
                "if it stands in a picture only, give its place instead.",
            )
        found.extend(here)
    return found


def _widened(box: Rect) -> Rect:
    across, up = _AROUND
    return Rect(box.left - across, box.bottom - up, box.right + across, box.top + up)


def _note(mask: _Mask, provision: str, created: dt.datetime, title: str, kind: str) -> bytes:
    """The sheet that says what was done."""
    html = _template().render(
        title=title,
        kind=kind,
        original=title.partition(": ")[2],
        provision=" ".join(provision.split()),
        made=f"{moment_words(created)} svensk tid",
        counts=sorted(mask.counts().items()),
        level=mask.level.words,
    )
    return drawn(html)


def _template() -> jinja2.Template:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    ).get_template("maskad.html")


def _put_first(document: pikepdf.Pdf, note: bytes) -> None:
    """Put the note before the sheets, into the same structure tree and the bookmarks."""
    with pikepdf.open(io.BytesIO(note)) as first:
        sheets = len(first.pages)
        for number, page in enumerate(first.pages):
            document.pages.insert(number, page)
        tree = document.copy_foreign(first.Root.StructTreeRoot)
        theirs = dict(pikepdf.NumberTree(tree.ParentTree).items())
        root = document.Root.StructTreeRoot
        numbers = pikepdf.NumberTree(root.ParentTree)
        for number in range(sheets):
            page = document.pages[number]
            own = theirs[int(page.obj.StructParents)]
            page.obj.StructParents = max(numbers.keys(), default=-1) + 1
            numbers[int(page.obj.StructParents)] = own
        whole, told = _first_of(root.K), _first_of(tree.K)
        for element in told.K:
            element.P = whole
        whole.K = Array([*told.K, *whole.K])
        root.ParentTreeNextKey = max(numbers.keys()) + 1
    with document.open_outline() as outline:
        outline.root.insert(0, pikepdf.OutlineItem("Maskad kopia", 0))


def _first_of(inner: pikepdf.Object) -> pikepdf.Object:
    return inner[0] if isinstance(inner, Array) else inner


def _believe(data: bytes, sought: Sequence[Sought]) -> None:
    """Look for what should be gone, in the copy as it will be handed on.

    Raises:
        CaptureError: ``mask-left``.
    """
    with pikepdf.open(io.BytesIO(data)) as copy:
        tokens = [
            token
            for number, page in enumerate(copy.pages)
            for token in tokens_of(number, read_sheet(page))
        ]
        texts = list(_said(copy))
        for one in sought:
            if any(one.among(tokens)) or any(one.is_in(text) for text in texts):
                raise CaptureError(
                    "mask-left",
                    sv="Något av det som skulle maskas finns kvar, så ingen kopia lämnas. Se efter "
                    "att det inte står i bestämmelsens text; annars anmäl felet.",
                    en="Something that should be masked is still there, so no copy is handed on. "
                    "See that it is not in the provision's text; else report the fault.",
                )


def _said(copy: pikepdf.Pdf) -> Iterator[str]:
    """All that the document says outside its sheets."""
    for item in copy.objects:
        if isinstance(item, pikepdf.Stream):
            if item.get("/Type") in {Name.Metadata, Name.EmbeddedFile}:
                yield item.read_bytes().decode("utf-8", "replace")
        else:
            yield from _strings(item)


def _strings(holder: object) -> Iterator[str]:
    if isinstance(holder, pikepdf.String):
        yield str(holder)
    elif isinstance(holder, Array):
        for part in holder:
            yield from _strings(part)
    elif isinstance(holder, Dictionary):
        for key, part in holder.items():
            if key not in _NO_WORDS and not getattr(part, "is_indirect", False):
                yield from _strings(part)


_NO_WORDS: Final = {"/CIDSystemInfo", "/CreationDate", "/ModDate", "/OutputIntents", "/FontFamily"}
"""What the standards put there, and nobody's words."""
