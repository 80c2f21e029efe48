"""Each guard stops what it should and nothing else."""

import dataclasses as dc
import datetime as dt

import pytest

from tasks.culling import load_decisions
from tasks.culling.decision import Decision
from tasks.culling.ground import Counted, Ground
from tasks.culling.guards import GUARDS, keeps_by_rule
from tasks.culling.holds import Hold
from tasks.culling.protocol import STOPS
from tasks.model import Outcome, Thread, Visibility
from tests.tasks.culling.judging import codes, judged
from tests.tasks.culling.test_clock import thread_of
from tests.tasks.culling.world import CHANNEL, EXAMPLES

ANSWERED = "published 2025-12-01 09:30; comment 2025-12-02 10:00; reply 2025-12-03 10:00"
NOW = dt.datetime(2025, 12, 20, 8, tzinfo=dt.UTC)


@pytest.fixture(scope="module")
def decision() -> Decision:
    return load_decisions(EXAMPLES)["kommunstyrelsen"]


@pytest.fixture
def ground(decision: Decision) -> Ground:
    """Where everything is as it should be."""
    counted = Counted(threads=frozenset({"1"}), last=NOW)
    return Ground(decision=decision, now=NOW, harvested=NOW, counted=counted)


@pytest.fixture
def thread() -> Thread:
    return thread_of(ANSWERED)


def hold(thread: str | None, channel: str = CHANNEL) -> Hold:
    return Hold(
        id="h", channel=channel, thread=thread, reason="request", by="x", at=NOW, review=NOW.date()
    )


def test_where_no_guard_speaks_the_thread_goes_by_its_rule(thread: Thread, ground: Ground) -> None:
    verdict = judged(thread, ground)
    assert verdict.cull
    assert (verdict.thread, verdict.rule) == ("1", "veckan/1")


def test_the_decision_must_have_legal_force(thread: Thread, ground: Ground) -> None:
    later = dc.replace(ground.decision, in_force=dt.date(2025, 12, 21))
    assert codes(thread, dc.replace(ground, decision=later)) == ["decision-not-in-force"]
    ended = dc.replace(ground.decision, ends=dt.date(2025, 12, 19))
    assert codes(thread, dc.replace(ground, decision=ended)) == ["decision-not-in-force"]


def test_what_is_older_than_the_decision_must_be_included(thread: Thread, ground: Ground) -> None:
    from_second = dc.replace(ground.decision, in_force=dt.date(2025, 12, 2), includes_older=False)
    assert codes(thread, dc.replace(ground, decision=from_second)) == ["older-not-included"]
    same_day = dc.replace(ground.decision, in_force=dt.date(2025, 12, 1), includes_older=False)
    assert codes(thread, dc.replace(ground, decision=same_day)) == []


def test_an_unknown_class_or_none_blocks(thread: Thread, ground: Ground) -> None:
    assert codes(dc.replace(thread, record_class="x"), ground) == ["not-classified"]
    classes = tuple(dc.replace(each, default=False) for each in ground.decision.classes)
    undecided = dc.replace(ground, decision=dc.replace(ground.decision, classes=classes))
    assert codes(thread, undecided) == ["not-classified"]
    assert judged(thread, undecided).rule == ""


@pytest.mark.parametrize(
    ("record_class", "code"),
    [("unik", "class-keeps"), ("arende", "class-files"), ("sekretess", "class-restricts")],
)
def test_a_class_that_is_not_to_be_culled_blocks(
    thread: Thread, ground: Ground, record_class: str, code: str
) -> None:
    assert codes(dc.replace(thread, record_class=record_class), ground) == [code]


def test_only_a_kept_class_that_is_due_in_every_way_is_kept_by_rule(
    thread: Thread, ground: Ground
) -> None:
    kept = dc.replace(thread, record_class="unik")
    assert keeps_by_rule(judged(kept, ground))
    assert not keeps_by_rule(judged(kept, dc.replace(ground, harvested=None)))
    assert not keeps_by_rule(judged(dc.replace(thread, record_class="arende"), ground))
    assert not keeps_by_rule(judged(thread, ground))


def test_the_class_gives_the_period(thread: Thread, ground: Ground) -> None:
    soon = dc.replace(ground, now=dt.datetime(2025, 12, 4, 8, tzinfo=dt.UTC))
    assert codes(thread, soon) == ["not-due"]
    assert codes(dc.replace(thread, record_class="skrappost"), soon) == []


def test_an_open_question_keeps_its_thread(ground: Ground) -> None:
    asked = thread_of("published 2025-12-01 09:30; comment 2025-12-02 10:00")
    assert codes(asked, ground) == ["unanswered"]
    [finding] = judged(asked, ground).findings
    assert finding.text.sv.startswith("1 kommentar väntar på svar")
    comment = asked.posts[1]
    twice = dc.replace(asked, posts=(*asked.posts, dc.replace(comment, id="c9")))
    [finding] = judged(twice, ground).findings
    assert finding.text.sv.startswith("2 kommentarer väntar på svar")
    for released in (
        dc.replace(comment, outcome=Outcome.NOT_NEEDED),
        dc.replace(comment, visibility=Visibility.GONE),
        dc.replace(comment, visibility=Visibility.SPAM),
    ):
        assert codes(dc.replace(asked, posts=(asked.posts[0], released)), ground) == []


def test_a_hold_covers_its_thread_or_its_whole_channel(thread: Thread, ground: Ground) -> None:
    for held in (hold("1"), hold(None)):
        assert codes(thread, dc.replace(ground, holds=(held,))) == ["held"]
    for other in (hold("2"), hold("1", "biblioteksbloggen"), hold(None, "biblioteksbloggen")):
        assert codes(thread, dc.replace(ground, holds=(other,))) == []


def test_the_channel_was_harvested_within_a_day(thread: Thread, ground: Ground) -> None:
    day = dt.timedelta(hours=24)
    assert codes(thread, dc.replace(ground, harvested=NOW - day)) == []
    stale = NOW - day - dt.timedelta(seconds=1)
    assert codes(thread, dc.replace(ground, harvested=stale)) == ["not-harvested"]
    assert codes(thread, dc.replace(ground, harvested=None)) == ["not-harvested"]


def test_the_numbers_are_kept_before_the_words_go(thread: Thread, ground: Ground) -> None:
    assert codes(thread, dc.replace(ground, counted=Counted())) == ["no-numbers"]
    # A thread that others began has no id among the numbers: its time of beginning tells it.
    head = dc.replace(thread.posts[0], own=False)
    foreign = dc.replace(thread, posts=(head, *thread.posts[1:]))
    assert codes(foreign, dc.replace(ground, counted=Counted())) == ["no-numbers"]
    begun = Counted(begun=frozenset({head.published}))
    assert codes(foreign, dc.replace(ground, counted=begun)) == []


def test_a_late_comment_alone_needs_an_observation_since(thread: Thread, ground: Ground) -> None:
    alone = dc.replace(thread, posts=thread.posts[1:])
    before = Counted(last=alone.posts[0].first_seen - dt.timedelta(seconds=1))
    assert codes(alone, dc.replace(ground, counted=before)) == ["no-numbers"]
    assert codes(alone, dc.replace(ground, counted=Counted(last=NOW))) == []


def test_every_reason_is_told_and_none_holds_the_threads_words(ground: Ground) -> None:
    asked = thread_of("published 2025-12-18 09:30; comment 2025-12-19 10:00")
    worst = dc.replace(ground, holds=(hold(None),), harvested=None, counted=Counted())
    verdict = judged(asked, worst)
    assert [finding.code for finding in verdict.findings] == [
        "not-due",
        "unanswered",
        "held",
        "not-harvested",
        "no-numbers",
    ]
    assert "ord" not in {word for f in verdict.findings for word in f.text.sv.split()}


def test_the_certificate_has_words_for_every_guard() -> None:
    for guard in GUARDS:
        assert guard.code == "class" or guard.code in STOPS
