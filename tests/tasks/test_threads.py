import dataclasses as dc
import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.model import Outcome, Post, Thread, Version, Visibility, Words
from tasks.office_time import STOCKHOLM
from tasks.threads import last_activity, open_questions, waits
from tests.tasks.culling.judging import due

WORDS = Words(author="u1", author_name="", title="", text="hej", html="", permalink="")


def utc(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


def local(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=STOCKHOLM)


def version(seen: dt.datetime, modified: dt.datetime | None = None) -> Version:
    return Version(digest=seen.isoformat(), seen=seen, modified=modified, words=WORDS)


def post(published: dt.datetime, post_id: str = "1", **changes: object) -> Post:
    plain = Post(
        id=post_id,
        parent=None,
        kind="post",
        own=True,
        published=published,
        first_seen=published,
        visibility=Visibility.PUBLIC,
        visibility_since=published,
        address="/?p=1",
        versions=(version(published),),
    )
    return dc.replace(plain, **changes)  # type: ignore[arg-type]  # fields are named by each test


def comment(published: dt.datetime, post_id: str, *, own: bool = False, **changes: object) -> Post:
    return post(published, post_id, kind="comment", own=own, **changes)


def thread(*posts: Post) -> Thread:
    day = posts[0].published.astimezone(STOCKHOLM).date()
    return Thread(id="1", channel="blogg", day=day, salt="00", permalink="", posts=posts)


@pytest.mark.parametrize(
    ("published", "midnight"),
    [
        ("2025-12-15T10:00:00", "2025-12-23T00:00:00"),
        ("2025-12-15T23:59:59", "2025-12-23T00:00:00"),
        ("2025-12-16T00:00:00", "2025-12-24T00:00:00"),
        ("2026-03-28T23:59:59", "2026-04-05T00:00:00"),
        ("2026-03-29T03:00:00", "2026-04-06T00:00:00"),
        ("2025-10-26T00:30:00", "2025-11-03T00:00:00"),
        ("2025-10-19T12:00:00", "2025-10-27T00:00:00"),
        ("2024-02-22T09:00:00", "2024-03-01T00:00:00"),
        ("2024-02-29T09:00:00", "2024-03-08T00:00:00"),
    ],
)
def test_a_thread_is_due_at_the_stockholm_midnight_after_seven_whole_days(
    published: str, midnight: str
) -> None:
    assert due(thread(post(local(published).astimezone(dt.UTC)))) == local(midnight)


def test_both_readings_of_the_hour_that_autumn_repeats_are_due_at_the_same_midnight() -> None:
    summer = utc("2025-10-26T00:30:00")
    winter = utc("2025-10-26T01:30:00")
    assert due(thread(post(summer))) == due(thread(post(winter))) == local("2025-11-03T00:00:00")


def test_another_period_moves_the_midnight() -> None:
    assert due(thread(post(utc("2025-12-01T10:00:00"))), days=30) == local("2026-01-01T00:00:00")


def test_an_edit_on_day_six_starts_the_clock_again() -> None:
    born, edited = utc("2025-12-15T10:00:00"), utc("2025-12-21T09:00:00")
    seen = edited + dt.timedelta(hours=17)
    root = post(born, versions=(version(born), version(seen, edited)))
    assert last_activity(thread(root)) == seen
    assert due(thread(root)) == local("2025-12-30T00:00:00")


def test_an_answer_on_day_eight_starts_the_clock_again() -> None:
    root = post(utc("2025-12-15T10:00:00"))
    answer = comment(utc("2025-12-23T08:00:00"), "c2", own=True)
    assert due(thread(root, answer)) == local("2025-12-31T00:00:00")


def test_a_backdated_post_is_kept_a_week_from_when_it_was_seen() -> None:
    root = post(utc("2025-01-01T10:00:00"), first_seen=utc("2025-12-15T02:00:00"))
    assert due(thread(root)) == local("2025-12-23T00:00:00")


def test_hiding_does_not_start_the_clock_again() -> None:
    born = utc("2025-12-15T10:00:00")
    hidden = post(born, visibility=Visibility.TRASH, visibility_since=utc("2025-12-21T10:00:00"))
    assert last_activity(thread(hidden)) == born


def test_every_public_comment_is_open_until_a_later_own_comment() -> None:
    asked = [comment(utc(f"2025-12-15T1{hour}:00:00"), f"c{hour}") for hour in (1, 3, 5)]
    answer = comment(utc("2025-12-15T14:00:00"), "c4", own=True)
    root = post(utc("2025-12-15T10:00:00"))
    assert open_questions(thread(root, *asked)) == tuple(asked)
    assert open_questions(thread(root, *asked, answer)) == (asked[2],)


def test_an_answer_of_the_same_second_is_no_later_answer() -> None:
    now = utc("2025-12-15T11:00:00")
    asked, answer = comment(now, "c1"), comment(now, "c2", own=True)
    assert open_questions(thread(asked, answer)) == (asked,)


def test_an_outcome_closes_and_what_is_not_public_is_not_open() -> None:
    at = utc("2025-12-15T11:00:00")
    closed = comment(at, "c1", outcome=Outcome.CASE, outcome_by="arkivarie-1", outcome_at=at)
    held = comment(at, "c2", visibility=Visibility.HELD)
    gone = comment(at, "c3", visibility=Visibility.GONE)
    notice = post(at, "c4", kind="pingback", own=False)
    assert open_questions(thread(closed, held, gone, notice)) == ()


def test_an_answer_that_was_taken_away_answers_nothing() -> None:
    asked = comment(utc("2025-12-15T11:00:00"), "c1")
    withdrawn = comment(utc("2025-12-15T12:00:00"), "c2", own=True, visibility=Visibility.TRASH)
    assert open_questions(thread(asked, withdrawn)) == (asked,)
    assert waits(thread(asked, withdrawn)) == ()


def test_only_first_messages_are_waits_and_each_takes_the_first_later_answer() -> None:
    first = comment(utc("2025-12-15T11:00:00"), "c1")
    second = comment(utc("2025-12-15T12:00:00"), "c2")
    answer = comment(utc("2025-12-16T08:00:00"), "c3", own=True)
    again = comment(utc("2025-12-17T08:00:00"), "c4")
    last = comment(utc("2025-12-20T08:00:00"), "c5", own=True)
    pairs = waits(thread(post(utc("2025-12-15T10:00:00")), first, second, answer, again, last))
    assert [(p.message.id, p.answer.id) for p in pairs] == [("c1", "c3"), ("c4", "c5")]
    assert [p.calendar for p in pairs] == [dt.timedelta(hours=21), dt.timedelta(days=3)]


@given(
    st.lists(
        st.tuples(st.integers(0, 20000), st.booleans(), st.sampled_from(list(Visibility))),
        max_size=12,
    )
)
def test_what_is_answered_is_not_open_whatever_the_order(
    drawn: list[tuple[int, bool, Visibility]],
) -> None:
    start = utc("2025-10-20T00:00:00")
    posts = [
        comment(start + dt.timedelta(minutes=m), f"c{n}", own=own, visibility=seen)
        for n, (m, own, seen) in enumerate(drawn)
    ]
    whole = thread(post(start), *posts)
    still_open = {p.id for p in open_questions(whole)}
    for message in posts:
        if message.own or message.visibility is not Visibility.PUBLIC:
            assert message.id not in still_open
        else:
            answered = any(
                p.own and p.visibility is Visibility.PUBLIC and p.published > message.published
                for p in posts
            )
            assert (message.id in still_open) is not answered
    assert not still_open & {pair.message.id for pair in waits(whole)}
    assert due(whole) > last_activity(whole) + dt.timedelta(days=6, hours=23)
