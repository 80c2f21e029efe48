"""Made-up captures and provenance, drawn without a browser."""

import datetime as dt
import functools
import io
import re
from typing import Any, Final

from PIL import Image, ImageDraw

from tasks.documents.letters import clusters
from tasks.model import Band, Block, Box, Capture, Occasion, Provenance, Target, Word

TAKEN = dt.datetime(2025, 12, 31, 22, 0, 12, tzinfo=dt.UTC)
WIDTH: Final = 480

POSTS = tuple(
    f"Sjöviks kommun {day} december 2025 Inlägg {number}: så plogas {place} i natt, säger driften"
    for number, (day, place) in enumerate(
        [(30, "centrum"), (29, "hamnen"), (27, "Björkvägen"), (21, "Åsen"), (3, "Östra byn")], 1
    )
)
TIMES = tuple(dt.datetime(2025, 12, day, 9, tzinfo=dt.UTC) for day in (30, 29, 27, 21, 3))
WEBSITE = "https://sjovik.example/nyheter"


class Page:
    """A made-up page, written from the top as a browser would set it."""

    _LETTER, _LINE = 8, 20  # pixels

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.targets: list[Target] = []
        self.y = 10

    def target(self, address: str, label: str = "") -> int:
        """Number of a new link that leads there."""
        self.targets.append(Target(address=address, label=label))
        return len(self.targets) - 1

    def write(
        self, kind: str, text: str, *, link: int | None = None, post: int | None = None
    ) -> None:
        """Set the text as one block, in as many lines as it needs."""
        words, x, top = [], 10, self.y
        for found in re.finditer(r"(\S+)(\s?)", text):
            wide = self._LETTER * len(clusters(found[1]))
            if x > 10 and x + wide > WIDTH - 10:
                x, self.y = 10, self.y + self._LINE
            box = Box(x, self.y, wide, self._LINE - 2)
            words.append(Word(found[1], box, link, spaced=bool(found[2])))
            x += wide + self._LETTER
        self.y += self._LINE
        box = Box(10, top, WIDTH - 20, self.y - top)
        self.blocks.append(Block(kind=kind, words=tuple(words), box=box, post=post))
        self.y += 10

    def draw(
        self, alt: str, height: int, *, link: int | None = None, post: int | None = None
    ) -> None:
        """Set a figure."""
        box = Box(10, self.y, 200, height)
        self.blocks.append(Block(kind="figure", words=(), box=box, alt=alt, link=link, post=post))
        self.y += height + 10

    def fields(self, *, tallest: int = 500) -> dict[str, Any]:
        """What a capture says of it."""
        said: dict[int, list[str]] = {}
        for block in self.blocks:
            if block.post is not None:
                said.setdefault(block.post, []).append(_text(block))
        return {
            "bands": bands(self.y + 10, tallest),
            "blocks": tuple(self.blocks),
            "targets": tuple(self.targets),
            "text": "\n".join(filter(None, map(_text, self.blocks))),
            "post_texts": tuple(" ".join(said[n])[:80] for n in sorted(said)),
            "post_times": (),
            "links": tuple(target.address for target in self.targets),
            "height": self.y + 10,
        }


def _text(block: Block) -> str:
    return "".join(word.text + " " * word.spaced for word in block.words).strip()


@functools.cache
def bands(height: int, tallest: int = 500, width: int = WIDTH) -> tuple[Band, ...]:
    """Bands without gap, each of its own pattern."""
    tops = range(0, height, tallest)
    sizes = [min(tallest, height - top) for top in tops]
    return tuple(
        Band(top=top, width=width, height=size, picture=png(width, size, seed=top))
        for top, size in zip(tops, sizes, strict=True)
    )


def picture(width: int, height: int, *, seed: int = 0) -> Image.Image:
    """A pattern that looks like no other."""
    drawn = Image.linear_gradient("L").resize((width, height)).convert("RGB")
    pen = ImageDraw.Draw(drawn)
    for step in range(0, height, 20):
        colour = (seed % 256, step % 256, (seed * 7 + step) % 256)
        pen.rectangle((10, step, 10 + (step * 13) % width, step + 12), fill=colour)
    return drawn


def png(width: int, height: int, *, seed: int = 0, **options: Any) -> bytes:
    """The pattern as a PNG."""
    target = io.BytesIO()
    picture(width, height, seed=seed).save(target, "PNG", **options)
    return target.getvalue()


def page_of(posts: tuple[str, ...] = POSTS, *, links: bool = True) -> Page:
    """A feed of these posts, two on a sheet."""
    page = Page()
    for number, text in enumerate(posts):
        page.y = max(10, number * 250)
        page.write("p", text, post=number)
        if links:
            page.write("p", "Läs på webbplatsen", link=page.target(WEBSITE), post=number)
    return page


def capture(page: Page | None = None, **changes: Any) -> Capture:
    """What a browser would yield of the page."""
    given: dict[str, Any] = {
        "address": "https://sjovik.example/nyheter",
        "final_address": "https://sjovik.example/nyheter/",
        "title": "Nyheter – Sjöviks kommun",
        "started": TAKEN,
        "finished": TAKEN + dt.timedelta(seconds=6),
        "browser": "Chromium 156.0.1.2",
        "viewport": (960, 1280),
        "stopped": "end",
        "pressed": (("Visa fler kommentarer", 40), ("Visa mer", 3)),
        "consent": "declined: Endast nödvändiga",
        "loosened": ("header", "div#chatt"),
        "images": 40,
        "images_missing": 2,
        "clock_ahead": 6,
    }
    given |= (page or page_of()).fields()
    if page is None:
        given["post_times"] = TIMES
    return Capture(**(given | changes))


def provenance(**changes: Any) -> Provenance:
    """What the first page says beside it."""
    given: dict[str, Any] = {
        "organisation": "Sjöviks kommun",
        "board": "Kommunstyrelsen",
        "unit": "Informationsenheten",
        "channel": "kommunbloggen",
        "channel_name": "Sjöviks kommun – nyheter",
        "platform": "blog",
        "occasion": Occasion.YEAR_END,
        "reason": "",
        "basis": "page",
        "now": dt.datetime(2025, 12, 31, 22, tzinfo=dt.UTC),
        "period_from": dt.date(2025, 7, 1),
        "period_to": dt.date(2025, 12, 31),
        "api_posts": 5,
        "rehearsal": False,
        "software": "Kanalarkiv 0.1.0",
    }
    return Provenance(**(given | changes))
