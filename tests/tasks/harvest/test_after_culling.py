"""What was culled and still stands on the channel: only what is new of it is taken in."""

import dataclasses as dc
import datetime as dt

from archive_store import Archive
from tasks import tombstones
from tests.tasks.harvest.fake_channel import FakeChannel
from tests.tasks.harvest.harvests import CHANNEL, Harvest, cull, rows, threads, utc


def test_what_was_culled_is_not_taken_in_again_but_its_numbers_are(
    archive: Archive, platform: FakeChannel, harvest: Harvest
) -> None:
    post = platform.post(utc("2025-12-08T10:00"), "Ett")
    platform.comment(post, utc("2025-12-08T11:00"), "Tack")
    harvest("2025-12-09T02:00")
    cull(archive, post, "2025-12-22T06:00")
    outcome = harvest("2025-12-22T07:00")
    assert (outcome.new, outcome.new_comments, outcome.threads) == (0, 0, 0)
    assert [row["age_days"] for row in rows(archive)] == [1, 14]
    assert [row["comments"] for row in rows(archive)] == [1, 1]


def test_what_was_closed_when_it_was_culled_is_not_counted_as_open_afterwards(
    archive: Archive, platform: FakeChannel, harvest: Harvest
) -> None:
    post = platform.post(utc("2025-12-08T10:00"), "Ett")
    platform.comment(post, utc("2025-12-08T11:00"), "Tack för det")
    harvest("2025-12-09T02:00")
    cull(archive, post, "2025-12-22T06:00")
    platform.comment(post, utc("2025-12-22T06:30"), "Men när?")
    harvest("2025-12-22T07:00")
    assert [row["open_comments"] for row in rows(archive)] == [1, 1]
    assert [row["comments"] for row in rows(archive)] == [1, 2]
    assert rows(archive)[1]["oldest_open_minutes"] == 30


def test_an_edit_of_what_was_culled_is_taken_in(
    archive: Archive, platform: FakeChannel, harvest: Harvest
) -> None:
    post = platform.post(utc("2025-12-08T10:00"), "Före")
    comment = platform.comment(post, utc("2025-12-08T11:00"), "Tack")
    harvest("2025-12-09T02:00")
    cull(archive, post, "2025-12-22T06:00")
    harvest("2025-12-22T07:00")
    platform.edit(post, utc("2025-12-23T10:00"), "Efter")
    outcome = harvest("2025-12-24T02:00")
    thread = threads(archive)[post]
    assert [each.words.text for each in thread.posts] == ["Efter"]
    assert comment not in {each.id for each in thread.posts}
    assert thread.culled_by == "2025-12-22-ks-1"
    assert (outcome.edited, outcome.new) == (1, 0)


def test_an_edited_comment_on_a_culled_post_is_seen_though_it_tells_no_time(
    archive: Archive, platform: FakeChannel, harvest: Harvest
) -> None:
    post = platform.post(utc("2025-12-08T10:00"), "Ett")
    comment = platform.comment(post, utc("2025-12-08T11:00"), "Svar", own=True)
    harvest("2025-12-09T02:00")
    cull(archive, post, "2025-12-22T06:00")
    harvest("2025-12-22T07:00")
    platform.edit(comment, utc("2026-01-20T10:00"), "Rättat svar")
    harvest("2026-01-21T02:00")
    assert [each.words.text for each in threads(archive)[post].posts] == ["Rättat svar"]


def test_a_late_comment_on_a_culled_post_is_taken_in_alone_on_the_day_the_thread_began(
    archive: Archive, platform: FakeChannel, harvest: Harvest
) -> None:
    post = platform.post(utc("2025-12-08T10:00"), "Ett")
    platform.comment(post, utc("2025-12-08T11:00"), "Tidig")
    harvest("2025-12-09T02:00")
    cull(archive, post, "2025-12-22T06:00")
    harvest("2025-12-22T07:00")
    late = platform.comment(post, utc("2025-12-25T11:00"), "Sen?")
    outcome = harvest("2025-12-26T02:00")
    thread = threads(archive)[post]
    assert [each.id for each in thread.posts] == [late]
    assert thread.culled_by == "2025-12-22-ks-1"
    assert thread.permalink == "http://127.0.0.1/" + post
    assert thread.day == dt.date(2025, 12, 8)
    assert outcome.new_comments == 1
    assert harvest("2025-12-27T02:00").new_comments == 0


def test_tombstones_of_what_still_stands_are_kept_alive(
    archive: Archive, platform: FakeChannel, harvest: Harvest
) -> None:
    post = platform.post(utc("2025-12-08T10:00"), "Ett")
    harvest("2025-12-09T02:00")
    cull(archive, post, "2025-12-22T06:00")
    for now in ("2025-12-29T07:00", "2026-03-25T07:00", "2026-06-20T07:00", "2026-09-15T07:00"):
        outcome = harvest(now)
    assert tombstones.load(archive, CHANNEL.id).list_of(post) == "2025-12-22-ks-1"
    assert len(tombstones.packages(archive, CHANNEL.id)) == 1
    platform.items[post] = dc.replace(platform.items[post], modified=utc("2026-09-15T10:00"))
    outcome = harvest("2026-09-16T07:00")
    assert (outcome.new, outcome.threads) == (0, 0)
