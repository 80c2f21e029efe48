"""Business Suite's numbers, in Swedish and English: missing stays missing, no words come along."""

import datetime as dt
import json
from zoneinfo import ZoneInfo

import pytest

from archive_store.errors import InputError
from tasks.bases.suite import numbers_draft, suite_numbers
from tests.tasks.bases.downloads import FACEBOOK_CSV, INSTAGRAM_CSV
from tests.tasks.bases.samples import NOW


def test_a_swedish_file_of_facebook_gives_numbers_by_post() -> None:
    first, second = suite_numbers(FACEBOOK_CSV.encode())
    assert (first.post, first.platform, first.kind) == ("1221580000000001", "facebook", "Foton")
    assert first.permalink == "https://social.example/p/1"
    assert first.value("views") == 1204
    assert (first.value("comments"), first.value("link_clicks")) == (None, 0)
    assert (second.value("comments"), second.value("clicks")) == (0, None)
    assert {metric.name for metric in first.metrics} >= {"Visningar", "Totalt antal klick"}


def test_an_english_file_of_instagram_gives_numbers_by_post() -> None:
    (only,) = suite_numbers(INSTAGRAM_CSV.encode())
    assert only.platform == "instagram"
    assert (only.value("views"), only.value("likes"), only.value("saves")) == (12400, 610, 230)
    assert only.value("follows") is None
    assert only.value("reactions") is None


def test_times_are_metas_own_unless_told_otherwise() -> None:
    first, summer = suite_numbers(FACEBOOK_CSV.encode())
    assert first.published == dt.datetime(2025, 12, 30, 9, tzinfo=dt.UTC)
    assert summer.published == dt.datetime(2025, 7, 1, 9, 30, tzinfo=dt.UTC)
    here = suite_numbers(FACEBOOK_CSV.encode(), zone=ZoneInfo("Europe/Stockholm"))
    assert here[0].published == dt.datetime(2025, 12, 30, 0, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    "data",
    [
        FACEBOOK_CSV.replace("\r\n", "\n").encode(),
        FACEBOOK_CSV.removeprefix("\ufeff").encode("utf-16"),
        FACEBOOK_CSV.encode() + b"\r\n",
    ],
    ids=["line-feeds", "utf-16", "empty-row"],
)
def test_the_same_file_written_otherwise_gives_the_same(data: bytes) -> None:
    assert suite_numbers(data) == suite_numbers(FACEBOOK_CSV.encode())


def test_the_record_for_the_archive_holds_numbers_and_no_words() -> None:
    draft = numbers_draft("sjovik-facebook", NOW, suite_numbers(FACEBOOK_CSV.encode()))
    stored = bytes(draft.files["jsonl"])
    rows = [json.loads(line) for line in stored.splitlines()]
    assert [row["post"] for row in rows] == ["1221580000000002", "1221580000000001"]
    assert {"code": "comments", "name": "Kommentarer", "value": None} in rows[1]["metrics"]
    assert not any(word in stored for word in (b"Isen", b"Plogning", b"social.example"))
    assert draft.base == "observations/sjovik-facebook/2025/2025-12-31T220000Z-suite"


def refusal(text: str) -> InputError:
    with pytest.raises(InputError) as caught:
        suite_numbers(text.encode())
    return caught.value


ROW = "1221580000000001,"


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("Publicerings-id", "Ordning", "suite-columns"),
        ("Länkklick", "Visningar", "suite-columns"),
        ("1221580000000001", "1.22158E+15", "suite-value"),
        ("12/30/2025 01:00", "30/12/2025 01:00", "suite-value"),
        (",980,", ",12.5,", "suite-value"),
        (",980,", ",-3,", "suite-value"),
        (",980,57,", ",980,", "suite-value"),
        ("Livstid", "12/30/2025", "suite-daily"),
        ("1221580000000002", "1221580000000001", "suite-twice"),
        ("Plogning", '"Plogning', "suite-unreadable"),
        ("Plogning", "Plog\0ning", "suite-unreadable"),
    ],
)
def test_a_file_that_is_not_as_it_was_exported_is_refused_whole(
    old: str, new: str, code: str
) -> None:
    error = refusal(FACEBOOK_CSV.replace(old, new, 1))
    assert error.code == code
    assert "Plogning" not in error.sv + error.en
    assert "xport" in error.sv


def test_an_empty_file_and_one_in_latin_1_are_refused() -> None:
    assert refusal("").code == "suite-columns"
    with pytest.raises(InputError) as caught:
        suite_numbers(FACEBOOK_CSV.removeprefix("\ufeff").encode("latin-1"))
    assert caught.value.code == "suite-unreadable"
