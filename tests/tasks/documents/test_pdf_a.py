"""Documents of our own are PDF/A-3a and PDF/UA-1, the same every time, and the gate can say no."""

import dataclasses
import datetime as dt
import html
import io
import itertools
import logging
import os
import subprocess
import sys
import zlib
from pathlib import Path

import page
import pikepdf
import pypdf
import pytest
from known_bad import DEFECTS, LIST, KnownBad, good, known_bad, spoiled, untouched
from pikepdf import Dictionary, Name, String

from archive_store.errors import InputError
from tasks.documents import html_to_pdf, read_back
from tasks.documents.colour import srgb_profile
from tasks.documents.finishing import Attachment, Level, Metadata, finish
from tasks.documents.tagging import walk

MADE = dt.datetime(2026, 1, 15, 7, 0, tzinfo=dt.UTC)
HTML = """<html lang="sv"><title>Protokoll</title>
<h1>Gallringsprotokoll 2026-001 ✅ 😀</h1>
<p>Åtta trådar. <a href="https://sjovik.example/">Webbplatsen</a></p>
<table><tr><th>Kanal</th><td>kommunbloggen</td></tr></table>
<img alt="punkt" src="data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4
nGP4z8DwHwAFAAH/iZk9HQAAAABJRU5ErkJggg==">"""


def made(markup: str = HTML) -> bytes:
    return html_to_pdf(markup, title="Protokoll", author="Sjöviks kommun", created=MADE)


PROFILES = {
    "3a": page.ValidationProfile.PDF_A_3A,
    "ua1": page.ValidationProfile.PDF_UA_1,
    "1b": page.ValidationProfile.PDF_A_1B,
}


def compliant(data: bytes, *flavours: str) -> bool:
    asked = [PROFILES[flavour] for flavour in flavours or ("3a", "ua1")]
    return all(page.is_pdf_compliant_bytes(data, profile=profile) for profile in asked)


def test_a_document_of_ours_is_pdf_a_3a_with_its_words_and_links() -> None:
    data = made()
    assert compliant(data)
    found = read_back(data)
    assert "Gallringsprotokoll 2026-001" in found.texts[0]
    assert found.links == ("https://sjovik.example/",)
    assert (found.title, found.author) == ("Protokoll", "Sjöviks kommun")


def test_the_same_document_has_the_same_bytes_in_another_process() -> None:
    script = "import sys; from known_bad import good; sys.stdout.buffer.write(good())"
    paths = os.pathsep.join(str(Path(__file__).parents[3] / part) for part in ("", "tests/support"))
    other = subprocess.run(
        [sys.executable, "-c", script],
        env=os.environ | {"PYTHONPATH": paths},
        capture_output=True,
        check=True,
    )
    assert other.stdout == good()


def test_another_time_gives_other_bytes() -> None:
    later = html_to_pdf(
        HTML, title="Protokoll", author="Sjöviks kommun", created=MADE + dt.timedelta(seconds=1)
    )
    assert later != made()


@pytest.fixture(scope="module")
def bad() -> dict[str, KnownBad]:
    return known_bad()


@pytest.mark.parametrize("flavour", ["3a", "ua1", "1b"])
def test_the_gate_accepts_what_is_saved_unspoiled(flavour: str) -> None:
    level = Level.A1 if flavour == "1b" else Level.A3
    assert compliant(good(level), flavour)
    assert compliant(spoiled(untouched, level), flavour)


@pytest.mark.parametrize("defect", DEFECTS)
def test_the_gate_rejects_what_is_spoiled(defect: str, bad: dict[str, KnownBad]) -> None:
    if defect == "truncated":
        with pytest.raises(page.PageError):
            compliant(bad[defect].data, bad[defect].flavour)
    else:
        assert not compliant(bad[defect].data, bad[defect].flavour)


def test_finishing_takes_scripts_and_their_links_away() -> None:
    with pikepdf.open(io.BytesIO(made())) as pdf:
        pdf.Root.OpenAction = Dictionary(S=Name.JavaScript, JS=String("app.alert('hej')"))
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


def test_a_document_for_pdf_a_1_is_one_though_it_holds_emoji() -> None:
    data = html_to_pdf(HTML, title="t", author="a", created=MADE, level=Level.A1)
    assert data.startswith(b"%PDF-1.4")
    assert compliant(data, "1b")
    assert "2026-001 ✅ 😀" in read_back(data).texts[0]


def test_what_is_half_transparent_is_refused_for_pdf_a_1_and_kept_for_pdf_a_3() -> None:
    seen_through = HTML + '<p style="opacity: .5">Svagt</p>'
    assert compliant(made(seen_through))
    with pytest.raises(InputError) as caught:
        html_to_pdf(seen_through, title="t", author="a", created=MADE, level=Level.A1)
    assert caught.value.code == "transparency"


def test_files_go_inside_and_come_out_again() -> None:
    files = [
        Attachment(
            name=name,
            data=text.encode(),
            mime="text/plain",
            relationship="Supplement",
            described="Sidans text",
        )
        for name, text in [("b.txt", "två"), ("a.txt", "ett")]
    ]
    with pikepdf.open(io.BytesIO(made())) as pdf:
        data = finish(pdf, Metadata(title="t", author="a", created=MADE), attachments=files)
    assert compliant(data)
    found = pypdf.PdfReader(io.BytesIO(data)).attachments
    assert {name: parts[0].decode() for name, parts in found.items()} == {
        "a.txt": "ett",
        "b.txt": "två",
    }


def test_files_are_refused_where_they_cannot_be() -> None:
    def tried(level: Level, *names: str) -> str:
        files = [dataclasses.replace(LIST, name=name) for name in names]
        about = Metadata(title="t", author="a", created=MADE)
        with pikepdf.open(io.BytesIO(made())) as pdf, pytest.raises(InputError) as caught:
            finish(pdf, about, level=level, attachments=files)
        return caught.value.code

    assert tried(Level.A1, "a.txt") == "attachment-level"
    assert tried(Level.A3, "a.txt", "a.txt") == "attachment-name"


def test_characters_that_mean_nothing_leave_the_document_valid() -> None:
    """Private codes of an icon font, controls and what no Unicode text may hold."""
    strange = "Ikon \ue000\uf8ff, slut \x0b\x00\ufffe <&>"
    title = f"Titel {strange}"
    data = html_to_pdf(
        f"<html lang=sv><h1>{html.escape(strange)}</h1>", title=title, author="a", created=MADE
    )
    assert compliant(data)
    found = read_back(data)
    assert "\ue000" not in found.texts[0]
    assert found.title == "Titel Ikon \ue000\uf8ff, slut \ufffd\ufffd <&>"


def test_what_stands_in_the_margin_is_not_read_as_part_of_the_text() -> None:
    with pikepdf.open(io.BytesIO(good())) as pdf:
        marks = [
            (str(line.operands[0]), line.operands[1].get("/Type", None))
            for line in pikepdf.parse_content_stream(pdf.pages[0])
            if line.operator == pikepdf.Operator("BDC")
        ]
        assert ("/Artifact", Name.Pagination) in marks
        assert str(pdf.Root.StructTreeRoot.K[0].S) == "/Document"


def test_links_say_what_they_are_called_and_header_cells_which_way_they_head() -> None:
    with pikepdf.open(io.BytesIO(good())) as pdf:
        called = [str(note.Contents) for note in pdf.pages[0].Annots]
        scopes = [str(part.A.Scope) for part in walk(pdf.Root.StructTreeRoot) if Name.TH == part.S]
        [figure] = [part for part in walk(pdf.Root.StructTreeRoot) if Name.Figure == part.S]
        box = [float(edge) for edge in figure.A.BBox]
        height = float(pdf.pages[0].MediaBox[3])
    assert called == ["Webbplatsen", "slutet"]
    assert scopes == ["/Column", "/Column", "/Row"]
    assert str(figure.Alt) == "En punkt"
    assert box[2] - box[0] == pytest.approx(0.75, abs=0.01)
    assert height * 0.5 < box[1] < box[3] < height


def test_no_heading_lies_in_a_heading_of_its_own_kind() -> None:
    data = made("<html lang=sv><h1>Protokoll <small style='display: block'>nr 1</small></h1>")
    with pikepdf.open(io.BytesIO(data)) as pdf:
        kinds = [str(part.S) for part in walk(pdf.Root.StructTreeRoot)]
    assert kinds.count("/H1") == 1


def test_letters_that_cannot_be_drawn_are_told_to_no_log(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        made("<h1>Hemligt \U000e1234 ord</h1>")
    assert "\\U000e1234" not in repr(caplog.text)
    assert "Hemligt" not in caplog.text


def test_a_page_number_behind_a_link_is_part_of_it() -> None:
    style = "a::after { content: ' ' target-counter(attr(href), page) }"
    data = made(f"<html lang=sv><style>{style}</style><a href='#x'>Till</a><h1 id=x>Rubrik</h1>")
    assert compliant(data)
    with pikepdf.open(io.BytesIO(data)) as pdf:
        links = [part for part in walk(pdf.Root.StructTreeRoot) if Name.Link == part.S]
        parents = pikepdf.NumberTree(pdf.Root.StructTreeRoot.ParentTree)
        owners = {parents[int(note.StructParent)].objgen for note in pdf.pages[0].Annots}
    assert owners == {links[0].objgen}
    assert len(links) == 1
