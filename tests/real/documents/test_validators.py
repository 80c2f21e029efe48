"""veraPDF accepts every document that the product makes, and rejects every known-bad one."""

import datetime as dt
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from arbiters import need_arbiters, preflight, verapdf
from known_bad import DEFECTS, KnownBad, good, known_bad, spoiled, untouched

from archive_store import archive_at
from tasks.culling import certificate_html, read_certificate
from tasks.documents import html_to_pdf
from tasks.documents.finishing import Level
from tasks.documents.masking import Place
from tests.tasks.documents.test_masking import NAME, mask, original

pytestmark = pytest.mark.real

ROOT = Path(__file__).parents[3]
MADE = dt.datetime(2026, 1, 15, 7, 0, tzinfo=dt.UTC)


@pytest.fixture(scope="module", autouse=True)
def _arbiters() -> None:
    need_arbiters()


@pytest.fixture(scope="module")
def bad() -> dict[str, KnownBad]:
    return known_bad()


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The archive that the demo leaves."""
    home = tmp_path_factory.mktemp("demo")
    program = "from flows.cli.main import run; run()"
    with tempfile.TemporaryDirectory(prefix="kv") as tmp:  # short: Chromium's socket lies in it
        known = {
            k: v for k, v in os.environ.items() if "PREFECT" not in k and "KANALARKIV" not in k
        }
        subprocess.run(
            [sys.executable, "-c", program, "demo", "--once", "--folder", str(home / "demo")],
            cwd=home,
            env=known | {"TMPDIR": tmp, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            check=False,  # what it made is judged here; whether all was made, by the lines below
        )
        yield home / "demo" / "archive"


def written(folder: Path, documents: dict[str, bytes]) -> list[Path]:
    for name, data in documents.items():
        (folder / name).write_bytes(data)
    return [folder / name for name in documents]


@pytest.mark.parametrize(
    ("flavours", "level"), [(("3a", "ua1"), Level.A3), (("1b",), Level.A1)], ids=["3", "1"]
)
def test_good_documents_are_accepted(
    tmp_path: Path, flavours: tuple[str, ...], level: Level
) -> None:
    saved = {"good.pdf": good(level), "saved anew.pdf": spoiled(untouched, level)}
    paths = written(tmp_path, saved)
    for path, verdicts in verapdf(paths, flavours).items():
        for flavour, verdict in verdicts.items():
            assert verdict.ok, (path.name, flavour, verdict.failed)


@pytest.mark.parametrize("flavour", ["3a", "ua1", "1b"])
def test_known_bad_documents_are_rejected(
    tmp_path: Path, flavour: str, bad: dict[str, KnownBad]
) -> None:
    chosen = {f"{name}.pdf": part.data for name, part in bad.items() if part.flavour == flavour}
    paths = written(tmp_path, chosen)
    accepted = [path.stem for path, said in verapdf(paths, [flavour]).items() if said[flavour].ok]
    assert not accepted
    assert len(bad) == len(DEFECTS)


@pytest.mark.timeout(420)  # the demo is played in it
def test_every_document_of_the_demo_is_accepted(demo: Path) -> None:
    paths = sorted(demo.rglob("*.pdf"))
    kinds = [path.relative_to(demo).parts[0] for path in paths]
    assert {kind: kinds.count(kind) for kind in kinds} == {
        "certificates": 4,
        "reports": 1,
        "snapshots": 3,
    }
    for path, verdicts in verapdf(paths, ["3a", "ua1"]).items():
        for flavour, verdict in verdicts.items():
            assert verdict.ok, (path.name, flavour, verdict.failed)


def test_the_demos_certificates_and_report_are_pdf_a_1_where_asked(
    demo: Path, tmp_path: Path
) -> None:
    """Both veraPDF and Preflight say so."""
    archive = archive_at(demo)
    [report] = sorted((demo / "reports").rglob("*.html"))
    pages = {"report.pdf": report.read_text("utf-8")}
    for number in {path.name.partition(".")[0] for path in demo.rglob("*.certificate.json")}:
        pages[f"{number}.pdf"] = certificate_html(read_certificate(archive, number))
    made = {
        name: html_to_pdf(html, title=name, author="Sjövik", created=MADE, level=Level.A1)
        for name, html in pages.items()
    }
    paths = written(tmp_path, made)
    for said in (verapdf(paths, ["1b"]), preflight(paths)):
        for path, verdicts in said.items():
            assert verdicts["1b"].ok, (path.name, verdicts["1b"].failed)


@pytest.mark.parametrize(
    ("flavours", "level"), [(("3a", "ua1"), Level.A3), (("1b",), Level.A1)], ids=["3", "1"]
)
def test_a_snapshot_and_its_masked_copies_are_accepted(
    tmp_path: Path, flavours: tuple[str, ...], level: Level
) -> None:
    whole = [Place(page=2, left=0, top=0, width=600, height=400)]
    documents = {
        "snapshot.pdf": original(level),
        "masked by words.pdf": mask([NAME], level=level),
        "masked by place.pdf": mask(places=whole, level=level),
    }
    for path, verdicts in verapdf(written(tmp_path, documents), flavours).items():
        for flavour, verdict in verdicts.items():
            assert verdict.ok, (path.name, flavour, verdict.failed)


def test_the_second_opinion_can_say_no(tmp_path: Path, bad: dict[str, KnownBad]) -> None:
    chosen = {f"{name}.pdf": part.data for name, part in bad.items() if part.flavour == "1b"}
    paths = written(tmp_path, chosen | {"good.pdf": good(Level.A1)})
    accepted = {path.stem for path, said in preflight(paths).items() if said["1b"].ok}
    assert accepted == {"good"}
