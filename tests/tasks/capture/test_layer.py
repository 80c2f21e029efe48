"""The layer has the words that the browser shows, each where it stands, and what they mean."""

import asyncio
import collections
import dataclasses as dc
import unicodedata
import urllib.parse
from collections.abc import Callable

import pytest

from tasks.capture import Limits, OpenBrowser
from tasks.capture.freezing import freeze
from tasks.capture.hearing import Hearing
from tasks.capture.inside import Inside
from tasks.capture.layer import Layer, layer_of, read_layer
from tests.tasks.capture.conftest import QUICK
from tests.tasks.capture.scenes import SCENES
from tests.tasks.capture.site import Site

pytestmark = pytest.mark.browser


@dc.dataclass(frozen=True, kw_only=True)
class Seen:
    layer: Layer
    inner: str  # the browser's own reading


Look = Callable[[str], Seen]


async def look_at(browser: OpenBrowser, address: str, limits: Limits = QUICK) -> Seen:
    async with browser.page() as page:
        await page.goto(address)
        inside = await Inside.of(page, limits)
        await freeze(inside, selector="article", limits=limits)
        return Seen(
            layer=await read_layer(inside, "article", patience=20),
            inner=await inside.ask("() => document.body.innerText"),
        )


@pytest.fixture(scope="module")
def scenes(running: tuple[asyncio.Runner, OpenBrowser], site: Site) -> dict[str, Seen]:
    runner, browser = running

    async def all_of_them() -> list[Seen]:
        return [await look_at(browser, f"{site.address}/{name}") for name in SCENES]

    return dict(zip(SCENES, runner.run(all_of_them()), strict=True))


def characters(text: str) -> collections.Counter[str]:
    return collections.Counter("".join(unicodedata.normalize("NFKC", text).split()))


def blocks(seen: Seen) -> list[tuple[str, str]]:
    return [(b.kind, " ".join(w.text for w in b.words) or b.alt) for b in seen.layer.blocks]


@pytest.mark.parametrize("name", SCENES)
def test_no_character_that_the_browser_reads_is_lost(scenes: dict[str, Seen], name: str) -> None:
    seen = scenes[name]
    wanted = characters(seen.inner) - characters(seen.layer.missed)
    assert not wanted - characters(seen.layer.text)
    assert seen.layer.found(seen.inner) == 1


ADDED = {
    "emoji": "🎉",
    "added": "Nyhet:(a) ifyllt värde Sök här Skicka nu flera rader text",
    "shadow": "Skuggrubrik sist i ramen",
    "cut": "i ramen",
}


@pytest.mark.parametrize("name", SCENES)
def test_nothing_is_made_up_beyond_what_is_shown(scenes: dict[str, Seen], name: str) -> None:
    seen = scenes[name]
    shown = characters(seen.inner) - characters(seen.layer.missed)
    more = characters(seen.layer.text) - shown
    assert more == characters(ADDED.get(name, ""))


def test_what_is_cut_away_by_what_stands_around_it_is_not_shown(scenes: dict[str, Seen]) -> None:
    assert blocks(scenes["cut"]) == [
        ("p", "syns"),
        ("p", "överst"),
        ("p", "utanför rutan"),
        ("p", "börjar"),
        ("h2", "Inlägg 1"),
        ("figure", "Läs mer"),
        ("p", "i ramen"),
    ]
    assert len(scenes["cut"].layer.posts) == 1


def test_words_are_parted_where_the_page_parts_them(scenes: dict[str, Seen]) -> None:
    assert scenes["plain"].layer.text.splitlines() == [
        "Snöröjning i Sjövik",
        "Vi plogar från klockan fyra. Ring oss gärna.",
        "Före",
        "Inuti",
        "Efter",
    ]
    assert "Dela Gilla" in scenes["places"].layer.text
    assert "Ihop" in scenes["places"].layer.text


def test_a_word_broken_over_lines_is_one_word_in_several_places(scenes: dict[str, Seen]) -> None:
    first, second, third = scenes["broken"].layer.blocks
    parts = first.words[:3]
    assert "".join(w.text for w in parts) == "Avfallsförbränningsanläggningsområdet"
    assert [w.spaced for w in parts] == [False, False, True]
    assert len({w.box.y for w in parts}) == 3
    families = [w.text for w in first.words if "👩" in w.text]
    assert [len(text) % len("👩‍👩‍👧‍👦") for text in families] == [0, 0]
    assert [w.spaced for w in second.words] == [False, False, True, True]
    assert len(third.words) > 2


def test_kinds_order_and_posts_are_the_pages_own(scenes: dict[str, Seen]) -> None:
    assert blocks(scenes["kinds"]) == [
        ("h2", "Två"),
        ("h4", "Fyra"),
        ("h3", "Tre"),
        ("li", "ett"),
        ("li", "inre"),
        ("li", "två"),
        ("p", "mer"),
        ("p", "Namn"),
        ("p", "Antal"),
        ("p", "Bad"),
        ("p", "7"),
        ("h2", "Inlägg 1"),
        ("p", "Text ett"),
        ("h2", "Inlägg 2"),
        ("p", "Text två"),
        ("p", "svar"),
        ("figure", "Badplatsen"),
        ("p", "Badplatsen"),
        ("figure", "Ett tåg"),
        ("figure", "Vapen"),
        ("figure", "Diagram"),
    ]
    posts = [b.post for b in scenes["kinds"].layer.blocks]
    assert posts == [None] * 11 + [0, 0, 1, 1, 1] + [None] * 5
    assert len(scenes["kinds"].layer.posts) == 2


def test_links_have_names_and_lead_where_the_page_says(scenes: dict[str, Seen]) -> None:
    layer = scenes["targets"].layer
    told = [(urllib.parse.urlsplit(t.address).path, t.label) for t in layer.targets]
    assert told == [
        ("/kontakt", "mer här"),
        ("kommun@example.org", "skriv"),
        ("+46000000", "ring"),
        ("/bild", "Karta"),
        ("/dela", "Dela inlägget"),
        ("/kort", "Hela kortet"),
    ]
    words = [(w.text, w.link) for b in layer.blocks for w in b.words if w.link is not None]
    assert words == [("mer", 0), ("här", 0), ("skriv", 1), ("ring", 2), ("Kort", 5), ("Text", 5)]
    figures = [(b.alt, b.link) for b in layer.blocks if b.kind == "figure"]
    assert figures == [("Karta", 3), ("Dela inlägget", 4)]


def test_every_box_lies_on_the_page_where_its_word_does(scenes: dict[str, Seen]) -> None:
    for seen in scenes.values():
        for block in seen.layer.blocks:
            for box in (block.box, *(w.box for w in block.words)):
                assert box.width > 0
                assert box.height > 0
                assert 0 <= box.x <= box.x + box.width <= seen.layer.width
                assert 0 <= box.y <= box.y + box.height <= seen.layer.height
    columns, other, upright, slanted, *_ = scenes["places"].layer.blocks
    assert other.box.x > columns.box.x + 250
    assert other.box.y == columns.box.y
    assert upright.box.height > 100 > upright.box.width
    assert slanted.box.height == pytest.approx(slanted.box.width, abs=1)


def test_a_page_cannot_fool_the_look_at_it(scenes: dict[str, Seen]) -> None:
    assert scenes["hostile"].layer.text.splitlines() == ["sann text", "djupt", "sist"]


def test_lines_of_a_field_stand_below_one_another(scenes: dict[str, Seen]) -> None:
    words = {w.text: w.box for b in scenes["added"].layer.blocks for w in b.words}
    assert words["text"].x == pytest.approx(words["flera"].x, abs=1)
    assert words["text"].y > words["flera"].y + 9


def test_passwords_are_no_words(scenes: dict[str, Seen]) -> None:
    assert "hemligt" not in scenes["added"].layer.text


def test_what_a_style_sheet_adds_stands_beside_its_words(scenes: dict[str, Seen]) -> None:
    before, word, after = scenes["added"].layer.blocks[0].words
    assert (before.text, word.text, after.text) == ("Nyhet:", "mitten", "(a)")
    assert before.box.x + before.box.width <= word.box.x
    assert after.box.x == pytest.approx(word.box.x + word.box.width + 5, abs=1)


def test_words_that_nobody_sees_are_taken_out_of_the_browsers_reading() -> None:
    hearing = Hearing(
        [(False, "Läs mer"), (True, "om badhuset"), (False, "i A\u030ahus"), (True, "dolt")]
    )
    read = ["Läs mer om badhuset", "i A\u030ahus dolt", "aldrig hört"]
    assert hearing.seen(read) == ["Läs mer", "i Åhus", "aldrig hört"]


@pytest.mark.parametrize(
    ("line", "lost"),
    [
        ("Snöröjningen börjar klockan fyra", 0),
        ("klockan fyra börjar Snöröjningen", 11 + 6),
        ("Snöröjningen börjar försent klockan fyra", 7 + 11),
    ],
)
def test_words_of_a_line_in_another_order_are_lost(line: str, lost: int) -> None:
    assert Hearing([(False, "Snöröjningen börjar klockan fyra")]).lost(f"{line}{' ' * 999}") == lost


def test_a_layer_that_lost_words_is_noticed() -> None:
    told = {"blocks": [], "texts": [], "spaced": "", "links": [], "boxes": [], "targets": []}
    told |= {
        "posts": [],
        "pictures": [],
        "missed": "Val",
        "heard": [[True, "Val"]],
        "left": 0,
        "width": 10,
    }
    told |= {"height": 10, "window": 9}
    layer = layer_of(told)
    assert layer.found("Val") == 1
    assert layer.found("Val ord") == 0
    assert layer.found("") == 1
