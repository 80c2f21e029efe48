"""A snapshot's document: its first page tells the truth, its text is there, or it is refused."""

import dataclasses as dc
import datetime as dt
import hashlib
import html
import io
import json
import re

import page
import pikepdf
import pypdf
import pytest

from archive_store.errors import CaptureError
from tasks.documents import SnapshotPdf, read_back, snapshot_pdf
from tasks.documents.describing import Level
from tasks.documents.provenance import is_whole, provenance_html, snapshot_title
from tasks.model import Capture, Completeness, Occasion, Provenance
from tests.tasks.documents.samples import POSTS, TIMES, Page, capture, page_of, provenance

PROFILES = page.ValidationProfile
WHOLE = Completeness(page=5, pdf=5, api=5)


def first_page(pdf: bytes) -> str:
    return re.sub(r"\s+", " ", read_back(pdf).texts[0])


def told(given: Capture, about: Provenance, completeness: Completeness = WHOLE) -> str:
    """The words of the first page, without drawing it."""
    body = provenance_html(given, about, completeness).partition("<body>")[2]
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]*>", " ", body)))


@pytest.fixture(scope="module")
def made() -> SnapshotPdf:
    return snapshot_pdf(capture(), provenance())


def assert_keeps(pdf: bytes, *profiles: page.ValidationProfile) -> None:
    for profile in profiles:
        report = page.validate_pdf_bytes(pdf, profile=profile)
        assert report.is_compliant, [failure.rule_id for failure in report.failures]


def test_a_snapshot_is_pdf_a_3a_and_pdf_ua_1(made: SnapshotPdf) -> None:
    assert_keeps(made.pdf, PROFILES.PDF_A_3A, PROFILES.PDF_UA_1)


def test_at_level_1_it_is_pdf_a_1b_and_nothing_is_attached(made: SnapshotPdf) -> None:
    other = snapshot_pdf(capture(), provenance(), level=Level.A1)
    assert_keeps(other.pdf, PROFILES.PDF_A_1B)
    assert other.pdf.startswith(b"%PDF-1.4")
    assert not pypdf.PdfReader(io.BytesIO(other.pdf)).attachments
    assert other.completeness == made.completeness


def test_the_same_capture_gives_the_same_bytes(made: SnapshotPdf) -> None:
    assert snapshot_pdf(capture(), provenance()).pdf == made.pdf
    assert made.sha256 == hashlib.sha256(made.pdf).hexdigest()


def test_the_first_page_tells_what_why_when_and_how_complete(made: SnapshotPdf) -> None:
    front = first_page(made.pdf)
    for said in (
        "Sjöviks kommun – nyheter",
        "Årsskifte 31 december 2025",
        "Fullständighet: 5 av 5 inlägg",
        "5 inlägg på sidan, 5 i detta dokuments text, 5 enligt plattformens API",
        "Innehåller personuppgifter; pröva sekretess före utlämnande",
        "https://sjovik.example/nyheter",
        "Kommunstyrelsen, Sjöviks kommun",
        "Sida: den offentliga sidan",
        "31 december 2025 kl. 23.00.12–23.00.18 svensk tid Klar 2025-12-31 22.00.18 UTC",
        "1 juli 2025 till och med 31 december 2025",
        "Sidan var slut",
        "38 av 40 inlästa; 2 gick inte att läsa in",
        "Fönster 960 × 1280 bildpunkter",
        "6 sekunder före den verkliga",
        "Avböjt med ”Endast nödvändiga”",
        "”Visa fler kommentarer” 40 gånger",
        "header, div#chatt",
        "preliminär",
        "PDF/A-3a och PDF/UA-1",
        "fangst.json",
        "Sidans 3 bilder, i följd",
    ):
        assert said in front, said
    digest = hashlib.sha256(capture().text.encode()).hexdigest()
    assert digest in front.replace(" ", "")
    assert "ÖVNING" not in front
    assert "Avser tidpunkten" not in front


def test_a_rehearsal_is_marked_so_that_nobody_mistakes_it() -> None:
    later = capture(started=dt.datetime(2026, 11, 23, 3, tzinfo=dt.UTC))
    front = told(later, provenance(rehearsal=True))
    assert "ÖVNING Framställd i ett övningsarkiv" in front
    assert "Avser tidpunkten 31 december 2025 kl. 23.00" in front
    assert snapshot_title(provenance(rehearsal=True)).startswith("ÖVNING – Ögonblicksbild av")


def test_summer_time_is_told_as_swedish_time() -> None:
    taken = dt.datetime(2025, 6, 30, 21, tzinfo=dt.UTC)
    front = told(
        capture(started=taken, finished=taken),
        provenance(now=taken, occasion=Occasion.HALF_YEAR, period_from=None),
    )
    assert "Halvårsskifte 30 juni 2025" in front
    assert "30 juni 2025 kl. 23.00.00–23.00.00 svensk tid Klar 2025-06-30 21.00.00 UTC" in front
    assert "Till och med 31 december 2025" in front


def test_a_post_missing_in_the_pdf_is_told_and_not_whole() -> None:
    page = page_of()
    page.blocks = [dc.replace(b, post=None) if b.post == 3 else b for b in page.blocks]
    given = capture(page, post_texts=tuple(text[:80] for text in POSTS), post_times=TIMES)
    made = snapshot_pdf(given, provenance())
    assert made.completeness == Completeness(page=5, pdf=4, api=5)
    assert not made.whole
    assert "Fullständighet: 4 av 5 inlägg – ofullständig" in first_page(made.pdf)


def test_a_post_told_by_the_api_but_not_seen_is_told() -> None:
    short = Completeness(page=5, pdf=5, api=7)
    assert "Fullständighet: 5 av 7 inlägg – ofullständig" in told(capture(), provenance(), short)


@pytest.mark.parametrize("stopped", ["time", "height", "pages"])
def test_a_capture_that_was_cut_short_is_whole_only_if_the_api_says_so(stopped: str) -> None:
    alone = Completeness(page=5, pdf=5)
    front = told(capture(stopped=stopped), provenance(), alone)
    assert "5 av 5 inlägg – ofullständig" in front
    assert "sidan kan ha haft mer att visa" in front or "nästa sida" in front
    assert "ofullständig" not in told(capture(stopped=stopped), provenance())
    assert is_whole(capture(stopped="depth"), alone)


def test_a_page_taken_without_a_register_has_no_empty_fields() -> None:
    nobody = dict.fromkeys(("organisation", "board", "unit", "channel", "platform"), "")
    made = snapshot_pdf(capture(), provenance(**nobody))
    front = first_page(made.pdf)
    assert "Kanal Sjöviks kommun – nyheter Adress" in front
    assert "Myndighet" not in front
    assert "Verksamhet" not in front
    assert page.is_pdf_compliant_bytes(made.pdf, profile="3a")


def test_only_posts_of_the_period_are_counted() -> None:
    made = snapshot_pdf(capture(), provenance(period_from=dt.date(2025, 12, 22), api_posts=None))
    assert made.completeness == Completeness(page=3, pdf=3, api=None)
    assert "har inte tillfrågats" in first_page(made.pdf)


def test_a_post_without_a_time_is_counted_in_the_period() -> None:
    times = (None, *capture().post_times[1:])
    made = snapshot_pdf(
        capture(post_times=times), provenance(period_from=dt.date(2025, 12, 30), api_posts=1)
    )
    assert made.completeness.page == 1


def test_bookmarks_lead_to_the_first_page_and_to_each_post_where_it_stands(
    made: SnapshotPdf,
) -> None:
    reader = pypdf.PdfReader(io.BytesIO(made.pdf))
    front, whole, posts = reader.outline
    assert (front.title, reader.get_destination_page_number(front)) == ("Försättsblad", 0)
    assert (whole.title, reader.get_destination_page_number(whole)) == (capture().title, 1)
    assert [reader.get_destination_page_number(post) for post in posts] == [1, 1, 2, 2, 3]
    assert posts[1].title == "Sjöviks kommun 29 december 2025 Inlägg 2: så plogas hamnen i natt, …"
    first, second = (float(post["/Top"]) for post in posts[:2])
    scale = (595.276 - 34) / 480
    assert first == pytest.approx(841.89 - 17 - 10 * scale, abs=0.01)
    assert first - second == pytest.approx(240 * scale, abs=0.01)


def test_it_says_of_itself_that_it_is_whole(made: SnapshotPdf) -> None:
    assert made.whole


def test_metadata_name_document_and_organisation(made: SnapshotPdf) -> None:
    found = read_back(made.pdf)
    assert found.title == "Ögonblicksbild av Sjöviks kommun – nyheter, 31 december 2025"
    assert found.author == "Sjöviks kommun"
    assert "https://sjovik.example/nyheter" in found.links
    assert (found.pages, made.pages) == (4, 4)
    with pikepdf.open(io.BytesIO(made.pdf)) as pdf:
        assert str(pdf.Root.Lang) == "sv"
        assert pdf.open_metadata()["pdfaid:conformance"] == "A"


def test_the_pages_text_and_the_figures_of_the_capture_go_with_it(made: SnapshotPdf) -> None:
    given = capture()
    attached = pypdf.PdfReader(io.BytesIO(made.pdf)).attachments
    assert attached["sidans-text.txt"] == [given.text.encode()]
    figures = json.loads(attached["fangst.json"][0])
    assert figures["completeness"] == {"page": 5, "pdf": 5, "api": 5}
    assert figures["text_sha256"] == hashlib.sha256(given.text.encode()).hexdigest()
    assert figures["bands"][0]["sha256"] == hashlib.sha256(given.bands[0].picture).hexdigest()
    assert figures["pressed"] == [["Visa fler kommentarer", 40], ["Visa mer", 3]]
    assert figures["finished"] == "2025-12-31T22:00:18+00:00"
    with pikepdf.open(io.BytesIO(made.pdf)) as pdf:
        kinds = {str(file.F): str(file.AFRelationship) for file in pdf.Root.AF}
        assert kinds == {"fangst.json": "/Data", "sidans-text.txt": "/Alternative"}
        for file in pdf.Root.AF:
            assert str(file.EF.F.Params.ModDate) == "D:20251231220018Z"


@pytest.mark.parametrize("text", ["Något helt annat står här. " * 30, "\n".join(reversed(POSTS))])
def test_a_layer_that_lost_the_pages_words_or_their_order_is_refused(text: str) -> None:
    with pytest.raises(CaptureError) as caught:
        snapshot_pdf(capture(text=text), provenance())
    assert caught.value.code == "readback-failed"
    assert "Sjövik" not in str(caught.value)


def test_words_of_the_page_cannot_become_markup_of_the_first_page() -> None:
    title = "<script>alert(1)</script>} @page { size: A0 } “”\\"
    made = snapshot_pdf(
        capture(title=title), provenance(organisation='A"; } * { display: none } /*')
    )
    assert "<script>alert(1)</script>" in first_page(made.pdf)
    reader = pypdf.PdfReader(io.BytesIO(made.pdf))
    assert round(reader.pages[0].mediabox.width) == 595


def test_characters_that_no_font_has_leave_the_document_valid_and_are_read() -> None:
    posts = (*POSTS[:4], "Sjöviks kommun 3 december 2025 Information 中文 ไทย 𐏈 om plogning")
    made = snapshot_pdf(capture(page_of(posts), title="中文"), provenance())
    assert page.is_pdf_compliant_bytes(made.pdf, profile="3a")
    assert "中文 ไทย 𐏈" in read_back(made.pdf).texts[3]


def test_a_page_without_words_or_posts_is_a_document_too() -> None:
    empty = Page()
    empty.draw("", 400)
    made = snapshot_pdf(capture(empty, title=""), provenance(api_posts=None))
    assert_keeps(made.pdf, PROFILES.PDF_A_3A, PROFILES.PDF_UA_1)
    assert (made.pages, made.text_chars) == (2, 0)


def test_halves_of_characters_and_controls_anywhere_leave_the_document_valid() -> None:
    odd = "A\x00\x07\ud800\ue001\ufffe\nö\x1b[31m"
    page = page_of()
    page.draw(odd, 40)
    page.write("p", odd, link=page.target(f"https://sjovik.example/{odd}", odd))
    given = capture(
        page,
        title=odd,
        browser=odd,
        address=f"https://sjovik.example/{odd}",
        consent=f"declined: {odd}",
        pressed=((odd, 2),),
        hidden=(odd,),
        loosened=(odd,),
        links=(odd,),
        post_texts=(odd, *page_of().fields()["post_texts"][1:]),
        post_times=(),
    )
    made = snapshot_pdf(given, provenance(channel_name=odd))
    assert_keeps(made.pdf, PROFILES.PDF_A_3A, PROFILES.PDF_UA_1)
    assert read_back(made.pdf).title.startswith("Ögonblicksbild av A????? ö?[31m, ")


def test_a_page_that_is_no_feed_says_that_nothing_was_counted() -> None:
    nothing = Completeness(page=0, pdf=0, api=None)
    assert "räknas inte i inlägg" in told(capture(post_texts=()), provenance(), nothing)


def test_every_shared_word_of_a_capture_is_on_the_first_page() -> None:
    """A field added to the capture must be told of, or be named here as not for the page."""
    elsewhere = {
        "text", "post_texts", "post_times", "links", "bands", "blocks", "targets", "stages",
        "page_text",
    }  # fmt: skip
    shown = {
        "address", "final_address", "title", "started", "finished", "browser", "viewport",
        "height", "stopped", "pressed", "consent", "hidden", "loosened", "images",
        "images_missing", "logged_in", "login_invited", "clock_ahead",
    }  # fmt: skip
    assert {field.name for field in dc.fields(capture())} == elsewhere | shown
