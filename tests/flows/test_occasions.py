"""Why a channel is to be documented now: duties, start, changes, crises, closing; each once."""

import dataclasses as dc
import datetime as dt
from pathlib import Path

import pytest

from archive_store import Commit
from archive_store.errors import InputError
from flows import crisis
from flows.duties import awaited, duties, duty_of
from flows.house import House
from flows.naming import STOCKHOLM
from flows.occasions import Due, demanded, lacking, nearest_duty
from tasks.harvest import harvest_channel
from tasks.model import CaptureBasis, LifeCycle, Occasion, Profile
from tests.flows.houses import BEGUN, NOW, channel_like, house_of, put_snapshot
from tests.tasks.harvest.fake_channel import FakeChannel

DAY = dt.timedelta(days=1)
MORNING = dt.datetime(2025, 9, 10, 3, tzinfo=dt.UTC)


def open_now(house: House) -> list[Due]:
    return lacking(house.archive, demanded(house.archive, house.channels[0], house.now))


def told(house: House) -> list[tuple[str, str]]:
    return [(each.occasion.value, each.reason) for each in open_now(house)]


def answer(house: House) -> None:
    """What the snapshot flow does of it in the journal."""
    for each in open_now(house):
        house.archive.commit(
            Commit(event="snapshot", now=house.now, actor="snapshot", once=each.once)
        )


def later(house: House, by: dt.timedelta) -> House:
    house.archive.refresh()
    return dc.replace(house, now=house.now + by)


def harvest(house: House, platform: FakeChannel) -> None:
    harvest_channel(house.archive, house.channels[0], platform, now=house.now)


def settled(tmp_path: Path) -> House:
    """A house in September, in which nothing is lacking."""
    house = house_of(tmp_path, now=MORNING)
    answer(house)
    assert told(house) == []
    return house


def test_the_latest_duty_is_due_until_it_is_answered(tmp_path: Path) -> None:
    house = house_of(tmp_path)
    assert told(house) == [("arsskifte", "")]
    answer(house)
    assert told(house) == []
    assert told(later(house, 180 * DAY)) == []
    assert told(later(house, 181 * DAY)) == [("halvarsskifte", "")]


def test_a_duty_from_before_the_archive_is_nobodys(tmp_path: Path) -> None:
    house = house_of(tmp_path, begun=BEGUN + 31 * DAY, now=MORNING)
    assert told(house) == []
    assert told(later(house, 120 * DAY)) == [("arsskifte", "")]


def test_a_channel_that_opens_gets_a_first_picture_once(tmp_path: Path) -> None:
    new = channel_like(opened=dt.date(2025, 9, 10))
    house = house_of(tmp_path, new, now=MORNING)
    assert told(house) == [("start", "")]
    answer(house)
    assert told(later(house, 3 * DAY)) == []


def test_one_that_was_open_before_the_archive_gets_none(tmp_path: Path) -> None:
    assert told(settled(tmp_path)) == []


@pytest.mark.parametrize("life", [LifeCycle.PLANNED, LifeCycle.CLOSED])
def test_what_is_planned_or_was_closed_before_the_archive_is_left_alone(
    tmp_path: Path, life: LifeCycle
) -> None:
    house = house_of(tmp_path, channel_like(life=life, closed=BEGUN.date() - DAY))
    assert told(house) == []


def test_a_channel_that_closes_gets_a_last_picture_within_a_month(tmp_path: Path) -> None:
    closed = channel_like(life=LifeCycle.CLOSED, closed=dt.date(2025, 9, 8))
    house = house_of(tmp_path, closed, now=MORNING)
    assert told(house) == [("avslut", "")]
    assert told(later(house, 40 * DAY)) == []
    answer(house)
    assert told(house) == []


def test_a_larger_change_is_documented_once_with_its_reasons(tmp_path: Path) -> None:
    house, platform = settled(tmp_path), FakeChannel()
    harvest(house, platform)
    house = later(house, DAY)
    platform.profile = Profile(name="Sjövik", picture="https://a.example/ny.png")
    harvest(house, platform)
    assert told(house) == [("forandring", "namn ändrat, bild ändrad")]
    house = later(house, DAY)
    harvest(house, platform)
    assert told(house) == [("forandring", "namn ändrat, bild ändrad")]
    answer(house)
    assert told(house) == []


def test_changes_before_the_picture_are_told_together(tmp_path: Path) -> None:
    house, platform = settled(tmp_path), FakeChannel()
    for profile in (platform.profile, Profile(name="Sjövik"), Profile(name="Sjövik", cover="/a")):
        house = later(house, DAY)
        platform.profile = profile
        harvest(house, platform)
    assert told(house) == [("forandring", "namn ändrat, omslagsbild ändrad")]
    answer(house)
    assert told(house) == []


def test_a_change_and_its_taking_back_are_two(tmp_path: Path) -> None:
    house, platform = settled(tmp_path), FakeChannel()
    names = ("Sjöviks kommun", "Sjövik", "Sjöviks kommun", "Sjövik")
    seen = []
    for name in names:
        house = later(house, DAY)
        platform.profile = Profile(name=name)
        harvest(house, platform)
        seen.append(told(house))
        answer(house)
    assert seen == [[], *[[("forandring", "namn ändrat")]] * 3]


def test_a_small_change_asks_for_nothing(tmp_path: Path) -> None:
    house, platform = settled(tmp_path), FakeChannel()
    for name in ("Sjöviks kommun", "SJÖVIKS  kommun!"):
        house = later(house, DAY)
        platform.profile = Profile(name=name)
        harvest(house, platform)
    assert told(house) == []


def test_a_change_that_is_older_than_a_month_shows_something_else_by_now(tmp_path: Path) -> None:
    house, platform = settled(tmp_path), FakeChannel()
    for name in ("Sjöviks kommun", "Sjövik"):
        house = later(house, DAY)
        platform.profile = Profile(name=name)
        harvest(house, platform)
    assert told(later(house, 32 * DAY)) == []


def test_a_crisis_is_documented_at_start_daily_and_at_its_end(tmp_path: Path) -> None:
    house = settled(tmp_path)
    period = crisis.start(house, by="info-1")
    days = []
    for _ in range(3):
        days.append(told(house))
        answer(house)
        assert told(house) == []
        house = later(house, DAY)
    assert days == [[("kris", "kris-2025-09-10")]] * 3
    crisis.stop(house, None, by="info-1")
    assert told(house) == [("kris", "kris-2025-09-10, krisläget avslutat")]
    answer(house)
    assert told(later(house, DAY)) == []
    assert crisis.stop(house, period.id, by="info-1").ended == house.now


def test_a_crisis_goes_on_once_for_a_channel_and_is_named_by_known_people(tmp_path: Path) -> None:
    house = settled(tmp_path)
    with pytest.raises(InputError, match="person-unknown"):
        crisis.start(house, by="maja.ekdal")
    crisis.start(house, by="informationsenheten")
    with pytest.raises(InputError, match="crisis-goes-on"):
        crisis.start(house, by="info-1")
    crisis.stop(house, None, by="info-1")
    with pytest.raises(InputError, match="crisis-unknown"):
        crisis.stop(house, None, by="info-1")
    with pytest.raises(InputError, match="crisis-unknown"):
        crisis.stop(house, "kris-2020-01-01", by="info-1")
    assert crisis.start(house, by="info-1").id == "kris-2025-09-10-2"


@pytest.mark.parametrize(
    ("basis", "what"), [(CaptureBasis.MANUAL, "capture"), (CaptureBasis.EXPORT, "export")]
)
def test_what_a_person_brings_is_waited_for_and_not_taken(
    tmp_path: Path, basis: CaptureBasis, what: str
) -> None:
    house = house_of(tmp_path, channel_like(basis=basis))
    assert duties(house, None) == []
    assert [(a.channel, a.occasion, a.what) for a in awaited(house, None)] == [
        ("kommunbloggen", Occasion.YEAR_END, what)
    ]
    assert awaited(later(house, 40 * DAY), None) == []


def test_the_nearest_duty_is_what_a_person_means_who_brings_a_capture() -> None:
    assert nearest_duty(Occasion.YEAR_END, dt.datetime(2025, 12, 30, tzinfo=dt.UTC)) == dt.date(
        2025, 12, 31
    )
    assert nearest_duty(Occasion.YEAR_END, NOW + 20 * DAY) == dt.date(2025, 12, 31)
    assert nearest_duty(Occasion.HALF_YEAR, NOW) == dt.date(2025, 6, 30)


def test_where_terms_forbid_collecting_pages_a_screenshot_is_asked_for_too(tmp_path: Path) -> None:
    house = house_of(tmp_path, channel_like(basis=CaptureBasis.API, platform="facebook"))
    [duty] = duties(house, None)
    assert duty.occasion is Occasion.YEAR_END
    assert [a.what for a in awaited(house, None)] == ["screenshot"]
    put_snapshot(house, basis="api", duty="2025-12-31")
    assert [a.what for a in awaited(house, None)] == ["screenshot"]
    put_snapshot(house, basis="manual", duty="2025-12-31")
    assert awaited(house, None) == []


def test_what_was_documented_is_not_told_again_with_the_next_change(tmp_path: Path) -> None:
    house, platform = settled(tmp_path), FakeChannel()
    seen = []
    for profile in (platform.profile, Profile(name="Sjövik"), Profile(name="Sjövik", cover="/a")):
        house = later(house, DAY)
        platform.profile = profile
        harvest(house, platform)
        seen.append(told(house))
        answer(house)
    assert seen == [[], [("forandring", "namn ändrat")], [("forandring", "omslagsbild ändrad")]]


@pytest.mark.parametrize(
    ("basis", "later", "begins"),
    [
        (CaptureBasis.API, {"basis": "manual", "duty": "2025-12-31"}, dt.date(2025, 6, 30)),
        (CaptureBasis.PAGE, {"whole": "no", "duty": "2025-12-31"}, dt.date(2025, 6, 30)),
        (CaptureBasis.PAGE, {"basis": "api", "duty": "2025-12-31"}, dt.date(2025, 6, 30)),
        (CaptureBasis.PAGE, {"duty": "2025-12-31"}, dt.date(2025, 12, 31)),
        (CaptureBasis.EXPORT, {"duty": "2025-12-31"}, dt.date(2025, 12, 31)),
        (CaptureBasis.MANUAL, {"basis": "manual", "duty": "2025-12-31"}, dt.date(2025, 6, 30)),
    ],
    ids=["a screenshot", "not whole", "another basis", "late", "a late export", "by hand"],
)
def test_the_next_period_begins_at_the_last_duty_that_showed_everything(
    tmp_path: Path, basis: CaptureBasis, later: dict[str, str], begins: dt.date
) -> None:
    """A capture brought on 20 January for 31 December leaves no post of January out of the next."""
    channel = channel_like(basis=basis, depth="since-last")
    own = "export" if basis is CaptureBasis.MANUAL else basis.value
    house = house_of(tmp_path, channel, now=dt.datetime(2025, 6, 30, 21, tzinfo=dt.UTC))
    put_snapshot(house, "halvarsskifte", basis=own, duty="2025-06-30")
    house = dc.replace(house, now=dt.datetime(2026, 1, 20, 9, tzinfo=dt.UTC))
    put_snapshot(house, **{"basis": own, **later})
    due = Due(occasion=Occasion.HALF_YEAR, once="key", date=dt.date(2026, 6, 30))
    duty = duty_of(dc.replace(house, now=dt.datetime(2026, 6, 30, 21, tzinfo=dt.UTC)), channel, due)
    assert duty.period_from == begins
    assert duty.depth == dt.datetime.combine(begins, dt.time(), STOCKHOLM)


def test_what_was_brought_ahead_of_the_duty_ends_where_it_was_taken(tmp_path: Path) -> None:
    channel = channel_like(basis=CaptureBasis.EXPORT, depth="since-last")
    house = house_of(tmp_path, channel, now=dt.datetime(2025, 12, 29, 9, tzinfo=dt.UTC))
    put_snapshot(house, basis="export", duty="2025-12-31")
    due = Due(occasion=Occasion.HALF_YEAR, once="key", date=dt.date(2026, 6, 30))
    assert duty_of(house, channel, due).period_from == dt.date(2025, 12, 29)
