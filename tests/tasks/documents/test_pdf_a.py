"""Documents of our own are PDF/A-3a, the same every time; and the gate that says so can say no."""

import datetime as dt
import io
import itertools
import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path

import page
import pikepdf
import pytest
from pikepdf import Dictionary, Name, String

from archive_store.errors import InputError
from tasks.documents import html_to_pdf, read_back
from tasks.documents.colour import srgb_profile
from tasks.documents.finishing import Metadata, finish

MADE = dt.datetime(2026, 1, 15, 7, 0, tzinfo=dt.UTC)
HTML = """<html lang="sv"><title>Protokoll</title>
<h1>Gallringsprotokoll 2026-001 ✅ 😀</h1>
<p>Åtta trådar. <a href="https://sjovik.example/">Webbplatsen</a></p>
<table><tr><th>Kanal</th><td>kommunbloggen</td></tr></table>
<img alt="punkt" src="data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4
nGP4z8DwHwAFAAH/iZk9HQAAAABJRU5ErkJggg==">"""


def made(html: str = HTML) -> bytes:
    return html_to_pdf(html, title="Protokoll", author="Sjöviks kommun", created=MADE)


def compliant(data: bytes) -> bool:
    return page.is_pdf_compliant_bytes(data, profile=page.ValidationProfile.PDF_A_3A)


def test_a_document_of_ours_is_pdf_a_3a_with_its_words_and_links() -> None:
    data = made()
    assert compliant(data)
    found = read_back(data)
    assert "Gallringsprotokoll 2026-001" in found.texts[0]
    assert found.links == ("https://sjovik.example/",)
    assert (found.title, found.author) == ("Protokoll", "Sjöviks kommun")


def test_the_same_document_has_the_same_bytes_in_another_process() -> None:
    script = (
        "import sys; from tests.tasks.documents.test_pdf_a import made;"
        "sys.stdout.buffer.write(made())"
    )
    other = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)
    assert other.stdout == made()


def test_another_time_gives_other_bytes() -> None:
    later = html_to_pdf(
        HTML, title="Protokoll", author="Sjöviks kommun", created=MADE + dt.timedelta(seconds=1)
    )
    assert later != made()


def spoiled(change: Callable[[pikepdf.Pdf], None], **options: object) -> bytes:
    target = io.BytesIO()
    with pikepdf.open(io.BytesIO(made())) as pdf:
        change(pdf)
        pdf.save(target, **options)
    return target.getvalue()


def without_output_intent(pdf: pikepdf.Pdf) -> None:
    del pdf.Root.OutputIntents


def without_xmp(pdf: pikepdf.Pdf) -> None:
    del pdf.Root.Metadata


def with_javascript(pdf: pikepdf.Pdf) -> None:
    pdf.Root.OpenAction = Dictionary(S=Name.JavaScript, JS=String("app.alert('hej')"))


def with_a_link_that_does_not_print(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].Annots[0].F = 0


def untouched(_: pikepdf.Pdf) -> None:
    pass


def test_the_gate_accepts_what_is_saved_unspoiled() -> None:
    assert compliant(spoiled(untouched))


@pytest.mark.parametrize(
    "spoil",
    [without_output_intent, without_xmp, with_javascript, with_a_link_that_does_not_print],
)
def test_the_gate_rejects_what_is_spoiled(spoil: Callable[[pikepdf.Pdf], None]) -> None:
    assert not compliant(spoiled(spoil))


def test_the_gate_rejects_encrypted_and_truncated_files() -> None:
    assert not compliant(spoiled(untouched, encryption=pikepdf.Encryption(owner="o", user="")))
    with pytest.raises(page.PageError):
        compliant(made()[:5000])


def test_finishing_takes_scripts_and_their_links_away() -> None:
    with pikepdf.open(io.BytesIO(made())) as pdf:
        with_javascript(pdf)
        first = pdf.pages[0].Annots[0]
        first.A = Dictionary(S=Name.URI, URI=String(" JavaScript:alert(1)"))
        pdf.Root.Names = Dictionary(JavaScript=Dictionary(Names=[]))
        pdf.Root.AA = Dictionary(WC=Dictionary(S=Name.JavaScript, JS=String("1")))
        pdf.pages[0].AA = Dictionary(O=Dictionary(S=Name.JavaScript, JS=String("1")))
        data = finish(pdf, Metadata(title="t", author="a", created=MADE))
    assert compliant(data)
    assert b"alert" not in data
    assert read_back(data).links == ()


def test_no_stream_ends_in_a_carriage_return() -> None:
    """A strict reader takes it and the line feed after it for one end of line."""
    words = (f"% {number}".encode() for number in itertools.count())
    ending = next(text for text in words if zlib.compress(text).endswith(b"\r"))
    with pikepdf.open(io.BytesIO(made())) as pdf:
        packed = pikepdf.Stream(pdf, b"")
        packed.write(zlib.compress(ending), filter=Name.FlateDecode)
        pdf.pages[0].Contents = pikepdf.Array(
            [pdf.pages[0].Contents, pdf.make_indirect(packed), pikepdf.Stream(pdf, ending)]
        )
        data = finish(pdf, Metadata(title="t", author="a", created=MADE))
    assert b"\r\nendstream" not in data
    assert compliant(data)
    with pikepdf.open(io.BytesIO(data)) as pdf:
        assert [part.read_bytes() for part in pdf.pages[0].Contents][1:] == [ending, ending]


def test_the_colour_profile_is_a_whole_icc_profile() -> None:
    profile = srgb_profile()
    assert int.from_bytes(profile[:4], "big") == len(profile)
    assert profile[36:40] == b"acsp"
    assert profile[8] == 2
    with pikepdf.open(io.BytesIO(made())) as pdf:
        assert pdf.Root.OutputIntents[0].DestOutputProfile.read_bytes() == profile


@pytest.mark.parametrize(
    "source",
    ["http://127.0.0.1:9/x.png", "https://sjovik.example/x.png", "file:///etc/hostname", "x.png"],
)
def test_nothing_is_fetched_from_elsewhere(source: str, tmp_path: Path) -> None:
    inside = tmp_path / "inside"
    inside.mkdir()
    for base in (None, inside):
        with pytest.raises(InputError) as caught:
            html_to_pdf(
                f'<html lang=sv><img src="{source}">',
                title="t",
                author="a",
                created=MADE,
                base_url=base,
            )
        assert caught.value.code == "document-resource"


def test_links_within_a_document_lead_there() -> None:
    data = made(HTML + '<p><a href="#slut">Till slutet</a></p><h2 id="slut">Slut</h2>')
    with pikepdf.open(io.BytesIO(data)) as pdf:
        assert len(pdf.pages[0].Annots) == 2
    assert compliant(data)
    assert read_back(data).links == ("https://sjovik.example/",)


def test_files_of_the_given_folder_are_read(tmp_path: Path) -> None:
    (tmp_path / "stil.css").write_text("p::after { content: ' ur filen' }")
    data = html_to_pdf(
        '<html lang=sv><link rel=stylesheet href="stil.css"><p>Ord</p>',
        title="t",
        author="a",
        created=MADE,
        base_url=tmp_path,
    )
    assert "Ord ur filen" in read_back(data).texts[0]
