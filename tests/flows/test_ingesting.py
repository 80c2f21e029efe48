"""What a person brings: taken in as it came with a document beside it, once, or refused whole."""

import hashlib
import io
import json
from pathlib import Path

import page
import pikepdf
import pytest

from archive_store import Entry
from archive_store.errors import KanalarkivError
from archive_store.fixity import verify_at
from flows.duties import awaited
from flows.house import House
from flows.ingesting import ingest
from flows.securing import secure, secure_file
from flows.taken import snapshots, state_of
from tasks.documents import read_back
from tasks.model import CaptureBasis, Channel, Occasion
from tests.faults.reopening import files, holding
from tests.flows.houses import channel_like, copy_pdf, house_of
from tests.tasks.bases.downloads import FACEBOOK_CSV, facebook, zipped
from tests.tasks.bases.samples import a_picture

FACEBOOK = channel_like(
    basis=CaptureBasis.EXPORT, platform="facebook", address="https://www.facebook.com/sjovik"
)


def brought(house: House, data: bytes, name: str = "Majkens skärmdump.png") -> Entry:
    path = Path(house.settings.archive).parent / name
    path.write_bytes(data)
    return ingest(house, house.channels[0], path, Occasion.YEAR_END, alt="Bloggens första sida")


@pytest.fixture
def house(tmp_path: Path) -> House:
    return house_of(tmp_path, channel_like(basis=CaptureBasis.MANUAL))


def test_a_screenshot_answers_the_duty_and_lies_as_it_came_beside_a_document(house: House) -> None:
    assert len(awaited(house, None)) == 1
    picture = a_picture()
    [package] = brought(house, picture).added
    assert awaited(house, None) == []
    assert house.archive.read(package, "original.png") == picture
    document = house.archive.read(package, "pdf")
    for profile in (page.ValidationProfile.PDF_A_3A, page.ValidationProfile.PDF_UA_1):
        assert page.validate_pdf_bytes(document, profile=profile).is_compliant
    about = house.archive.manifest(package)["about"]
    assert about["original"]["sha256"] == hashlib.sha256(picture).hexdigest()
    assert (about["basis"], about["alt"]) == ("manual", "Bloggens första sida")
    assert state_of(house.archive, package) == "preliminary"
    assert package.labels["duty"] == "2025-12-31"


def test_the_files_own_name_is_nowhere_in_the_archive(house: House) -> None:
    brought(house, a_picture())
    place = Path(house.settings.archive)
    assert holding(place, "Majken") == []
    assert "Bloggens" not in json.dumps([dict(e.facts) for e in house.archive.entries()])


def test_a_pdf_says_of_itself_what_it_is_and_stays_as_it_came(house: House) -> None:
    [package] = brought(house, copy_pdf(), "bild.exe").added
    assert house.archive.read(package, "original.pdf") == copy_pdf()
    sheet = house.archive.read(package, "pdf")
    assert "Inget arkivformat" in "".join(read_back(sheet).texts)
    assert page.validate_pdf_bytes(sheet, profile=page.ValidationProfile.PDF_A_3A).is_compliant
    with pikepdf.open(io.BytesIO(sheet)) as pdf:
        assert [a.get_file().read_bytes() for a in pdf.attachments.values()] == [copy_pdf()]
    assert house.archive.manifest(package)["about"]["says_of_itself"]["claims"] == ""


def test_the_same_file_is_taken_in_once_and_another_besides(house: House) -> None:
    first = brought(house, a_picture())
    assert brought(house, a_picture()).seq == first.seq
    assert brought(house, a_picture((100, 90))).seq > first.seq
    assert len(snapshots(house.archive)) == 2


def test_an_export_is_rendered_and_what_is_private_in_it_is_not_kept(tmp_path: Path) -> None:
    house = house_of(tmp_path, FACEBOOK)
    assert [a.what for a in awaited(house, None)] == ["export", "screenshot"]
    [package] = brought(house, zipped(facebook()), "export.zip").added
    assert [a.what for a in awaited(house, None)] == ["screenshot"]
    text = "".join(read_back(house.archive.read(package, "pdf")).texts)
    assert "Isen på Sjön bär inte än" in text
    assert "kontots egen export" in text
    about = house.archive.manifest(package)["about"]
    assert (about["basis"], about["original"]["kept"]) == ("export", False)
    assert holding(Path(house.settings.archive), "hemligt") == []
    assert page.validate_pdf_bytes(
        house.archive.read(package, "pdf"), profile=page.ValidationProfile.PDF_A_3A
    ).is_compliant


def test_business_suites_numbers_are_observations_without_words(tmp_path: Path) -> None:
    house = house_of(tmp_path, FACEBOOK)
    [package] = brought(house, FACEBOOK_CSV.encode(), "tal.csv").added
    assert package.key.startswith(f"observations/{FACEBOOK.id}/2025/")
    assert package.labels["kind"] == "suite-numbers"
    rows = house.archive.read(package, "jsonl").splitlines()
    assert len(rows) == house.archive.last.facts["rows"] > 0
    assert brought(house, FACEBOOK_CSV.encode(), "igen.csv").seq == house.archive.last.seq


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "ingest-unknown"),
        (b"hej", "ingest-unknown"),
        (b"<!doctype html><p>sparad sida", "ingest-html"),
        (b"\0\0\0\x18ftypheic", "ingest-heic"),
        (a_picture()[:200], "picture-damaged"),
        (b"%PDF-1.7\nhalf", "pdf-damaged"),
        (zipped({"a.txt": b"x"}), "ingest-zip"),
    ],
)
def test_what_cannot_be_taken_in_is_refused_whole(house: House, data: bytes, code: str) -> None:
    before = files(Path(house.settings.archive))
    with pytest.raises(KanalarkivError, match=code) as refused:
        brought(house, data)
    assert "Majken" not in refused.value.sv
    assert files(Path(house.settings.archive)) == before


def test_an_export_of_another_platform_is_refused(house: House) -> None:
    with pytest.raises(KanalarkivError, match="export-other-platform"):
        brought(house, zipped(facebook()), "export.zip")


def test_a_file_that_is_not_there_is_told(house: House, tmp_path: Path) -> None:
    with pytest.raises(KanalarkivError, match="ingest-missing"):
        ingest(house, house.channels[0], tmp_path / "saknas.png", Occasion.MANUAL)


def test_a_screenshot_of_a_post_is_secured_where_few_may_look(house: House, tmp_path: Path) -> None:
    path = tmp_path / "inlägg.png"
    path.write_bytes(a_picture())
    entry = secure_file(house, house.channels[0], path, "house-rules", "Ett inlägg")
    [package] = entry.added
    assert package.key.startswith("restricted/informationsenheten/kommunbloggen/2025/")
    assert (package.labels["kind"], package.labels["reason"]) == ("secured", "house-rules")
    assert house.archive.read(package, "original.png") == a_picture()
    assert snapshots(house.archive) == []
    assert verify_at(Path(house.settings.archive)).ok


@pytest.mark.parametrize(
    ("channel", "address", "reason", "code"),
    [
        (channel_like(), "http://127.0.0.1/inlagg", "for att", "removal-ground"),
        (channel_like(), "https://annan.example/inlagg", "spam", "not-the-channel"),
        (channel_like(), "ftp://127.0.0.1/inlagg", "spam", "not-the-channel"),
        (channel_like(), "http://[", "spam", "not-the-channel"),
        (FACEBOOK, "https://m.facebook.com/majken", "spam", "page-refused"),
    ],
)
def test_what_may_not_be_secured_is_refused_without_naming_its_address(
    tmp_path: Path, channel: Channel, address: str, reason: str, code: str
) -> None:
    house = house_of(tmp_path, channel)
    with pytest.raises(KanalarkivError, match=code) as refused:
        secure(house, channel, address, reason)
    assert "inlagg" not in refused.value.sv
    assert "majken" not in refused.value.sv
    assert house.archive.last.seq == 1
