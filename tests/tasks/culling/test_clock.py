"""The table of docs/clock.md, case by case."""

import dataclasses as dc
import datetime as dt
import re
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tasks.culling.decision import Decision, RecordClass
from tasks.culling.decision_file import load_decisions
from tasks.culling.ground import Ground
from tasks.model import Outcome, Post, Thread, Version, Visibility, Words
from tests.tasks.culling.judging import codes, due

STOCKHOLM = ZoneInfo("Europe/Stockholm")
ROOT = Path(__file__).parents[3]
EVENT = re.compile(r"(?P<what>\w+) (?P<at>[\d-]+ [\d:]+)(?: seen (?P<seen>[\d-]+ [\d:]+))?")


def cases() -> list[tuple[str, str, int, dt.datetime]]:
    lines = (ROOT / "docs" / "clock.md").read_text().splitlines()
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines if line[:1] == "|"]
    return [(case, events, int(days), moment(at)) for case, events, days, at in rows[2:]]


def moment(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=STOCKHOLM)


each_case = pytest.mark.parametrize(
    ("events", "days", "from_"), [pytest.param(*rest, id=case) for case, *rest in cases()]
)


def thread_of(events: str) -> Thread:
    posts: list[Post] = []
    for text in events.split("; "):
        event = EVENT.fullmatch(text)
        assert event is not None, text
        at = moment(event["at"]).astimezone(dt.UTC)
        seen = moment(event["seen"] or event["at"]).astimezone(dt.UTC)
        match event["what"]:
            case "published":
                posts.append(item("1", "post", at, seen, own=True))
            case "comment" | "reply" | "spam" as what:
                post = item(f"c{len(posts)}", "comment", at, seen, own=what == "reply")
                shown = Visibility.SPAM if what == "spam" else Visibility.PUBLIC
                posts.append(dc.replace(post, visibility=shown))
            case "edited":
                version = Version(digest="2", seen=seen, modified=at, words=words("ändrat"))
                posts[-1] = dc.replace(posts[-1], versions=(*posts[-1].versions, version))
            case "hidden":
                posts[-1] = dc.replace(posts[-1], visibility=Visibility.HELD, visibility_since=seen)
            case "gone":
                posts[-1] = dc.replace(posts[-1], visibility=Visibility.GONE, visibility_since=seen)
            case "outcome":
                posts[-1] = dc.replace(
                    posts[-1], outcome=Outcome.ELSEWHERE, outcome_by="arkivarie-1", outcome_at=at
                )
            case unknown:
                pytest.fail(f"docs/clock.md: unknown event {unknown}")
    return Thread(
        id="1",
        channel="kommunbloggen",
        day=posts[0].published.astimezone(STOCKHOLM).date(),
        salt="00",
        permalink="",
        posts=tuple(posts),
    )


def words(text: str) -> Words:
    return Words(author="1", author_name="", title="", text=text, html="", permalink="")


def item(id_: str, kind: str, at: dt.datetime, seen: dt.datetime, *, own: bool) -> Post:
    return Post(
        id=id_,
        parent=None,
        kind=kind,
        own=own,
        published=at,
        first_seen=seen,
        visibility=Visibility.PUBLIC,
        visibility_since=seen,
        address="",
        versions=(Version(digest="1", seen=seen, modified=None, words=words("ord")),),
    )


def deciding(days: int) -> Decision:
    decision = load_decisions(ROOT / "examples/sjovik/decisions")["kommunstyrelsen"]
    only = RecordClass(
        id="veckan", name="x", basis="x", action="cull", days=days, latest_days=99, default=True
    )
    return dc.replace(decision, classes=(only,))


@each_case
def test_a_thread_is_due_when_the_document_says(events: str, days: int, from_: dt.datetime) -> None:
    thread = thread_of(events)
    assert due(thread, days) == from_


@each_case
def test_the_guard_opens_in_that_second_and_not_before(
    events: str, days: int, from_: dt.datetime
) -> None:
    thread, decision = thread_of(events), deciding(days)
    before = from_.astimezone(dt.UTC) - dt.timedelta(seconds=1)
    assert "not-due" in codes(thread, Ground(decision=decision, now=before))
    assert "not-due" not in codes(thread, Ground(decision=decision, now=from_))


def test_the_document_holds_the_cases_that_matter() -> None:
    text = " ".join(events for _, events, _, _ in cases())
    for what in ("comment", "reply", "edited", "seen", "spam", "hidden", "gone", "outcome"):
        assert what in text
    assert len(cases()) >= 20
