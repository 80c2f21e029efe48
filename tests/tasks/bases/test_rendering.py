"""A rendering shows what the public saw, says what it is, and lets nothing of strangers act."""

import datetime as dt
import io
import re
from html.parser import HTMLParser

import page
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from PIL import Image

from tasks.bases import articles
from tasks.bases.rendering import MARK, rendering
from tasks.documents import html_to_pdf, read_back
from tasks.model import Media, Visibility
from tests.tasks.bases.samples import (
    NOW,
    a_channel,
    a_picture,
    a_post,
    a_thread,
    own_post,
    rendered,
)


def at(day: int, hour: int = 9) -> dt.datetime:
    return dt.datetime(2025, 12, day, hour, tzinfo=dt.UTC)


def test_posts_stand_newest_first_under_headings_of_their_own_with_times_and_permalinks() -> None:
    older = a_thread(own_post("1", "Isen bär inte", at=at(3)))
    newer = a_thread(own_post("2", "Isen bär", title="Nu bär isen", at=at(28)))
    told = rendered(older, newer)
    assert [text.split(" Sjöviks")[0] for text in told.posts] == [
        "Nu bär isen",
        "Inlägg 3 december 2025",
    ]
    assert told.post_times == (at(28), at(3))
    assert '<time datetime="2025-12-28T09:00:00Z">28 december 2025 kl. 10.00</time>' in told.html
    assert '<html lang="sv">' in told.html
    assert told.links[1:] == ("https://social.example/p/2", "https://social.example/p/1")
    assert "2 inlägg" in told.text


def test_posts_outside_the_period_are_not_shown() -> None:
    inside = a_thread(own_post("1", "Inne", at=dt.datetime(2025, 12, 31, 22, 59, tzinfo=dt.UTC)))
    after = a_thread(own_post("2", "Efter", at=dt.datetime(2025, 12, 31, 23, 0, tzinfo=dt.UTC)))
    assert len(rendered(inside, after).posts) == 1
    assert "Efter" not in rendered(inside, after).text


@pytest.mark.parametrize("state", sorted(set(Visibility) - {Visibility.PUBLIC}))
def test_what_is_not_public_is_not_shown_and_neither_are_its_answers(state: Visibility) -> None:
    thread = a_thread(
        own_post("1", "Fråga på"),
        a_post("c1", "synlig fråga", name="Ada"),
        a_post("c2", "dold rad", name="Bo", visibility=state),
        a_post("c3", "svar under", name="Cy", parent="c2"),
        a_post("c4", "svar längre ned", name="Di", parent="c3"),
    )
    told = rendered(thread)
    assert "synlig fråga" in told.text
    assert not {"dold rad", "svar under", "svar längre ned"} & set(told.text.split("\n"))
    assert told.comments == 1
    assert rendered(a_thread(own_post("1", "dolt", visibility=state))).posts == ()


def test_comments_follow_what_they_answer_and_a_circle_does_not_hang() -> None:
    thread = a_thread(
        own_post("1", "Inlägget"),
        a_post("a", "första", name="Ada", at=at(30, 10)),
        a_post("b", "andra", name="Bo", at=at(30, 11)),
        a_post("c", "svar på första", name="Cy", parent="a", at=at(30, 12)),
        a_post("d", "svar på svaret", name="Di", parent="c", at=at(30, 13)),
        a_post("e", "svar på en borttagen", name="Ed", parent="borta", at=at(30, 14)),
        a_post("f", "rund", name="Fi", parent="g", at=at(30, 15)),
        a_post("g", "ring", name="Gu", parent="f", at=at(30, 16)),
    )
    lines = [line for line in rendered(thread).text.split("\n") if line]
    said = ["första", "svar på första", "svar på svaret", "andra", "svar på en borttagen"]
    assert [line for line in lines if line in {*said, "rund", "ring"}] == [*said, "rund", "ring"]
    assert any(line.startswith("Di svar till Cy · ") for line in lines)


def test_without_names_visitors_are_numbered_and_the_body_answers_as_itself() -> None:
    thread = a_thread(
        own_post("1", "Vi tackar alla", name="Kommunens konto"),
        a_post("a", "När spolas banan?", name="Anna Björkman", author="77", at=at(30, 10)),
        a_post("b", "Hej Anna! Annas fråga är bra.", own=True, name="Eva E", at=at(30, 11)),
        a_post("c", "Tack @anna.bjorkman", name="Per-Erik Holm", author="78", at=at(30, 12)),
        a_post("d", "Själv tackar", name="Anna Björkman", author="77", at=at(30, 13)),
    )
    told = rendered(thread, comments="unnamed").text
    assert "Besökare 1 · 30 december 2025 kl. 11.00" in told
    assert "Sjöviks kommun (kanalen) · 30 december 2025 kl. 12.00" in told
    assert "Hej [besökare 1]! [besökare 1]s fråga är bra." in told
    assert "Tack @[besökare 1]\n" in told
    assert "Besökare 1 · 30 december 2025 kl. 14.00" in told
    assert not re.search("anna|bj.rkman|holm|eva", told, re.IGNORECASE)
    assert "Anna Björkman" in rendered(thread).text


def test_without_names_neither_pictures_nor_addresses_of_visitors_are_shown() -> None:
    media = (Media(url="u", alt="Ada vid sjön", file="m"),)
    where = "https://social.example/ada.testsson/1"
    mine = a_thread(own_post("1", "Inlägget", media=media), a_post("a", "Se här", media=media))
    theirs = a_thread(a_post("2", "Hej", kind="post", name="Ada", permalink=where), id="2")
    told = rendered(mine, theirs, comments="unnamed", pictures={"m": a_picture()})
    assert (told.images, told.images_missing) == (1, 0)
    assert "Bild från en besökare." in told.text
    assert where not in told.html
    assert where in rendered(theirs).links


def test_without_comments_their_number_is_told_and_visitors_posts_stay_out() -> None:
    own = a_thread(own_post("1", "Inlägget"), a_post("a", "en fråga", name="Ada"))
    visitor = a_thread(a_post("2", "en visitors inlägg", kind="post", name="Bo"))
    told = rendered(own, visitor, comments="none")
    assert "1 kommentar återges inte." in told.text
    assert len(told.posts) == 1
    assert not {"Ada", "Bo", "en fråga"} & set(told.text.split("\n"))
    assert told.comments == 0


def test_comments_to_a_culled_post_say_so_and_count_as_no_post() -> None:
    thread = a_thread(
        a_post("c9", "Hur gick det?", name="Ola"),
        id="40",
        culled_by="2025-12-15-1",
        permalink="https://social.example/p/40",
    )
    told = rendered(thread)
    assert told.posts == ()
    assert "Kommentarer till ett inlägg som är gallrat i arkivet" in told.text
    assert "https://social.example/p/40" in told.links


def test_the_latest_wording_is_shown_with_the_time_of_the_change() -> None:
    told = rendered(a_thread(own_post("1", "Öppet till 18", earlier=("Öppet till 17",))))
    assert "ändrat 30 december 2025 kl. 12.15" in told.text
    assert "Öppet till 17" not in told.text


def test_html_keeps_its_lists_stress_and_links_where_it_says_what_was_judged() -> None:
    html = (
        '<p onclick="x()">Se <a href="/is" target=_blank>isläget</a> <b>nu</b></p>'
        "<ul><li>Sjön<li>Ån</ul>"
    )
    dressed = a_thread(
        own_post("1", "Se isläget nu\nSjön\nÅn", html=html, permalink="https://sjovik.example/p")
    )
    told = rendered(dressed)
    assert '<a href="https://sjovik.example/is">isläget</a> <strong>nu</strong>' in told.html
    assert re.search(r"<ul>\s*<li>Sjön</li>\s*<li>Ån</li>\s*</ul>", told.html)
    assert "onclick" not in told.html
    pictured = own_post(
        "1",
        "Röd flagga\nSe isläget 🧊",
        html='<p><img src="/1.jpg" alt="Röd flagga"></p><p>Se <a href="https://sjovik.example/is">'
        'isläget</a> <img class="emoji" alt="🧊"></p>',
    )
    assert ">isläget</a> 🧊</p>" in rendered(a_thread(pictured)).html
    other = a_thread(own_post("1", "Det som bedömdes", html="<p>Något annat</p>"))
    assert "Det som bedömdes" in rendered(other).text
    assert "Något annat" not in rendered(other).text


def test_pictures_come_from_the_archive_small_with_their_alt_text_and_losses_are_told() -> None:
    media = (
        Media(url="https://social.example/1.jpg", alt="Röd flagga på isen", file="media/1.jpg"),
        Media(url="https://social.example/2.jpg", file="media/2.jpg", alt="Trasig"),
        Media(url="https://social.example/3.jpg", alt="Aldrig hämtad"),
        Media(url="https://social.example/f.mp4", file="media/f.mp4", media_type="video/mp4"),
    )
    stored = {"media/1.jpg": a_picture((4000, 3000), kind="JPEG"), "media/2.jpg": b"\xff\xd8borta"}
    told = rendered(a_thread(own_post("1", "Bilder", media=media)), pictures=stored)
    assert (told.images, told.images_missing) == (1, 3)
    assert 'alt="Röd flagga på isen"' in told.html
    assert "Bild som inte kan visas här. Beskrivning: Trasig" in told.text
    assert "Film eller ljud som inte kan visas här." in told.text
    assert "social.example/1.jpg" not in told.html
    assert len(told.html) < 200_000


def test_many_pictures_share_the_room_and_all_are_shown() -> None:
    noise = io.BytesIO()
    Image.effect_noise((1600, 1200), 90).convert("RGB").save(noise, "JPEG", quality=95)
    media = tuple(Media(url=str(n), file="m") for n in range(12))
    pictures = {"m": noise.getvalue()}
    one = rendered(a_thread(own_post("1", "En", media=media[:1])), pictures=pictures)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(articles, "LARGEST_ALL", 1_000_000)
        all_ = rendered(
            a_thread(own_post("1", "Tolv", media=media)), pictures={"m": noise.getvalue()}
        )
    assert (all_.images, all_.images_missing) == (12, 0)
    assert len(all_.html) < 12 * 1.4 * articles.LARGEST_ONE * 0.5
    assert len(one.html) > len(all_.html) / 12


def test_the_document_is_accessible_pdf_a_with_every_post_and_the_mark_on_every_sheet() -> None:
    threads = [
        a_thread(own_post(str(n), f"Inlägg {n} om plogning\n" + "Rad\n" * 20, at=at(n)))
        for n in range(1, 7)
    ]
    picture = Media(url="u", alt="Plogbilen", file="m")
    threads.append(a_thread(own_post("9", "Nu plogas det 🚜", media=(picture,), at=at(9))))
    told = rendered(*threads, pictures={"m": a_picture()})
    pdf = html_to_pdf(told.html, title="Återgivning", author="Sjöviks kommun", created=NOW)
    for profile in (page.ValidationProfile.PDF_A_3A, page.ValidationProfile.PDF_UA_1):
        assert page.is_pdf_compliant_bytes(pdf, profile=profile), profile
    found = read_back(pdf)
    assert found.pages > 1
    assert all(MARK in text for text in found.texts)
    whole = " ".join(" ".join(found.texts).split())
    assert all(f"Inlägg {n} om plogning" in whole for n in range(1, 7))


def test_each_post_is_told_by_what_stands_together_on_one_sheet() -> None:
    """Found in the document's text wherever a sheet ends, also where pictures part the words."""
    pictures = {f"m{n}": a_picture((900, 700 + 40 * n)) for n in range(7)}
    threads = [
        a_thread(
            own_post(
                str(n),
                "" if n % 3 == 0 else "Hej!\n" + f"Rad om {n}\n" * (n % 9),
                at=dt.datetime(2025, 11, 1 + n, tzinfo=dt.UTC),
                title=f"Rubrik {n} " * (n % 12),
                media=(Media(url="u", file=f"m{n % 7}"),),
            )
        )
        for n in range(28)
    ]
    told = rendered(*threads, pictures=pictures)
    pdf = html_to_pdf(told.html, title="Återgivning", author="Sjöviks kommun", created=NOW)
    whole = "".join("".join(read_back(pdf).texts).split())
    assert len(told.posts) == 28
    assert [post for post in told.posts if "".join(post.split()) not in whole] == []


def test_how_a_post_is_told_ends_where_it_is_written_from_right_to_left() -> None:
    (post,) = rendered(a_thread(own_post("1", "Välkommen مرحبا 2025"))).posts
    assert post.endswith("Välkommen")


def test_an_unknown_choice_of_comments_is_refused() -> None:
    with pytest.raises(ValueError, match="comments"):
        rendering(
            a_channel(), (), now=NOW, comments="some", period=(None, NOW.date()), media=nothing
        )


def nothing(_day: dt.date, _name: str) -> bytes | None:
    return None


STRUCTURE = {"html", "head", "meta", "title", "style", "body", "main", "header", "section"}
WORDS = {"h1", "h2", "h3", "p", "a", "ul", "ol", "li", "blockquote", "strong", "em", "br"}
ALLOWED = STRUCTURE | WORDS | {"div", "article", "time", "span", "figure", "img"}
HOSTILE = st.one_of(
    st.text(max_size=60),
    st.lists(
        st.sampled_from(
            [
                "<script>", "</script>", "<img src=x onerror=y>", "</article>", "</style>", "<b>",
                '<a href="javascript:a()">', "<a href='//ond.example/'>", "</a>", "<!--", "-->",
                "<![CDATA[", "]]>", "<svg onload=a()>", '"', "'", "&lt;", "&", "<li>", "</ul>",
                "<style>@import url(//ond.example)</style>", "\x00", "\ud800", "\u202e", "hej",
                "url(http://ond.example)", "<a href=https://a:b@ond.example>", "{{ 7*7 }}", "<",
                "</main><iframe src=//ond.example>", "<p style='background:url(//ond.example)'>",
            ]
        ),
        max_size=12,
    ).map("".join),
)  # fmt: skip


class Elements(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.open: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag not in {"meta", "img", "br"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)


@settings(max_examples=150)
@given(words=HOSTILE, html=HOSTILE, name=HOSTILE, alt=HOSTILE, address=HOSTILE)
def test_hostile_words_never_become_an_element_an_outside_address_or_a_script(
    words: str, html: str, name: str, alt: str, address: str
) -> None:
    media = (Media(url=address, alt=alt, file="m"), Media(url=address, alt=alt))
    root = own_post("1", words, title=name, html=html, name=name, media=media, permalink=address)
    answer = a_post("c", html, html=html, name=name, author=alt, media=media, permalink=address)
    for choice in ("full", "unnamed"):
        html_out = rendered(
            a_thread(root, answer), comments=choice, pictures={"m": a_picture((8, 8))}
        ).html
        html_out.encode()
        found = Elements(html_out)
        assert set(found.tags) <= ALLOWED
        assert not found.open
        for tag, attribute, value in found.attributes:
            assert attribute in {"lang", "charset", "class", "href", "src", "alt", "datetime"}
            if attribute == "href":
                assert tag == "a"
                assert re.match(r"(https?://[^@/]+(/|$|[?#])|mailto:|tel:)", value)
            if attribute == "src":
                assert value.startswith("data:image/")


@settings(max_examples=150)
@given(html=HOSTILE)
def test_what_html_says_is_shown_or_else_the_text_that_was_judged(html: str) -> None:
    told = rendered(a_thread(own_post("1", "rubrik kvar", html=html)))
    assert "rubrik kvar" in told.text


NAMES = st.lists(
    st.text(st.sampled_from("bdfghjklqvxzåäöéüБЖ"), min_size=4, max_size=9), min_size=1, max_size=3
)
AROUND = st.sampled_from(["Hej {}!", "@{}", "{}s fråga", "({})", "{}, tack", "#{}", "x {} y", "{}"])


@settings(max_examples=150)
@given(
    name=NAMES, around=AROUND, joined=st.sampled_from([" ", ".", "_", "", "-"]), up=st.booleans()
)
def test_without_names_no_commenters_name_is_left_anywhere(
    name: list[str], around: str, joined: str, *, up: bool
) -> None:
    written = joined.join(name)
    mention = around.format(written.upper() if up else written)
    media = (Media(url="u", alt=f"Foto av {written}"),)
    thread = a_thread(
        own_post("1", "Inlägget"),
        a_post(
            "a", f"Jag heter {' '.join(name)}", name=" ".join(name), author=written, media=media
        ),
        a_post(
            "b", mention, own=True, html=f'<p>{mention}</p><a href="https://s.example/{written}">'
        ),
        a_post("c", f"https://s.example/{written}", name="Någon Annan"),
    )
    told = rendered(thread, comments="unnamed")
    for part in name:
        assume(part.casefold() not in "sjöviks kommun")
        assert part.casefold() not in told.html.casefold()
