"""A whole harvest over a real archive on disk, against a platform in memory."""

import dataclasses as dc
import datetime as dt
import io
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from archive_store import Archive, Commit
from archive_store.directory import Directory
from archive_store.errors import ChannelError, HeldError, RefusalError
from tasks import tombstones
from tasks.days import day_draft, day_media, generation_of, living_days, load_day
from tasks.harvest import HarvestOutcome, harvest_channel
from tasks.model import Profile, Thread, Visibility
from tasks.office_time import STOCKHOLM
from tests.tasks.harvest.fake_channel import PICTURE, FakeChannel, a_channel

CHANNEL = a_channel()


def utc(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


def local(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=STOCKHOLM).astimezone(dt.UTC)


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive.create(
        Directory(tmp_path / "archive"), now=utc("2025-12-01T00:00"), rehearsal=True
    )


@pytest.fixture
def platform() -> FakeChannel:
    return FakeChannel()


Harvest = Callable[[str], HarvestOutcome]


@pytest.fixture
def harvest(archive: Archive, platform: FakeChannel) -> Harvest:
    def run(now: str) -> HarvestOutcome:
        return harvest_channel(archive, CHANNEL, platform, now=utc(now))

    return run


def threads(archive: Archive) -> dict[str, Thread]:
    return {
        thread.id: thread
        for package in living_days(archive, CHANNEL.id)
        for thread in load_day(archive, package)
    }


def rows(archive: Archive) -> list[dict[str, object]]:
    return [
        row
        for package in archive.packages(kind="observations")
        for row in pq.read_table(io.BytesIO(archive.read(package, "parquet"))).to_pylist()
    ]


def cull(archive: Archive, thread_id: str, now: str) -> None:
    """What culling leaves behind: the day without the thread, and tombstones."""
    for package in living_days(archive, CHANNEL.id):
        held = load_day(archive, package)
        for thread in (thread for thread in held if thread.id == thread_id):
            marks = [(post.id, each.digest) for post in thread.posts for each in post.versions]
            stones = tombstones.draft(archive, CHANNEL.id, "2025-12-22-ks-1", marks, utc(now))
            rest = [other for other in held if other.id != thread_id]
            day = day_draft(CHANNEL.id, thread.day, generation_of(package) + 1, rest, {})
            archive.commit(
                Commit(
                    event="cull",
                    now=utc(now),
                    actor="arkivarie-1",
                    drafts=(stones, *([day] if rest else [])),
                    retire=(package.key,),
                    retirement="culled",
                )
            )


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


def test_the_same_harvest_again_does_nothing_and_says_so(
    archive: Archive, platform: FakeChannel, harvest: Harvest
) -> None:
    platform.post(utc("2025-12-14T10:00"), "Ett")
    first = harvest("2025-12-15T02:00")
    seq = archive.last.seq
    again = harvest("2025-12-15T02:00")
    assert archive.last.seq == seq
    assert len(platform.requests) == 1
    assert again == dc.replace(first, again=True)


def test_a_harvest_without_change_writes_no_day_but_tells_that_it_happened(
    archive: Archive, platform: FakeChannel, harvest: Harvest
) -> None:
    platform.post(utc("2025-12-14T10:00"), "Ett")
    harvest("2025-12-15T02:00")
    days = living_days(archive, CHANNEL.id)
    outcome = harvest("2025-12-15T03:00")
    assert living_days(archive, CHANNEL.id) == days
    assert (outcome.days, outcome.observations) == (0, 0)
    assert archive.last.facts["channel"] == CHANNEL.id


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


def test_a_new_look_of_the_channel_is_told(platform: FakeChannel, harvest: Harvest) -> None:
    assert harvest("2025-12-15T02:00").changed is False
    assert harvest("2025-12-16T02:00").changed is False
    platform.profile = Profile(name="Sjöviks kommun", description="Ny text")
    assert harvest("2025-12-17T02:00").changed is True
    assert harvest("2025-12-18T02:00").changed is False


def test_what_should_be_looked_at_is_counted_by_code(
    platform: FakeChannel, harvest: Harvest
) -> None:
    post = platform.post(utc("2025-12-14T10:00"), "Ett")
    platform.comment(post, utc("2025-12-14T11:00"), "Mitt nummer är 121212-1212, hjälp?")
    platform.comment(post, utc("2025-12-14T11:01"), "Ring 121212-1213.")
    assert harvest("2025-12-15T02:00").screened == {"personal-number": 1, "question": 1}


def test_half_a_surrogate_pair_does_not_stop_a_harvest(
    archive: Archive, platform: FakeChannel, harvest: Harvest
) -> None:
    post = platform.post(utc("2025-12-14T10:00"), "Trasig \ud83d emoji")
    harvest("2025-12-15T02:00")
    assert threads(archive)[post].posts[0].words.text == "Trasig \ufffd emoji"
    assert harvest("2025-12-16T02:00").edited == 0


def test_a_channel_that_does_not_answer_leaves_the_archive_as_it_was(
    archive: Archive, platform: FakeChannel, harvest: Harvest
) -> None:
    platform.post(utc("2025-12-14T10:00"), "Ett")
    harvest("2025-12-15T02:00")
    seq = archive.last.seq
    platform.down = True
    with pytest.raises(ChannelError):
        harvest("2025-12-16T02:00")
    assert archive.last.seq == seq
    platform.down = False
    assert harvest("2025-12-16T02:00").threads == 1


def test_a_harvest_before_the_last_one_is_refused(harvest: Harvest) -> None:
    harvest("2025-12-15T02:00")
    with pytest.raises(RefusalError, match="harvest-backwards"):
        harvest("2025-12-14T02:00")


def test_two_runs_do_not_harvest_one_channel_at_once(tmp_path: Path, harvest: Harvest) -> None:
    other = Archive.open(Directory(tmp_path / "archive"))
    with other.lease("channel-kommunbloggen"), pytest.raises(HeldError):
        harvest("2025-12-15T02:00")


@pytest.mark.parametrize(
    "left",
    [
        "posts/kommunbloggen/2025-12-14/1/threads.jsonl",
        "observations/kommunbloggen/2025/20251214T020000Z.parquet",
        "tombstones/kommunbloggen/seen-20251214T020000Z.marks.json",
    ],
)
def test_leftovers_of_a_killed_harvest_are_swept(
    archive: Archive, harvest: Harvest, left: str
) -> None:
    archive.bucket.create(left, b"half done")
    harvest("2025-12-15T02:00")
    assert left not in [stored.key for stored in archive.bucket.list()]


def test_every_thirtieth_day_all_history_is_looked_at(
    platform: FakeChannel, harvest: Harvest
) -> None:
    for now in ("2025-12-01T02:00", "2025-12-02T02:00", "2025-12-31T02:00", "2026-01-01T02:00"):
        harvest(now)
    asked = [request.numbers_since is None for request in platform.requests]
    assert asked == [True, False, True, False]


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
