"""Broken letters come back exactly, and what was never broken is not touched."""

from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tasks.bases.mending import mended, mended_text
from tests.tasks.bases.downloads import broken

TEXT = st.text(st.characters(codec="utf-8"), max_size=40)
DOCUMENT = st.recursive(
    st.one_of(TEXT, st.integers(), st.none()),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(TEXT, inner, max_size=3)),
    max_leaves=12,
)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Ã\x85sa pÃ¥ SjÃ¶n", "Åsa på Sjön"),
        ("\u00f0\u009f\u0091\u00a8\u00e2\u0080\u008d\u00f0\u009f\u0091\u00a9", "👨\u200d👩"),
        ("\u00e2\u0080\u0093 \u00e2\u0082\u00ac", "– €"),
        ("plain", "plain"),
    ],
)
def test_broken_letters_are_mended(written: str, meant: str) -> None:
    assert mended([written]) == [meant]


@pytest.mark.parametrize(
    "text", ["Åsa på Sjön", "CAFÉ", "å", "👨\u200d👩 Ã¥", "ä – ö", "", "\ud83d"]
)
def test_what_was_never_broken_stays_to_the_letter(text: str) -> None:
    assert mended([text]) == [text]


def test_one_cut_off_text_does_not_keep_the_others_broken() -> None:
    document = [broken("Åsa på Sjön"), broken("hälsningar"), broken("klippt å")[:-1]]
    assert mended(document) == ["Åsa på Sjön", "hälsningar", document[2]]


def test_one_lookalike_among_sound_texts_is_left_alone() -> None:
    document = ["CAFÉ® i Åby", "på Sjön", "É®"]
    assert mended(document) == document


@given(document=DOCUMENT)
def test_what_meta_breaks_is_mended_exactly_and_mending_twice_changes_nothing(
    document: Any,
) -> None:
    assume(mended(document) == document)  # a text about broken letters looks broken itself
    once = mended(broken(document))
    assert once == document
    assert mended(once) == once


@given(text=TEXT)
def test_a_text_with_letters_beyond_latin_1_is_never_touched(text: str) -> None:
    assert mended_text(text + "–") == text + "–"
