"""What a harvest takes in: words within the week, whole threads, pictures once; one commit."""

import datetime as dt

from archive_store import Archive
from tasks.days import day_media, living_days
from tasks.harvest import harvest_channel
from tests.tasks.harvest.fake_channel import PICTURE, FakeChannel
from tests.tasks.harvest.harvests import CHANNEL, Harvest, local, rows, threads, utc


def test_a_first_harvest_takes_words_within_the_week_and_numbers_of_all(
    archive: Archive, platform: FakeChannel, harvest: Harvest
) -> None:
    old = platform.post(utc("2024-03-01T10:00"), "Gammalt")
    edge = platform.post(local("2025-12-08T00:00"), "Precis inom veckan")
    outside = platform.post(local("2025-12-07T23:59:59"), "En sekund för gammalt")
    outcome = harvest("2025-12-15T02:00")
    assert set(threads(archive)) == {edge}
    assert {row["thread"] for row in rows(archive)} == {old, edge, outside}
    assert (outcome.first, outcome.new, outcome.observations) == (True, 1, 3)


def test_an_old_thread_with_a_recent_comment_is_taken_in_whole(
    archive: Archive, platform: FakeChannel, harvest: Harvest
) -> None:
    old = platform.post(utc("2025-11-01T10:00"), "Gammalt")
    early = platform.comment(old, utc("2025-11-02T10:00"), "Tidig fråga?")
    late = platform.comment(old, utc("2025-12-14T10:00"), "Sen fråga?")
    harvest("2025-12-15T02:00")
    thread = threads(archive)[old]
    assert [post.id for post in thread.posts] == [old, early, late]
    assert thread.day == dt.date(2025, 11, 1)
    assert living_days(archive, CHANNEL.id)[0].key.startswith("posts/kommunbloggen/2025-11-01/1/")


def test_a_thread_begun_just_after_midnight_lies_in_the_stockholm_day(
    archive: Archive, platform: FakeChannel, harvest: Harvest
) -> None:
    platform.post(utc("2025-12-14T23:30"), "Halv ett på natten")
    harvest("2025-12-15T02:00")
    assert [package.labels["day"] for package in living_days(archive, CHANNEL.id)] == ["2025-12-15"]


def test_a_harvest_is_one_commit(archive: Archive, platform: FakeChannel, harvest: Harvest) -> None:
    platform.post(utc("2025-12-13T10:00"), "Ett")
    platform.post(utc("2025-12-14T10:00"), "Två")
    before = archive.last.seq
    harvest("2025-12-15T02:00")
    assert archive.last.seq == before + 1
    kinds = [package.labels["kind"] for package in archive.last.added]
    assert kinds == ["day", "day", "observations"]


def test_a_backdated_post_is_taken_in_as_new(
    archive: Archive, platform: FakeChannel, harvest: Harvest
) -> None:
    platform.post(utc("2025-12-14T10:00"), "Ett")
    harvest("2025-12-15T02:00")
    back = platform.post(utc("2025-06-01T10:00"), "Bakåtdaterat", modified=utc("2025-12-15T10:00"))
    outcome = harvest("2025-12-16T02:00")
    assert threads(archive)[back].posts[0].first_seen == utc("2025-12-16T02:00")
    assert threads(archive)[back].day == dt.date(2025, 6, 1)
    assert outcome.new == 1


def test_a_backdated_post_that_hides_its_change_is_known_by_never_having_been_counted(
    archive: Archive, platform: FakeChannel, harvest: Harvest
) -> None:
    old = platform.post(utc("2025-11-20T10:00"), "Gammalt")
    harvest("2025-12-15T02:00")
    back = platform.post(utc("2025-11-21T10:00"), "Bakåtdaterat")
    harvest("2025-12-16T02:00")
    assert set(threads(archive)) == {back}
    assert {row["thread"] for row in rows(archive)} == {old, back}


def test_an_old_post_that_was_edited_is_taken_in_with_all_its_comments(
    archive: Archive, platform: FakeChannel, harvest: Harvest
) -> None:
    old = platform.post(utc("2025-06-01T10:00"), "Gammalt")
    comment = platform.comment(old, utc("2025-06-02T10:00"), "Gammal fråga?")
    harvest("2025-12-15T02:00")
    platform.edit(old, utc("2025-12-15T10:00"), "Nytt")
    harvest("2025-12-16T02:00")
    assert [post.id for post in threads(archive)[old].posts] == [old, comment]


def test_old_history_stays_outside_when_nothing_happens_to_it(
    archive: Archive, platform: FakeChannel, harvest: Harvest
) -> None:
    platform.post(utc("2025-06-01T10:00"), "Gammalt")
    for day in (15, 16, 30):
        harvest(f"2025-12-{day}T02:00")
    assert threads(archive) == {}
    assert len(rows(archive)) == 1


def test_pictures_are_stored_once_and_carried_to_the_next_generation(
    archive: Archive, platform: FakeChannel, harvest: Harvest
) -> None:
    url = "http://127.0.0.1/bild.png"
    post = platform.post(utc("2025-12-14T10:00"), "Bild", pictures=(url,))
    outcome = harvest("2025-12-15T02:00")
    platform.edit(post, utc("2025-12-15T10:00"), "Bild, ändrad")
    harvest("2025-12-16T02:00")
    package = living_days(archive, CHANNEL.id)[0]
    assert day_media(archive, package) == {"media/0001.png": PICTURE + url.encode()}
    assert platform.fetched_pictures == [url]
    assert outcome.media == 1
    for version in threads(archive)[post].posts[0].versions:
        assert version.words.media[0].file == "media/0001.png"


def test_a_picture_that_cannot_be_had_is_counted_and_tried_again(
    archive: Archive, platform: FakeChannel, harvest: Harvest
) -> None:
    url = "http://127.0.0.1/bild.png"
    post = platform.post(utc("2025-12-14T10:00"), "Bild", pictures=(url,))
    data = platform.pictures.pop(url)
    outcome = harvest("2025-12-15T02:00")
    assert (outcome.media, outcome.media_missing) == (0, 1)
    assert threads(archive)[post].posts[0].words.media[0].file == ""
    platform.pictures[url] = data
    assert harvest("2025-12-16T02:00").media == 1


def test_a_picture_above_the_limit_is_left_out(archive: Archive, platform: FakeChannel) -> None:
    platform.post(utc("2025-12-14T10:00"), "Bild", pictures=("http://127.0.0.1/stor.png",))
    outcome = harvest_channel(
        archive, CHANNEL, platform, now=utc("2025-12-15T02:00"), media_limit=10
    )
    assert (outcome.media, outcome.media_missing) == (0, 1)


def test_half_a_surrogate_pair_does_not_stop_a_harvest(
    archive: Archive, platform: FakeChannel, harvest: Harvest
) -> None:
    post = platform.post(utc("2025-12-14T10:00"), "Trasig \ud83d emoji")
    harvest("2025-12-15T02:00")
    assert threads(archive)[post].posts[0].words.text == "Trasig \ufffd emoji"
    assert harvest("2025-12-16T02:00").edited == 0
