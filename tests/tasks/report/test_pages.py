"""The report's pages: what they say, in words, tables and figures."""

import base64
import dataclasses as dc
import itertools
import re
from xml.etree import ElementTree as ET

import pytest

from archive_store import Archive
from tasks.facts import GoalOutcome
from tasks.model import Goal, Register
from tasks.report import figures, pages
from tasks.report.gathering import ChannelYear
from tasks.report.goal_words import goal_words
from tasks.report.summary import attention, story

NBSP = "\N{NO-BREAK SPACE}"
Years = tuple[ChannelYear, ...]


def outcome(metric: str, target: float, reached: float | None, **told: object) -> GoalOutcome:
    goal = Goal(id="mål", text="Målet", metric=metric, target=target)
    given = {"numerator": None, "denominator": None, "months": 12, **told}
    judged = None if reached is None else reached >= target
    counts = {"coverage": 0.5, "days_harvested": 3, "days_expected": 6}
    return GoalOutcome(goal=goal, outcome=reached, met=judged, **counts, **given)  # type: ignore[arg-type]  # as told


def test_the_story_tells_the_sums_and_how_many_goals_were_reached(years: Years) -> None:
    whole = " ".join(story("Sjöviks kommun", 2025, years)).replace(NBSP, " ")
    posts = sum(year.figures.posts or 0 for year in years)
    assert f"hade tre kanaler i sociala medier under 2025 och publicerade {posts} inlägg" in whole
    due = sum(year.figures.due_24h for year in years)
    assert f"{due // 2} av {due} meddelanden (50 %)" in whole
    assert "Av nio mål i aktivitetsplanerna" in whole
    assert "kan tre inte bedömas" in whole


def test_what_needs_attention_is_told_by_channel(years: Years) -> None:
    remarks = [f"{name}: {remark}" for name, remark in attention(years)]
    told = "\n".join(remarks).replace(NBSP, " ")
    assert "Sjöviks bibliotek: Nio meddelanden fick inte svar inom en vecka. Siffror" in told
    assert "samlades in bara 1 av 17 dagar" in told
    assert "Sjöviks kommun – nyheter: Siffror samlades in bara 3 av 17 dagar" in told
    assert "Trygg i Sjövik: Inga siffror har samlats in från kanalen." in told


def test_a_body_without_channels_gets_a_sentence_of_its_own() -> None:
    assert story("Kommunen", 2025, ()) == [
        "Kommunen hade inga kanaler i sociala medier under 2025."
    ]


def test_a_goal_is_told_with_its_ground_and_verdict() -> None:
    words = goal_words(outcome("reply_rate_24h", 0.9, 0.75, numerator=15, denominator=20), None)
    told = {key: value.replace(NBSP, " ") for key, value in dc.asdict(words).items()}
    assert told["target"] == "minst 90 % besvarade inom 24 timmar"
    assert (told["outcome"], told["ground"]) == ("75 %", "15 av 20 meddelanden")
    assert told["verdict"] == "Nej"


def test_an_outcome_just_short_of_its_target_does_not_look_reached() -> None:
    words = goal_words(outcome("posts_per_week", 2, 1.996, numerator=104, denominator=52.1), None)
    assert (words.outcome, words.verdict) == ("1,996", "Nej")
    assert words.ground == "104 inlägg på 52,1 veckor"


@pytest.mark.parametrize(
    ("metric", "months", "ground"),
    [
        ("interactions", 12, "Plattformen uppger det inte"),
        ("reply_rate_week", 12, "Inga meddelanden behövde besvaras"),
        ("posts", 0, "Inga siffror för året"),
    ],
)
def test_a_goal_without_ground_says_why(metric: str, months: int, ground: str) -> None:
    words = goal_words(outcome(metric, 1, None, months=months), None)
    assert (words.outcome, words.ground, words.verdict) == ("–", ground, "Kan inte bedömas")


def test_figures_say_their_numbers_and_what_is_missing(years: Years) -> None:
    library = years[1]
    figure = figures.posts_figure(library.months, 2025)
    counts = dict(zip(library.months["month"] % 100, library.months["posts"], strict=True))
    assert f"maj {counts[5]}, jun {counts[6]}" in figure.alt
    assert "jan" not in figure.alt.split("Uppgift saknas")[0]
    assert "Uppgift saknas för jan, feb, mar och apr." in figure.alt


def test_figures_are_pictures_that_need_nothing_else(years: Years) -> None:
    for draw in (figures.posts_figure, figures.talk_figure, figures.reply_figure):
        figure = draw(years[1].months, 2025)
        kind, data = figure.address.split(",", 1)
        assert kind == "data:image/svg+xml;base64"
        svg = ET.fromstring(base64.b64decode(data))  # noqa: S314 - drawn by ourselves
        texts = [node.text for node in svg.iter() if node.tag.endswith("}text")]
        assert {"jan", "maj", "dec"} <= set(texts)
        assert texts.count("–") == 4, "a dash for each unknown month"
        assert not [n for n in svg.iter() if n.tag.rsplit("}")[-1] in {"script", "image", "use"}]
        assert figure == draw(years[1].months, 2025), "the same numbers give the same picture"


def test_shades_can_be_told_apart_in_black_and_white() -> None:
    def light(shade: str) -> float:
        red, green, blue = (int(shade[at : at + 2], 16) / 255 for at in (1, 3, 5))
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    shades = [light(shade) for shade in figures.SHADES]
    assert all(after - before > 0.12 for before, after in itertools.pairwise(shades))


def test_what_the_register_says_is_text_and_never_markup(years: Years) -> None:
    named = dc.replace(years[0].channel, name="<script>alert(1)</script>")
    page = pages.channel_page(dc.replace(years[0], channel=named), 2025)
    assert "<script>" not in page


def test_the_title_page_names_the_recipients(
    archive: Archive, register: Register, years: Years
) -> None:
    now = years[0].last_harvest
    assert now
    page = pages.title_page(archive, register, years, 2025, now.time)
    assert "Verksamhetsansvarig, Räddningstjänsten" in page
    assert "Informationsenheten" in page
    assert "Övning." in page


def test_the_method_explains_each_term_once() -> None:
    page = pages.method_page(2025)
    terms = re.findall(r"<dt>(.*?)</dt>", page)
    assert len(terms) == len(set(terms)) > 8
    assert "saknas där plattformen inte uppger det" in page
