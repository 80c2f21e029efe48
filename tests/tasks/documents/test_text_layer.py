"""The invisible layer gives back every character, whatever the script, to more than one reader."""

import io
from pathlib import Path

import page as validation
import pypdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.documents.letters import Letters, clusters, font_program
from tasks.documents.likeness import share, squeezed
from tasks.model import Block, Box, Word
from tests.tasks.documents.built import document, opened, pdftotext
from tests.tasks.documents.samples import Page, capture

EMOJI = "👩‍👩‍👧 🏳️‍🌈 🇸🇪🇫🇮 👍🏽 1️⃣ ❤️‍🔥 🧑🏿‍🚒"
SCRIPTS = {
    "svenska": "Så plogas gång- och cykelvägar i Sjövik, 20 % fler än i fjol.",
    "emoji": f"Hej {EMOJI} slut",
    "marks": "Zo\u0308e A\u030a e\u0301\u0323 z\u0338\u0321\u0322a\u031b हिन्दी क्षत्रिय ไทยภาษา",
    "wide": "中文字 日本語 한국어 𐎠𐎡𐎢",
    "hidden": "mjuk\u00adbindning a\u200db c\u200bd \u200e",
}
TURNED = "مرحبا بالعالم 2025 نص (مثال) abc123 שלום, עולם 45% סוף 17 (x) Sjövik ne\u0301"


def read(data: bytes) -> str:
    """What pypdf reads of the page's own sheets."""
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(data)).pages[1:])


def written(*texts: str) -> Page:
    page = Page()
    for text in texts:
        page.write("p", text)
    return page


@pytest.mark.parametrize("text", SCRIPTS.values(), ids=SCRIPTS)
def test_every_character_comes_back_in_order_with_its_words_parted(
    text: str, tmp_path: Path
) -> None:
    data = document(written(text, text))
    for found in (read(data), pdftotext(data, tmp_path), pdftotext(data, tmp_path, "-raw")):
        assert found.split() == [*text.split(), *text.split()]
    assert validation.is_pdf_compliant_bytes(data, profile="3a")


def test_right_to_left_words_come_back_letter_by_letter_in_the_order_they_are_read(
    tmp_path: Path,
) -> None:
    data = document(written(TURNED, "2025 efter", "(123) igen"))
    assert read(data).split() == [*TURNED.split(), "2025", "efter", "(123)", "igen"]
    wanted = squeezed(f"{TURNED} 2025 efter (123) igen")
    assert squeezed(pdftotext(data, tmp_path, "-raw")) == wanted
    assert sorted(squeezed(pdftotext(data, tmp_path))) == sorted(wanted)


def test_what_follows_right_to_left_words_is_not_turned_about() -> None:
    """Not even letters with marks, signs and numbers, which tell pypdf of no direction."""
    texts = [
        "سلام",
        "e\u0301a\u0301 o\u0308u\u0308",
        "ne\u0301e",
        "سلام \u2102\u211d \u2102\u2115",
        "(12) ٣٤ +5",
        "…–• cd",
    ]
    assert squeezed(read(document(written(*texts)))) == squeezed("".join(texts))


def test_right_to_left_words_stand_as_they_are_shown(tmp_path: Path) -> None:
    """A line set from the right, as a browser sets it, is read by Poppler as it was written."""
    words = ["שלום", "לכל", "העולם"]
    right, told = 460, []
    for word in words:
        told.append(Word(word, Box(right - 12 * len(word), 10, 12 * len(word), 18)))
        right -= 12 * len(word) + 10
    page = Page()
    page.blocks = [Block(kind="p", words=tuple(told), box=Box(0, 10, 460, 18))]
    assert pdftotext(document(page), tmp_path).split() == words


def test_characters_that_mean_nothing_elsewhere_are_read_as_unknown(tmp_path: Path) -> None:
    data = document(written("ikon\ue001\U000f0001 \x07 \ud800 \ufffe \ufdd0 slut"))
    assert read(data).split() == ["ikon\ufffd\ufffd", *"\ufffd" * 4, "slut"]
    assert pdftotext(data, tmp_path).split() == read(data).split()
    assert validation.is_pdf_compliant_bytes(data, profile="3a")


def test_ten_thousand_different_letters_come_back(tmp_path: Path) -> None:
    letters = [chr(code) for code in range(0x4E00, 0x4E00 + 10_000)]
    texts = ["".join(letters[start : start + 50]) for start in range(0, 10_000, 50)]
    data = document(written(*texts))
    assert squeezed(read(data)) == "".join(letters)
    assert squeezed(pdftotext(data, tmp_path)) == "".join(letters)
    assert validation.is_pdf_compliant_bytes(data, profile="3a")


def test_more_letters_than_a_font_can_number_are_given_another(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(Letters.__init__, "__defaults__", (20,))
    text = "abcdefghijklmnopqrstuvwxyzåäö åzäa 0123456789 ABCDEFGHIJKLMNOPQRSTUVWXYZ سلام"
    data = document(written(text))
    assert squeezed(read(data)) == squeezed(text)
    # ligatures of right-to-left order apart, words keep together over fonts
    assert pdftotext(data, tmp_path).split()[:4] == text.split()[:4]
    assert validation.is_pdf_compliant_bytes(data, profile="3a")
    with opened(data) as pdf:
        fonts = pdf.pages[1].Resources.Font
        assert len(fonts) == 4
        assert len({font.DescendantFonts[0].FontDescriptor.objgen for font in fonts.values()}) == 4


def test_codes_are_never_halves_of_a_pair() -> None:
    """A reader that takes codes for UTF-16 (pypdf) would join two of them."""
    letters = Letters()
    codes = [letters.spelled(chr(0x4E00 + number)) for number in range(60_000)]
    assert len(set(codes)) == 60_000
    assert len({font for font, _ in codes}) == 15
    assert all(0x0001 < int(code, 16) < 0xD800 for _, code in codes)


def test_a_letter_with_ten_thousand_marks_is_no_harm() -> None:
    word = "z" + "\u0338" * 10_000
    data = document(written(word))
    assert squeezed(read(data)) == word
    assert validation.is_pdf_compliant_bytes(data, profile="3a")
    assert max(map(len, clusters(word))) <= 64


def test_the_font_is_always_the_same() -> None:
    before = font_program()
    font_program.cache_clear()
    assert font_program() == before


def test_nothing_of_the_layer_is_painted() -> None:
    data = document(written("Så plogas centrum"))
    with opened(data) as pdf:
        content = pdf.pages[1].Contents.read_bytes()
    assert content.index(b"3 Tr") < content.index(b"Tj")
    assert b" Tr" not in content.replace(b"3 Tr", b"")


readable_word = st.text(
    st.characters(exclude_categories=("Z", "Cc", "Cs", "Co", "Cn")), min_size=1, max_size=12
).filter(lambda word: len(word.split()) == 1 and "\ufeff" not in word)
anywhere = st.builds(
    Box, st.floats(-50, 600), st.floats(-50, 1500), st.floats(0, 300), st.floats(0, 60)
)
words = st.builds(Word, readable_word, anywhere, st.sampled_from([None, 0, 1]), st.booleans())
blocks = st.builds(
    lambda kind, words, box, post: Block(kind=kind, words=tuple(words), box=box, post=post),
    st.sampled_from(["p", "h1", "h5", "li"]),
    st.lists(words, min_size=1, max_size=6),
    anywhere,
    st.sampled_from([None, 0, 1]),
)


@settings(max_examples=40, deadline=None)
@given(st.lists(blocks, min_size=1, max_size=5))
def test_whatever_words_stand_wherever_all_of_them_come_back(told: list[Block]) -> None:
    page = Page()
    page.target("https://sjovik.example/a", "a")
    page.target("mailto:b@sjovik.example", "b")
    page.blocks, page.y = told, 1400
    given_page = capture(page, post_texts=())
    found = squeezed(read(document(given_page)))
    wanted = "".join(word.text for block in told for word in block.words)
    assert sorted(found) == sorted(squeezed(wanted))


@settings(max_examples=20, deadline=None)
@given(st.lists(st.lists(readable_word, min_size=1, max_size=30).map(" ".join), min_size=1))
def test_words_that_are_set_in_lines_come_back_in_order(texts: list[str]) -> None:
    page = written(*texts)
    assert share(squeezed(" ".join(texts)), squeezed(read(document(page)))) == 1.0
