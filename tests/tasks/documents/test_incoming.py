"""What a handed-in PDF says of itself, and the cover sheet that carries it unchanged."""

import dataclasses as dc
import io
import zlib
from collections.abc import Callable

import page
import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pikepdf import Array, Dictionary, Name, String

from archive_store.errors import InputError
from tasks.documents import html_to_pdf, read_back
from tasks.documents.cover_sheet import covered
from tasks.documents.incoming import IncomingPdf, examined
from tasks.documents.markup import drawn
from tests.tasks.documents.samples import TAKEN

PIXEL = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4"
    "nGP4z8DwHwAFAAH/iZk9HQAAAABJRU5ErkJggg=="
)
WORDED = drawn(
    "<html lang=sv><title>t</title><p>Blad ett</p>"
    '<p style="break-before: page">Blad två</p><p style="break-before: page">Blad tre</p>'
)
PICTURES = drawn(
    f'<html lang=sv><title>t</title><img alt="" src="{PIXEL}">'
    f'<p style="break-before: page"><img alt="" src="{PIXEL}">'
)


def changed(
    change: Callable[[pikepdf.Pdf], None], data: bytes = WORDED, **options: object
) -> bytes:
    target = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as pdf:
        change(pdf)
        pdf.save(target, **options)
    return target.getvalue()


def untouched(_: pikepdf.Pdf) -> None:
    pass


def refusal(data: bytes) -> InputError:
    with pytest.raises(InputError) as caught:
        examined(data)
    return caught.value


def test_a_plain_pdf_with_words_is_told_as_it_is() -> None:
    told = examined(WORDED)
    assert (told.pages, told.claims, told.encrypted, told.active) == (3, "", False, ())
    assert told.searchable
    assert (told.repaired, told.forms, told.signed, told.attachments) == (False, False, False, 0)


def test_a_picture_of_pages_is_told_as_not_searchable() -> None:
    told = examined(PICTURES)
    assert (told.tried, told.worded, told.searchable) == (2, 0, False)


def test_the_level_that_a_file_claims_is_repeated_also_from_packed_metadata() -> None:
    ours = html_to_pdf("<html lang=sv><p>Hej", title="t", author="a", created=TAKEN)
    assert examined(ours).claims == "PDF/A-3a"

    def packed(pdf: pikepdf.Pdf) -> None:
        xmp = (
            b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF '
            b'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description '
            b'rdf:about="" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/" pdfaid:part="2" '
            b'pdfaid:conformance="B"/></rdf:RDF></x:xmpmeta>'
        )
        pdf.Root.Metadata = pdf.make_indirect(pikepdf.Stream(pdf, b""))
        pdf.Root.Metadata.write(zlib.compress(xmp), filter=Name.FlateDecode)

    assert examined(changed(packed)).claims == "PDF/A-2b"


def with_script(pdf: pikepdf.Pdf) -> None:
    pdf.Root.OpenAction = Dictionary(S=Name.JavaScript, JS=String("app.alert('hej')"))


def with_launch(pdf: pikepdf.Pdf) -> None:
    note = Dictionary(
        Type=Name.Annot,
        Subtype=Name.Link,
        Rect=Array([0, 0, 9, 9]),
        A=Dictionary(S=Name.Launch, F=String("x.exe")),
    )
    pdf.pages[0].Annots = Array([pdf.make_indirect(note)])


def with_own_actions(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].AA = Dictionary(O=Dictionary(S=Name.SubmitForm, F=String("http://ond.example")))


@pytest.mark.parametrize(
    ("change", "active"),
    [
        (with_script, ("/JavaScript",)),
        (with_launch, ("/Launch",)),
        (with_own_actions, ("/AA", "/SubmitForm")),
    ],
)
def test_what_would_run_is_told(
    change: Callable[[pikepdf.Pdf], None], active: tuple[str, ...]
) -> None:
    assert examined(changed(change)).active == active


def test_restrictions_are_told_and_a_lock_is_refused() -> None:
    restricted = changed(untouched, encryption=pikepdf.Encryption(owner="o", user=""))
    assert examined(restricted).encrypted
    assert examined(restricted).searchable
    locked = changed(untouched, encryption=pikepdf.Encryption(owner="o", user="u"))
    assert refusal(locked).code == "pdf-locked"


def test_forms_signatures_and_attachments_are_told() -> None:
    def change(pdf: pikepdf.Pdf) -> None:
        pdf.Root.AcroForm = Dictionary(Fields=Array([Dictionary(T=String("a"))]), SigFlags=3)
        pdf.attachments["a.txt"] = b"x"

    told = examined(changed(change))
    assert (told.forms, told.signed, told.attachments) == (True, True, 1)


def test_a_file_whose_end_is_lost_is_told_as_repaired_or_refused() -> None:
    plain = changed(untouched, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    assert examined(plain[:-400]).repaired
    assert refusal(WORDED[:200]).code == "pdf-damaged"
    assert refusal(b"").code == "pdf-damaged"
    assert refusal(b"%PDF-1.7\n" + bytes(2000)).code == "pdf-damaged"


def test_a_file_without_pages_is_refused() -> None:
    def no_pages(pdf: pikepdf.Pdf) -> None:
        del pdf.pages[:]

    assert refusal(changed(no_pages)).code == "pdf-empty"


def test_metadata_that_would_fill_memory_are_read_only_so_far() -> None:
    def swollen(pdf: pikepdf.Pdf) -> None:
        pdf.Root.Metadata = pdf.make_indirect(pikepdf.Stream(pdf, b""))
        pdf.Root.Metadata.write(zlib.compress(bytes(60_000_000), 9), filter=Name.FlateDecode)

    assert examined(changed(swollen)).claims == ""


def sheet(data: bytes, told: IncomingPdf, **lines: str) -> bytes:
    return covered(
        data,
        told,
        channel_name="Sjöviks kommun <b>",
        organisation="Sjöviks kommun",
        received=TAKEN,
        told={"Anledning": "Årsskifte", **lines},
    )


def test_the_cover_sheet_is_pdf_a_3a_and_holds_the_file_to_the_byte() -> None:
    data = changed(with_script)
    told = examined(data)
    made = sheet(data, told)
    for profile in (page.ValidationProfile.PDF_A_3A, page.ValidationProfile.PDF_UA_1):
        assert page.is_pdf_compliant_bytes(made, profile=profile), profile
    with pikepdf.open(io.BytesIO(made)) as pdf:
        assert pdf.attachments["inlamnad.pdf"].get_file().read_bytes() == data
    text = " ".join(" ".join(read_back(made).texts).split())
    assert "skript (JavaScript)" in text
    assert "Sjöviks kommun <b>" in text
    assert "ingen kontroll mot arkivformatet" in text
    assert told.sha256 in text.replace(" ", "")
    assert made == sheet(data, told)


def test_the_sheet_tells_claims_as_the_files_own() -> None:
    told = dc.replace(examined(WORDED), claims="PDF/A-1b", worded=1, repaired=True, encrypted=True)
    text = " ".join(" ".join(read_back(sheet(WORDED, told)).texts).split())
    assert "PDF/A-1b (filens egen uppgift, inte prövad här)" in text
    assert "Delvis: 1 av 3 prövade sidor" in text
    assert "Filens uppbyggnad är skadad" in text


@settings(max_examples=60)
@given(at=st.integers(0, len(WORDED) - 1), noise=st.binary(min_size=1, max_size=60))
def test_a_spoiled_pdf_is_told_or_refused_never_a_crash(at: int, noise: bytes) -> None:
    data = WORDED[:at] + noise + WORDED[at + len(noise) :]
    codes = []
    try:
        examined(data)
    except InputError as error:
        codes.append(error.code)
    assert set(codes) <= {"pdf-damaged", "pdf-locked", "pdf-empty"}
