"""Documents of made-up pages behind a short front, and what other programs read of them."""

import functools
import io
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from tasks.documents.building import build
from tasks.documents.describing import Level, Metadata
from tasks.documents.layout import Layout
from tasks.documents.markup import drawn
from tasks.model import Capture
from tests.tasks.documents.samples import Page, capture


@functools.cache
def front() -> bytes:
    """A provenance sheet in short."""
    return drawn("<html lang=sv><title>Framsida</title><h1>Framsida</h1><p>Så togs bilden.</p>")


def document(page: Page | Capture, *, level: Level = Level.A3, **changes: Any) -> bytes:
    """The page's document, finished but not read back."""
    given = page if isinstance(page, Capture) else capture(page, **changes)
    about = Metadata(title="Sidan", author="Sjöviks kommun", created=given.finished)
    return build(front(), given, Layout(given.bands), about, level=level, attachments=())


def opened(data: bytes) -> pikepdf.Pdf:
    """The document, to look into."""
    return pikepdf.open(io.BytesIO(data))


def pdftotext(data: bytes, folder: Path, *options: str) -> str:
    """What Poppler reads of the page's own sheets, without its marks of direction."""
    if shutil.which("pdftotext") is None:
        if os.environ.get("CI") == "true":
            pytest.fail("pdftotext is missing (tests/real/install.sh)")
        pytest.skip("pdftotext is not installed (Debian: poppler-utils)")
    path = folder / "document.pdf"
    path.write_bytes(data)
    read = subprocess.run(
        ["pdftotext", "-f", "2", *options, str(path), "-"], capture_output=True, check=True
    )
    return read.stdout.decode().translate(_DIRECTIONS)


_DIRECTIONS = dict.fromkeys([0x0C, *range(0x202A, 0x202F)])
