"""The race feed of notes/peers.md: everything that the page can show is in its text."""

import asyncio
import bisect
import datetime as dt
import re
from collections.abc import Callable

import pytest

from tasks.capture import Limits, OpenBrowser, capture_page
from tasks.capture.limits import Depth
from tasks.documents.counting import found_posts
from tasks.documents.provenance import is_whole
from tasks.model import Capture, Completeness
from tests.tasks.capture import pages
from tests.tasks.capture.conftest import QUICK
from tests.tasks.capture.site import Site

pytestmark = pytest.mark.browser

Take = Callable[..., Capture]


def counted(capture: Capture) -> dict[str, int]:
    folded = re.sub(r"\s+", " ", capture.text)
    figures = {block.alt for block in capture.blocks if block.kind == "figure"}
    return {
        "posts": len(set(re.findall(r"Inlägg (\d+) från", folded))),
        "expanded": len(set(re.findall(rf"{pages.EXPANDED} (\d+)", folded))),
        "comments": len(set(re.findall(r"Kommentar (\d+\.\d)", folded))),
        "images": len({alt for alt in figures if re.fullmatch(r"Bild \d+", alt)}),
    }


def on_bands(capture: Capture) -> list[str]:
    """The words of each band, read from its top."""
    tops = [band.top for band in capture.bands]
    texts: list[list[str]] = [[] for _ in tops]
    for block in capture.blocks:
        for word in block.words:
            texts[bisect.bisect_right(tops, word.box.y) - 1].append(word.text)
    return [" ".join(words) for words in texts]


@pytest.fixture(scope="module")
def race(running: tuple[asyncio.Runner, OpenBrowser], site: Site) -> Capture:
    runner, browser = running
    return runner.run(capture_page(browser, f"{site.address}/feed"))


def test_every_post_expansion_comment_and_image_of_the_race_feed_is_there(
    race: Capture,
) -> None:
    assert counted(race) == {"posts": 40, "expanded": 40, "comments": 120, "images": 40}
    assert len(race.post_texts) == 40
    assert race.post_texts[0].startswith("Inlägg 1 från Sjövik 27")
    assert (race.images, race.images_missing) == (40, 0)
    assert race.stopped == "end"
    assert dict(race.pressed) == {"Visa mer": 40, "Visa fler kommentarer": 40}
    assert race.clock_ahead > 0


def test_the_banner_is_declined_and_never_accepted(race: Capture) -> None:
    assert race.consent == "declined: Endast nödvändiga"
    assert race.title == "Sjöviks kommun"
    assert "kakor" not in race.text


def test_what_floats_is_named_and_stands_once(race: Capture) -> None:
    assert {"header", "div#chatt"} <= set(race.loosened)
    assert len(race.bands) > 5
    assert race.text.count("Chatta med oss") == 1


def test_posts_that_have_room_on_a_band_are_not_split(race: Capture) -> None:
    for text in on_bands(race):
        assert re.findall(r"Inlägg (\d+) från", text) == re.findall(r"Kommentar (\d+)\.3", text)


def test_links_and_times_of_posts_are_told(race: Capture, site: Site) -> None:
    assert f"{site.address}/?p=40" in race.links
    assert len(race.post_times) == 40
    assert race.post_times[0] == dt.datetime(2025, 12, 27, 8, 1, tzinfo=dt.UTC)


VARIANTS = (
    "lang=en",
    "pane=1",
    "wait=2500",
    "late=observed",
    "pane=1&late=observed&lang=en",
)


@pytest.fixture(scope="module")
def variants(running: tuple[asyncio.Runner, OpenBrowser], site: Site) -> dict[str, Capture]:
    """All of them at once in one browser, as the flow takes a body's channels."""
    runner, browser = running

    async def all_of_them() -> list[Capture]:
        feeds = [f"{site.address}/feed?posts=12&{variant}" for variant in VARIANTS]
        return await asyncio.gather(*(capture_page(browser, feed) for feed in feeds))

    return dict(zip(VARIANTS, runner.run(all_of_them()), strict=True))


@pytest.mark.parametrize("variant", VARIANTS)
def test_every_variant_of_the_feed_is_whole(variants: dict[str, Capture], variant: str) -> None:
    capture = variants[variant]
    assert counted(capture) == {"posts": 12, "expanded": 12, "comments": 36, "images": 12}
    assert (capture.images, capture.images_missing) == (12, 0)


def test_a_number_of_posts_is_a_depth_and_what_is_shown_is_still_opened(take: Take) -> None:
    capture = take("/feed", depth=7)
    seen = len(capture.post_texts)
    assert capture.stopped == "depth"
    assert 7 <= seen <= 15
    assert counted(capture) == {
        "posts": seen,
        "expanded": seen,
        "comments": 3 * seen,
        "images": seen,
    }


def test_a_time_is_a_depth(take: Take) -> None:
    since = dt.datetime(2025, 12, 15, tzinfo=dt.UTC)
    capture = take("/feed", depth=since)
    assert capture.stopped == "depth"
    assert len(capture.post_texts) < 40
    times = [time for time in capture.post_times if time is not None]
    assert min(times) < since


def test_an_endless_feed_stops_at_the_height_and_says_so(take: Take) -> None:
    limits = Limits(seconds=20, load=20, answer=10, picturing=60, height=8000)
    capture = take("/feed?posts=9999&delay=0", limits=limits)
    assert capture.stopped == "height"
    assert 8000 < capture.height < 20_000
    assert counted(capture)["expanded"] == len(capture.post_texts)


def test_an_endless_feed_stops_at_the_time_and_says_so(take: Take) -> None:
    limits = Limits(seconds=1.5, load=20, answer=10, picturing=60)
    capture = take("/feed?posts=9999", limits=limits)
    assert capture.stopped == "time"
    assert capture.post_texts


def test_times_are_the_clock_given(take: Take) -> None:
    noon = dt.datetime(2026, 1, 1, 12, tzinfo=dt.UTC)
    ticks = iter([noon, noon + dt.timedelta(hours=1)])
    capture = take("/links", clock=lambda: next(ticks))
    assert (capture.started.hour, capture.finished.hour) == (12, 13)


SUMMER = dt.datetime(2026, 6, 30, tzinfo=dt.UTC)
ODD: tuple[tuple[str, Depth], ...] = (
    ("/numbered/1", "all"),
    ("/numbered/1", 5),
    ("/torn", "all"),
    ("/torn-batch", "all"),
    ("/forgets", "all"),
    ("/forgets", 2),
    ("/clockwork", "all"),
    ("/pinned", SUMMER),
    ("/liar", "all"),
    ("/folded", "all"),
    ("/spoken", "all"),
    ("/single", "all"),
    ("/house", "all"),
    ("/grid/17", "all"),
)
Odd = dict[tuple[str, Depth], Capture]


@pytest.fixture(scope="module")
def odd(running: tuple[asyncio.Runner, OpenBrowser], site: Site) -> Odd:
    """Feeds that are odd in one way each; some at a time, as most of it is waiting."""
    runner, browser = running

    async def all_of_them() -> list[Capture]:
        few = asyncio.Semaphore(4)

        async def one(path: str, depth: Depth) -> Capture:
            async with few:
                return await capture_page(browser, site.address + path, depth=depth, limits=QUICK)

        return await asyncio.gather(*(one(*each) for each in ODD))

    return dict(zip(ODD, runner.run(all_of_them()), strict=True))


def test_a_feed_in_pages_is_read_from_page_to_page(odd: Odd) -> None:
    capture = odd["/numbered/1", "all"]
    assert [text.split()[-1] for text in capture.post_texts] == [str(n) for n in range(1, 13)]
    assert (capture.stopped, dict(capture.pressed)) == ("end", {"Nästa sida": 2})
    assert (capture.images, capture.images_missing) == (12, 0)


def test_a_feed_in_pages_is_read_no_deeper_than_asked(odd: Odd) -> None:
    capture = odd["/numbered/1", 5]
    assert (capture.stopped, len(capture.post_texts)) == ("depth", 8)


def test_a_next_page_that_does_not_come_is_told(odd: Odd) -> None:
    assert odd["/torn", "all"].stopped == "pages"


def test_a_feed_that_forgets_its_posts_is_told_and_never_whole(odd: Odd) -> None:
    capture = odd["/forgets", "all"]
    assert capture.stopped == "forgets"
    assert not is_whole(capture, Completeness(page=9, pdf=9))


def test_a_feed_that_forgets_has_not_reached_its_depth(odd: Odd) -> None:
    assert odd["/forgets", 2].stopped == "forgets"


def test_a_post_whose_age_is_told_anew_is_no_other_post(odd: Odd) -> None:
    assert odd["/clockwork", "all"].stopped == "end"


def test_a_batch_that_does_not_come_is_not_the_end_of_the_feed(odd: Odd) -> None:
    capture = odd["/torn-batch", "all"]
    assert capture.stopped == "batch"
    assert not is_whole(capture, Completeness(page=8, pdf=8))


def test_an_old_post_at_the_top_is_not_the_depth_of_the_feed(odd: Odd) -> None:
    capture = odd["/pinned", SUMMER]
    assert (len(capture.post_texts), capture.stopped) == (13, "end")


def test_a_page_does_not_choose_what_is_told_of_it(odd: Odd) -> None:
    capture = odd["/liar", "all"]
    assert capture.consent == "declined: Avvisa alla"
    assert dict(capture.pressed) == {"Visa mer": 1}
    assert len(capture.post_texts) == 4


def test_posts_that_are_folded_away_are_in_no_picture_and_not_counted(odd: Odd) -> None:
    capture = odd["/folded", "all"]
    assert len(capture.post_texts) == 5
    assert "Inlägg 6" not in capture.text


def test_words_that_nobody_sees_are_no_part_of_a_post_or_of_the_pages_text(odd: Odd) -> None:
    capture = odd["/spoken", "all"]
    assert capture.post_texts[0] == "Inlägg 1 Om badet 1"
    assert all(found_posts(capture))
    assert capture.page_text.split() == capture.text.split()


def test_the_page_of_a_single_post_is_not_read_on(odd: Odd) -> None:
    assert len(odd["/single", "all"].post_texts) == 1


def test_a_page_in_a_fixed_pane_with_filters_is_seen_in_words(odd: Odd) -> None:
    capture = odd["/house", "all"]
    text = capture.text
    for number in range(1, 9):
        assert f"Inlägg {number}" in text
    for words in ("Dolt ett", "Dolt två", "ytterst", "Nyheter"):
        assert words in text
    assert {"div#app", "div#meny", "pre"} <= set(capture.loosened)
    assert dict(capture.pressed) == {"Fällbart avsnitt": 2}


def test_every_card_of_a_grid_is_seen_where_it_stands(odd: Odd) -> None:
    """Printed by Chromium 156, it loses cards 25 and 39."""
    capture = odd["/grid/17", "all"]
    assert [int(n) for n in re.findall(r"Kort (\d+) av alla", capture.text)] == [*range(1, 41)]
    tops = [block.box.y for block in capture.blocks if block.words[0].text == "Kort"]
    assert tops == sorted(tops)
