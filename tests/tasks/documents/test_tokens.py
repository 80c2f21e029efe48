"""What a mask finds, and what it lets be."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.documents.tokens import Sought, Token


def tokens(text: str) -> list[Token]:
    """Words as they stand on a sheet; ``|`` breaks one over two lines, where no space is drawn."""
    return [
        Token(0, text=part, spaced=number == len(parts) - 1)
        for word in text.split()
        for parts in [word.split("|")]
        for number, part in enumerate(parts)
    ]


def found(words: str, text: str) -> list[str]:
    return list(dict.fromkeys(token.text for token in Sought(words).among(tokens(text))))


@pytest.mark.parametrize(
    ("words", "text", "gone"),
    [
        ("Anna Ek", "Hej Anna Ek!", ["Anna", "Ek!"]),
        ("Anna Ek", "ANNA EKS fråga", ["ANNA", "EKS"]),
        ("Anna Ek", "anna-ek, anna_ek", ["anna-ek,", "anna_ek"]),
        ("Anna Ek", "@AnnaEk skrev", ["@AnnaEk"]),
        ("Anna Ek", "Anna och Ek", []),
        ("Anna", "Johanna och Annas", ["Annas"]),
        ("Öberg", "Oberg och O\u0308berg", ["O\u0308berg"]),
        ("Åse", "fåse Åsen", ["Åsen"]),
        ("Andersson", "Anders|son kom", ["Anders", "son"]),
        ("070-123 45 67", "ring 070-123 45 67 nu", ["070-123", "45", "67"]),
        ("19900101-1234", "nr (199001011234)", ["(199001011234)"]),
        ("🐑", "får 🐑 lamm", ["🐑"]),
        ("ﬁn", "fint väder", ["fint"]),
        ("محمد", "قال محمد هنا", ["محمد"]),
        ("Örjan Quist", "på https://x.example/orjan-quist, sa", ["https://x.example/orjan-quist,"]),
        (
            "Örjan Quist",
            "www.x.example/%C3%96rjan|-quist sa",
            ["www.x.example/%C3%96rjan", "-quist"],
        ),
        ("Örjan Quist", "@orjanquist #orjan", ["@orjanquist"]),
        ("", "ord", []),
    ],
)
def test_words_are_found_as_a_person_would_find_them(
    words: str, text: str, gone: list[str]
) -> None:
    assert found(words, text) == gone


@pytest.mark.parametrize(
    "text",
    [
        "https://sjovik.example/profil/orjan-quist",
        "https://sjovik.example/%C3%B6rjan_quist?x=1",
        "mailto:Orjan.Quist@sjovik.example",
        "Porträtt av ÖRJAN QUIST",
    ],
)
def test_addresses_say_it_in_their_own_way(text: str) -> None:
    assert Sought("Örjan Quist").is_in(text)
    assert not Sought("Örjan Quist").is_in("https://sjovik.example/orjan-larsson")


def test_a_title_keeps_what_is_not_masked() -> None:
    assert Sought("Örjan Quist").taken_from("Fråga av Örjan Quists mor", "[maskat]") == (
        "Fråga av [maskat] mor"
    )
    assert Sought("Örjan Quist").taken_from("profil/orjan-quist", "[maskat]") == "[maskat]"


LETTERS = st.text(st.characters(categories=["Lu", "Ll", "Lo", "Nd"]), min_size=1, max_size=8)


@settings(max_examples=60, deadline=None)
@given(st.lists(LETTERS, min_size=1, max_size=8), st.data())
def test_any_word_of_a_text_is_found_and_then_said_no_more(
    words: list[str], data: st.DataObject
) -> None:
    sought = data.draw(st.sampled_from(words))
    one = Sought(sought)
    text = tokens(" ".join(words))
    gone = list(one.among(text))
    assert gone
    left = " ".join(token.text for token in text if token not in gone)
    assert not list(one.among(tokens(left)))
    assert not one.is_in(one.taken_from(" ".join(words), "[]"))
