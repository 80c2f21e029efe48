"""A settled page as the browser shows it: pictures of it, its words, and what they mean.

The seam between ``tasks.capture``, which looks, and ``tasks.documents``, which makes a document of
it. All places are CSS pixels of the whole page, from its top left corner.
"""

import dataclasses as dc
from typing import NamedTuple


class Box(NamedTuple):
    """A rectangle on the page: its left and upper edge, its width and its height."""

    x: float
    y: float
    width: float
    height: float


class Word(NamedTuple):
    """Letters without white space, on one line.

    Attributes:
        text: as it is shown, and never empty.
        box: where.
        link: number of the link in ``Capture.targets`` that it is part of, or ``None``.
        spaced: whether white space parts it from the word after it. A word that is broken over
            two lines is two, and the first is not spaced.
    """

    text: str
    box: Box
    link: int | None = None
    spaced: bool = True


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A heading, a paragraph, or a figure: what a reader's program reads as one.

    Attributes:
        kind: ``"h1"`` … ``"h6"``, ``"p"``, ``"li"`` or ``"figure"``, as the page has it.
        words: in reading order; empty in a figure.
        box: around it.
        alt: the alternative text of a figure, as the page gives it; ``""`` where it gives none.
        link: of a figure that is pressed to go elsewhere: number in ``Capture.targets``.
        post: number in ``Capture.post_texts`` of the post that it lies in, or ``None``.
    """

    kind: str
    words: tuple[Word, ...]
    box: Box
    alt: str = ""
    link: int | None = None
    post: int | None = None


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where a link leads.

    Attributes:
        address: absolute: http, https, mailto or tel.
        label: what a reader's program says of it: its accessible name, else its text.
    """

    address: str
    label: str


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """A strip of the page across its whole width: one page of the document.

    Bands follow one another without gap or overlap and cover the whole page; what a cut parts is
    no line of text, and no picture that has room on one band.

    Attributes:
        top: its upper edge.
        width, height: in pixels of the picture, which are CSS pixels.
        picture: a PNG of 8 bits a sample, RGB, without interlacing and transparency; or a JPEG
            (the choice of a smaller document).
    """

    top: int
    width: int
    height: int
    picture: bytes
