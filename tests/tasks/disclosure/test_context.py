"""A thread in its context: all of it, in order, and nothing of it is more than text."""

import page
import pytest

from tasks.disclosure import context_html, context_title
from tasks.documents import html_to_pdf, read_back
from tests.tasks.disclosure.threads import BATH, HOSTILE, post, sheet, thread, words

DOT = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9"
    "awAAAABJRU5ErkJggg=="
)


def drawn(html: str) -> bytes:
    return html_to_pdf(html, title="Tråd", author="Sjöviks kommun", created=sheet().made)


def test_every_wording_name_time_and_state_is_read_in_order() -> None:
    pdf = drawn(context_html(BATH, sheet(), lambda _: DOT))
    text = " ".join(" ".join(read_back(pdf).texts).split())
    places = [
        text.index(said)
        for said in (
            "Handling 1, begäran 2025-12-31-1",
            "Badhuset i jul",
            "Inlägg av Informationsenheten (kanalen) · 1 december 2025 kl. 10.15",
            "Badet öppnar klockan nio.",
            "Tidigare lydelse, ersatt senast 1 december 2025 kl. 11.15",
            "Badet öppnar klockan åtta.",
            "Kommentar av Majken Sjöberg",
            "Kommentar av Informationsenheten (kanalen), svar till Majken Sjöberg",
            "Märkt som skräppost i kanalen",
            "Köp billiga klockor",
            "Kommentar av Bo Ek",
            "Överförd till ärende",
        )
    ]
    assert places == sorted(places)
    assert "ÖVNING" not in text
    result = page.validate_pdf_bytes(pdf, profile=page.ValidationProfile.PDF_A_3A)
    assert result.is_compliant


def test_a_picture_that_cannot_be_shown_is_told_by_its_description() -> None:
    html = context_html(BATH, sheet(rehearsal=True), lambda _: "")
    assert "Bild som inte kan visas här: Bassängen i morgonljus" in html
    assert "ÖVNING" in html
    assert context_title(BATH, sheet(rehearsal=True)).startswith("ÖVNING – Handling 1")


@pytest.mark.parametrize("word", HOSTILE)
def test_hostile_words_are_text_wherever_they_stand(word: str) -> None:
    harm = words(word, name=word, title=word, alt=word)
    odd = thread(post("1", harm, harm), post("c2", harm, parent="c1"))
    pdf = drawn(context_html(odd, sheet(word), lambda _: ""))  # asks for nothing, or is refused
    assert "Tidigare lydelse" in " ".join(read_back(pdf).texts)
    if word.startswith(("<", "{", "=", "&")):
        flat = "".join("".join(read_back(pdf).texts).split())
        assert flat.count("".join(word.split())) >= 3
