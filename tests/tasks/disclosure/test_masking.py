"""Masking: with a provision, in a copy, and nothing of it is left there."""

from pathlib import Path
from typing import Any

import page
import pytest
from leaks import leaks

from tasks.disclosure import Masking, write_pack
from tasks.documents import html_to_pdf
from tasks.documents.occurring import occurring
from tests.tasks.disclosure.materials import NOW, found_snapshot, found_thread, material
from tests.tasks.disclosure.test_context import DOT
from tests.tasks.disclosure.test_pack import flat, rows
from tests.tasks.disclosure.threads import BATH, post, thread, words

PROVISION = "OSL 25 kap. 1 §"


def packed(folder: Path, *secrets: str, **found: Any) -> Path:
    made = material(masking=Masking(words=secrets, provision=PROVISION), **found)
    write_pack(made, folder / "ut")
    return folder / "ut"


def test_a_copy_is_masked_where_a_word_stands_and_the_original_is_untouched(
    tmp_path: Path,
) -> None:
    other = thread(post("9", words("Snöröjning pågår", name="Informationsenheten"), own=True))
    out = packed(
        tmp_path,
        "Majken Sjöberg",
        "badhuset",
        "Kajsa Warg",
        threads=(found_thread(), found_thread(other)),
        snapshots=(found_snapshot(),),
    )
    masked = sorted(path.name for path in (out / "maskerade").iterdir())
    assert masked == [
        "0001-kommunbloggen-2025-12-01-trad.pdf",
        "0003-kommunbloggen-2025-12-31-ogonblicksbild.pdf",
    ]
    needles = {"first": "Majken", "last": "Sjöberg", "bath": "badhuset"}
    assert {leak.needle for leak in leaks([out / "handlingar"], needles)} == set(needles)
    assert leaks([out / "maskerade"], needles) == set()
    for path in (out / "maskerade").iterdir():
        report = page.validate_pdf_bytes(path.read_bytes(), profile=page.ValidationProfile.PDF_A_3A)
        assert report.is_compliant
        assert "".join(PROVISION.split()) in flat(path)
    kinds = ["Trådursocialkanal", "Ögonblicksbildavsocialkanal"]
    texts = [flat(out / "maskerade" / name).casefold() for name in masked]
    assert [kind.casefold() in text for kind in kinds for text in texts] == [
        True,
        False,
        False,
        True,
    ]
    assert [line[5] for line in rows(out)[1:]] == [
        f"maskerade/{masked[0]}",
        "",
        f"maskerade/{masked[1]}",
    ]
    assert "Ihandling1och3haruppgiftermaskerats" in flat(out / "svar.pdf")
    decision = flat(out / "beslut-utkast.pdf")
    for said in ("maskeradeihandling1och3", PROVISION, "Kammarrätten", "treveckor"):
        assert "".join(said.split()) in decision
    assert "bara egna ögon" in (out / "LAS-MIG.txt").read_text("utf-8-sig")


def test_a_pictures_description_is_shown_and_so_can_be_masked(tmp_path: Path) -> None:
    out = packed(tmp_path, "morgonljus", threads=(found_thread(BATH, picture=lambda _: DOT),))
    assert leaks([out / "handlingar"], {"alt": "morgonljus"})
    assert leaks([out / "maskerade"], {"alt": "morgonljus"}) == set()


def test_a_word_that_masking_cannot_reach_is_told_and_no_copy_is_made(tmp_path: Path) -> None:
    hidden = html_to_pdf(
        f"<html lang=sv><title>Bild</title><p>Framsida</p><img src='{DOT}' alt='Kajsa Warg'>",
        title="Bild",
        author="Sjöviks kommun",
        created=NOW,
    )
    out = packed(
        tmp_path, "Kajsa Warg", snapshots=(found_snapshot(load=lambda: hidden, pages=(1,)),)
    )
    assert not (out / "maskerade").exists()
    assert "Kundeintemaskeras(mask-spoken)" in flat(out / "arbetsblad.pdf")
    assert "SÖKNINGEN ÄR INTE FULLSTÄNDIG" in (out / "LAS-MIG.txt").read_text("utf-8-sig")


@pytest.mark.parametrize("word", ["Badhuset", "BADHUSET", "bad"])
def test_words_are_found_as_masking_finds_them(word: str) -> None:
    made = html_to_pdf(
        "<html lang=sv><title>x</title><p>Badhuset", title="x", author="y", created=NOW
    )
    assert occurring(made, [word, "Kajsa"]).shown == (word,)
    assert occurring(made, ["x"]).only_spoken == ("x",)
