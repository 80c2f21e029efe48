"""A file is what its content says, whatever it is called; what cannot be taken in gets advice."""

from pathlib import Path

import pytest

from archive_store.errors import InputError
from tasks.bases.recognising import Kind, recognised, refuse_unfit
from tests.tasks.bases.downloads import (
    FACEBOOK_CSV,
    INSTAGRAM_CSV,
    facebook,
    instagram,
    laid_out,
    zipped,
)
from tests.tasks.bases.samples import a_picture

HEIC = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(64)
AVIF = b"\0\0\0\x1cftypavif\0\0\0\0mif1miafavif" + bytes(64)


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"%PDF-1.7\n", Kind.PDF),
        (b"\n\njunk\n%PDF-1.4\n", Kind.PDF),
        (a_picture(), Kind.PNG),
        (a_picture(kind="JPEG"), Kind.JPEG),
        (a_picture(kind="WEBP"), Kind.WEBP),
        (a_picture(kind="TIFF"), Kind.TIFF),
        (a_picture(kind="GIF"), Kind.GIF),
        (HEIC, Kind.HEIC),
        (AVIF, Kind.AVIF),
        (zipped(facebook()), Kind.EXPORT),
        (zipped(instagram()), Kind.EXPORT),
        (zipped({"brev.txt": b"x"}), Kind.ZIP),
        (FACEBOOK_CSV.encode(), Kind.SUITE),
        (INSTAGRAM_CSV.encode("utf-16"), Kind.SUITE),
        (b"a;b;c\n1;2;3\n", Kind.UNKNOWN),
        (b"\xef\xbb\xbf <!DOCTYPE html><title>", Kind.HTML),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", Kind.HTML),
        (b"", Kind.UNKNOWN),
        (b"\0" * 5000, Kind.UNKNOWN),
        (b"\x89PNG\r\n\x1a\n%PDF-1.7", Kind.PNG),
    ],
)
def test_a_file_is_recognised_by_its_content(data: bytes, kind: Kind, tmp_path: Path) -> None:
    assert recognised(data) is kind
    path = tmp_path / "fel.docx"
    path.write_bytes(data)
    assert recognised(path) is kind


def test_an_unpacked_export_is_recognised_and_another_folder_is_not(tmp_path: Path) -> None:
    assert recognised(laid_out(tmp_path / "a", facebook())) is Kind.EXPORT
    assert recognised(laid_out(tmp_path / "b", {"x.txt": b"x"})) is Kind.UNKNOWN


@pytest.mark.parametrize("kind", [Kind.HEIC, Kind.AVIF, Kind.ZIP, Kind.HTML, Kind.UNKNOWN])
def test_what_cannot_be_taken_in_is_refused_with_what_to_do(kind: Kind) -> None:
    with pytest.raises(InputError) as caught:
        refuse_unfit(kind)
    assert caught.value.code == f"ingest-{kind}"
    assert any(word in caught.value.sv for word in ("Lämna", "lämna"))


def test_every_other_kind_is_let_through() -> None:
    for kind in set(Kind) - {Kind.HEIC, Kind.AVIF, Kind.ZIP, Kind.HTML, Kind.UNKNOWN}:
        refuse_unfit(kind)
        assert kind.media_type != "application/octet-stream"


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        recognised(tmp_path / "borta.pdf")
    assert caught.value.code == "ingest-missing"
    assert str(tmp_path) not in caught.value.sv
