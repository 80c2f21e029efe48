"""The story: what is there when, and that its year reads as a year does."""

import datetime as dt
import hashlib
import re
from collections import Counter, defaultdict
from typing import Any

import pytest

CHANNELS = ("kommunbloggen", "biblioteksbloggen", "trygg-sjovik")


def ids(sjovik: Any, channel: str, route: str, **query: Any) -> set[int]:
    return {row["id"] for row in sjovik.rest(channel, route, per_page=100, **query)}


def test_the_server_serves_what_existed(sjovik: Any, special: Any) -> None:
    leaving = special["leaving-post"]["post"]
    link = sjovik.rest("kommunbloggen", "posts", include=leaving) or None
    assert link is None
    sjovik.at("2025-12-22T08:00:00+01:00")
    link = sjovik.rest("kommunbloggen", "posts", include=leaving)[0]["link"]
    assert sjovik.get(link).status_code == 200
    sjovik.at("2025-12-22T09:00:00+01:00")
    assert sjovik.get(link).status_code == 404
    assert sjovik.get(f"/kommunbloggen/wp-json/wp/v2/posts/{leaving}").status_code == 404
    assert not ids(sjovik, "kommunbloggen", "comments", post=leaving)


def test_nothing_of_the_future_is_told(sjovik: Any) -> None:
    sjovik.at("2025-12-15T08:00:00+01:00")
    for channel in CHANNELS:
        for route in ("posts", "comments"):
            latest = sjovik.rest(channel, route, per_page=1)[0]["date_gmt"]
            assert latest < "2025-12-15T07:00:00"


@pytest.mark.parametrize(
    ("key", "before", "after"),
    [
        ("edited-post", "2025-12-18T13:00:00+01:00", "2025-12-18T13:10:00+01:00"),
        ("edited-day-six", "2025-12-22T09:00:00+01:00", "2025-12-22T10:00:00+01:00"),
    ],
)
def test_an_edit_changes_the_words_and_the_modified_date(
    sjovik: Any, special: Any, key: str, before: str, after: str
) -> None:
    place = special[key]
    seen = []
    for now in (before, after):
        sjovik.at(now)
        seen.append(sjovik.rest(place["channel"], "posts", include=place["post"])[0])
    assert seen[0]["content"] != seen[1]["content"]
    assert seen[0]["modified_gmt"] == seen[0]["date_gmt"] < seen[1]["modified_gmt"]
    assert seen[0]["guid"] == seen[1]["guid"]


@pytest.mark.parametrize(
    ("key", "present", "absent"),
    [
        ("deleted-comment", "2025-12-18T12:00:00+01:00", "2025-12-19T12:00:00+01:00"),
        ("trashed-comment", "2025-12-16T22:00:00+01:00", "2025-12-17T09:00:00+01:00"),
        ("approved-later", "2025-12-18T12:00:00+01:00", "2025-12-17T20:00:00+01:00"),
        ("late-comment", "2026-01-08T20:00:00+01:00", "2026-01-08T12:00:00+01:00"),
    ],
)
def test_a_comment_comes_or_goes_at_its_time(
    sjovik: Any, special: Any, key: str, present: str, absent: str
) -> None:
    place = special[key]
    sjovik.at(present)
    assert place["comment"] in ids(sjovik, place["channel"], "comments", post=place["post"])
    sjovik.at(absent)
    assert place["comment"] not in ids(sjovik, place["channel"], "comments", post=place["post"])


def test_likes_grow_and_never_shrink(sjovik: Any, special: Any) -> None:
    place, counts = special["local-history"], []
    for day in (17, 18, 20, 24, 31):
        sjovik.at(f"2025-12-{day}T12:00:00+01:00")
        row = sjovik.rest(place["channel"], "posts", include=place["post"])[0]
        counts.append(row["meta"]["gilla"])
    assert counts == sorted(counts)
    assert counts[0] < counts[-1]


def waits(sjovik: Any, channel: str) -> tuple[list[dt.timedelta], set[int]]:
    """Time to each answer, and the comments by others that no later own comment follows."""
    threads = defaultdict(list)
    for row in sjovik.everything(channel, "comments"):
        threads[row["post"]].append((row["date_gmt"], row["id"], row["parent"], row["author"]))
    answers, unanswered = [], set()
    for comments in threads.values():
        asked = {number: dt.datetime.fromisoformat(at) for at, number, _, _ in comments}
        for at, _, parent, author in comments:
            if author and parent:
                answers.append(dt.datetime.fromisoformat(at) - asked[parent])
        last_own = max((at for at, _, _, author in comments if author), default="")
        unanswered |= {n for at, n, _, author in comments if not author and at > last_own}
    return answers, unanswered


def test_one_question_alone_has_waited_for_more_than_a_week(sjovik: Any, special: Any) -> None:
    open_ones = {channel: waits(sjovik, channel)[1] for channel in CHANNELS}
    fresh = ids(sjovik, "kommunbloggen", "comments", after="2026-01-14T00:00:00")
    assert open_ones["kommunbloggen"] - fresh == {special["overdue-question"]["comment"]}
    assert not open_ones["biblioteksbloggen"]
    assert not open_ones["trygg-sjovik"]


@pytest.mark.parametrize("channel", CHANNELS)
def test_most_answers_come_within_a_day_and_a_few_late(sjovik: Any, channel: str) -> None:
    answers, _ = waits(sjovik, channel)
    within_a_day = sum(w < dt.timedelta(days=1) for w in answers) / len(answers)
    within_a_week = sum(w < dt.timedelta(days=7) for w in answers) / len(answers)
    assert 0.6 < within_a_day < 0.95
    assert 0.9 < within_a_week < 1
    assert all(w > dt.timedelta(0) for w in answers)


@pytest.mark.parametrize(
    ("channel", "least"), [("kommunbloggen", 110), ("biblioteksbloggen", 60), ("trygg-sjovik", 40)]
)
def test_a_year_of_posts_without_repetition(sjovik: Any, channel: str, least: int) -> None:
    posts = [p for p in sjovik.everything(channel, "posts") if p["date"] < "2025-12-15"]
    assert len(posts) >= least
    assert {p["date"][:7] for p in posts} == {f"2025-{month:02}" for month in range(1, 13)}
    for field in ("title", "content"):
        texts = Counter(p[field]["rendered"] for p in posts)
        assert not [text for text, count in texts.items() if count > 1]
        assert not [text for text in texts if re.search(r"[{}*]", text)]
    assert len({p["link"] for p in posts}) == len(posts)


def test_no_two_posts_share_a_picture_file(sjovik: Any) -> None:
    latest = sjovik.rest("kommunbloggen", "media", per_page=20)
    digests = {hashlib.sha256(sjovik.get(m["source_url"]).content).digest() for m in latest}
    assert len(digests) == 20
    assert all(m["alt_text"] for m in latest)


def test_each_part_of_the_story_has_an_id_of_its_own(sjovik: Any, special: Any) -> None:
    assert len({tuple(place.values()) for place in special.values()}) == len(special)
    gone = special.pop("leaving-post")
    for place in special.values():
        assert ids(sjovik, place["channel"], "posts", include=place["post"]) == {place["post"]}
    assert not ids(sjovik, gone["channel"], "posts", include=gone["post"])
