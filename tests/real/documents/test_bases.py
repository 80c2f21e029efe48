"""veraPDF accepts what is made of data, downloads and a person's own captures."""

import io
from pathlib import Path

import pytest
from arbiters import need_arbiters, verapdf
from PIL import Image

from tasks.bases.by_hand import picture_document
from tasks.bases.export import exported
from tasks.bases.rendering import rendering
from tasks.documents import html_to_pdf
from tasks.documents.cover_sheet import covered
from tasks.documents.incoming import examined
from tasks.model import Media
from tests.tasks.bases.downloads import facebook, instagram, zipped
from tests.tasks.bases.samples import (
    NOW,
    YEAR,
    a_channel,
    a_picture,
    a_post,
    a_thread,
    own_post,
    rendered,
)

pytestmark = pytest.mark.real


@pytest.fixture(scope="module", autouse=True)
def _arbiters() -> None:
    need_arbiters()


def document(html: str) -> bytes:
    return html_to_pdf(html, title="Återgivning", author="Sjöviks kommun", created=NOW)


def of_a_download(files: dict[str, bytes]) -> bytes:
    with exported(zipped(files), a_channel()) as export:
        shown = rendering(
            a_channel(),
            export.threads,
            now=NOW,
            comments="full",
            period=YEAR,
            media=export.media,
            source="export",
            remarks=export.remarks,
        )
    return document(shown.html)


def of_data(comments: str) -> bytes:
    html = (
        '<p>Se <a href="https://sjovik.example/is">isläget</a> <b>nu</b> 👨‍👩‍👧‍👦🇸🇪</p>'
        "<ul><li>Sjön<li>Ån</ul><blockquote>Håll er på land</blockquote>"
    )
    text = "Se isläget nu 👨‍👩‍👧‍👦🇸🇪\nSjön\nÅn\nHåll er på land"
    media = (Media(url="u", alt="Flaggan", file="1"), Media(url="u"), Media(url="u", file="2"))
    answers = [
        a_post(
            f"c{n}", f"Rad {n} العربية 漢字", name=f"Ada {n}", parent=f"c{n - 1}" if n % 3 else None
        )
        for n in range(60)
    ]
    shown = rendered(
        a_thread(own_post("1", text, html=html, title="Isen", media=media), *answers),
        a_thread(own_post("2", "Åter " * 600)),
        pictures={"1": a_picture((3000, 2000), kind="JPEG"), "2": a_picture(mode="RGBA")},
        comments=comments,
    )
    return document(shown.html)


def of_a_picture(data: bytes) -> bytes:
    return document(picture_document(data, channel_name="Sjövik", received=NOW, alt="Sidan").html)


def of_a_pdf(data: bytes) -> bytes:
    told = {"Anledning": "Årsskifte"}
    return covered(
        data,
        examined(data),
        channel_name="Sjövik",
        organisation="Sjöviks kommun",
        received=NOW,
        told=told,
    )


def test_every_document_of_the_other_bases_is_accepted(tmp_path: Path) -> None:
    moving = io.BytesIO()
    frames = [Image.new("RGB", (90, 60), shade) for shade in ("red", "green")]
    frames[0].save(moving, "WEBP", save_all=True, append_images=frames[1:])
    made = {
        **{f"data-{choice}.pdf": of_data(choice) for choice in ("full", "unnamed", "none")},
        "facebook.pdf": of_a_download(facebook()),
        "instagram.pdf": of_a_download(instagram()),
        "tall.pdf": of_a_picture(a_picture((500, 4000))),
        "cmyk.pdf": of_a_picture(a_picture(kind="JPEG", mode="CMYK")),
        "clear.pdf": of_a_picture(a_picture(mode="RGBA")),
        "moving.pdf": of_a_picture(moving.getvalue()),
        "cover.pdf": of_a_pdf(document("<html lang=sv><title>t</title><p>Hej")),
    }
    for name, data in made.items():
        (tmp_path / name).write_bytes(data)
    verdicts = verapdf([tmp_path / name for name in made], ["3a", "ua1"])
    for path, by_flavour in verdicts.items():
        for flavour, verdict in by_flavour.items():
            assert verdict.ok, (path.name, flavour, verdict.failed)
