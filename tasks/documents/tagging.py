"""The structure that WeasyPrint gives a document, made whole for those who hear it read.

It tags nearly all as PDF/UA-1 asks (ISO 14289-1, 7), but leaves what stands in the margins without
a place in the tree, says of no header cell which way it heads (7.5), gives figures' places in its
own measure, and calls what a style sheet puts behind a link a link of its own (7.18.5).
"""

from collections.abc import Iterator
from typing import Any, Final

import pikepdf
from pikepdf import Array, Dictionary, Name, Operator

_POINTS: Final = 0.75  # a CSS pixel
_NEVER_NESTED: Final = (Name.P, *(Name(f"/H{level}") for level in range(1, 7)))
"""An inner one is only a box that WeasyPrint needed to lay the outer one out."""


def mend_structure(pdf: pikepdf.Pdf) -> None:
    """Mend the structure tree of a document that WeasyPrint drew with tags."""
    elements = list(walk(pdf.Root.StructTreeRoot))
    for element in elements:
        kind = element.get("/S")
        if kind == Name.TH:
            _head(element)
        elif kind == Name.TD:
            _forget_headers(element)
        elif kind == Name.Figure:
            _place(element)
        elif kind == Name.Link and not _has_annotation(element):
            element.S = Name.Span
        if kind in _NEVER_NESTED and element.P.get("/S") == kind:
            element.S = Name.NonStruct
    parents = pikepdf.NumberTree(pdf.Root.StructTreeRoot.ParentTree)
    for element in elements:
        if Name.Link == element.S and element.P.get("/S") == Name.Link:
            _take_in(element, parents)
    _part_from_furniture(pdf, parents)


def walk(holder: pikepdf.Object) -> Iterator[pikepdf.Object]:
    """Every structure element below ``holder``, each before those in it."""
    waiting = list(reversed(kids(holder)))
    while waiting:
        element = waiting.pop()
        if isinstance(element, Dictionary) and "/S" in element:
            yield element
            waiting.extend(reversed(kids(element)))


def kids(holder: pikepdf.Object) -> list[Any]:
    """What lies directly in a structure element: elements, references, numbers of content."""
    inner = holder.get("/K")
    if inner is None:
        return []
    return list(inner) if isinstance(inner, Array) else [inner]


def _head(cell: pikepdf.Object) -> None:
    """Cells of a table's head are over their column, all others beside their row."""
    _forget_headers(cell)
    group = cell.P.P
    cell.A.Scope = Name.Column if group.get("/S") == Name.THead else Name.Row


def _forget_headers(cell: pikepdf.Object) -> None:
    """Scope says it all; the names by which cells point are not unique over pages."""
    for holder, key in ((cell, "/ID"), (cell.A, "/Headers")):
        if key in holder:
            del holder[key]


def _place(figure: pikepdf.Object) -> None:
    """From CSS pixels below the page's upper edge to points above its lower one."""
    height = float(figure.Pg.MediaBox[3])
    left, top, right, bottom = (float(edge) * _POINTS for edge in figure.A.BBox)
    corners = (left, height - bottom, right, height - top)
    figure.A.BBox = Array([round(edge, 3) for edge in corners])


def _has_annotation(link: pikepdf.Object) -> bool:
    return any(isinstance(kid, Dictionary) and "/Obj" in kid for kid in kids(link))


def _take_in(inner: pikepdf.Object, tree: pikepdf.NumberTree) -> None:
    """Make a link within a link, such as a page number set behind it, a part of the outer one."""
    outer, whole = inner.P, Array()
    for kid in kids(outer):
        if isinstance(kid, Dictionary) and kid.objgen == inner.objgen:
            whole.extend(kids(inner))
        else:
            whole.append(kid)
    outer.K = whole
    for kid in kids(inner):
        if isinstance(kid, int):
            tree[int(inner.Pg.StructParents)][kid] = outer
        elif "/Obj" in kid:
            tree[int(kid.Obj.StructParent)] = outer
        else:
            kid.P = outer


def _part_from_furniture(pdf: pikepdf.Pdf, parents: pikepdf.NumberTree) -> None:
    """What no element holds stands in the margins, and is not part of what is said (7.1)."""
    read = {
        (element.Pg.objgen, kid)
        for element in walk(pdf.Root.StructTreeRoot)
        for kid in kids(element)
        if isinstance(kid, int)
    }
    for page in pdf.pages:
        holders = parents[int(page.obj.StructParents)]
        outside = {n for n in range(len(holders)) if (page.obj.objgen, n) not in read}
        if outside:
            page.obj.Contents = pdf.make_stream(_without_marks(page, outside))
            for number in outside:
                holders[number] = pikepdf.Object.parse(b"null")


def _without_marks(page: pikepdf.Page, outside: set[int]) -> bytes:
    artifact = [Name.Artifact, Dictionary(Type=Name.Pagination)]
    lines: list[tuple[Any, Operator]] = []
    for line in pikepdf.parse_content_stream(page):
        held = line.operands[1].get("/MCID") if line.operator == Operator("BDC") else None
        lines.append((artifact if held in outside else line.operands, line.operator))
    return pikepdf.unparse_content_stream(lines)
