"""What a page says, and where each word stands: layer.js's answer in the model's words.

Text on the page that neither the browser's own reading (``innerText``) nor this one sees is nowhere
in the document, so the two are held against each other: a layer that lost words is refused.
"""

import collections
import dataclasses as dc
import json
from pathlib import Path
from typing import Any, Final

from tasks.capture.cuts import Span
from tasks.capture.hearing import Hearing, squeezed
from tasks.capture.inside import Inside
from tasks.model import Block, Box, Target, Word

_LAYER, _GEOMETRY, _NAMES, _CLIPS = (
    (Path(__file__).parent / name).read_text(encoding="utf-8")
    for name in ("layer.js", "geometry.js", "names.js", "clips.js")
)
_LOOK: Final = f"(given) => ({_LAYER})(given, ({_GEOMETRY})(), ({_NAMES})(), ({_CLIPS})())"
_LEAST: Final = 0.1  # CSS pixels: a word that has no extent still has a place


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """Everything that is to be read on a page, in reading order.

    Attributes:
        blocks, targets: as in ``Capture``.
        posts: upper edge of each post.
        pictures: upper and lower edge of everything that is one piece, described or not.
        missed: words that ``innerText`` has and nobody sees: choices not made in a menu, and what
            is cut away by what stands around it.
        heard: the words that ``innerText`` has, in order, and whether they are of the missed ones.
        left, width: which part of the page is looked at, CSS pixels: all of it up to two windows.
        height: of the whole page.
        window: height of what is shown of it at once.
    """

    blocks: tuple[Block, ...]
    targets: tuple[Target, ...]
    posts: tuple[float, ...]
    pictures: tuple[Span, ...]
    missed: str
    heard: tuple[tuple[bool, str], ...]
    left: int
    width: int
    height: int
    window: int

    @property
    def text(self) -> str:
        """The words: a line a block, parted as they are on the page."""
        return "\n".join(line for line in map(_line, self.blocks) if line)

    @property
    def lines(self) -> list[Span]:
        """Upper and lower edge of every word: where no cut may go."""
        boxes = {(word.box.y, word.box.height) for block in self.blocks for word in block.words}
        return [(y, y + height) for y, height in boxes]

    def found(self, text: str) -> float:
        """The share of the characters of ``text``, ``innerText``'s, that the layer has too.

        Each line's words must be there in its order; lines may stand elsewhere, since what is shown
        where is not for their order in the document to say.
        """
        wanted = _characters(text) - _characters(self.missed)
        lost = (wanted - _characters(self.text)).total()
        unheard = Hearing(self.heard).lost(text)
        return max(0.0, 1 - max(lost, unheard) / wanted.total()) if wanted else 1.0


async def read_layer(inside: Inside, selector: str | None, *, patience: float) -> Layer:
    """The layer of the page as it stands.

    Args:
        inside: the page.
        selector: CSS selector of one post; ``None`` for a page that is not a feed.
        patience: seconds that a tall page may take beyond ``limits.answer``.

    Raises:
        TimeoutError: the page's own script does not let go of it.
    """
    told = await inside.ask(_LOOK, {"selector": selector}, patience=patience)
    return layer_of(json.loads(told))


def layer_of(told: dict[str, Any]) -> Layer:
    """Read what layer.js returned."""
    width, height = told["width"], told["height"]
    words = [
        Word(
            text=text,
            box=_within(Box(*told["boxes"][4 * n : 4 * n + 4]), width, height),
            link=_number(told["links"][n]),
            spaced=told["spaced"][n] == "1",
        )
        for n, text in enumerate(told["texts"])
    ]
    blocks, at = [], 0
    for kind, post, alt, link, count, box in told["blocks"]:
        own = tuple(words[at : at + count])
        at += count
        blocks.append(
            Block(
                kind=kind,
                words=own,
                box=_within(Box(*box), width, height) if box else _around(own),
                alt=alt,
                link=_number(link),
                post=_number(post),
            )
        )
    edges = told["pictures"]
    return Layer(
        blocks=tuple(blocks),
        targets=tuple(Target(address=address, label=label) for address, label in told["targets"]),
        posts=tuple(told["posts"]),
        pictures=tuple(zip(edges[::2], edges[1::2], strict=True)),
        missed=told["missed"],
        heard=tuple((unseen, words) for unseen, words in told["heard"]),
        left=told["left"],
        width=width,
        height=height,
        window=told["window"],
    )


def _line(block: Block) -> str:
    return "".join(f"{word.text} " if word.spaced else word.text for word in block.words).rstrip()


def _characters(text: str) -> collections.Counter[str]:
    return collections.Counter(squeezed(text))


def _number(number: int) -> int | None:
    return None if number < 0 else number


def _within(box: Box, width: int, height: int) -> Box:
    """The box as far as it lies on the page; one beside the page is moved to its edge."""
    left, top = min(max(box.x, 0), width - _LEAST), min(max(box.y, 0), height - _LEAST)
    right, bottom = min(box.x + box.width, width), min(box.y + box.height, height)
    return Box(left, top, max(right - left, _LEAST), max(bottom - top, _LEAST))


def _around(words: tuple[Word, ...]) -> Box:
    x, y = min(w.box.x for w in words), min(w.box.y for w in words)
    right = max(w.box.x + w.box.width for w in words)
    bottom = max(w.box.y + w.box.height for w in words)
    return Box(x, y, right - x, bottom - y)
