"""A finished document that lost something on its way is never handed on."""

import dataclasses as dc
from collections.abc import Callable
from typing import Any

import pikepdf
import pytest

from archive_store.errors import CaptureError
from tasks.documents import snapshot_pdf
from tasks.documents.believing import Wanted, believe, layer_text, refuse_lost_text
from tasks.documents.describing import Metadata
from tasks.documents.finishing import finish
from tests.tasks.documents.samples import capture, provenance


def without_a_page(pdf: pikepdf.Pdf) -> None:
    del pdf.pages[-1]


def without_provenance(pdf: pikepdf.Pdf) -> None:
    del pdf.pages[0]


def with_codes_that_mean_nothing(pdf: pikepdf.Pdf) -> None:
    for font in pdf.pages[-1].Resources.Font.values():
        del font.ToUnicode


def with_its_words_turned_about(pdf: pikepdf.Pdf) -> None:
    stream = pdf.pages[-1].Contents
    lines = stream.read_bytes().split(b"\n")
    shown = [number for number, line in enumerate(lines) if line.endswith(b"Tj")]
    lines[shown[0]], lines[shown[1]] = lines[shown[1]], lines[shown[0]]
    stream.write(b"\n".join(lines))


def without_links(pdf: pikepdf.Pdf) -> None:
    for page in list(pdf.pages)[1:]:
        page.obj.Annots = pikepdf.Array()


def without_bookmarks(pdf: pikepdf.Pdf) -> None:
    del pdf.Root.Outlines


@pytest.mark.parametrize(
    "spoil",
    [
        without_a_page,
        without_provenance,
        with_codes_that_mean_nothing,
        with_its_words_turned_about,
        without_links,
        without_bookmarks,
    ],
)
def test_a_document_that_is_spoiled_by_its_finishing_is_refused(
    spoil: Callable[[pikepdf.Pdf], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    def spoiled(pdf: pikepdf.Pdf, metadata: Metadata, **options: Any) -> bytes:
        spoil(pdf)
        return finish(pdf, metadata, **options)

    refuses(spoiled, monkeypatch)


def test_a_document_with_another_title_or_less_attached_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def titled(pdf: pikepdf.Pdf, metadata: Metadata, **options: Any) -> bytes:
        return finish(pdf, dc.replace(metadata, title="En annan titel"), **options)

    def emptied(pdf: pikepdf.Pdf, metadata: Metadata, **options: Any) -> bytes:
        return finish(pdf, metadata, **(options | {"attachments": ()}))

    refuses(titled, monkeypatch)
    refuses(emptied, monkeypatch)


def refuses(finishing: Callable[..., bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tasks.documents.building.finish", finishing)
    with pytest.raises(CaptureError) as caught:
        snapshot_pdf(capture(), provenance())
    assert caught.value.code == "readback-failed"
    assert "Sjövik" not in str(caught.value)


@pytest.mark.parametrize("data", [b"", b"%PDF-1.4 inte ett dokument"])
def test_what_is_no_document_is_refused(data: bytes) -> None:
    about = Metadata(title="", author="", created=capture().finished)
    expected = Wanted(sheets=(), links=frozenset(), bookmarks=0, attachments={}, metadata=about)
    with pytest.raises(CaptureError) as caught:
        believe(data, expected)
    assert caught.value.code == "readback-failed"


def test_a_layer_that_lacks_what_the_browser_read_is_refused() -> None:
    given = capture()
    lines = given.text.splitlines()
    moved = "\n".join([*lines[5:], *lines[:5]])
    refuse_lost_text(dc.replace(given, page_text=moved), layer_text(given))
    for more in (f"{given.text}\nEtt stycke till", " ".join(reversed(given.text.split()))):
        with pytest.raises(CaptureError) as caught:
            refuse_lost_text(dc.replace(given, page_text=more), layer_text(given))
        assert caught.value.code == "readback-failed"
