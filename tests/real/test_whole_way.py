"""The whole way on a real WordPress: harvest, changes, snapshot, cull, facts, and forgetting.

Expected values come from the seed file; the product is used through its commands alone, and the
archive is read back through its own door.
"""

import datetime as dt
import hashlib
import html
import io
import json
import tempfile
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pypdf
import pytest
from leaks import leaks
from way import ROOT, Way
from wordpress.seed import Seeded, seed
from wordpress.server import WordPress

from archive_store import archive_at
from tasks.days import day_media, living_days, load_day
from tasks.facts import read_monthly
from tasks.model import Thread, Visibility

CHANNEL = "wp"
BOARD = "kommunstyrelsen"
COMMENTER = 90210017
STATES = {
    "approved": Visibility.PUBLIC,
    "hold": Visibility.HELD,
    "spam": Visibility.SPAM,
    "trash": Visibility.TRASH,
}
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)

REGISTER = """
[organisation]
name = "Sjöviks kommun"
number = "212000-0000"
website = "https://sjovik.example/"
information_unit = "informationsenheten"
[[board]]
id = "kommunstyrelsen"
name = "Kommunstyrelsen"
[[unit]]
id = "informationsenheten"
name = "Informationsenheten"
board = "kommunstyrelsen"
manager = "Informationschefen"
valid_from = 2015-01-01
[[channel]]
id = "wp"
name = "Sjöviks kommun – nyheter"
unit = "informationsenheten"
platform = "blog"
address = "{url}/"
api = "{url}/wp-json"
life = "active"
opened = 2019-03-04
own_authors = ["1"]
secret = "kanalarkiv-wp"
post_selector = ".wp-block-post"
depth = "all"
"""


class Told:
    """What the seed says, and what the archive holds, side by side."""

    def __init__(self, way: Way, site: WordPress, seeded: Seeded) -> None:
        self.way, self.site, self.seeded = way, site, seeded
        self.start = seeded.now

    def run(self, after: dt.timedelta, *words: str) -> Any:
        return self.way.run(*words, "--as-of", (self.start + after).isoformat())

    def threads(self) -> dict[str, Thread]:
        archive = archive_at(self.way.archive)
        days = living_days(archive, CHANNEL)
        return {thread.id: thread for day in days for thread in load_day(archive, day)}

    def thread(self, name: str) -> Thread | None:
        return self.threads().get(str(self.seeded.post_ids[name]))

    def pictures(self) -> set[str]:
        archive = archive_at(self.way.archive)
        return {
            hashlib.sha256(data).hexdigest()
            for day in living_days(archive, CHANNEL)
            for data in day_media(archive, day).values()
        }


@pytest.fixture
def told(wordpress: WordPress, tmp_path: Path) -> Iterator[Told]:
    """The site as it was twelve days ago: what follows lies in its future, not in ours."""
    seeded = seed(wordpress, dt.datetime.now(dt.UTC) - 12 * DAY)
    with tempfile.TemporaryDirectory(prefix="kw") as tmp:
        way = Way(tmp_path, Path(tmp), {"kanalarkiv-wp": wordpress.secret})
        decision = ROOT / "examples" / "sjovik" / "decisions" / f"{BOARD}.toml"
        moment = (seeded.now - HOUR).isoformat()
        way.begin(moment, REGISTER.format(url=wordpress.url), [decision])
        yield Told(way, wordpress, seeded)


def living_by_seed(seeded: Seeded) -> dict[str, Mapping[str, Any]]:
    """Public posts whose own age is within the week: their words must have been taken in."""
    return {
        name: post
        for name, post in seeded.posts.items()
        if post["kind"] == "post"
        and 0 < post["hours_ago"] < 24 * 7
        and not post.get("gone")
        and not post.get("password")
        and post.get("status", "publish") == "publish"
    }


def equals_the_seed(told: Told) -> None:
    seeded, threads = told.seeded, told.threads()
    wanted = living_by_seed(seeded)
    assert len(wanted) >= 6
    pictures: set[str] = set()
    for name, post in wanted.items():
        thread = threads[str(seeded.post_ids[name])]
        [head] = [p for p in thread.posts if p.id == thread.id]
        assert (head.words.title, head.words.text) == (post["title"], post["text"]), name
        pictures |= {seeded.picture_sha256[p] for p in post.get("inline", [])}
        comments = {
            f"c{seeded.comment_ids[c['name']]}": STATES[c["state"]]
            for c in seeded.comments.values()
            if c["post"] == name
        }
        found = {p.id: p.visibility for p in thread.posts if p.id != thread.id}
        assert comments.items() <= found.items(), name
    assert pictures <= told.pictures()


def changes_are_seen(told: Told) -> None:
    """An edit, a deletion and a new comment, each as a difference to the harvest before."""
    site, ids = told.site, told.seeded.post_ids
    at = told.start + DAY
    site.edit_post(ids["bibliotek"], at=at, text="<p>Stängt på söndag. Vi ses på måndag.</p>")
    site.delete_post(ids["lekplats"])
    new = site.add_comment(ids["vatten"], "Tack för beskedet om vattnet.", at=at, user=0)
    row = told.run(DAY + HOUR, "harvest")["rows"][0]
    assert row["edited"] == 1
    assert row["new_comments"] == 1
    edited, gone, commented = (told.thread(n) for n in ("bibliotek", "lekplats", "vatten"))
    assert edited is not None
    assert gone is not None
    assert commented is not None
    assert [v.words.text for v in edited.posts[0].versions][-1] == (
        "Stängt på söndag. Vi ses på måndag."
    )
    assert len(edited.posts[0].versions) == 2
    assert {p.visibility for p in gone.posts} == {Visibility.GONE}
    assert f"c{new}" in {p.id for p in commented.posts}
    answer = ("answer", f"c{new}", "--as", "not-needed", "--by", "info-1", "--channel", CHANNEL)
    assert told.run(DAY + 2 * HOUR, *answer)["outcome"] == "not-needed"


def snapshot_is_whole(told: Told) -> None:
    taken = told.run(DAY + 3 * HOUR, "snapshot", "--occasion", "manuell", "--reason", "prov")
    assert taken["state"] == "completed", taken
    key = taken["rows"][0]["key"]
    reader = pypdf.PdfReader(io.BytesIO(archive_at(told.way.archive).get(key)))
    text = " ".join(" ".join(page.extract_text().split()) for page in reader.pages)
    assert "ÖVNING" in text
    assert "Stängt på söndag. Vi ses på måndag." in text
    for name in ("snorojning", "badplats", "vatten"):
        assert told.seeded.posts[name]["title"] in text


def culled_is_not_taken_in_again(told: Told, culled: set[str]) -> None:
    assert told.run(9 * DAY + 2 * HOUR, "harvest")["state"] == "completed"
    assert culled & set(told.threads()) == set()
    number = told.seeded.post_ids["vatten"]
    assert str(number) in culled
    told.site.edit_post(number, at=told.start + 9 * DAY + 3 * HOUR, text="<p>Vattnet är åter.</p>")
    assert told.run(9 * DAY + 4 * HOUR, "harvest")["state"] == "completed"
    assert culled & set(told.threads()) == {str(number)}
    again = told.thread("vatten")
    assert again is not None
    assert [p.words.text for p in again.posts] == ["Vattnet är åter."]


def needles(told: Told, comment: int) -> dict[str, str]:
    """Everything of the post that leaves its channel before the first snapshot."""
    post = told.seeded.posts["lekplats"]
    address = f"{told.site.url}/wp-json/wp/v2/posts/{told.seeded.post_ids['lekplats']}"
    with urllib.request.urlopen(address) as answer:  # noqa: S310 - loopback
        slug = json.loads(answer.read())["slug"]
    return {
        "title": html.unescape(post["title"]),
        "slug": slug,
        "word": post["paragraphs"][0],
        "name": "Göta Gråsparv",
        "comment": "Min son Tindragubben ramlade där i tisdags",
        "commenter's id": f'"{COMMENTER}"',
        "picture digest": told.seeded.picture_sha256["lekplats.png"],
        "comment's permalink": f"#comment-{comment}",
    }


@pytest.mark.real
@pytest.mark.browser
@pytest.mark.timeout(900)
def test_the_whole_way_on_a_wordpress_that_none_of_us_wrote(told: Told) -> None:
    way = told.way
    comment = told.site.add_comment(
        told.seeded.post_ids["lekplats"],
        "Min son Tindragubben ramlade där i tisdags",
        at=told.start - 2 * HOUR,
        author="Göta Gråsparv",
        user=COMMENTER,
    )
    sought = needles(told, comment)
    with way.server():
        assert told.run(dt.timedelta(), "harvest")["state"] == "completed"
        equals_the_seed(told)
        changes_are_seen(told)
        snapshot_is_whole(told)
        assert told.run(9 * DAY, "harvest")["state"] == "completed"

    before = {leak.needle for leak in leaks(way.places(), sought)}
    assert before == set(sought), "the scan must see all of it before"
    living, counted = set(told.threads()), way.observations()

    with way.server():
        done = way.cull((told.start + 9 * DAY + HOUR).isoformat(), BOARD)
        assert done["state"] == "completed"
    assert leaks(way.places(), sought) == set()
    assert {f: d for f, d in way.observations().items() if f in counted} == counted
    culled = living - set(told.threads())
    assert len(culled) == done["rows"][0]["culled"] >= 3

    with way.server():
        culled_is_not_taken_in_again(told, culled)
        assert told.run(9 * DAY + 5 * HOUR, "facts")["state"] == "completed"
    facts = read_monthly(archive_at(way.archive), CHANNEL)
    public = [p for p in told.seeded.posts.values() if p["kind"] == "post"]
    assert 0 < facts["posts"].sum() <= len(public)
    assert way.run("verify")["ok"] is True
    kinds = {p["labels"]["kind"] for p in way.run("list")["packages"]}
    assert {"snapshot", "certificate", "certificate-pdf", "monthly-facts"} <= kinds
