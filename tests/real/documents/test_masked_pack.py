"""A disclosure's papers before strangers: veraPDF accepts all, and no tool finds what was masked.

The same scan finds every word in the unmasked copies first, else it proves nothing.
"""

import subprocess
from pathlib import Path

import pytest
from arbiters import need_arbiters, verapdf
from leaks import leaks

from tasks.disclosure import Masking, write_pack
from tasks.documents import read_back, snapshot_pdf
from tests.tasks.disclosure.materials import (
    CLOSED,
    CULLED,
    found_snapshot,
    found_thread,
    material,
)
from tests.tasks.disclosure.test_context import DOT
from tests.tasks.documents.samples import Page, capture, provenance

pytestmark = pytest.mark.real

WORDS = ("Majken Sjöberg", "morgonljus", "Björkvägen")
NEEDLES = {"last name": "Sjöberg", "alt": "morgonljus", "street": "Björkvägen"}


def long_page() -> Page:
    """A feed of which only some sheets name the street."""
    page = Page()
    for number in range(12):
        street = "Björkvägen" if number in {4, 9} else "Hamngatan"
        page.write("h2", f"Inlägg {number}: så plogas {street}", post=number)
        page.draw("En plogbil", 300, post=number, link=page.target("https://sjovik.example/"))
    return page


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    need_arbiters()
    whole = snapshot_pdf(capture(long_page()), provenance()).pdf
    texts = read_back(whole).texts
    pages = tuple(n for n, text in enumerate(texts, 1) if "Björkvägen" in text)
    assert 0 < len(pages) < len(texts) / 2
    out = tmp_path_factory.mktemp("begaran") / "ut"
    write_pack(
        material(
            threads=(found_thread(picture=lambda _: DOT),),
            snapshots=(found_snapshot(load=lambda: whole, pages=pages),),
            closed=(CLOSED,),
            culled=(CULLED,),
            masking=Masking(words=WORDS, provision="OSL 25 kap. 1 §"),
        ),
        out,
    )
    return out


def read(paths: list[Path], *tool: str) -> str:
    done = [
        subprocess.run([*tool, str(path), "-"], capture_output=True, check=True).stdout
        for path in paths
    ]
    return b"\n".join(done).decode()


def test_verapdf_accepts_every_paper(pack: Path) -> None:
    papers = sorted(pack.rglob("*.pdf"))
    assert len(papers) == 7
    for path, verdicts in verapdf(papers, ("3a", "ua1")).items():
        for flavour, verdict in verdicts.items():
            assert verdict.ok, (path.name, flavour, verdict.failed)


def test_no_tool_finds_what_was_masked(pack: Path, tmp_path: Path) -> None:
    plain = sorted((pack / "handlingar").iterdir())
    masked = sorted((pack / "maskerade").iterdir())
    assert [path.name for path in masked] == [path.name for path in plain]
    assert {leak.needle for leak in leaks(plain, NEEDLES)} == set(NEEDLES)
    assert leaks(masked, NEEDLES) == set()
    before, after = read(plain, "pdftotext"), read(masked, "pdftotext")
    for needle in NEEDLES.values():
        assert needle in before
        assert needle not in after
    for path in masked:
        subprocess.run(["pdfimages", "-all", str(path), str(tmp_path / path.stem)], check=True)
        found = subprocess.run(["pdfdetach", "-list", str(path)], capture_output=True, check=True)
        assert found.stdout.startswith(b"0 embedded files")
    assert leaks([tmp_path], NEEDLES) == set()
