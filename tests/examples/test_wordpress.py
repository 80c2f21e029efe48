"""The made-up channels answer as a real WordPress does."""

import json
import os
from pathlib import Path
from typing import Any

import feedparser
import httpx
import pytest

CHANNELS = ("kommunbloggen", "biblioteksbloggen", "trygg-sjovik")
ROOT = Path(__file__).parents[2]


def recorded(name: str) -> Any:
    data = Path(os.environ.get("KANALARKIV_TEST_DATA", ROOT.parent / "shared" / "data"))
    file = data / "recorded-local" / "wordpress" / name
    if not file.exists():
        assert os.environ.get("CI") != "true", f"{file} must be there"
        pytest.skip("no recorded answers here")
    return json.loads(file.read_text(encoding="utf-8"))


def same_shape(ours: Any, real: Any) -> None:
    """Every field of the real one is there, of the same kind."""
    for key in real.keys() - {"_links", "meta"}:
        assert type(ours[key]) is type(real[key]), key
        if isinstance(real[key], dict):
            same_shape(ours[key], real[key])


@pytest.mark.parametrize("channel", CHANNELS)
def test_every_post_is_found_by_turning_the_pages(sjovik: Any, channel: str) -> None:
    path = f"/{channel}/wp-json/wp/v2/posts"
    first = sjovik.get(path, per_page=20)
    total, pages = (int(first.headers[f"x-wp-{name}"]) for name in ("total", "totalpages"))
    found = []
    for page in range(1, pages + 1):
        answer = sjovik.get(path, per_page=20, page=page)
        assert ('rel="next"' in answer.headers.get("link", "")) == (page < pages)
        found += [row["id"] for row in answer.json()]
    assert len(found) == len(set(found)) == total


def test_a_page_past_the_end_is_refused_as_wordpress_does(sjovik: Any) -> None:
    answer = sjovik.get("/kommunbloggen/wp-json/wp/v2/posts", page=99)
    assert answer.status_code == 400
    assert answer.json() == recorded("error_past_last_page.json")["body"]


def test_held_comments_are_for_those_who_log_in(sjovik: Any, special: Any) -> None:
    path = "/kommunbloggen/wp-json/wp/v2/comments"
    answer = sjovik.get(path, status="hold")
    assert answer.status_code == 401
    assert answer.json() == recorded("error_hold_anonymous.json")["body"]
    wrong = sjovik.web.get(path, params={"status": "hold"}, auth=("arkiv", "fel"))
    assert (wrong.status_code, wrong.json()["code"]) == (401, "incorrect_password")
    assert sjovik.moderated("kommunbloggen", "hold") == [special["held-comment"]["comment"]]


@pytest.mark.parametrize(
    ("channel", "status", "key"),
    [
        ("biblioteksbloggen", "spam", "spam-comment"),
        ("trygg-sjovik", "trash", "trashed-comment"),
    ],
)
def test_spam_and_trash_are_there_for_moderators_alone(
    sjovik: Any, special: Any, channel: str, status: str, key: str
) -> None:
    assert sjovik.moderated(channel, status) == [special[key]["comment"]]
    public = {row["id"] for row in sjovik.everything(channel, "comments")}
    assert special[key]["comment"] not in public


def test_posts_and_comments_have_the_shape_of_recorded_ones(sjovik: Any) -> None:
    real_post = recorded("posts_p1.json")["body"][1]
    same_shape(sjovik.rest("kommunbloggen", "posts", per_page=1)[0], real_post)
    real_comment = recorded("comments_public.json")["body"][0]
    same_shape(sjovik.rest("kommunbloggen", "comments", per_page=1)[0], real_comment)


def test_time_and_id_choose_posts(sjovik: Any, special: Any) -> None:
    edited = special["edited-post"]["post"]
    week = {"after": "2025-12-16T00:00:00", "before": "2025-12-17T00:00:00"}
    that_day = [r["id"] for r in sjovik.rest("kommunbloggen", "posts", **week)]
    assert edited in that_day
    assert len(that_day) == 2
    changed = sjovik.rest(
        "kommunbloggen", "posts", modified_after="2025-12-18T13:00:00+01:00", per_page=100
    )
    assert edited in {r["id"] for r in changed}
    assert [r["id"] for r in sjovik.rest("kommunbloggen", "posts", include=f"{edited},999999")] == [
        edited
    ]


def test_chosen_fields_come_alone(sjovik: Any) -> None:
    row = sjovik.rest("trygg-sjovik", "posts", per_page=1, _fields="id,title.rendered")[0]
    assert row.keys() == {"id", "title"}


def test_a_post_brings_its_author_and_picture_when_asked(sjovik: Any, special: Any) -> None:
    place = special["local-history"]
    query = {"include": place["post"], "_embed": "author,wp:featuredmedia"}
    row = sjovik.rest("biblioteksbloggen", "posts", **query)[0]
    assert row["_embedded"]["author"][0]["id"] == row["author"]
    picture = row["_embedded"]["wp:featuredmedia"][0]
    assert picture["source_url"] in row["content"]["rendered"]
    assert sjovik.get(picture["source_url"]).content.startswith(b"\xff\xd8")


@pytest.mark.parametrize("query", [{"per_page": 101}, {"after": "i går"}, {"orderby": "slump"}])
def test_a_bad_parameter_is_refused(sjovik: Any, query: dict[str, Any]) -> None:
    answer = sjovik.get("/kommunbloggen/wp-json/wp/v2/posts", **query)
    assert (answer.status_code, answer.json()["code"]) == (400, "rest_invalid_param")


def test_what_wordpress_keeps_for_editors_is_kept(sjovik: Any) -> None:
    for route in ("posts", "comments"):
        answer = sjovik.get(f"/kommunbloggen/wp-json/wp/v2/{route}", context="edit")
        assert answer.status_code == 401


def test_the_other_address_of_the_interface_answers_the_same(sjovik: Any) -> None:
    by_query = sjovik.get("/kommunbloggen/", rest_route="/wp/v2/posts", per_page=3).json()
    assert by_query == sjovik.rest("kommunbloggen", "posts", per_page=3)


@pytest.mark.parametrize("channel", CHANNELS)
def test_the_feed_holds_the_ten_latest_posts(sjovik: Any, channel: str) -> None:
    answer: httpx.Response = sjovik.get(f"/{channel}/feed")
    feed = feedparser.parse(answer.content)
    assert not feed.bozo
    latest = sjovik.rest(channel, "posts", per_page=10)
    assert [entry.id for entry in feed.entries] == [r["guid"]["rendered"] for r in latest]
    assert [entry.title for entry in feed.entries] == [r["title"]["rendered"] for r in latest]
    assert "<p>" in feed.entries[0].content[0].value
