"""A rendering becomes a document that holds every word of it, in any script, or none at all."""

import dataclasses as dc
import hashlib

import page
import pytest

from archive_store.errors import CaptureError
from tasks.bases.rendering import Rendering
from tasks.documents import Level, SnapshotPdf, read_back, rendered_pdf
from tests.tasks.bases.samples import NOW, a_post, a_thread, own_post, rendered
from tests.tasks.documents.samples import provenance

SCRIPTS = {
    "emoji": "Tack! 👨‍👩‍👧‍👦🇸🇪 👋🏽",
    "arabic": "أهلا بكم في بلدية شوفيك",
    "arabic among swedish": "På arabiska: مرحبا بكم في البلدية 2025, ring 0500-12 34 56.",
    "swedish among arabic": "تفضلوا بزيارة Sjöviks bibliotek يوم 30 December 2025 الساعة 18:00",
    "persian": "به شهرداری خوش آمدید ۲۰۲۵",
    "hebrew": "שלום 2025",
    "tigrinya": "ሰላም ዓለም",
    "chinese": "漢字かな交じり文",
    "thai and hindi": "สวัสดี नमस्ते",
    "fancy letters": "\U0001d4d7\U0001d4ee\U0001d4f3 \U0001d41b\U0001d428 \u24d7\u24d4",
    "hidden marks": "kommun\u00adfullmäktige hej\u202egnp.exe \x00\ud800",
    "one long word": "x" * 3000,
}


def made(shown: Rendering) -> SnapshotPdf:
    return rendered_pdf(
        shown, provenance(), address="https://social.example/", read=NOW, comments="full"
    )


@pytest.mark.parametrize("text", SCRIPTS.values(), ids=SCRIPTS.keys())
def test_words_of_every_script_are_found_in_the_document(text: str) -> None:
    shown = rendered(a_thread(own_post("1", text), a_post("c", text, name="Ada")))
    document = made(shown)
    assert document.completeness.pdf == len(shown.posts) == 1
    for profile in (page.ValidationProfile.PDF_A_3A, page.ValidationProfile.PDF_UA_1):
        assert page.is_pdf_compliant_bytes(document.pdf, profile=profile), profile


@pytest.mark.parametrize("text", ["Isen bär inte", SCRIPTS["arabic among swedish"]])
def test_a_document_that_lost_words_is_refused(text: str) -> None:
    shown = rendered(a_thread(own_post("1", text)), a_thread(own_post("2", "Plogning i natt")))
    lost = dc.replace(shown, html=shown.html.replace("Plogning i natt", "Plogning"), posts=())
    with pytest.raises(CaptureError) as caught:
        made(lost)
    assert caught.value.code == "readback-failed"


def test_a_post_that_is_not_in_the_document_is_refused() -> None:
    shown = rendered(a_thread(own_post("1", "Isen bär inte")))
    with pytest.raises(CaptureError) as caught:
        made(dc.replace(shown, posts=(*shown.posts, "Ett inlägg till")))
    assert "inläggen" in caught.value.sv


@pytest.mark.parametrize("level", Level)
def test_its_first_sheet_tells_level_and_platform_as_a_snapshots_does(level: Level) -> None:
    shown = rendered(a_thread(own_post("1", "Isen bär inte")))
    document = rendered_pdf(
        shown,
        provenance(platform="blog"),
        address="https://social.example/",
        read=NOW,
        comments="full",
        level=level,
    )
    front = " ".join(" ".join(read_back(document.pdf).texts[:2]).split())
    assert level.words in front
    assert "), blogg" in front
    assert "Nej, preliminär." in front
    assert hashlib.sha256(shown.text.encode()).hexdigest() in front.replace(" ", "")
