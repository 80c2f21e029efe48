"""What a reader sees: the same however a theme dresses it, whatever a commenter wrote."""

import html
import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tasks.channels.text import absolute, one_line, pictures, visible_text

BASE = "https://blogg.sjovik.example/badplatsen/"

# what a person may write: any characters that are neither control characters nor surrogates
WRITTEN = st.text(st.characters(exclude_categories=["Cc", "Cs"], exclude_characters="\ufeff"))


def folded(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize(
    ("markup", "seen"),
    [
        ("<p>Ett</p><p>Två</p>", "Ett\nTvå"),
        ("<p>Ett<br>Två<br />Tre</p>", "Ett\nTvå\nTre"),
        ("<p>en\n  rad\tmed&nbsp;luft</p>", "en rad med luft"),
        ("Bryggan &amp; badet &lt;3 &#8211; &auml;ntligen", "Bryggan & badet <3 – äntligen"),
        ("<p>Syns</p><script>alert('syns inte')</script><style>p{}</style>", "Syns"),
        ("<ul><li>mjölk</li><li>bröd</li></ul>", "mjölk\nbröd"),
        ("<table><tr><td>mån</td><td>8–16</td></tr></table>", "mån 8–16"),
        ('<p>Bild: <img src="a.png" alt="Badplatsen"> slut</p>', "Bild: Badplatsen slut"),
        ("<p>Bra <b>gj<i>ort</i></b>!</p>", "Bra gjort!"),
        ("<noscript>reserv</noscript><template>mall</template>text", "text"),
        ("</noscript>Syns</template> ändå", "Syns ändå"),
        ("Okänt &bogus; och &#xD800;", "Okänt &bogus; och \N{REPLACEMENT CHARACTER}"),
        ("<!-- wp:paragraph --><p>Block</p><!-- /wp:paragraph -->", "Block"),
        (
            "<p>Öppen <!-- kommentar</p><p>men inga ord förlorade",
            "Öppen <!-- kommentar\nmen inga ord förlorade",
        ),
        ('<script>x = "<!--"</script><p>Kvar</p>', "Kvar"),
        ("<!-->Kvar<!-- bort <p> -->här", "Kvarhär"),
        ("", ""),
    ],
)
def test_visible_text_is_what_a_reader_sees(markup: str, seen: str) -> None:
    assert visible_text(markup) == seen


@given(st.text())
@example("<![")
@example("<![x[")
@example("<!a[<![if")
@example("</")
@example("<p")
@example("<a href='")
@example("&#x110000;&#0;")
@example("</script></p><script")
@example("\ud800<p>")
def test_anything_can_be_read_and_stored(markup: str) -> None:
    for text in (visible_text(markup), one_line(markup)):
        text.encode("utf-8")
        assert "\x00" not in text
        assert text == text.strip()
    for media in pictures(markup, BASE):
        assert media.url.startswith(("http://", "https://"))


MARKS = "<![ ]]> <!-- --> < > </ <p <script> </script <b ' \" & ; #x <img src= alt= = ord <? ["
PIECES = st.sampled_from([*MARKS.split(), " "])


@given(st.lists(PIECES, max_size=40).map("".join))
def test_broken_markup_never_raises(markup: str) -> None:
    visible_text(markup)
    pictures(markup, BASE)


@given(st.lists(WRITTEN, min_size=1, max_size=5))
def test_every_word_is_seen_and_no_tag(paragraphs: list[str]) -> None:
    markup = "".join(
        f'<p class="x"><em>{html.escape(p)}</em><script>var tagg = "<p>";</script></p>\n'
        for p in paragraphs
    )

    seen = visible_text(markup)

    assert seen == "\n".join(folded(p) for p in paragraphs if folded(p))


@given(WRITTEN)
def test_dressing_does_not_change_the_text(text: str) -> None:
    inner = html.escape(text)
    plain = visible_text(f"<p>{inner}</p>")
    dressed = visible_text(
        f"<div><section>\n  <p style='x'><span>{inner}</span></p>\n</section></div>"
    )

    assert dressed == plain


@given(WRITTEN)
def test_a_title_is_one_line(text: str) -> None:
    assert one_line(f"<b>{html.escape(text)}</b><br>") == folded(text)


@pytest.mark.parametrize(
    "hostile", ["<", "<!--", "<a ", "<![", "&#", "<p", "</", "'<\"", "<script>"]
)
def test_hostile_repetition_takes_no_time(hostile: str) -> None:
    started = time.process_time()
    visible_text(hostile * (65_000 // len(hostile)))
    assert time.process_time() - started < 5


def test_pictures_are_absolute_each_once_in_reading_order() -> None:
    markup = """
      <img src="/a.png" alt="A"><img src="b.png"><img src="https://blogg.sjovik.example/a.png#x">
      <img src="data:image/gif;base64,R0=" data-src="lat.jpg" alt=" Lat  bild ">
      <img src="data:image/gif;base64,R0="><img alt="utan"><img src="javascript:alert(1)">
      <img src="https://s.w.org/emoji/1f600.png" class="wp-smiley" alt="😀">
      <img src="http://[trasig"><noscript><img src="c.png"></noscript>
    """

    found = pictures(markup, BASE)

    assert [(m.url, m.alt) for m in found] == [
        ("https://blogg.sjovik.example/a.png", "A"),
        ("https://blogg.sjovik.example/badplatsen/b.png", ""),
        ("https://blogg.sjovik.example/badplatsen/lat.jpg", "Lat bild"),
    ]
    assert "😀" in visible_text(markup)


@given(st.text(), st.text())
def test_an_address_is_a_web_address_or_nothing(url: str, base: str) -> None:
    found = absolute(url, base)
    assert found == "" or found.startswith(("http://", "https://"))
