"""What changes between two harvests: words, visibility, the look of the channel."""

from archive_store import Archive
from tasks.days import generation_of, living_days
from tasks.model import Profile, Visibility
from tests.tasks.harvest.fake_channel import FakeChannel
from tests.tasks.harvest.harvests import CHANNEL, Harvest, threads, utc


def test_an_edit_becomes_a_second_version_in_a_new_generation(
    archive: Archive, platform: FakeChannel, harvest: Harvest
) -> None:
    post = platform.post(utc("2025-12-14T10:00"), "Före")
    harvest("2025-12-15T02:00")
    old_key = living_days(archive, CHANNEL.id)[0].key
    platform.edit(post, utc("2025-12-15T10:00"), "Efter")
    outcome = harvest("2025-12-16T02:00")
    versions = threads(archive)[post].posts[0].versions
    assert [version.words.text for version in versions] == ["Före", "Efter"]
    assert outcome.edited == 1
    assert generation_of(living_days(archive, CHANNEL.id)[0]) == 2
    assert archive.remains([old_key]) == []


def test_a_change_of_white_space_or_markup_is_no_edit(
    archive: Archive, platform: FakeChannel, harvest: Harvest
) -> None:
    post = platform.post(utc("2025-12-14T10:00"), "På väg")
    harvest("2025-12-15T02:00")
    platform.edit(post, utc("2025-12-15T10:00"), "  Pa\u030a\n väg ")
    assert harvest("2025-12-16T02:00").edited == 0
    assert len(threads(archive)[post].posts[0].versions) == 1


def test_what_disappears_is_gone_from_then_and_its_words_stay_as_evidence(
    archive: Archive, platform: FakeChannel, harvest: Harvest
) -> None:
    post = platform.post(utc("2025-12-14T10:00"), "Ett")
    comment = platform.comment(post, utc("2025-12-14T11:00"), "Får jag fråga?")
    harvest("2025-12-15T02:00")
    platform.delete(comment)
    outcome = harvest("2025-12-16T02:00")
    kept = threads(archive)[post].posts[1]
    assert (kept.visibility, kept.visibility_since) == (Visibility.GONE, utc("2025-12-16T02:00"))
    assert kept.words.text == "Får jag fråga?"
    assert outcome.gone == 1
    assert harvest("2025-12-17T02:00").gone == 0


def test_what_comes_back_is_shown_again(
    archive: Archive, platform: FakeChannel, harvest: Harvest
) -> None:
    post = platform.post(utc("2025-12-14T10:00"), "Ett")
    harvest("2025-12-15T02:00")
    away = platform.items.pop(post)
    assert harvest("2025-12-16T02:00").gone == 1
    platform.items[post] = away
    assert harvest("2025-12-17T02:00").shown == 1
    assert threads(archive)[post].posts[0].visibility is Visibility.PUBLIC


def test_nothing_is_gone_where_absence_cannot_be_told(
    platform: FakeChannel, harvest: Harvest
) -> None:
    post = platform.post(utc("2025-12-14T10:00"), "Ett")
    harvest("2025-12-15T02:00")
    platform.delete(post)
    platform.complete = False
    assert harvest("2025-12-16T02:00").gone == 0


def test_a_held_comment_is_not_gone_when_the_token_is_lost(
    archive: Archive, platform: FakeChannel, harvest: Harvest
) -> None:
    post = platform.post(utc("2025-12-14T10:00"), "Ett")
    platform.comment(post, utc("2025-12-14T11:00"), "Väntar", visibility=Visibility.HELD)
    harvest("2025-12-15T02:00")
    platform.told = frozenset({Visibility.PUBLIC})
    assert harvest("2025-12-16T02:00").gone == 0
    assert threads(archive)[post].posts[1].visibility is Visibility.HELD


def test_a_comment_that_is_thrown_away_hidden_or_approved_changes_the_thread(
    archive: Archive, platform: FakeChannel, harvest: Harvest
) -> None:
    post = platform.post(utc("2025-12-14T10:00"), "Ett")
    comment = platform.comment(post, utc("2025-12-14T11:00"), "Nej", visibility=Visibility.HELD)
    harvest("2025-12-15T02:00")
    turns = [(Visibility.PUBLIC, "shown"), (Visibility.SPAM, "hidden"), (Visibility.TRASH, "gone")]
    for day, (visibility, count) in enumerate(turns, 16):
        platform.turn(comment, visibility)
        assert getattr(harvest(f"2025-12-{day}T02:00"), count) == 1
        assert threads(archive)[post].posts[1].visibility is visibility


def test_a_new_look_of_the_channel_is_told(platform: FakeChannel, harvest: Harvest) -> None:
    assert harvest("2025-12-15T02:00").changed is False
    assert harvest("2025-12-16T02:00").changed is False
    platform.profile = Profile(name="Sjöviks kommun", description="Ny text")
    assert harvest("2025-12-17T02:00").changed is True
    assert harvest("2025-12-18T02:00").changed is False
