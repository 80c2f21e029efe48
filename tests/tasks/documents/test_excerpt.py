"""Some pages of a snapshot as a document of their own: valid, and nothing else in it."""

import io

import page as validation
import pikepdf
import pytest

from archive_store.errors import InputError
from tasks.documents import Level, html_to_pdf, read_back
from tasks.documents.excerpt import excerpt, front_pages
from tests.tasks.documents.samples import TAKEN

FRONT = (
    "<html lang=sv><title>Bild</title><style>@page{@bottom-right{content:'Försättsblad ' "
    "counter(page) ' (2)'}}</style><p>Ögonblicksbild</p><p style='page-break-before:always'>"
    "Bekräftad</p>"
)
SECRETS = ("Majken badar", "Nisse plogar", "Bodil klagar")


def document(level: Level = Level.A3) -> bytes:
    body = "".join(
        f"<section style='page-break-before:always'><h1>Inlägg {n}</h1><p>{said} "
        f"<a href='https://sjovik.example/{n}'>mer</a> <a href='#i0'>upp</a></p>"
        f"<table id='i{n}'><tr><th>a<td>{said}<td></table></section>"
        for n, said in enumerate(SECRETS)
    )
    return html_to_pdf(
        FRONT + body, title="Bild", author="Sjöviks kommun", created=TAKEN, level=level
    )


@pytest.mark.parametrize("level", list(Level))
def test_the_excerpt_holds_the_sheets_and_the_pages_asked_for_and_nothing_else(
    level: Level,
) -> None:
    whole = document(level)
    part = excerpt(whole, [4], created=TAKEN)
    texts, all_ = read_back(part).texts, read_back(whole).texts
    assert texts == (all_[0], all_[1], all_[3])
    assert read_back(part).title == "Sidor ur: Bild"
    assert read_back(part).links == ("https://sjovik.example/1",)
    with pikepdf.open(io.BytesIO(part)) as pdf:
        said = b" ".join(
            item.read_bytes() if isinstance(item, pikepdf.Stream) else repr(item).encode()
            for item in pdf.objects
        )
        assert len([o for o in pdf.objects if o.get("/Type") == "/Page"]) == 3
    assert b"example/1" in said
    assert b"example/0" not in said
    assert b"example/2" not in said
    profile = {
        Level.A3: validation.ValidationProfile.PDF_A_3A,
        Level.A1: validation.ValidationProfile.PDF_A_1B,
    }[level]
    assert validation.validate_pdf_bytes(part, profile=profile).is_compliant
    assert excerpt(whole, [4], created=TAKEN) == part


def test_what_is_no_page_or_no_document_of_ours_is_refused() -> None:
    with pytest.raises(InputError, match="excerpt-page"):
        excerpt(document(), [9], created=TAKEN)
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        out = io.BytesIO()
        pdf.save(out)
    with pytest.raises(InputError, match="excerpt-foreign"):
        excerpt(out.getvalue(), [1], created=TAKEN)


def test_a_document_without_numbered_sheets_has_one_in_front() -> None:
    assert front_pages(["Följesedel", "a", "b"]) == 1
    assert front_pages(["x Försättsblad 1\n(2)", "a", "b"]) == 2
    assert front_pages(["x Försättsblad 1 (9)", "a"]) == 2
    assert front_pages([]) == 0
