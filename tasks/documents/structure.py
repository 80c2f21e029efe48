"""The structure tree of the page: posts, headings, paragraphs, lists, figures and links.

ISO 32000-1, 14.7 and 14.8. It is written into the tree that the provenance sheets came with, so
that the whole document is one (ISO 14289-1, 7.1).
"""

import dataclasses as dc
from collections.abc import Sequence
from typing import Final

import pikepdf
from pikepdf import Array, Dictionary, Name, NumberTree, String

from tasks.documents.layout import Rect

_LEAF: Final = 1000  # entries of a leaf of a number tree
_KIDS: Final = 4000  # of an element: PDF 1.4 allows 8191 in an array (annex C)


@dc.dataclass(frozen=True, slots=True)
class Mark:
    """Marked content: its page and its number there."""

    page: int
    number: int


@dc.dataclass(frozen=True, slots=True)
class Note:
    """An annotation that belongs to an element."""

    page: int
    annotation: pikepdf.Object


@dc.dataclass(slots=True, kw_only=True)
class Element:
    """An element of the tree.

    Attributes:
        kind: a standard structure type.
        kids: elements, marked content and annotations in reading order.
        alt: alternative text, or ``""``; box: its BBox, for a figure on one page.
    """

    kind: str
    kids: list["Element | Mark | Note"] = dc.field(default_factory=list)
    alt: str = ""
    box: Rect | None = None


class Tree:
    """The document's structure tree, to be written into."""

    def __init__(self, pdf: pikepdf.Pdf) -> None:
        """Take over the tree of ``pdf``, which holds one ``Document`` element."""
        self._pdf = pdf
        self._root = pdf.Root.StructTreeRoot
        self._entries: dict[int, pikepdf.Object] = dict(NumberTree(self._root.ParentTree).items())
        self._next = max(self._entries, default=-1) + 1
        self._owners: dict[int, dict[int, pikepdf.Object]] = {}
        self._pages: Sequence[pikepdf.Object] = ()

    def write(self, elements: Sequence[Element], pages: Sequence[pikepdf.Object]) -> None:
        """Append ``elements`` to the document; ``pages`` are what their marks number."""
        document = _document(self._root)
        self._pages = pages
        for element in _parted(elements, "Part"):
            document.K.append(self._kid(element, document, None))
        for page, owners in self._owners.items():
            pages[page].StructParents = self._own(
                self._pdf.make_indirect(Array([owners[number] for number in range(len(owners))]))
            )
        self._write_numbers()

    def _put(self, element: Element, parent: pikepdf.Object) -> pikepdf.Object:
        told = Dictionary(Type=Name.StructElem, S=Name(f"/{element.kind}"), P=parent)
        if element.alt:
            told.Alt = String(element.alt)
        if element.box:
            box = Array([round(side, 2) for side in element.box])
            told.A = Dictionary(O=Name.Layout, BBox=box)
        held = self._pdf.make_indirect(told)
        home = next((kid.page for kid in element.kids if isinstance(kid, Mark)), None)
        if home is not None:
            held.Pg = self._pages[home]
        held.K = Array([self._kid(kid, held, home) for kid in _parted(element.kids, "Span")])
        return held

    def _kid(
        self, kid: Element | Mark | Note, holder: pikepdf.Object, home: int | None
    ) -> pikepdf.Object | int:
        if isinstance(kid, Element):
            return self._put(kid, holder)
        if isinstance(kid, Note):
            kid.annotation.StructParent = self._own(holder)
            return Dictionary(Type=Name.OBJR, Obj=kid.annotation, Pg=self._pages[kid.page])
        self._owners.setdefault(kid.page, {})[kid.number] = holder
        if kid.page == home:
            return kid.number
        return Dictionary(Type=Name.MCR, MCID=kid.number, Pg=self._pages[kid.page])

    def _own(self, entry: pikepdf.Object) -> int:
        number = self._next
        self._entries[number] = entry
        self._next += 1
        return number

    def _write_numbers(self) -> None:
        numbers = sorted(self._entries)
        leaves = []
        for start in range(0, len(numbers), _LEAF):
            part = numbers[start : start + _LEAF]
            pairs = Array()
            for number in part:
                pairs.append(number)
                pairs.append(self._entries[number])
            leaf = Dictionary(Nums=pairs, Limits=Array([part[0], part[-1]]))
            leaves.append(self._pdf.make_indirect(leaf))
        self._root.ParentTree = self._pdf.make_indirect(Dictionary(Kids=Array(leaves)))
        self._root.ParentTreeNextKey = self._next


def _document(root: pikepdf.Object) -> pikepdf.Object:
    kids = root.K
    return kids[0] if isinstance(kids, Array) else kids


def _parted(kids: Sequence[Element | Mark | Note], kind: str) -> Sequence[Element | Mark | Note]:
    """The kids, or where they are more than an array may hold, groups of them."""
    if len(kids) <= _KIDS:
        return kids
    return [
        Element(kind=kind, kids=list(kids[start : start + _KIDS]))
        for start in range(0, len(kids), _KIDS)
    ]
