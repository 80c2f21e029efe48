"""Bands cover the page, fit a sheet, and cut through nothing that has room on one."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from tasks.capture.cuts import Places, Span, cuts, sheet_height


def spans(tallest: float) -> st.SearchStrategy[list[Span]]:
    tops = st.floats(-50, 6000, allow_nan=False)
    span = st.tuples(tops, st.floats(0, tallest)).map(lambda s: (s[0], s[0] + s[1]))
    return st.lists(span, max_size=40)


places = st.builds(
    Places,
    posts=st.lists(st.floats(-50, 6000), max_size=20),
    ends=st.lists(st.floats(-50, 6000), max_size=40),
    lines=spans(40),
    pictures=spans(900),
)


@given(height=st.integers(1, 6000), limit=st.integers(1, 1500), places=places)
def test_bands_cover_the_page_and_none_is_too_tall(height: int, limit: int, places: Places) -> None:
    tops = cuts(height, limit, places)
    assert tops[0] == 0
    for top, end in itertools.pairwise([*tops, height]):
        assert 0 < end - top <= limit


@given(
    rows=st.lists(st.tuples(st.integers(0, 60), st.floats(1, 900)), min_size=1, max_size=40),
    limit=st.integers(901, 1500),
)
def test_nothing_that_has_room_on_a_band_is_cut(rows: list[tuple[int, float]], limit: int) -> None:
    """Pieces one below another, as on a page: there is always a place between two of them."""
    pieces, at = [], 0.0
    for gap, height in rows:
        pieces.append((at + gap, at + gap + height))
        at = float(int(at + gap + height) + 1)
    height = int(at) + 1
    lines, pictures = pieces[::2], pieces[1::2]
    for cut in cuts(height, limit, Places(lines=lines, pictures=pictures)):
        assert not any(top < cut < bottom for top, bottom in pictures)
        assert not any(top + 8 < cut < bottom - 8 for top, bottom in lines)


def test_a_post_that_begins_in_the_last_two_fifths_begins_a_band() -> None:
    places = Places(posts=[0, 300, 650, 900, 1700], ends=[980], lines=[(910, 930)])
    assert cuts(1800, 1000, places) == [0, 900]


def test_a_post_that_begins_early_is_cut_below_a_block() -> None:
    places = Places(posts=[0, 590], ends=[700.2, 880.4, 990], lines=[(985, 999)])
    assert cuts(1500, 1000, places) == [0, 881]


def test_a_tall_picture_is_cut_and_the_words_on_it_are_not() -> None:
    places = Places(pictures=[(0, 2500)], lines=[(990, 1010)])
    assert cuts(2500, 1000, places) == [0, 990, 1990]


def test_a_picture_that_fits_goes_whole_to_the_next_band() -> None:
    assert cuts(1500, 1000, Places(pictures=[(200, 1150)])) == [0, 200, 1200]


def test_lines_set_close_are_parted_between_their_letters() -> None:
    lines = [(12.0 * n - 4, 12.0 * n + 16) for n in range(1, 200)]  # 20 tall, every 12
    found = cuts(2400, 1000, Places(lines=lines))
    assert len(found) == 3
    for cut in found[1:]:
        assert not any(top + 5 < cut < bottom - 5 for top, bottom in lines)


def test_a_sheet_is_as_tall_as_a4_for_its_width() -> None:
    assert sheet_height(960) == 1381
    assert sheet_height(1920) == 2763
