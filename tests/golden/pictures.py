"""Pages of documents as pictures, held against those in tests/data/golden.

Where everything that draws them is as it was when they were made (browser, fonts, Poppler, the
processor's arithmetic …), the pixels must be identical, save those of figures: how Chromium makes
a picture smaller hangs on what it has in memory, and differs by some levels of 255 from run to run.
All of the page must be ``ENOUGH`` alike, here and elsewhere. The golden picture has few colours, to
look at and to be small; the digest beside it is of all pixels.
"""

import functools
import hashlib
import io
import json
import os
import platform
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final, NamedTuple

import pypdf
import pytest
from PIL import Image
from weasyprint.text.ffi import pango

from tasks.documents.layout import A4, Layout, Rect
from tasks.model import Capture
from tests.support.likeness import likeness

FOLDER: Final = Path(__file__).parents[1] / "data" / "golden"
ENOUGH: Final = 0.95
_NOTES: Final = "made-with.json"
_ANEW: Final = "python -m tests.golden"
_DPI: Final = 72
_COLOURS: Final = 128
_ARITHMETIC: Final = ("sse4_1", "avx2", "fma", "avx512bw")  # Skia's own roads through a picture


class Leaf(NamedTuple):
    """One page of a document.

    Attributes:
        name: of its golden picture.
        pdf: the document.
        number: of the page, from 1.
        figures: where pictures stand on it, in points.
    """

    name: str
    pdf: bytes
    number: int
    figures: tuple[Rect, ...] = ()


def leaves(name: str, capture: Capture, pdf: bytes) -> list[Leaf]:
    """The first, the middle and the last page of what is shown behind the provenance sheets."""
    layout = Layout(capture.bands)
    figures = [block for block in capture.blocks if block.kind == "figure"]
    places: dict[int, list[Rect]] = {}
    for run in (run for figure in figures for run in layout.runs(figure)):
        places.setdefault(run.sheet, []).append(layout.sheets[run.sheet].place(run.box))
    last = len(capture.bands) - 1
    behind = len(pypdf.PdfReader(io.BytesIO(pdf)).pages) - last
    return [
        Leaf(f"{name}-{which}", pdf, behind + sheet, tuple(places.get(sheet, ())))
        for which, sheet in {"first": 0, "middle": last // 2, "last": last}.items()
    ]


def need_poppler() -> None:
    """Skip where nothing can draw a PDF; on a CI machine it must."""
    if shutil.which("pdftoppm") is None:
        if os.environ.get("CI", "").lower() == "true":
            pytest.fail("pdftoppm is missing (scripts/setup dev)")
        pytest.skip("pdftoppm is not installed (Debian: poppler-utils)")


def drawn(leaf: Leaf, folder: Path) -> Image.Image:
    """The page as Poppler draws it."""
    document, stem = folder / f"{leaf.name}.pdf", folder / f"{leaf.name}-drawn"
    document.write_bytes(leaf.pdf)
    only = ["-f", str(leaf.number), "-l", str(leaf.number), "-singlefile"]
    run = ["pdftoppm", "-r", str(_DPI), *only, str(document), str(stem)]
    subprocess.run(run, check=True)
    with Image.open(f"{stem}.ppm") as picture:
        return picture.convert("RGB")


def unlike(leaf: Leaf, made_with: Mapping[str, str], folder: Path) -> str:
    """What is wrong with the page, in a sentence; ``""`` where it is as it should be.

    Args:
        leaf: the page.
        made_with: what drew it, as ``tools`` tells.
        folder: where the new picture is left to be looked at.
    """
    picture = drawn(leaf, folder)
    new = folder / f"{leaf.name}.png"
    picture.save(new)
    notes = _notes(leaf.name)
    if not notes:
        return f"{leaf.name}: there is no golden picture. {_look(new)}"
    with Image.open(FOLDER / f"{leaf.name}.png") as golden:
        alike = likeness(picture, golden)
    changed = [what for what, which in notes["made-with"].items() if made_with.get(what) != which]
    if not changed and _digest(picture, leaf) != notes["pixels"]:
        return (
            f"{leaf.name}, page {leaf.number}: pixels outside its figures differ, and nothing that "
            f"draws it has changed (likeness {alike:.4f}). {_look(new)}"
        )
    if alike < ENOUGH:
        but = f"drawn with another {', '.join(changed)}; " if changed else ""
        told = f"likeness {alike:.4f}, at least {ENOUGH} is wanted"
        return f"{leaf.name}, page {leaf.number}: {but}{told}. {_look(new)}"
    return ""


def all_alike(found: Iterable[Leaf], made_with: Mapping[str, str], folder: Path) -> None:
    """Fail with every page that is not as it should be."""
    wrong = [said for leaf in found if (said := unlike(leaf, made_with, folder))]
    assert not wrong, "\n".join(wrong)


def keep(leaf: Leaf, made_with: Mapping[str, str], folder: Path) -> str:
    """Make the page's golden picture anew; how like it is to the one before, in a line."""
    picture, place = drawn(leaf, folder), FOLDER / f"{leaf.name}.png"
    before = "new"
    if place.exists():
        with Image.open(place) as golden:
            before = f"likeness to the one before {likeness(picture, golden):.4f}"
    picture.quantize(_COLOURS, dither=Image.Dither.NONE).save(place, optimize=True)
    notes = {
        **_all_notes(),
        leaf.name: {"pixels": _digest(picture, leaf), "made-with": dict(made_with)},
    }
    text = json.dumps(dict(sorted(notes.items())), indent=1, sort_keys=True)
    (FOLDER / _NOTES).write_text(f"{text}\n", encoding="utf-8")
    return f"{leaf.name}, page {leaf.number}: {before}"


def tools(browser: str = "", **more: str) -> dict[str, str]:
    """What draws a picture here: each thing's name and version.

    Args:
        browser: name and version of the browser, where one has a part in it.
        more: what else has a part.
    """
    poppler = subprocess.run(["pdftoppm", "-v"], capture_output=True, text=True, check=True)
    found = {
        "poppler": poppler.stderr.splitlines()[0].rpartition(" ")[2],
        "fonts": _fonts(),
        "weasyprint": version("weasyprint"),
        "pango": str(pango.pango_version()),
        "processor": " ".join((platform.machine(), *_arithmetic())),
    }
    return found | ({"browser": browser} if browser else {}) | more


@functools.cache
def _fonts() -> str:
    """A digest of all fonts that are installed, or ``"unknown"`` where nothing can tell."""
    if shutil.which("fc-list") is None:
        return "unknown"
    listed = subprocess.run(["fc-list", "-f", "%{file}\n"], capture_output=True, check=True)
    digest = hashlib.sha256()
    for path in sorted({Path(os.fsdecode(line)) for line in listed.stdout.splitlines()}):
        digest.update(path.name.encode() + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:16]


def _arithmetic() -> list[str]:
    told = Path("/proc/cpuinfo")
    flags = told.read_text(encoding="utf-8").split() if told.exists() else []
    return [name for name in _ARITHMETIC if name in flags]


def _digest(picture: Image.Image, leaf: Leaf) -> str:
    """Of all pixels outside figures; a point is a pixel here."""
    page = picture.copy()
    for figure in leaf.figures:
        around = (figure.left, A4[1] - figure.top, figure.right, A4[1] - figure.bottom)
        left, top, right, bottom = map(round, around)
        page.paste("white", (left - 1, top - 1, right + 1, bottom + 1))
    return hashlib.sha256(repr(page.size).encode() + page.tobytes()).hexdigest()


def _notes(name: str) -> Any:
    return _all_notes().get(name)


def _all_notes() -> dict[str, Any]:
    place = FOLDER / _NOTES
    found: dict[str, Any] = json.loads(place.read_bytes()) if place.exists() else {}
    return found


def _look(new: Path) -> str:
    return f"Look at {new} beside tests/data/golden; where it is the right one: {_ANEW}"
