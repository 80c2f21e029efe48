"""Counting posts in what a document says: tolerant of how it is set, never of what is missing."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.documents.counting import found_posts
from tasks.documents.fonts import still
from tasks.documents.likeness import share, squeezed
from tests.tasks.documents.samples import Page, capture

words = st.text(string.ascii_lowercase + "åäö", min_size=2, max_size=9)
posts = st.lists(
    st.lists(words, min_size=8, max_size=14).map(" ".join), min_size=1, max_size=8, unique=True
)


def feed(texts: list[str], told: list[str] | None = None) -> tuple[bool, ...]:
    """Which posts are found where the layer says ``texts`` and the page told of ``told``."""
    page = Page()
    for number, text in enumerate(texts):
        page.write("p", text, post=number)
    given = page.fields() | {"post_texts": tuple(text[:80] for text in told or texts)}
    return found_posts(capture(**given))


@given(posts)
def test_every_post_that_is_there_is_found(texts: list[str]) -> None:
    assert all(feed(texts))


@given(posts, st.data())
def test_a_post_whose_words_are_lost_is_not_found(texts: list[str], data: st.DataObject) -> None:
    gone = data.draw(st.integers(0, len(texts) - 1))
    layer = ["0123456789" if number == gone else text for number, text in enumerate(texts)]
    assert [number for number, found in enumerate(feed(layer, texts)) if not found] == [gone]


def test_a_post_that_no_block_belongs_to_is_not_found() -> None:
    assert feed(["ett inlägg"], ["ett inlägg", "ett till"]) == (True, False)


def test_a_post_is_found_over_breaks_ligatures_and_capitals() -> None:
    told = "ﬁnt väder 👨‍👩‍👧 i Sjövik i dag, säger många som bor där och gläds"
    assert feed(["Fint vä- der i SJÖVIK i dag säger många som bor där och gläds"], [told]) == (
        True,
    )


def test_a_common_beginning_alone_is_not_the_post() -> None:
    begun = "Sjöviks kommun nyheter 3 december 2025 publicerat"
    assert feed([f"{begun} biblioteket"], [f"{begun} simhallen öppnar igen"]) == (False,)


def test_a_picture_without_words_is_found_where_its_post_has_it() -> None:
    page = Page()
    page.write("p", "första inlägget", post=0)
    page.draw("en bild", 100, post=1)
    page.write("p", "sista", post=2)
    told = page.fields() | {"post_texts": ("första inlägget", "✅", "sista", "")}
    assert found_posts(capture(**told)) == (True, True, True, False)


@pytest.mark.parametrize(
    ("wanted", "found", "expected"),
    [
        ("", "", 1.0),
        ("abc", "abc", 1.0),
        ("abc", "", 0.0),
        ("x" * 90 + "åäöåäöåäöå", "x" * 90, 0.9),
        ("a" * 50 + "b" * 50, "b" * 50 + "a" * 50, 0.5),
        ("Gilla Dela Svara" * 20, "Gilla Dela" + "Gilla Dela Svara" * 19, 0.95),
    ],
)
def test_the_share_of_a_text_that_another_holds_in_order(
    wanted: str, found: str, expected: float
) -> None:
    assert share(wanted, found) == pytest.approx(expected)


@given(st.text(max_size=400), st.integers(0, 400), st.text(max_size=5))
def test_little_that_is_put_in_takes_nothing_away(text: str, place: int, extra: str) -> None:
    assert share(text, text[:place] + extra + text[place:]) >= 1 - 24 / max(len(text), 24)


@given(st.text(max_size=300))
def test_a_text_holds_itself_and_never_more_than_all(text: str) -> None:
    assert share(text, text) == 1.0
    assert 0 <= share(text, text[1:]) <= 1


def test_a_text_of_a_million_characters_is_compared_in_a_moment() -> None:
    text = "".join(map(str, range(200_000)))
    assert share(text, text[:500_000] + text[500_003:]) > 0.999
    assert share(text, text[::-1]) < 0.5


def test_white_space_and_marks_that_mean_nothing_do_not_count() -> None:
    assert squeezed(" a\u00a0b\ufeff\u2028c\ue000 ") == "abc\ufffd"


def test_a_font_without_a_head_is_left_alone() -> None:
    font = b"\0\1\0\0" + b"\0\1" + bytes(6) + b"glyf" + bytes(12) + b"1234"
    assert still(font) == font
