"""What is masked is nowhere left in the copy, whoever looks; all else is, and it stays valid."""

import datetime as dt
import functools
import io
import re
import shutil
import subprocess
import zlib
from collections.abc import Sequence

import page
import pikepdf
import pypdf
import pytest
from pikepdf import Dictionary, Name

from archive_store.errors import CaptureError, InputError
from tasks.documents import Level, html_to_pdf, read_back, snapshot_pdf
from tasks.documents.masking import Place, masked
from tests.tasks.documents.samples import Page, capture, provenance

CREATED = dt.datetime(2026, 2, 1, 9, tzinfo=dt.UTC)
PROVISION = "21 kap. 7 § offentlighets- och sekretesslagen (2009:400)"
NAME = "Örjan Quist"
PICTURE = "Porträtt av Örjan Quist på torget"


@functools.cache
def original(level: Level = Level.A3) -> bytes:
    """A snapshot whose very first letters are a name that is said again in every possible way."""
    made = Page()
    home = made.target("https://sjovik.example/profil/orjan-quist", "Örjan Quists profil")
    site = made.target("https://sjovik.example/nyheter", "Webbplatsen")
    made.write("h1", "Örjan Quist och kommunen svarar")
    made.write("h2", "Fråga från ÖRJAN QUIST, Åsen", post=0)
    made.write("p", "Hej! Jag heter Örjan Quist 👩‍👧 och undrar om snön.", post=0)
    made.write("p", "Profilen", link=home, post=0)
    made.write("p", "Läs på webbplatsen", link=site, post=0)
    made.draw(PICTURE, 120, post=0)
    made.draw("Karta över hamnen", 120, post=0)
    made.write("h2", "Svar om plogning", post=1)
    made.write("p", "Tack för Quistens fråga, Örjanssons väg plogas i natt.", post=1)
    given = capture(
        made, title="Örjan Quist – frågor", address="https://sjovik.example/örjan-quist"
    )
    return snapshot_pdf(given, provenance(api_posts=None), level=level).pdf


def mask(words: Sequence[str] = (), places: Sequence[Place] = (), level: Level = Level.A3) -> bytes:
    return masked(original(level), places=places, words=words, provision=PROVISION, created=CREATED)


@pytest.fixture(scope="module")
def copy() -> bytes:
    return mask([NAME])


def everything_in(data: bytes) -> str:
    """All that any program could read: texts by two readers, strings, and every stream decoded."""
    texts = list(read_back(data).texts)
    if shutil.which("pdftotext"):
        run = ["pdftotext", "-layout", "-", "-"]
        texts.append(
            subprocess.run(run, input=data, capture_output=True, check=True).stdout.decode()
        )
    with pikepdf.open(io.BytesIO(data)) as pdf:
        for item in pdf.objects:
            texts.append(str(item.unparse(resolved=True).decode("latin-1")))
            if isinstance(item, Dictionary | pikepdf.Stream):
                texts.extend(str(v) for v in item.values() if isinstance(v, pikepdf.String))
            if isinstance(item, pikepdf.Stream) and item.get("/Subtype") != Name.Image:
                raw = item.read_bytes()
                texts.extend(raw.decode(code, "ignore") for code in ("utf-8", "utf-16-be"))
    return "\n".join(texts).casefold()


def assert_valid(data: bytes, level: Level = Level.A3) -> None:
    kept = ["PDF_A_3A", "PDF_UA_1"] if level is Level.A3 else ["PDF_A_1B"]
    for name in kept:
        report = page.validate_pdf_bytes(data, profile=getattr(page.ValidationProfile, name))
        assert report.is_compliant, [failure.rule_id for failure in report.failures]


def test_the_search_for_what_is_left_finds_it_in_the_original() -> None:
    said = everything_in(original())
    for part in ("örjan quist", "orjan-quist", "%c3%b6rjan-quist", "porträtt av örjan"):
        assert part in said, part


def test_a_masked_name_is_nowhere_left(copy: bytes) -> None:
    said = everything_in(copy)
    for part in ("quist,", "örjan q", "orjan", "%c3%b6rjan", "porträtt av"):
        assert part not in said, part
    assert_valid(copy)


def test_all_else_is_still_there(copy: bytes) -> None:
    text = re.sub(r"\s+", " ", "\n".join(read_back(copy).texts))
    for said in (
        "och kommunen svarar",
        "Fråga från Åsen",
        "Hej! Jag heter 👩‍👧 och undrar om snön.",
        "Läs på webbplatsen",
        "Tack för Quistens fråga, Örjanssons väg plogas i natt.",
    ):
        assert said in text, said
    found = read_back(copy)
    assert found.links.count("https://sjovik.example/nyheter") == 1
    assert found.title == "Maskad kopia: " + found.title.partition(": ")[2]


def test_the_copy_says_that_it_is_one_and_by_which_provision(copy: bytes) -> None:
    front = re.sub(r"\s+", " ", read_back(copy).texts[0])
    assert "Maskad kopia" in front
    assert PROVISION in front
    assert "Kopian framställd 1 februari 2026 kl. 10.00 svensk tid" in front
    reader = pypdf.PdfReader(io.BytesIO(copy))
    assert [item.title for item in reader.outline if not isinstance(item, list)] == [
        "Maskad kopia",
        "Försättsblad",
        "[maskat] – frågor",
    ]
    assert reader.attachments == {}


def test_nothing_of_the_original_by_which_a_guess_could_be_tried_is_left(copy: bytes) -> None:
    assert re.search(r"\b[0-9a-f]{64}\b", "\n".join(read_back(original()).texts))
    assert not re.search(r"\b[0-9a-f]{64}\b", everything_in(copy))


def test_the_fonts_do_not_tell_in_which_order_letters_first_came(copy: bytes) -> None:
    """Else the table of characters begins with the first words of the page."""

    def order(data: bytes) -> list[str]:
        with pikepdf.open(io.BytesIO(data)) as pdf:
            tables = {
                font.ToUnicode.read_bytes().decode()
                for sheet in pdf.pages
                for font in sheet.Resources.Font.values()
                if str(font.BaseFont) == "/KanalarkivLayer"
            }
        [table] = tables
        codes = re.findall(r"<[0-9A-F]{4}> <([0-9a-f]+)>", table)
        return [bytes.fromhex(code).decode("utf-16-be") for code in codes][1:]

    assert "".join(order(original())).startswith("Örjan")
    assert order(copy) == sorted(order(copy))
    assert "Q" in order(copy)  # of a word that stays


def test_the_pixels_under_the_mask_are_black_and_all_others_the_same(copy: bytes) -> None:
    def pictures(data: bytes, skip: int) -> list[tuple[int, int, bytes]]:
        with pikepdf.open(io.BytesIO(data)) as pdf:
            found = []
            for sheet in list(pdf.pages)[skip:]:
                [(_, image)] = sheet.Resources.XObject.items()
                seen = pikepdf.PdfImage(image).as_pil_image()
                found.append((*seen.size, seen.tobytes()))
            return found

    before, after = pictures(original(), 1), pictures(copy, 2)
    assert len(before) == len(after)
    changed = 0
    for (width, height, old), (*size, new) in zip(before, after, strict=True):
        assert [width, height] == size
        for at in range(0, len(old), 3):
            if old[at : at + 3] != new[at : at + 3]:
                assert new[at : at + 3] == b"\0\0\0"
                changed += 1
    assert changed > 500


def test_a_place_takes_pixels_words_links_and_alternative_text() -> None:
    with pikepdf.open(io.BytesIO(original())) as pdf:
        [note] = [n for n in pdf.pages[1].Annots if "nyheter" in str(n.A.URI)]
        left, bottom, right, top = map(float, note.Rect)
        high = float(pdf.pages[1].MediaBox[3])
    spot = Place(page=2, left=left, top=high - top, width=right - left, height=top - bottom + 300)
    data = mask(places=[spot])
    found = read_back(data)
    assert "https://sjovik.example/nyheter" not in found.links
    assert "Läs" not in found.texts[2]
    assert "Karta över hamnen" not in everything_in(data).replace("karta", "Karta")
    assert "porträtt av" not in everything_in(data)
    assert NAME in found.texts[2]
    assert_valid(data)


def test_a_whole_sheet_may_be_masked() -> None:
    whole = [Place(page=n, left=0, top=0, width=600, height=850) for n in (1, 2, 3)]
    with pikepdf.open(io.BytesIO(original())) as pdf:
        whole = whole[: len(pdf.pages)]
    data = mask(places=whole)
    assert "kommunen" not in "\n".join(read_back(data).texts[1:])
    assert_valid(data)


def test_a_document_for_pdf_a_1_stays_one() -> None:
    data = mask([NAME], level=Level.A1)
    assert "orjan" not in everything_in(data)
    assert_valid(data, Level.A1)


def test_the_same_mask_gives_the_same_bytes(copy: bytes) -> None:
    assert mask([NAME]) == copy


def test_a_masked_copy_can_be_masked_again(copy: bytes) -> None:
    again = masked(copy, places=(), words=["snön"], provision=PROVISION, created=CREATED)
    assert "snön" not in everything_in(again)
    assert_valid(again)


@pytest.mark.parametrize(
    ("code", "words", "places"),
    [
        ("mask-nothing", [], []),
        ("mask-not-found", [NAME, "Nils Holgersson"], []),
        ("mask-not-found", [" "], []),
        ("mask-place", [], [Place(page=9, left=0, top=0, width=9, height=9)]),
        ("mask-place", [], [Place(page=1, left=0, top=0, width=0, height=9)]),
        ("mask-place", [], [Place(page=1, left=700, top=0, width=9, height=9)]),
    ],
)
def test_what_cannot_be_masked_is_refused_and_not_repeated(
    code: str, words: list[str], places: list[Place]
) -> None:
    with pytest.raises(InputError) as caught:
        mask(words, places)
    assert caught.value.code == code
    assert "Nils" not in caught.value.sv + caught.value.en


def test_a_mask_without_a_provision_is_refused() -> None:
    with pytest.raises(InputError) as caught:
        masked(original(), places=(), words=[NAME], provision=" ", created=CREATED)
    assert caught.value.code == "mask-provision"


def test_a_provision_that_says_what_is_masked_gives_no_copy() -> None:
    with pytest.raises(CaptureError) as caught:
        masked(original(), places=(), words=[NAME], provision=f"Om {NAME}", created=CREATED)
    assert caught.value.code == "mask-left"


def test_documents_of_others_are_refused() -> None:
    target = io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.save(target)
    for data in (target.getvalue(), b"no PDF", original()[:4000], zlib.compress(b"x")):
        with pytest.raises(InputError) as caught:
            masked(data, places=(), words=[NAME], provision=PROVISION, created=CREATED)
        assert caught.value.code == "mask-foreign"


def test_pictures_in_a_drawn_document_are_masked_where_they_stand() -> None:
    from known_bad import DOT  # noqa: PLC0415 - only here

    markup = (
        f"<html lang=sv><h1>Bild</h1><p>Av {NAME} 😀</p><img alt='av {NAME}' width=300 src='{DOT}'>"
    )
    data = html_to_pdf(markup, title=NAME, author="Sjövik", created=CREATED)
    spot = Place(page=1, left=0, top=0, width=595, height=842)
    copied = masked(data, places=[spot], words=[NAME], provision=PROVISION, created=CREATED)
    assert "quist" not in everything_in(copied)
    assert_valid(copied)
