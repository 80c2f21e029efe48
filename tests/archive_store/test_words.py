"""What a phrase means: one meaning, wherever it is searched for."""

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive_store.errors import InputError
from archive_store.words import ODD_BYTES, Query, as_compared, fold, joined, normal

BOLD = "".join(chr(0x1D5EE + "abcdefghijklmnopqrstuvwxyz".index(c)) for c in "badhus")


def answers(phrase: str, *parts: str) -> bool:
    return Query(phrase).snippet(joined(parts)) is not None


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("BADHUS", "Vårt badhus öppnar"),
        ("öppnar badhus", "Vårt badhus öppnar"),
        ('"badhus öppnar"', "Vårt badhus\n öppnar"),
        ("“badhus öppnar”", "Vårt badhus, öppnar"),
        ("e-post", "skicka E-post till oss"),
        ("badh*", "Vårt badhus öppnar"),
        ('"vårt bad"*', "Vårt badhus öppnar"),
        ("ÅÄÖ", "a\u030aa\u0308o\u0308"),
        ("badhus", "bad\u00adhus"),
        ("badhus", f"{BOLD} i kostym"),
        ("fiske", "\ufb01ske"),
        ("straße", "STRAẞE"),
        ('badhus "', "badhus"),
        ("badhus -", "badhus"),
        ('badhus NEAR( ) * ^ : {} "" ;--', "near badhus"),
        ("2026", "den 1 mars 2026."),
    ],
)
def test_a_phrase_finds(phrase: str, text: str) -> None:
    assert answers(phrase, text)


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("kor", "kör"),
        ("kör", "kor"),
        ("bad", "Vårt badhus öppnar"),
        ("badhus stängt", "Vårt badhus öppnar"),
        ('"öppnar badhus"', "Vårt badhus öppnar"),
        ("hus*", "badhus"),
        ("e-post", "post e"),
    ],
)
def test_a_phrase_does_not_find(phrase: str, text: str) -> None:
    assert not answers(phrase, text)


def test_words_may_stand_in_different_parts_and_a_row_of_words_may_not() -> None:
    assert answers("anna badhus", "Anna Berg", "Badhuset? badhus")
    assert not answers('"berg badhus"', "Anna Berg", "badhus")


@pytest.mark.parametrize("phrase", ["", "  ", '""', "*", "-- ;", "😀"])
def test_a_phrase_without_a_word_is_refused_without_being_quoted(phrase: str) -> None:
    with pytest.raises(InputError) as caught:
        Query(phrase)
    assert caught.value.code == "empty-query"
    assert phrase.strip() == "" or phrase not in caught.value.sv


def test_a_query_does_not_show_its_words() -> None:
    assert "badhus" not in repr(Query("badhus"))


def test_a_snippet_shows_where_the_words_stand_together_and_marks_them() -> None:
    text = joined(["badhus " + "x " * 200 + "vårt Badhus öppnar snart " + "y " * 200])
    snippet = Query("öppnar badhus").snippet(text)
    assert snippet is not None
    assert snippet.text.startswith("… ")
    assert snippet.text.endswith(" …")
    assert [snippet.text[a:b] for a, b in snippet.marks] == ["Badhus", "öppnar"]
    assert len(snippet.text) < 200


def test_a_snippet_has_nothing_that_moves_a_terminal_or_turns_its_text() -> None:
    snippet = Query("badhus").snippet(joined(["a\x1b[31m \u202ebadhus\x07", "b"]))
    assert snippet is not None
    assert snippet.text == "a [31m badhus · b"
    assert not {c for c in snippet.text if unicodedata.category(c) in {"Cc", "Cf"}}


@given(st.text())
def test_folding_keeps_every_place(text: str) -> None:
    kept = normal(text)
    assert len(fold(kept)) == len(kept)
    assert fold(fold(kept)) == fold(kept)


def test_every_character_that_becomes_a_plain_letter_or_vanishes_is_known_by_its_bytes() -> None:
    characters = (chr(c) for c in range(128, sys.maxunicode + 1) if not 0xD800 <= c < 0xE000)
    changed = [
        c for c in characters if as_compared(c) == "" or any(x.isascii() for x in as_compared(c))
    ]
    letters = [c for c in changed if not as_compared(c) or any(map(str.isalnum, as_compared(c)))]
    assert "\u200d" in letters
    assert "\u212a" in letters
    assert [c for c in letters if not ODD_BYTES.fullmatch(c.encode())] == []
