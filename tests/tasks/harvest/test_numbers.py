"""The numbers of a harvest: when they are observed, what they count, and that they name nobody."""

from archive_store import Archive
from tasks.model import Visibility
from tests.tasks.harvest.fake_channel import FakeChannel
from tests.tasks.harvest.harvests import Harvest, rows, utc


def test_threads_that_others_began_are_counted_under_a_number_and_never_by_id(
    archive: Archive, platform: FakeChannel, harvest: Harvest
) -> None:
    platform.post(utc("2025-06-01T10:00"), "Gammalt av någon annan", own=False)
    platform.post(utc("2025-12-14T10:00"), "Nytt av någon annan", own=False)
    harvest("2025-12-15T02:00")
    platform.post(utc("2025-12-15T10:00"), "Ännu ett", own=False)
    harvest("2025-12-16T02:00")
    named = [row["thread"] for row in rows(archive)]
    assert sorted(set(named)) == ["other-1", "other-2", "other-3"]
    assert {row["address"] for row in rows(archive)} == {""}
    assert len(named) == 4  # the one of the 14th again on its day 1 or 2


def test_numbers_follow_the_schedule_and_the_changes(
    archive: Archive, platform: FakeChannel, harvest: Harvest
) -> None:
    post = platform.post(utc("2025-12-14T10:00"), "Ett")
    harvest("2025-12-14T12:00")
    harvest("2025-12-14T13:00")
    platform.react(post, 3)
    harvest("2025-12-14T14:00")
    for day in (15, 16, 17, 18, 19, 20, 21, 22):
        harvest(f"2025-12-{day}T02:00")
    told = [(row["age_days"], row["reactions"]) for row in rows(archive)]
    assert told == [(0, 0), (0, 3), (1, 3), (2, 3), (3, 3), (7, 3)]


def test_a_missed_day_is_counted_by_the_first_harvest_after_it(
    archive: Archive, platform: FakeChannel, harvest: Harvest
) -> None:
    platform.post(utc("2025-12-14T10:00"), "Ett")
    harvest("2025-12-14T12:00")
    harvest("2025-12-20T02:00")
    harvest("2025-12-20T03:00")
    harvest("2026-03-20T02:00")
    assert [row["age_days"] for row in rows(archive)] == [0, 6, 96]


def test_waits_and_open_questions_are_counted_without_words(
    archive: Archive, platform: FakeChannel, harvest: Harvest
) -> None:
    post = platform.post(utc("2025-12-12T08:00"), "Ett")
    platform.comment(post, utc("2025-12-12T15:00"), "Öppet på söndag?")  # Friday at 16
    platform.comment(post, utc("2025-12-15T08:00"), "Ja.", own=True)  # Monday at 9
    platform.comment(post, utc("2025-12-15T09:00"), "Och julafton?")
    platform.comment(post, utc("2025-12-15T09:30"), "köp nu", visibility=Visibility.SPAM)
    harvest("2025-12-15T10:00")
    (row,) = rows(archive)
    assert (row["comments"], row["own_replies"], row["hidden"]) == (2, 1, 1)
    assert row["waits_minutes"] == [65 * 60]
    assert row["waits_office_minutes"] == [120]
    assert row["waits_24h"] == [True]
    assert row["waits_month"] == [202512]
    assert (row["open_comments"], row["oldest_open_minutes"]) == (1, 60)


def test_hidden_is_not_told_without_a_token(
    archive: Archive, platform: FakeChannel, harvest: Harvest
) -> None:
    platform.told = frozenset({Visibility.PUBLIC})
    platform.post(utc("2025-12-14T10:00"), "Ett")
    harvest("2025-12-15T02:00")
    assert rows(archive)[0]["hidden"] is None


def test_what_should_be_looked_at_is_counted_by_code(
    platform: FakeChannel, harvest: Harvest
) -> None:
    post = platform.post(utc("2025-12-14T10:00"), "Ett")
    platform.comment(post, utc("2025-12-14T11:00"), "Mitt nummer är 121212-1212, hjälp?")
    platform.comment(post, utc("2025-12-14T11:01"), "Ring 121212-1213.")
    assert harvest("2025-12-15T02:00").screened == {"personal-number": 1, "question": 1}
