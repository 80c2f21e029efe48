"""A real WordPress in its own theme as a document: all of it is there, and looks as it should."""

import io
import json
import re
import subprocess
import urllib.request
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any, NamedTuple

import pypdf
import pytest
from arbiters import need_arbiters, verapdf
from wordpress.seed import Seeded, seed
from wordpress.server import WordPress

from tests.golden import blog
from tests.golden.documents import NOW, Made
from tests.golden.pictures import all_alike, need_poppler

pytestmark = [pytest.mark.real, pytest.mark.browser]

ENOUGH = 0.998  # of the characters


class Taken(NamedTuple):
    """A snapshot of the seeded site."""

    site: WordPress
    seeded: Seeded
    made: Made
    sheets: int


@pytest.fixture(scope="module")
def taken(wordpress: WordPress) -> Taken:
    seeded = seed(wordpress, NOW)
    made = blog.snapshot(wordpress)
    return Taken(wordpress, seeded, made, made.document.pages - len(made.capture.bands))


def shown(taken: Taken) -> list[dict[str, Any]]:
    """The posts that WordPress itself says are on the front page, the newest first."""
    address = f"{taken.site.api}/wp/v2/posts?per_page={blog.POSTS}"
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with direct.open(address, timeout=20) as answer:
        found: list[dict[str, Any]] = json.loads(answer.read())
        return found


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def by_pypdf(taken: Taken) -> str:
    reader = pypdf.PdfReader(io.BytesIO(taken.made.document.pdf))
    return "\n".join(page.extract_text() for page in reader.pages[taken.sheets :])


def by_poppler(taken: Taken, *options: str) -> str:
    first = str(taken.sheets + 1)
    run = subprocess.run(
        ["pdftotext", "-f", first, *options, "-", "-"],
        input=taken.made.document.pdf,
        capture_output=True,
        check=True,
    )
    return run.stdout.decode()


def found_of(wanted: str, found: str) -> float:
    """The share of the wanted characters that are found, in order."""
    matcher = SequenceMatcher(None, squeezed(wanted), squeezed(found), autojunk=False)
    same = sum(block.size for block in matcher.get_matching_blocks())
    return same / len(squeezed(wanted))


def test_every_post_of_the_front_page_is_in_the_document(taken: Taken) -> None:
    posts, text = shown(taken), squeezed(by_pypdf(taken))
    assert len(posts) == blog.POSTS
    counted = taken.made.document.completeness
    assert (counted.page, counted.pdf, counted.api) == (blog.POSTS,) * 3
    seeded = {taken.seeded.post_ids[name]: post for name, post in taken.seeded.posts.items()}
    for post in posts:
        assert squeezed(seeded[post["id"]]["title"]) in text, post["id"]


def test_each_post_can_be_followed_to_its_own_page(taken: Taken) -> None:
    reader = pypdf.PdfReader(io.BytesIO(taken.made.document.pdf))
    notes = (note for page in reader.pages for note in page.get("/Annots", []))
    links = {note.get_object()["/A"]["/URI"] for note in notes}
    own = {post["link"].replace(taken.site.url, "http://sjovik.example") for post in shown(taken)}
    assert own <= links


def test_two_readers_find_every_character(taken: Taken) -> None:
    wanted = taken.made.capture.text
    assert len(squeezed(wanted)) > 2500
    for found in (by_pypdf(taken), by_poppler(taken, "-raw")):
        assert found_of(wanted, found) >= ENOUGH
    in_columns = by_poppler(taken)  # beside one another, as Poppler guesses columns of a table
    assert found_of("".join(sorted(wanted)), "".join(sorted(in_columns))) >= ENOUGH


def test_verapdf_accepts_it(taken: Taken, tmp_path: Path) -> None:
    need_arbiters()
    path = tmp_path / "wordpress.pdf"
    path.write_bytes(taken.made.document.pdf)
    for flavour, verdict in verapdf([path], ["3a", "ua1"])[path].items():
        assert verdict.ok, (flavour, verdict.failed)


def test_its_first_middle_and_last_page_look_as_they_should(taken: Taken, tmp_path: Path) -> None:
    need_poppler()
    drawn_with = blog.drawn_with(taken.made, taken.site)
    all_alike(taken.made.leaves("wordpress"), drawn_with, tmp_path)
