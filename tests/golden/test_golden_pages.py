"""What the demo's documents look like: held against pictures that somebody has looked at."""

import os
from pathlib import Path

import pytest
from PIL import Image

from archive_store.errors import CaptureError
from tasks.capture.browser import BrowserSettings, find_browser
from tests.golden import documents
from tests.golden.pictures import ENOUGH, FOLDER, Leaf, all_alike, need_poppler, tools, unlike
from tests.support.likeness import likeness

MOVED = 5  # pixels of the picture: eight of the page


@pytest.fixture(scope="module")
def channels() -> dict[str, documents.Made]:
    need_poppler()
    try:
        find_browser(BrowserSettings())
    except CaptureError:
        if os.environ.get("CI", "").lower() == "true":
            raise
        pytest.skip("no Chromium is installed")
    return documents.channels()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> list[Leaf]:
    need_poppler()
    return list(documents.certificate_leaves(tmp_path_factory.mktemp("certificate")))


@pytest.mark.browser
def test_the_demos_channels_and_a_provenance_sheet_look_as_they_should(
    channels: dict[str, documents.Made], tmp_path: Path
) -> None:
    browser = next(iter(channels.values())).browser
    all_alike(documents.channel_leaves(channels), tools(browser), tmp_path)


def test_a_certificate_looks_as_it_should(certificate: list[Leaf], tmp_path: Path) -> None:
    all_alike(certificate, tools(), tmp_path)


def test_a_wrong_page_is_told_with_its_number_its_likeness_and_where_to_look(
    certificate: list[Leaf], tmp_path: Path
) -> None:
    wrong = certificate[1]._replace(name="certificate-1")
    for made_with, told in (
        (tools(), "nothing that draws it has changed"),
        (tools() | {"poppler": "0"}, "drawn with another poppler"),
    ):
        said = unlike(wrong, made_with, tmp_path)
        assert said.startswith("certificate-1, page 2: ")
        assert told in said
        assert "likeness 0." in said
        assert str(tmp_path / "certificate-1.png") in said
        assert (tmp_path / "certificate-1.png").exists()


def test_where_something_that_draws_has_changed_a_like_page_will_do(
    certificate: list[Leaf], tmp_path: Path
) -> None:
    for leaf in certificate:
        assert not unlike(leaf, tools() | {"fonts": "others"}, tmp_path)


@pytest.mark.parametrize("golden", sorted(FOLDER.glob("*.png")), ids=lambda path: path.stem)
def test_a_page_that_moved_by_eight_pixels_is_not_like_itself(golden: Path) -> None:
    with Image.open(golden) as opened:
        picture = opened.convert("RGB")
    moved = Image.new("RGB", picture.size, "white")
    moved.paste(picture, (0, MOVED))
    assert likeness(picture, picture) == 1
    assert likeness(picture, moved) < ENOUGH


def test_neither_lost_colour_nor_another_size_is_alike() -> None:
    with Image.open(FOLDER / "trygg-sjovik-first.png") as opened:
        picture = opened.convert("RGB")
    assert likeness(picture, picture.convert("L")) < ENOUGH
    assert likeness(picture, picture.resize((500, 700))) == 0
