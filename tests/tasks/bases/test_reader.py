"""What a platform dresses up as HTML keeps its dress, as far as it is harmless."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.bases.reader import LONGEST, from_html, from_words
from tasks.bases.wording import addresses, markup, spoken
from tasks.channels.text import visible_text

RECORDED = Path(__file__).parents[2] / "data" / "recorded"


def dressed(value: Any) -> Iterator[str]:
    """Every text with markup in an answer of a platform."""
    if isinstance(value, str):
        if "<" in value:
            yield value
    elif isinstance(value, list | dict):
        for one in value.values() if isinstance(value, dict) else value:
            yield from dressed(one)


def plain_of(html: str) -> bool:
    """Whether nothing of the dress would be kept: links and lists gone for the text."""
    return from_words(visible_text(html), html) != from_html(html)


def test_recorded_posts_of_a_real_wordpress_keep_their_dress() -> None:
    answers = [json.loads(file.read_bytes()) for file in sorted(RECORDED.rglob("*.json"))]
    texts = [html for answer in answers for html in dressed(answer)]
    assert len(texts) > 20
    assert [html for html in texts if plain_of(html)] == []


def test_a_post_keeps_paragraphs_lists_quotations_stress_and_links() -> None:
    html = (
        "<h2>Rubrik</h2><div>Ett<br>två <em>tre <strong>fyra</strong></em></div>"
        "<ol><li>a<li>b</ol><blockquote><p>citat</p></blockquote>"
        '<table><tr><td>cell</td><td>cell</td></tr></table><a href="tel:050012345">ring</a>'
    )
    assert str(markup(from_html(html))) == (
        "<p>Rubrik</p>\n<p>Ett<br>två <em>tre </em><strong><em>fyra</em></strong></p>\n"
        "<ol>\n<li>a</li>\n<li>b</li>\n</ol>\n<blockquote><p>citat</p></blockquote>\n"
        '<p>cell cell</p>\n<p><a href="tel:050012345">ring</a></p>\n'
    )


@pytest.mark.parametrize(
    ("href", "followed"),
    [
        ("/is?dag=1#topp", "https://sjovik.example/is?dag=1#topp"),
        ("//annan.example", "https://annan.example"),
        ("mailto:info@sjovik.example", "mailto:info@sjovik.example"),
        ("java\nscript:alert(1)", None),
        ("JavaScript:alert(1)", None),
        ("data:text/html,x", None),
        ("file:///etc/passwd", None),
        ("https://bank.example@ond.example/", None),
        ("https://[::1", None),
        ("https://x.example/" + "a" * 3000, None),
    ],
)
def test_only_addresses_that_a_reader_may_follow_become_links(
    href: str, followed: str | None
) -> None:
    passages = from_html(f'<a href="{href}">dit</a>', "https://sjovik.example/p/1")
    assert spoken(passages) == "dit"
    assert list(addresses(passages)) == ([followed] if followed else [])


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("Läs https://sjovik.example/is.", ["https://sjovik.example/is"]),
        ("(https://sjovik.example/a_(b))", ["https://sjovik.example/a_(b)"]),
        ("”https://sjovik.example/x”, sa hon", ["https://sjovik.example/x"]),
        ("https://, http://? och HTTPS://SJOVIK.EXAMPLE", ["https://SJOVIK.EXAMPLE"]),
    ],
)
def test_addresses_in_plain_text_become_links_without_their_punctuation(
    text: str, links: list[str]
) -> None:
    passages = from_words(text, "")
    assert spoken(passages) == text
    assert list(addresses(passages)) == links


def test_very_long_html_is_shown_by_its_text() -> None:
    assert spoken(from_words("kort", "<p>kort" + "<b></b>" * LONGEST)) == "kort"


@settings(max_examples=200)
@given(
    html=st.lists(
        st.sampled_from(
            ["<p>", "</p>", "<b>", "</b>", "<ul>", "<li>", "</ul>", "<br>", " ", "\n", "ord", "å😀",
             "<!--x-->", "<script>s</script>", "&amp;", "&nbsp;", "<a href=/x>", "</a>", "<", "x>y",
             "<img src=x>", "<style>z</style>", "<div", "<![CDATA[", "<i>", "<td>"]
        ),
        max_size=25,
    ).map("".join)
)  # fmt: skip
def test_both_readers_of_html_hear_the_same_words(html: str) -> None:
    """The connector's text is what is judged; a rendering falls back to it where they differ."""
    heard = "".join(spoken(from_html(html)).split())
    assert heard == "".join(visible_text(html).split())
