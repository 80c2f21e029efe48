"""The pack: whole or not at all, safe names, and hostile words as text in every paper."""

import csv
import hashlib
import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import page
import pytest

from archive_store.errors import ArchiveError, DamageError, ExistsError, InputError
from tasks.disclosure import Look, refuse_place, write_pack
from tasks.disclosure.pack import LISTED
from tasks.documents import read_back
from tests.tasks.disclosure.materials import (
    CLOSED,
    CULLED,
    found_snapshot,
    found_thread,
    material,
)
from tests.tasks.disclosure.threads import HOSTILE, post, thread, words

FULL: dict[str, Any] = {
    "threads": (found_thread(), found_thread(source="channel-culled", key="", certificate="K-1")),
    "snapshots": (found_snapshot(),),
    "closed": (CLOSED,),
    "culled": (CULLED,),
    "looks": (Look(channel="Trygg i Sjövik", problem="no-answer"),),
    "unread": ("text-unreadable",),
}


def flat(path: Path) -> str:
    return "".join("".join(read_back(path.read_bytes()).texts).split())


def rows(folder: Path) -> list[list[str]]:
    text = (folder / "arbetsblad.csv").read_text("utf-8-sig")
    return list(csv.reader(io.StringIO(text), delimiter=";"))


def test_every_paper_is_valid_and_the_list_names_each_by_its_digest(tmp_path: Path) -> None:
    packed = write_pack(material(**FULL), tmp_path / "ut")
    listed = json.loads((tmp_path / "ut" / LISTED).read_bytes())
    found = {
        str(path.relative_to(tmp_path / "ut")): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in (tmp_path / "ut").rglob("*")
        if path.is_file() and path.name != LISTED
    }
    assert listed["files"] == found
    assert packed.sha256 == hashlib.sha256((tmp_path / "ut" / LISTED).read_bytes()).hexdigest()
    assert packed.counts == {
        "threads": 2,
        "snapshots": 1,
        "closed": 1,
        "masked": 0,
        "certificates": 1,
        "blind": 2,
    }
    papers = sorted((tmp_path / "ut").rglob("*.pdf"))
    assert len(papers) == 6
    for paper in papers:
        report = page.validate_pdf_bytes(
            paper.read_bytes(), profile=page.ValidationProfile.PDF_A_3A
        )
        assert report.is_compliant, paper.name
    assert [path.name for path in tmp_path.iterdir()] == ["ut"]


@pytest.mark.parametrize("word", HOSTILE)
def test_hostile_words_are_text_in_every_paper(tmp_path: Path, word: str) -> None:
    harm = words(word, name=word, title=word, alt=word)
    odd = thread(post("1", harm, harm), post("c2", harm), channel="../../etc/passwd")
    made = material(
        threads=(found_thread(odd, said=word, channel=word, address=word, board=word),),
        snapshots=(found_snapshot(said=word, channel=word, channel_id=f"../{word}"),),
        culled=(CULLED,),
        looks=(Look(channel=word, problem="no-answer"),),
        phrases=(word,),
        channels=(word,),
        organisation=word,
        board=word,
        contact=word,
    )
    write_pack(made, tmp_path / "ut")
    assert {path.suffix for path in (tmp_path / "ut" / "handlingar").iterdir()} == {".pdf"}
    assert len(list((tmp_path / "ut" / "handlingar").iterdir())) == 2
    for line in rows(tmp_path / "ut")[1:]:
        assert not any(cell.startswith(("=", "+", "-", "@")) for cell in line)
    html = (tmp_path / "ut" / "svar.html").read_text("utf-8")
    assert "<script" not in html
    assert "<img" not in html
    if "jinja" not in word and word.startswith(("<", "{", "=")):
        assert "".join(word.split()) in flat(tmp_path / "ut" / "svar.pdf")


def test_one_document_that_cannot_be_made_never_stops_the_others(tmp_path: Path) -> None:
    def damaged() -> bytes:
        raise DamageError("differs", sv="x", en="x")

    made = material(snapshots=(found_snapshot(load=damaged), found_snapshot()))
    packed = write_pack(made, tmp_path / "ut")
    assert packed.counts["blind"] == 1
    [file] = (tmp_path / "ut" / "handlingar").iterdir()
    assert file.name.startswith("0002-")
    assert "SÖKNINGEN ÄR INTE FULLSTÄNDIG" in (tmp_path / "ut" / "LAS-MIG.txt").read_text("utf-8")
    assert "Kundeintetasfram(differs)" in flat(tmp_path / "ut" / "arbetsblad.pdf")
    assert "funnit2handlingar" in flat(tmp_path / "ut" / "svar.pdf")


def test_a_place_that_is_taken_is_refused_and_an_empty_folder_is_used(tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "a").touch()
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    for place, kind in (("full", ExistsError), ("link", ExistsError), ("no/x", InputError)):
        with pytest.raises(kind):
            refuse_place(tmp_path / place)
    (tmp_path / "empty").mkdir()
    write_pack(material(), tmp_path / "empty")
    assert (tmp_path / "empty" / "svar.pdf").exists()


def test_a_run_that_fails_or_is_killed_leaves_nothing_that_looks_finished(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = (
        "import os, sys; from pathlib import Path; from tasks.disclosure import write_pack;"
        "from tests.tasks.disclosure.materials import material, found_thread;"
        "write_pack(material(threads=(found_thread(),) * 3), Path(sys.argv[1]),"
        "on_progress=lambda done, of: done < 2 or os.kill(os.getpid(), 9))"
    )
    killed = subprocess.run([sys.executable, "-c", program, str(tmp_path / "ut")], check=False)
    assert killed.returncode == -9
    assert not (tmp_path / "ut").exists()
    [left] = tmp_path.iterdir()
    assert left.name == ".ut.ofullstandigt"
    assert left.stat().st_mode & 0o077 == 0

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(Path, "rename", full)
        with pytest.raises(ArchiveError, match="pack-not-written"):
            write_pack(material(), tmp_path / "ut")
    assert list(tmp_path.iterdir()) == []
    write_pack(material(), tmp_path / "ut")
    assert [path.name for path in tmp_path.iterdir()] == ["ut"]
