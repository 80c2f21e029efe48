"""Letters that no font on the machine has are drawn as boxes, and still found by every reader."""

import datetime as dt

import page
import pytest

from tasks.documents import html_to_pdf, read_back
from tasks.documents.describing import Level

MADE = dt.datetime(2026, 1, 15, 7, 0, tzinfo=dt.UTC)
NOWHERE = "\U00012000 \U00013000 \U0001b170"
"""Cuneiform, hieroglyphs, Nüshu: on no machine that runs this by default."""


@pytest.mark.parametrize("text", ["漢字かな交じり文", "ሰላም ዓለም", "नमस्ते", "ⓗⓔⓙ", NOWHERE])
def test_what_no_font_has_is_read_and_so_are_the_words_around_it(text: str) -> None:
    html = f"<html lang=sv><title>t</title><p>Isen på Åsen {text} bär inte 👨‍👩‍👧.</p>"
    made = html_to_pdf(html, title="t", author="a", created=MADE)
    found = " ".join(read_back(made).texts[0].split())
    assert found.startswith("Isen på Åsen")
    assert f"{text} bär inte" in found
    for profile in (page.ValidationProfile.PDF_A_3A, page.ValidationProfile.PDF_UA_1):
        assert page.is_pdf_compliant_bytes(made, profile=profile), profile


def test_a_document_with_such_letters_keeps_pdf_a_1_and_its_bytes() -> None:
    html = "<html lang=sv><title>t</title><p>Hej 漢字"
    made = html_to_pdf(html, title="t", author="a", created=MADE, level=Level.A1)
    assert made == html_to_pdf(html, title="t", author="a", created=MADE, level=Level.A1)
    assert page.is_pdf_compliant_bytes(made, profile=page.ValidationProfile.PDF_A_1B)
