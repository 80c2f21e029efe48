"""A kept thread is asked about anew: it stays until another day, or goes the way of every other."""

import datetime as dt

import pytest

from archive_store import Package
from archive_store.errors import InputError, MissingError, RefusalError
from tasks.culling.backlog import reviews_due
from tasks.culling.reviewing import give_back, prolong
from tests.tasks.culling.world import APPROVER, BATH, PICTURE, World


@pytest.fixture
def kept(bath: World) -> World:
    """Thread 1, with its picture, is kept; the others are culled."""
    bath.cull(keep={1: "unique"})
    return bath


def package_of(world: World) -> Package:
    (package,) = world.archive.packages("kept/")
    return package


def test_keeping_goes_on_until_another_day(kept: World) -> None:
    kept.later(400)
    key = package_of(kept).key
    assert reviews_due(kept.archive, kept.now)["kept"] == [key]
    prolong(kept.archive, key, until=dt.date(2028, 1, 1), by=APPROVER, now=kept.now)
    package = package_of(kept)
    assert reviews_due(kept.reopened().archive, kept.now)["kept"] == []
    about = kept.archive.manifest(package)["about"]
    assert (about["review"], about["reason"], about["reviewed"]) == (
        "2028-01-01",
        "unique",
        "2027-01-15",
    )
    assert kept.archive.read(package, "media/0001.png") == kept.blog.pictures[PICTURE]


def test_what_is_given_back_is_judged_and_culled_as_any_other(kept: World) -> None:
    key = package_of(kept).base
    give_back(kept.archive, key, by=APPROVER, now=kept.now)
    assert kept.archive.packages("kept/") == []
    assert {path.split("/")[0] for path in kept.says(BATH[0])} == {"posts"}
    kept.later(0.1)
    kept.harvest()
    assert set(kept.threads()) == {"1"}
    assert kept.cull().culled == 1
    assert kept.says(BATH[0]) == []


def test_a_picture_whose_name_is_taken_on_the_day_gets_another(kept: World) -> None:
    kept.later(0.1)
    newer = "http://127.0.0.1/annan.png"
    began = dt.datetime(2025, 12, 1, 9, tzinfo=dt.UTC)
    kept.blog.post(began, "Bakdaterat", pictures=(newer,), modified=kept.now)
    kept.harvest()
    (taken,) = kept.threads().values()
    assert taken.thread.posts[0].words.media[0].file == "media/0001.png"
    give_back(kept.archive, package_of(kept).key, by=APPROVER, now=kept.now)
    for stored in kept.threads().values():
        (picture,) = stored.thread.posts[0].words.media
        assert kept.archive.read(stored.package, picture.file) == kept.blog.pictures[picture.url]
    assert {p.thread.posts[0].words.media[0].file for p in kept.threads().values()} == {
        "media/0001.png",
        "media/0002.png",
    }


def test_what_got_more_since_is_not_given_back(kept: World) -> None:
    kept.later(0.1)
    kept.comment("1", "En sen fråga")
    kept.harvest()
    with pytest.raises(RefusalError, match="thread-lives"):
        give_back(kept.archive, package_of(kept).key, by=APPROVER, now=kept.now)
    assert len(kept.archive.packages("kept/")) == 1


def test_a_past_date_and_an_unknown_key_are_refused_whole(kept: World) -> None:
    entries = kept.archive.last.seq
    key = package_of(kept).key
    with pytest.raises(InputError, match="review-date"):
        prolong(kept.archive, key, until=kept.now.date(), by=APPROVER, now=kept.now)
    with pytest.raises(MissingError, match="kept-unknown"):
        give_back(kept.archive, "kept/majken", by=APPROVER, now=kept.now)
    assert kept.archive.last.seq == entries
