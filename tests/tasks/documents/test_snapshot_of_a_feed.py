"""The whole way: the race feed through a real browser to a document that is read back."""

import asyncio
import io
import re

import page
import pikepdf
import pypdf
import pytest

from tasks.capture import capture_page, open_browser
from tasks.documents import SnapshotPdf, read_back, snapshot_pdf
from tasks.model import Capture, Completeness
from tests.tasks.capture.pages import EXPANDED
from tests.tasks.capture.site import serve
from tests.tasks.documents.samples import provenance

pytestmark = pytest.mark.browser


async def captured(path: str) -> Capture:
    with serve() as site:
        async with open_browser() as browser:
            return await capture_page(browser, site.address + path)


@pytest.fixture(scope="module")
def made() -> SnapshotPdf:
    about = provenance(period_from=None, api_posts=40, rehearsal=True)
    return snapshot_pdf(asyncio.run(captured("/feed")), about)


def test_all_that_the_feed_shows_is_in_the_documents_own_text(made: SnapshotPdf) -> None:
    text = re.sub(r"\s+", " ", " ".join(read_back(made.pdf).texts[1:]))
    assert len(set(re.findall(r"Inlägg (\d+) från", text))) == 40
    assert len(set(re.findall(rf"{EXPANDED} (\d+)", text))) == 40
    assert len(set(re.findall(r"Kommentar (\d+\.\d)", text))) == 120
    assert made.completeness == Completeness(page=40, pdf=40, api=40)
    assert made.completeness.whole


def test_it_is_valid_with_pictures_links_and_a_bookmark_for_each_post(made: SnapshotPdf) -> None:
    for profile in (page.ValidationProfile.PDF_A_3A, page.ValidationProfile.PDF_UA_1):
        report = page.validate_pdf_bytes(made.pdf, profile=profile)
        assert report.is_compliant, [failure.rule_id for failure in report.failures]
    reader = pypdf.PdfReader(io.BytesIO(made.pdf))
    with pikepdf.open(io.BytesIO(made.pdf)) as pdf:
        kinds = [str(item.S) for item in pdf.objects if _is_element(item)]
    assert kinds.count("/Figure") == 40
    assert sum("/?p=" in link for link in read_back(made.pdf).links) == 40
    posts = reader.outline[2]
    assert [post.title.split(" från")[0] for post in posts] == [
        f"Inlägg {number}" for number in range(1, 41)
    ]
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"] == True  # noqa: E712 - pypdf's own boolean


def _is_element(item: pikepdf.Object) -> bool:
    return isinstance(item, pikepdf.Dictionary) and item.get("/Type") == "/StructElem"


def test_characters_that_no_font_here_has_are_read_all_the_same() -> None:
    made = snapshot_pdf(asyncio.run(captured("/scripts")), provenance(api_posts=2))
    assert page.is_pdf_compliant_bytes(made.pdf, profile="3a")
    assert made.completeness == Completeness(page=2, pdf=2, api=2)
    assert "𐎠𐎡𐎢 och 𐏈𐏉𐏊" in read_back(made.pdf).texts[-1]
