"""A person goes before the rules, a rule before the default, and the longest retention wins."""

import dataclasses as dc
import datetime as dt

import pytest

from tasks.culling.classes import action_of, due_of, latest_of
from tasks.culling.decision import Decision, RecordClass
from tasks.culling.decision_file import load_decisions
from tasks.culling.tags import Circumstances, Crisis
from tasks.gists import gist_of
from tasks.model import Outcome, Thread, Visibility
from tests.tasks.culling.judging import class_of
from tests.tasks.culling.test_clock import thread_of
from tests.tasks.culling.world import CHANNEL, EXAMPLES

NOWHERE = Circumstances()
KNOWN = Circumstances(units={CHANNEL: "informationsenheten"}, platforms={CHANNEL: "blog"})
BEGAN = dt.datetime(2025, 12, 1, 8, tzinfo=dt.UTC)


def a_class(name: str, action: str = "cull", days: int = 7, **more: object) -> RecordClass:
    fields = {"id": name, "name": name, "basis": "x", "action": action, "days": days}
    return RecordClass(**{**fields, "latest_days": 60, **more})  # type: ignore[arg-type]


def deciding(*classes: RecordClass, officials: tuple[str, ...] = ()) -> Decision:
    decision = load_decisions(EXAMPLES)["kommunstyrelsen"]
    default = a_class("veckan", default=True)
    return dc.replace(decision, classes=(default, *classes), officials=officials)


def given(thread: Thread, decision: Decision, known: Circumstances = NOWHERE) -> tuple[str, str]:
    found = class_of(thread, decision, known)
    return (found.record_class.id if found.record_class else "", found.why)


@pytest.fixture
def thread() -> Thread:
    return thread_of("published 2025-12-01 09:30; comment 2025-12-02 10:00")


def test_a_person_goes_before_a_rule_and_a_rule_before_the_default(thread: Thread) -> None:
    decision = deciding(a_class("blogg", "keep", channels=(CHANNEL,)))
    assert given(thread, deciding()) == ("veckan", "default")
    assert given(thread, decision) == ("blogg", "rule")
    assert given(dc.replace(thread, record_class="veckan"), decision) == ("veckan", "person")
    assert given(dc.replace(thread, record_class="struken"), decision) == ("", "")


@pytest.mark.parametrize("turned", [False, True])
def test_of_several_rules_the_longest_retention_wins(thread: Thread, *, turned: bool) -> None:
    here = {"channels": (CHANNEL,)}
    by_strength = [
        a_class("bevara", "keep", 0, **here),
        a_class("avskilj", "restrict", 0, **here),
        a_class("registrera", "file", 0, **here),
        a_class("aret", "cull", 365, latest_days=400, **here),
        a_class("manaden", "cull", 30, **here),
    ]
    for strongest in range(len(by_strength)):
        rest = by_strength[strongest:]
        found = class_of(thread, deciding(*(rest[::-1] if turned else rest)), NOWHERE)
        assert found.record_class == rest[0]
        assert found.fitting == tuple(each.id for each in rest)


def test_everything_that_a_scope_names_must_fit(thread: Thread) -> None:
    for scope, fits in (
        ({"units": ("informationsenheten",), "platforms": ("blog",)}, True),
        ({"units": ("informationsenheten",), "platforms": ("mastodon",)}, False),
        ({"units": ("kulturen",)}, False),
        ({"channels": ("annan", CHANNEL), "authors": ("own",)}, True),
        ({"channels": (CHANNEL,), "authors": ("other", "official")}, False),
    ):
        decision = deciding(a_class("x", "keep", **scope))
        assert given(thread, decision, KNOWN) == (("x", "rule") if fits else ("veckan", "default"))


def test_an_official_is_known_by_the_channel_and_a_reader_is_not(thread: Thread) -> None:
    leaders = a_class("ledande", "keep", authors=("official",))
    assert given(thread, deciding(leaders)) == ("veckan", "default")
    assert given(thread, deciding(leaders, officials=(CHANNEL,))) == ("ledande", "rule")
    theirs = dc.replace(thread, posts=(dc.replace(thread.posts[0], own=False), *thread.posts[1:]))
    assert given(theirs, deciding(leaders, officials=(CHANNEL,))) == ("veckan", "default")


def test_a_spam_comment_makes_no_spam_of_the_thread(thread: Thread) -> None:
    spam = deciding(a_class("skrappost", days=0, tags=("spam",)))
    head, comment = thread.posts
    inside = dc.replace(comment, visibility=Visibility.SPAM)
    assert given(dc.replace(thread, posts=(head, inside)), spam) == ("veckan", "default")
    assert given(dc.replace(thread, posts=(inside,)), spam) == ("skrappost", "rule")
    later = dc.replace(comment, id="c9")  # without the post: spam where all that is left is
    assert given(dc.replace(thread, posts=(inside, later)), spam) == ("veckan", "default")
    begun = dc.replace(head, visibility=Visibility.SPAM)  # and somebody answered it
    assert given(dc.replace(thread, posts=(begun, comment)), spam) == ("skrappost", "rule")


def test_what_was_hidden_of_others_is_seen_and_the_bodys_own_is_not(thread: Thread) -> None:
    rules = deciding(a_class("regelbrott", "restrict", tags=("hidden",)))
    head, comment = thread.posts
    for state in (Visibility.HELD, Visibility.TRASH):
        hidden = dc.replace(thread, posts=(head, dc.replace(comment, visibility=state)))
        assert given(hidden, rules) == ("regelbrott", "rule")
        own = dc.replace(thread, posts=(dc.replace(head, visibility=state), comment))
        assert given(own, rules) == ("veckan", "default")


def test_a_crisis_covers_its_channels_and_its_time(thread: Thread) -> None:
    rules = deciding(a_class("kris", "keep", tags=("crisis",)))
    hour = dt.timedelta(hours=1)

    def during(channel: str, began: dt.datetime, ended: dt.datetime | None) -> Circumstances:
        return Circumstances(crises=(Crisis(channels=(channel,), began=began, ended=ended),))

    covered = ("kris", "rule")
    assert given(thread, rules, during(CHANNEL, BEGAN, None)) == covered
    assert given(thread, rules, during(CHANNEL, BEGAN, BEGAN + hour)) == covered
    free = ("veckan", "default")
    assert given(thread, rules, during("annan", BEGAN, None)) == free
    assert given(thread, rules, during(CHANNEL, BEGAN + 48 * hour, None)) == free
    assert given(thread, rules, during(CHANNEL, BEGAN - 2 * hour, BEGAN - hour)) == free


def test_screening_and_hashtags_tag_a_thread(thread: Thread) -> None:
    secret = deciding(a_class("sekretess", "restrict", tags=("personal-number",)))
    seen = Circumstances(screened=lambda _: {"personal-number": 1})
    assert given(thread, secret, seen) == ("sekretess", "rule")
    assert given(thread, secret) == ("veckan", "default")
    head, comment = thread.posts
    said = dc.replace(head.versions[0].words, text="Vi minns #Stormen.")
    tagged = dc.replace(head, versions=(dc.replace(head.versions[0], words=said),))
    storm = deciding(a_class("stormen", "keep", tags=("#stormen",)))
    assert given(dc.replace(thread, posts=(tagged, comment)), storm) == ("stormen", "rule")
    theirs = dc.replace(comment, versions=tagged.versions)
    assert given(dc.replace(thread, posts=(head, theirs)), storm) == ("veckan", "default")


def test_without_a_default_what_no_rule_takes_has_no_class(thread: Thread) -> None:
    decision = dc.replace(deciding(), classes=(a_class("unik", "keep"),))
    assert given(thread, decision) == ("", "")


def test_what_is_in_the_diary_goes_on_as_its_class_says(thread: Thread) -> None:
    for then in ("cull", "keep"):
        case = a_class("arende", "file", then=then)
        assert action_of(gist_of(thread), case) == "file"
        assert action_of(gist_of(dc.replace(thread, filed="KS 2025/41")), case) == then


def test_a_clock_of_answers_is_moved_by_a_persons_outcome(thread: Thread) -> None:
    head, comment = thread.posts
    when = dt.datetime(2025, 12, 20, 9, tzinfo=dt.UTC)
    closed = dc.replace(comment, outcome=Outcome.ELSEWHERE, outcome_at=when)
    answered = dc.replace(thread, posts=(head, closed))
    assert due_of(gist_of(answered), a_class("x")).date() == dt.date(2025, 12, 10)
    assert due_of(gist_of(answered), a_class("x", clock="answer")).date() == dt.date(2025, 12, 28)
    assert latest_of(gist_of(answered), a_class("x", clock="answer")).date() == dt.date(2026, 2, 19)
    spoken = dc.replace(comment, id="c9", published=when + dt.timedelta(days=3))
    again = gist_of(dc.replace(thread, posts=(head, closed, spoken)))
    assert due_of(again, a_class("x", clock="answer")).date() == dt.date(2025, 12, 31)
    plain = gist_of(thread)
    assert due_of(plain, a_class("x", clock="answer")) == due_of(plain, a_class("x"))
