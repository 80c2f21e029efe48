"""A snapshot out of harvested posts: whole or told how far not, public only, valid, no page."""

import asyncio
import contextlib
import dataclasses as dc
import datetime as dt
from collections.abc import Callable
from pathlib import Path

import page
import pytest
from prefect.logging import disable_run_logger

from archive_store.errors import CaptureError, ChannelError, InputError
from flows.duties import duties
from flows.house import House
from flows.outcome import Row
from flows.reasons import reason_of, spoken
from flows.snapshot import snapshot_channel
from flows.taken import snapshots
from tasks.capture import OpenBrowser
from tasks.documents import read_back
from tasks.harvest import harvest_channel
from tasks.model import CaptureBasis, Occasion, Visibility
from tests.flows.houses import NOW, channel_like, house_of
from tests.tasks.bases.samples import a_picture
from tests.tasks.harvest.fake_channel import FakeChannel

DAY = dt.timedelta(days=1)


def harvested(tmp_path: Path, platform: FakeChannel, **changes: object) -> House:
    channel = channel_like(basis=CaptureBasis.API, platform="facebook", **changes)
    house = house_of(tmp_path, channel, now=NOW)
    harvest_channel(house.archive, channel, platform, now=NOW)
    return house


def taken(house: House, reason: str = "") -> Row:
    """The flow's step for the year-end's duty."""
    [duty] = duties(house, Occasion.YEAR_END)
    with disable_run_logger():
        return asyncio.run(snapshot_channel.fn(house, None, duty, reason))


def text_of(house: House) -> str:
    [package] = snapshots(house.archive)
    return " ".join("".join(read_back(house.archive.read(package, "pdf")).texts).split())


@pytest.fixture
def platform() -> FakeChannel:
    found = FakeChannel()
    for number in range(3):
        found.post(
            NOW - (number + 1) * DAY, f"Isen bär inte, dag {number}", title=f"Isläget {number}"
        )
    found.comment("1", NOW - DAY / 2, "Tack för det!")
    return found


def test_it_is_valid_says_what_it_is_and_opens_no_page(
    tmp_path: Path, platform: FakeChannel
) -> None:
    house = harvested(tmp_path, platform)
    row = taken(house, "prov")
    assert (row["inlägg"], row["helt"], row["anledning"]) == ("3 av 3", True, "arsskifte")
    [package] = snapshots(house.archive)
    document = house.archive.read(package, "pdf")
    for profile in (page.ValidationProfile.PDF_A_3A, page.ValidationProfile.PDF_UA_1):
        assert page.validate_pdf_bytes(document, profile=profile).is_compliant
    text = text_of(house)
    assert "Återgivning ur plattformens data, inte en bild av sidan" in text
    assert "Fullständighet: 3 av 3 inlägg" in text
    assert "Isen bär inte, dag 2" in text
    assert "Majken Sjöberg" in text
    about = house.archive.manifest(package)["about"]
    assert (about["basis"], about["reason"]) == ("api", "prov")
    assert duties(house, Occasion.YEAR_END) == []


def test_the_decision_on_comments_is_followed(tmp_path: Path, platform: FakeChannel) -> None:
    house = harvested(tmp_path, platform, comments="unnamed")
    taken(house)
    text = text_of(house)
    assert "Tack för det!" in text
    assert "Majken" not in text


def test_what_is_missing_is_told_and_what_is_not_public_is_not_shown(
    tmp_path: Path, platform: FakeChannel
) -> None:
    hidden = platform.post(NOW - DAY, "Utkast om Majken", title="Hemligt")
    platform.turn(hidden, Visibility.HELD)
    platform.post(NOW - 300 * DAY, "Gammalt inlägg", title="I våras")
    house = harvested(tmp_path, platform)
    row = taken(house)
    assert (row["inlägg"], row["helt"]) == ("3 av 4", False)
    text = text_of(house)
    assert "Hemligt" not in text
    assert "ofullständig" in text


@pytest.fixture
def read_by(monkeypatch: pytest.MonkeyPatch) -> Callable[[FakeChannel], None]:
    """Lets the flow read that platform."""

    def given(platform: FakeChannel) -> None:
        found = contextlib.nullcontext(platform)
        monkeypatch.setattr("flows.from_data.connector_for", lambda _channel, **_: found)

    return given


def test_a_channel_that_can_be_read_is_shown_as_it_stands_whatever_was_culled(
    tmp_path: Path, platform: FakeChannel, read_by: Callable[[FakeChannel], None]
) -> None:
    old = platform.post(NOW - 100 * DAY, "Höstens båtar tas upp", title="Hamnen", pictures=("u",))
    platform.pictures["u"] = a_picture((40, 30))
    platform.comment(old, NOW - 99 * DAY, "Vilken dag?")
    platform.post(NOW - 200 * DAY, "Islossning", title="I våras")
    channel = channel_like(basis=CaptureBasis.API)
    house = house_of(tmp_path, channel, now=NOW)
    harvest_channel(house.archive, channel, platform, now=NOW)  # the last week alone
    platform.post(NOW, "Nyss", title="Skrivet efter skörden")
    read_by(platform)
    row = taken(house)
    assert (row["inlägg"], row["helt"]) == ("6 av 6", True)
    text = text_of(house)
    for phrase in ("Höstens båtar tas upp", "Vilken dag?", "Nyss", "I våras", "dag 2"):
        assert phrase in text
    [package] = snapshots(house.archive)
    about = house.archive.manifest(package)["about"]
    assert (about["images"], about["images_missing"]) == (1, 0)
    assert len(list(house.archive.packages("posts/"))) == 3  # nothing was taken in


def test_beside_a_feeds_newest_entries_stands_what_the_archive_holds(
    tmp_path: Path, platform: FakeChannel, read_by: Callable[[FakeChannel], None]
) -> None:
    channel = channel_like(basis=CaptureBasis.API)
    house = house_of(tmp_path, channel, now=NOW)
    harvest_channel(house.archive, channel, platform, now=NOW)
    platform.complete = False
    platform.delete("3")
    read_by(platform)
    taken(house)
    assert "Isen bär inte, dag 2" in text_of(house)


def test_a_channel_that_does_not_answer_leaves_its_duty_waiting(
    tmp_path: Path, platform: FakeChannel, read_by: Callable[[FakeChannel], None]
) -> None:
    house = house_of(tmp_path, channel_like(basis=CaptureBasis.API), now=NOW)
    platform.down = True
    read_by(platform)
    with pytest.raises(ChannelError, match="no-answer"):
        taken(house)
    assert len(duties(house, Occasion.YEAR_END)) == 1


def test_a_number_of_posts_is_the_newest(tmp_path: Path, platform: FakeChannel) -> None:
    house = harvested(tmp_path, platform, depth="2")
    assert taken(house)["inlägg"] == "2 av 2"
    assert "dag 2" not in text_of(house)


def test_a_channel_never_harvested_fails_with_what_to_do(tmp_path: Path) -> None:
    unread = channel_like(basis=CaptureBasis.API, platform="facebook")
    house = house_of(tmp_path, unread, now=NOW)
    with pytest.raises(CaptureError, match="never-harvested") as refused:
        taken(house)
    assert "kanalarkiv harvest" in refused.value.sv


def test_no_page_is_opened_where_the_terms_forbid_it_whatever_the_register_says(
    tmp_path: Path,
) -> None:
    house = house_of(tmp_path, channel_like(basis=CaptureBasis.PAGE, platform="facebook"))
    [duty] = duties(house, Occasion.YEAR_END)
    no_browser: OpenBrowser = object()  # type: ignore[assignment]  # opening it would fail
    with disable_run_logger(), pytest.raises(InputError, match="page-refused") as refused:
        asyncio.run(snapshot_channel.fn(house, no_browser, duty, ""))
    assert "Välj basis api, export eller manual" in refused.value.sv
    assert snapshots(house.archive) == []


def test_words_of_a_reason_go_beside_prefect_and_its_own_parameter_takes_a_code() -> None:
    with spoken("På begäran av Majken"):
        assert reason_of("") == "På begäran av Majken"
    assert reason_of("KS-2026/17") == "KS-2026/17"
    for words in ("På begäran", "x" * 41, "rad\nrad"):
        with pytest.raises(Exception, match="reason-words"):
            reason_of(words)
    for words in ("x" * 201, "rad\nrad"):
        with pytest.raises(Exception, match="reason-too-long"), spoken(words):
            pass


def test_the_period_is_since_the_last_duty(tmp_path: Path, platform: FakeChannel) -> None:
    house = harvested(tmp_path, platform)
    taken(house)
    later = dc.replace(house, now=NOW + 181 * DAY)
    [duty] = duties(later, None)
    assert (duty.occasion, duty.period_from) == (Occasion.HALF_YEAR, dt.date(2025, 12, 31))
