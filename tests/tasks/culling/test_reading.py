"""Days are read in their order, and a thread only where more is asked than its gist tells."""

import dataclasses as dc

import pytest

from archive_store import Archive, Commit, Package
from archive_store.bucket import Pace
from archive_store.errors import DamageError
from tasks import gists
from tasks.culling.reading import differing, read_day, read_days, stored_threads
from tasks.days import day_draft, day_of, line_digest, living_days, load_day
from tests.tasks.culling.world import CHANNEL, World

DAYS = 4


@pytest.fixture(params=[Pace(), Pace(readers=8)], ids=["near", "far"])
def paced(
    request: pytest.FixtureRequest, four_days: World, monkeypatch: pytest.MonkeyPatch
) -> World:
    """A store at hand, and one where the next days are fetched meanwhile."""
    monkeypatch.setattr(four_days.archive.bucket, "pace", request.param)
    return four_days


def changed(world: World, day: Package, name: str, old: bytes, new: bytes) -> None:
    stored = world.folder / day.base / name
    before = stored.read_bytes()
    assert old in before
    stored.chmod(0o644)
    stored.write_bytes(before.replace(old, new))


def without_gists(archive: Archive, package: Package) -> Package:
    """The day stored anew as it was before there were gists."""
    day, threads = day_of(package), load_day(archive, package)
    draft = day_draft(CHANNEL, day, 2, threads, {}, secret=archive.secret())
    lines = {name: data for name, data in draft.files.items() if name != gists.FILE}
    archive.commit(
        Commit(
            event="harvest",
            now=package.time,
            actor="harvest",
            drafts=(dc.replace(draft, files=lines),),
            retire=(package.key,),
            retirement="superseded",
        )
    )
    return next(each for each in living_days(archive, CHANNEL) if day_of(each) == day)


@pytest.mark.parametrize("whole", [False, True])
def test_days_come_in_their_order_with_the_gists_of_each(paced: World, *, whole: bool) -> None:
    days = living_days(paced.archive, CHANNEL)
    assert len(days) == DAYS
    read = list(read_days(paced.archive, days, whole=whole))
    assert [day.package for day in read] == days
    assert [day.gists for day in read] == [read_day(paced.archive, each).gists for each in days]
    ids = [stored.gist.id for stored in stored_threads(paced.archive, CHANNEL)]
    assert ids == [str(number + 1) for number in range(2 * DAYS)]


def test_a_gist_leads_to_its_thread(four_days: World) -> None:
    for package in living_days(four_days.archive, CHANNEL):
        day = read_day(four_days.archive, package)
        assert tuple(day.thread(gist) for gist in day.gists) == load_day(four_days.archive, package)
        assert [line_digest(day.line(gist)) for gist in day.gists] == [
            gist.sha256 for gist in day.gists
        ]


def test_threads_that_were_changed_are_damage_where_they_are_read_too(paced: World) -> None:
    days = living_days(paced.archive, CHANNEL)
    changed(paced, days[3], "threads.jsonl", b"Dag 3", b"Dag 9")
    assert len(list(read_days(paced.archive, days))) == DAYS
    reading = read_days(paced.archive, days, whole=True)
    assert [next(reading).package for _ in range(3)] == days[:3]
    with pytest.raises(DamageError, match="changed-object"):
        next(reading)


def test_gists_that_were_changed_are_damage(paced: World) -> None:
    days = living_days(paced.archive, CHANNEL)
    changed(paced, days[2], gists.FILE, b'"active"', b'"activo"')
    reading = read_days(paced.archive, days)
    assert [next(reading).package for _ in range(2)] == days[:2]
    with pytest.raises(DamageError, match="changed-object"):
        next(reading)


def test_a_gist_without_its_line_is_damage(four_days: World) -> None:
    one, other = [
        read_day(four_days.archive, p) for p in living_days(four_days.archive, CHANNEL)[:2]
    ]
    with pytest.raises(DamageError, match="day-differs"):
        one.thread(other.gists[0])


def test_a_day_that_lacks_a_thread_is_damage(four_days: World) -> None:
    package = living_days(four_days.archive, CHANNEL)[0]
    labels = {**package.labels, "threads": "3"}
    with pytest.raises(DamageError, match="day-differs"):
        read_day(four_days.archive, dc.replace(package, labels=labels))


def test_days_whose_gists_are_not_those_of_their_threads_are_told(
    four_days: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert differing(four_days.archive, CHANNEL) == []
    monkeypatch.setattr(gists, "open_questions", lambda _: ("one",))
    assert differing(four_days.archive, CHANNEL) == living_days(four_days.archive, CHANNEL)


def test_a_day_from_before_there_were_gists_is_read_as_well(four_days: World) -> None:
    package = living_days(four_days.archive, CHANNEL)[1]
    told = read_day(four_days.archive, package)
    old = without_gists(four_days.archive, package)
    files = [file["name"] for file in four_days.archive.manifest(old)["files"]]
    assert files == ["threads.jsonl"]
    assert read_day(four_days.archive, old).gists == told.gists
    four_days.later(30)
    four_days.harvest()
    assert four_days.cull().culled == 2 * DAYS
    assert four_days.threads() == {}
