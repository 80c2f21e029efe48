"""The public pages and the server that serves them."""

import html
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest

CHANNELS = ("kommunbloggen", "biblioteksbloggen", "trygg-sjovik")
ARTICLE = re.compile(r'<article class="inlagg[^"]*" id="inlagg-(\d+)"')


@pytest.mark.parametrize("channel", CHANNELS)
def test_scrolling_shows_every_post_once(sjovik: Any, channel: str) -> None:
    page = sjovik.get(f"/{channel}/").text
    shown = ARTICLE.findall(page)
    left = int(re.search(r'data-kvar="(\d+)"', page)[1])  # type: ignore[index]  # it is there
    assert len(shown) == 5
    while left:
        batch = sjovik.get(f"/{channel}/_inlagg", fran=len(shown)).json()
        found = ARTICLE.findall(batch["html"])
        assert 1 <= len(found) <= 5
        shown += found
        assert batch["kvar"] < left
        left = batch["kvar"]
    assert [int(n) for n in shown] == [
        row["id"] for row in reversed(sjovik.everything(channel, "posts"))
    ]


def test_the_button_brings_the_rest_of_the_comments(sjovik: Any, special: Any) -> None:
    place = special["local-history"]
    sjovik.at("2025-12-19T12:00:00+01:00")
    page = sjovik.get(f"/{place['channel']}/").text
    article = page[page.index(f'id="inlagg-{place["post"]}"') :].split("</article>")[0]
    first = re.findall(r'id="comment-(\d+)"', article)
    assert "Visa fler kommentarer (2)" in article
    rest = sjovik.get(f"/{place['channel']}/_kommentarer", inlagg=place["post"]).json()["html"]
    shown = {int(n) for n in first + re.findall(r'id="comment-(\d+)"', rest)}
    told = sjovik.rest(place["channel"], "comments", post=place["post"])
    assert shown == {row["id"] for row in told}
    assert len(first) == 2


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_page_shows_sender_contact_and_privacy(sjovik: Any, channel: str) -> None:
    page = html.unescape(sjovik.get(f"/{channel}/").text)
    assert 'lang="sv"' in page
    assert "Sjöviks kommun" in page
    assert "mailto:" in page
    assert "Så behandlar vi personuppgifter" in page
    assert "Visa mer" in page
    assert sjovik.get(f"/{channel}/sa-behandlar-vi-personuppgifter/").status_code == 200


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_page_loads_nothing_from_elsewhere(sjovik: Any, channel: str) -> None:
    page = sjovik.get(f"/{channel}/").text
    style = "".join(
        sjovik.get(address).text for address in re.findall(r'href="([^"]+\.css)"', page)
    )
    loaded = re.findall(r'(?:src|data-src)="([^"]+)"', page) + re.findall(r"url\(([^)#]+)", style)
    loaded += re.findall(r'<link rel="(?:stylesheet|icon)" href="([^"]+)"', page)
    here = str(sjovik.web.base_url)
    assert len(loaded) > 3
    assert not [a for a in loaded if not a.startswith((here, "data:"))]
    for address in loaded:
        if address.startswith(here):
            assert sjovik.get(address).status_code == 200


def test_the_cookie_banner_is_gone_once_answered(sjovik: Any) -> None:
    assert "Godkänn alla" in sjovik.get("/trygg-sjovik/").text
    answered = sjovik.web.get("/trygg-sjovik/", headers={"Cookie": "sjovik_kakor=nodvandiga"})
    assert "Godkänn alla" not in answered.text


@pytest.mark.parametrize(
    ("address", "status"),
    [("/", 200), ("/kommunbloggen/", 200), ("/kommunbloggen/?p=2", 404), ("/finns-inte/", 404)],
)
def test_what_is_not_there_is_not_found(sjovik: Any, address: str, status: int) -> None:
    assert sjovik.get(address).status_code == status


def test_a_wordless_address_leads_to_the_post(sjovik: Any, special: Any) -> None:
    place = special["local-history"]
    answer = sjovik.get(f"/{place['channel']}/", p=place["post"])
    assert answer.status_code == 301
    assert "isvintern-1942" in answer.headers["location"]


def test_the_first_reader_of_one_channel_is_asked_to_wait(serve: Callable[..., Any]) -> None:
    with serve("--now", "2025-12-15T08:00:00+01:00") as sjovik:
        path = "/biblioteksbloggen/wp-json/wp/v2/posts"
        first, second = sjovik.web.get(path), sjovik.web.get(path)
        assert (first.status_code, first.headers["retry-after"]) == (429, "1")
        assert second.status_code == 200
        assert sjovik.web.get("/_tid").json() == {"now": "2025-12-15T08:00:00+01:00"}


def test_the_story_is_the_same_in_each_process(sjovik: Any, serve: Callable[..., Any]) -> None:
    with serve(PYTHONHASHSEED="1234") as other:
        for channel in CHANNELS:
            for route in ("posts", "comments"):
                told = [
                    re.sub(r"127\.0\.0\.1:\d+", "", str(one.everything(channel, route)))
                    for one in (sjovik, other)
                ]
                assert told[0] == told[1]


def test_it_listens_on_loopback_alone_and_ends_well(serve: Callable[..., Any]) -> None:
    with serve() as sjovik:
        served = psutil.Process(sjovik.process.pid).net_connections()
        assert {c.laddr.ip for c in served} == {"127.0.0.1"}
        assert sjovik.told["channels"].keys() == set(CHANNELS)
    assert sjovik.process.returncode == 0


def test_a_bad_call_is_told_in_one_line(sjovik: Any, serve_file: Path) -> None:
    for bad in (["--now", "2025-12-15T08:00:00"], ["--port", str(sjovik.told["port"])]):
        done = subprocess.run(
            [sys.executable, serve_file, *bad], capture_output=True, text=True, check=False
        )
        assert done.returncode == 2
        assert "Traceback" not in done.stderr
        assert done.stderr.splitlines()[-1].startswith("serve.py: error:")


@pytest.mark.parametrize("body", ['{"now": "2025-12-15T08:00:00"}', '{"now": 3}', "nej", "[]"])
def test_a_time_that_cannot_be_read_is_refused(sjovik: Any, body: str) -> None:
    before = sjovik.web.get("/_tid").json()
    assert sjovik.web.post("/_tid", content=body).status_code == 400
    assert sjovik.web.get("/_tid").json() == before
