"""The provenance sheets say what vouches for the document, and hold however much is to be told."""

import dataclasses as dc
import html
import io
import re

import pypdf
from known_bad import MADE

from tasks.documents import html_to_pdf
from tasks.documents.enclosures import enclosures
from tasks.documents.finishing import Level
from tasks.documents.provenance import provenance_html
from tasks.model import Capture, Completeness
from tests.tasks.documents.samples import capture, provenance

WHOLE = Completeness(page=5, pdf=5, api=5)


def sheets(given: Capture, level: Level = Level.A3) -> str:
    about = provenance()
    files = enclosures(given, about, WHOLE) if level is Level.A3 else ()
    return provenance_html(given, about, WHOLE, level=level, attachments=files)


def words(markup: str) -> str:
    return re.sub(
        r"\s+", " ", html.unescape(re.sub(r"<[^>]*>", " ", markup.partition("<body>")[2]))
    )


def drawn_pages(markup: str) -> int:
    pdf = html_to_pdf(markup, title="t", author="a", created=MADE)
    return len(pypdf.PdfReader(io.BytesIO(pdf)).pages)


def test_an_ordinary_capture_has_room_on_one_sheet() -> None:
    assert drawn_pages(sheets(capture())) == 1


def test_the_level_and_each_file_inside_are_told_with_their_digests() -> None:
    given = capture()
    told = words(sheets(given))
    assert "PDF/A-3a och PDF/UA-1" in told
    for file in enclosures(given, provenance(), WHOLE):
        assert file.name in told
    assert len(set(re.findall(r"\b[0-9a-f]{64}\b", told))) == 3  # two files, all bands together


def test_without_files_the_text_is_told_by_its_own_digest() -> None:
    told = words(sheets(capture(), Level.A1))
    assert "PDF/A-1b" in told
    assert "Bilagor" not in told
    assert "Sidans synliga text (UTF-8)" in told
    assert len(set(re.findall(r"\b[0-9a-f]{64}\b", told))) == 2


def test_of_very_many_hidden_parts_the_rest_is_named_where_it_is_found() -> None:
    many = capture(loosened=(*(f"div#reklam-{n}" for n in range(60)), *["header"] * 3))
    told = words(sheets(many))
    assert "div#reklam-39 och 21 till, som alla står i bilagan fangst.json" in told
    assert "div#reklam-59, header (3)" in words(sheets(many, Level.A1))


def test_what_was_only_loosened_is_not_told_as_hidden() -> None:
    told = words(sheets(capture(hidden=("div#kakor",), loosened=("header.topp",))))
    assert "Dolt div#kakor Löst ur fast läge header.topp" in told


def test_the_pages_own_words_cannot_turn_the_order_of_ours_about() -> None:
    turned = capture(title="Nyheter \u202eteh", pressed=(("\u2067Visa mer", 1),))
    told = words(sheets(turned))
    assert "\u202e" not in told
    assert "\u2067" not in told
    assert "”Visa mer” 1 gång" in told


def test_very_long_values_run_on_over_sheets() -> None:
    long = capture(title="mycket " * 400, address="https://sjovik.example/" + "a" * 4000)
    told = sheets(long, Level.A1)
    assert drawn_pages(told) == 3
    assert "mycket …" in words(told)
    assert "a" * 4000 in told


def test_a_view_is_called_logged_in_only_where_the_page_does_not_ask_for_a_login() -> None:
    assert "Inloggad vy Nej" in words(sheets(capture(login_invited=True)))
    assert "Inloggad vy Ja, en sparad" in words(sheets(capture(logged_in=True)))
    told = words(sheets(capture(logged_in=True, login_invited=True)))
    assert "Inloggad vy Osäkert" in told


def test_consent_declined_by_a_rule_names_the_rule() -> None:
    told = words(sheets(capture(consent="declined: autoconsent: Onetrust")))
    assert "Avböjt med regeln ”Onetrust” i autoconsent" in told
    tried = capture(consent="pressed: Avvisa alla", hidden=())
    assert "Försök att avböja med ”Avvisa alla” hjälpte inte: frågan står kvar" in words(
        sheets(tried)
    )
    assert "hjälpte inte: frågan är dold" in words(sheets(dc.replace(tried, hidden=("div",))))
    assert "försvann medan den avböjdes" in words(sheets(capture(consent="gone")))
    assert "kändes igen" in words(sheets(capture(consent="none")))
    assert "Samtycke till kakor Avböjt " in words(sheets(capture(consent="declined: autoconsent")))
