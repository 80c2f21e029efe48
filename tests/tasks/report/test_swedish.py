"""Numbers and small sentences as Swedish readers write them."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.report import swedish


def plain(text: str) -> str:
    """The text with its fixed spaces as common ones."""
    return text.replace("\N{NO-BREAK SPACE}", " ")


def test_numbers_have_decimal_commas_and_spaces_between_thousands() -> None:
    assert plain(swedish.number(12_345.67, 1)) == "12 345,7"
    assert swedish.number(None) == "–"


@pytest.mark.parametrize(
    ("ratio", "text"),
    [(0, "0 %"), (1, "100 %"), (0.784, "78 %"), (0.9996, "99,9 %"), (0.0001, "0,1 %")],
)
def test_percentages_are_rounded_for_reading(ratio: float, text: str) -> None:
    assert plain(swedish.percent(ratio)) == text


@given(st.floats(0, 1))
def test_only_all_is_a_hundred_percent_and_only_none_is_nought(ratio: float) -> None:
    text = plain(swedish.percent(ratio))
    assert (text == "100 %") == (ratio == 1)
    assert (text == "0 %") == (ratio == 0)


@pytest.mark.parametrize(
    ("minutes", "text"),
    [(45, "45 min"), (90, "1,5 tim"), (2879, "48,0 tim"), (2880, "2,0 dygn"), (None, "–")],
)
def test_spans_are_told_in_the_unit_that_a_person_would_use(
    minutes: float | None, text: str
) -> None:
    assert swedish.hours(minutes) == text


def test_office_time_is_never_told_in_days() -> None:
    assert swedish.office_hours(6000) == "100,0 tim"


def test_words_for_small_counts_agree_with_their_noun() -> None:
    assert swedish.counted(1, "kanal", "kanaler") == "en kanal"
    assert swedish.counted(1, "inlägg", "inlägg", neuter=True) == "ett inlägg"
    assert swedish.counted(3, "kanal", "kanaler") == "tre kanaler"
    assert plain(swedish.counted(1204, "inlägg", "inlägg")) == "1 204 inlägg"


def test_lists_end_with_och() -> None:
    assert swedish.listed(["a"]) == "a"
    assert swedish.listed(["a", "b", "c"]) == "a, b och c"


def test_dates_are_swedish() -> None:
    assert swedish.date(dt.date(2026, 1, 5)) == "5 januari 2026"
    assert swedish.short_date(dt.date(2025, 10, 26)) == "26 okt 2025"
