"""Counting posts in a PDF's text: tolerant of how a printer writes, never of what is missing."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.documents.fonts import still
from tasks.documents.read_back import find_posts, recall

words = st.text(string.ascii_lowercase + "åäö", min_size=2, max_size=9)
posts = st.lists(
    st.lists(words, min_size=8, max_size=14).map(" ".join), min_size=1, max_size=8, unique=True
)


@given(posts, st.integers(1, 4))
def test_every_post_is_found_on_the_page_where_it_stands(texts: list[str], per_page: int) -> None:
    pages = [" \n".join(texts[i : i + per_page]) for i in range(0, len(texts), per_page)]
    expected = tuple(number // per_page for number in range(len(texts)))
    assert find_posts([text[:80] for text in texts], pages) == expected


@given(posts, st.data())
def test_a_post_that_is_left_out_is_not_found(texts: list[str], data: st.DataObject) -> None:
    gone = data.draw(st.integers(0, len(texts) - 1))
    rest = [text for number, text in enumerate(texts) if number != gone]
    found = find_posts([text[:80] for text in texts], [" ".join(rest)])
    assert found.count(None) == 1


@given(st.lists(words, min_size=8, max_size=14).map(" ".join))
def test_two_posts_that_are_alike_must_both_be_there(text: str) -> None:
    assert find_posts([text[:80]] * 2, [text]).count(None) == 1
    assert find_posts([text[:80]] * 2, [f"{text} {text}"]) == (0, 0)


def test_a_post_is_found_over_breaks_ligatures_emoji_and_pages() -> None:
    post = "ﬁnt väder 👨‍👩‍👧 i Sjö\u00advik i dag, säger många som bor där och gläds"
    pages = ["Fint vä-\nder i Sjö", "vik i dag\nsäger många som bor där och gläds"]
    assert find_posts([post.replace("\u00ad", "")], pages) == (0,)


def test_a_post_painted_in_another_order_is_found_by_its_word_sequences() -> None:
    post = "Sjöviks kommun 3 december 2025 Nu plogas alla gångvägar i centrum och vid hamnen"
    page = "3 december 2025 Nu plogas alla gångvägar i centrum och vid hamnen. Sjöviks kommun"
    assert find_posts([post], [page]) == (0,)


def test_a_common_beginning_alone_is_not_the_post() -> None:
    begun = "Sjöviks kommun nyheter 3 december 2025 publicerat av informationsenheten i dag"
    assert find_posts([f"{begun} simhallen"], [f"{begun} biblioteket har öppet"]) == (None,)


def test_a_picture_without_words_is_found_where_its_place_is() -> None:
    assert find_posts(["första inlägget här", "✅", "sista"], ["första inlägget här", "sista"]) == (
        0,
        0,
        1,
    )


@pytest.mark.parametrize(
    ("text", "pages", "share"),
    [("", [""], 1.0), ("ett två tre", ["ett två tre"], 1.0), ("snö regn", ["snö"], 0.5)],
)
def test_recall_is_the_share_of_words_that_are_there(
    text: str, pages: list[str], share: float
) -> None:
    assert recall(text, pages) == share


def test_a_font_without_a_head_is_left_alone() -> None:
    font = b"\0\1\0\0" + b"\0\1" + bytes(6) + b"glyf" + bytes(12) + b"1234"
    assert still(font) == font
