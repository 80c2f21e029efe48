"""Preliminary, confirmed, withdrawn: who may, what the archive says of it, and what is gone."""

import datetime as dt
from pathlib import Path

import pytest
from leaks import leaks

from archive_store.errors import InputError, KanalarkivError, MissingError, RefusalError
from archive_store.fixity import verify_at
from flows.checking import gather
from flows.confirming import confirm, withdraw
from flows.house import House
from flows.masking import masked_copy, place_of, words_in
from flows.taken import snapshots, state_of, taken_at
from tasks.documents import html_to_pdf, read_back
from tests.faults.reopening import holding
from tests.flows.houses import PDF, channel_like, copy_pdf, house_of, put_snapshot

WORDS = "majken-sjoberg"


@pytest.fixture
def house(tmp_path: Path) -> House:
    return house_of(tmp_path)


def test_an_administrator_confirms_once_and_for_all(house: House) -> None:
    package = put_snapshot(house)
    assert state_of(house.archive, package) == "preliminary"
    first = confirm(house, f"{package.base}.pdf", by="info-1")
    again = confirm(house, package.base, by="info-1")
    assert (first.seq, first.actor) == (again.seq, "info-1")
    assert state_of(house.archive, package) == "confirmed"
    assert house.archive.last.seq == first.seq


def test_the_check_and_the_page_know_that_it_is_confirmed(house: House) -> None:
    package = put_snapshot(house)
    page = Path(house.settings.archive) / "index.html"
    confirm(house, package.key, by="info-1")
    assert "fastställd" in page.read_text("utf-8")
    evidence = gather(house.archive, house.register, house.settings.register, house.now)
    assert [taken.confirmed for taken in evidence.snapshots or ()] == [True]


@pytest.mark.parametrize("by", ["info-2", "informationsenheten", "maja"])
def test_only_an_administrator_of_today_confirms(house: House, by: str) -> None:
    package = put_snapshot(house)
    with pytest.raises(RefusalError, match="not-administrator") as refused:
        confirm(house, package.key, by=by)
    assert "info-1" in refused.value.sv
    assert "Ekdal" not in refused.value.sv
    assert state_of(house.archive, package) == "preliminary"


def test_what_is_no_snapshot_cannot_be_confirmed(house: House) -> None:
    with pytest.raises(MissingError):
        confirm(house, "snapshots/no/such/2025/x", by="info-1")


def test_a_withdrawn_snapshot_is_gone_and_its_masked_copy_stands_there(house: House) -> None:
    package = put_snapshot(house)
    confirm(house, package.key, by="info-1")
    place = Path(house.settings.archive)
    assert holding(place, WORDS, PDF) != []
    entry = withdraw(
        house, f"{package.base}.pdf", copy=copy_pdf(), decision="KS 2026/17 Å", by="info-1"
    )
    assert entry.facts == {"decision": "KS%202026/17%20%C3%85"}
    assert (entry.actor, entry.retired) == ("info-1", (package.key,))
    assert holding(place, WORDS, PDF) == []
    [copy] = snapshots(house.archive)
    about = house.archive.manifest(copy)["about"]
    assert about["decision"] == "KS 2026/17 Å"
    assert (copy.base, about["replaces"]) == (f"{package.base}-maskad", package.key)
    assert (state_of(house.archive, copy), taken_at(copy)) == ("preliminary", package.time)
    assert "maskad kopia" in (place / "index.html").read_text("utf-8")
    assert verify_at(place).ok
    confirm(house, copy.key, by="info-1")
    assert state_of(house.archive, copy) == "confirmed"


def test_a_copy_long_after_counts_for_the_day_that_it_shows(house: House, tmp_path: Path) -> None:
    package = put_snapshot(house)
    later = house_of(tmp_path, now=house.now + dt.timedelta(days=200))
    withdraw(later, package.key, copy=copy_pdf(), decision="KS-1", by="info-1")
    evidence = gather(later.archive, later.register, later.settings.register, later.now)
    assert [taken.date for taken in evidence.snapshots or ()] == [dt.date(2025, 12, 31)]


def test_withdrawing_twice_does_nothing_twice(house: House) -> None:
    package = put_snapshot(house)
    how = {"copy": copy_pdf(), "decision": "KS-1", "by": "info-1"}
    first = withdraw(house, package.key, **how)  # type: ignore[arg-type]
    assert withdraw(house, f"{package.base}.pdf", **how).seq == first.seq  # type: ignore[arg-type]
    with pytest.raises(MissingError, match="destroyed"):
        confirm(house, package.key, by="info-1")


@pytest.mark.parametrize(
    ("copy", "decision", "by", "code"),
    [
        (PDF, "KS-1", "info-1", "same-file"),
        (b"GIF89a", "KS-1", "info-1", "copy-no-pdf"),
        (b"%PDF-1.7\nhalf", "KS-1", "info-1", "readback-failed"),
        (b"", "KS-1", "info-1", "copy-no-pdf"),
        (copy_pdf(), "  ", "info-1", "no-decision"),
        (copy_pdf(), "x" * 200, "info-1", "no-decision"),
        (copy_pdf(), "KS-1", "majken", "person-unknown"),
    ],
)
def test_what_will_not_do_is_refused_with_nothing_done(
    house: House, copy: bytes, decision: str, by: str, code: str
) -> None:
    package = put_snapshot(house)
    before = house.archive.last.seq
    with pytest.raises(KanalarkivError, match=code):
        withdraw(house, package.key, copy=copy, decision=decision, by=by)
    assert house.archive.last.seq == before
    assert house.archive.get(f"{package.base}.pdf") == PDF


def test_a_hold_forbids_it(house: House) -> None:
    package = put_snapshot(house)
    house.archive.hold([package.key], "begaran-1", now=house.now, actor="info-1")
    with pytest.raises(RefusalError, match="held-package"):
        withdraw(house, package.key, copy=copy_pdf(), decision="KS-1", by="info-1")


def test_a_channel_that_left_the_register_is_told(house: House, tmp_path: Path) -> None:
    package = put_snapshot(house)
    other = house_of(tmp_path, channel_like(id="annan"))
    with pytest.raises(InputError, match="channel-unknown"):
        confirm(other, package.key, by="info-1")


def test_a_mask_makes_the_copy_and_leaves_nothing_of_what_it_covers(
    house: House, tmp_path: Path
) -> None:
    html = "<html lang='sv'><h1>Kanal</h1><p>Majken Sjöberg frågar om vattnet</p></html>"
    how = {"title": "Kanal", "author": "Sjöviks kommun", "created": house.now}
    package = put_snapshot(house, pdf=html_to_pdf(html, **how))  # type: ignore[arg-type]
    words = tmp_path / "ord.txt"
    words.write_text("\nMajken\nSjöberg\n", "utf-8")
    copy, told = masked_copy(
        house, package.key, places=(), words=words_in(words), provision="beslut KS-1"
    )
    entry = withdraw(house, package.key, copy=copy, decision="KS-1", by="info-1", masked=told)
    [made] = entry.added
    text = "".join(read_back(house.archive.read(made, "pdf")).texts)
    assert "Maskad kopia" in text
    assert "vattnet" in text
    assert leaks([Path(house.settings.archive)], {"a": "Majken", "b": "Sjöberg"}) == set()
    about = house.archive.manifest(made)["about"]
    assert about["masked"] == {"places": 0, "words": 2, "provision": "beslut KS-1"}


@pytest.mark.parametrize("text", ["", "3", "3:1,2,3", "a:1,2,3,4", "3:1,2,3,-4", "3:1,2,3,4,5"])
def test_a_place_of_another_form_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="mask-form"):
        place_of(text)


def test_a_place_is_read_in_points() -> None:
    place = place_of("3:60,120.5,200,40")
    assert (place.page, place.left, place.top, place.width) == (3, 60.0, 120.5, 200.0)


def test_words_that_are_no_utf_8_are_refused(tmp_path: Path) -> None:
    words = tmp_path / "ord.txt"
    words.write_bytes("Sjöberg".encode("latin-1"))
    with pytest.raises(InputError, match="mask-not-utf-8"):
        words_in(words)
