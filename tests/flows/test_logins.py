"""Login states: read from secrets, rehearsed in time, expired ones told; nowhere else kept."""

import asyncio
import datetime as dt
import json
from pathlib import Path

import pytest
from leaks import leaks
from prefect.logging import disable_run_logger

from archive_store.errors import CaptureError, InputError
from flows.browsing import browser_of
from flows.duties import duties
from flows.house import House
from flows.logins import login_of, recorded, require_name
from flows.outcome import Outcome
from flows.rehearsing import due, rehearse_due
from flows.snapshot import snapshot_channel
from flows.taken import snapshots
from tasks.capture import open_browser
from tasks.model import CaptureBasis, LifeCycle, Occasion
from tests.flows.houses import NOW, channel_like, house_of
from tests.tasks.capture.test_login import SECRET, members

__all__ = ["members"]

VARIABLE = "KANALARKIV_SECRET_KANALARKIV_LOGIN_BLOGG"
LOGIN = "kanalarkiv-login-blogg"
STATE = {
    "cookies": [{"name": "session", "value": SECRET, "domain": "localhost", "path": "/"}],
    "origins": [],
}


def at(tmp_path: Path, now: dt.datetime, **changes: object) -> House:
    return house_of(tmp_path, channel_like(login=LOGIN, **changes), now=now)


def marks(house: House) -> list[str]:
    return [once.rpartition(":")[2] for _, once in due(house)]


@pytest.mark.parametrize(
    ("day", "expected"),
    [("12-16", []), ("12-17", ["14"]), ("12-27", ["14"]), ("12-28", ["3"]), ("12-31", ["3"])],
)
def test_logins_are_due_fourteen_and_three_days_ahead(
    tmp_path: Path, day: str, expected: list[str]
) -> None:
    assert marks(at(tmp_path, dt.datetime.fromisoformat(f"2025-{day}T06:00:00+00:00"))) == expected


@pytest.mark.parametrize(
    "changes",
    [
        {"login": ""},
        {"basis": CaptureBasis.API},
        {"life": LifeCycle.CLOSED},
        {"platform": "facebook"},
    ],
    ids=["no login", "no page", "closed", "refused by terms"],
)
def test_channels_that_need_none_are_left_alone(tmp_path: Path, changes: dict[str, object]) -> None:
    channel = channel_like(**{"login": LOGIN, **changes})
    assert marks(house_of(tmp_path, channel, now=NOW)) == []


@pytest.mark.parametrize("kept", ["inte json", "[]", '{"cookies": 1, "origins": []}', "{}"])
def test_a_spoiled_state_is_like_none_and_is_not_repeated(
    monkeypatch: pytest.MonkeyPatch, kept: str
) -> None:
    monkeypatch.setenv(VARIABLE, kept)
    with pytest.raises(CaptureError, match="login-needed") as refused:
        asyncio.run(login_of(channel_like(login=LOGIN)))
    assert kept not in f"{refused.value.sv}{refused.value.en}" or kept == "[]"
    assert "kanalarkiv login kommunbloggen" in refused.value.sv


def test_a_channel_without_login_has_no_state() -> None:
    assert asyncio.run(login_of(channel_like())) is None


@pytest.mark.parametrize("name", ["", "Kanalarkiv", "kanal_arkiv"])
def test_the_register_must_say_where_a_login_lies(name: str) -> None:
    with pytest.raises(InputError, match="login-unnamed") as refused:
        require_name(channel_like(login=name))
    assert 'login = "kanalarkiv-login-kommunbloggen"' in refused.value.sv


@pytest.mark.browser
def test_a_login_that_lives_is_rehearsed_once_and_a_dead_one_is_told_each_time(
    tmp_path: Path, members: tuple[str, set[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    address, sessions = members
    house = at(tmp_path, NOW, address=address)
    monkeypatch.setenv(VARIABLE, json.dumps(STATE))
    ends = []
    for alive in (False, True, True):
        (sessions.add if alive else sessions.discard)(SECRET)
        outcome = Outcome(flow="audit", title="Granskning")
        asyncio.run(rehearse_due(house, outcome))
        house.archive.refresh()
        ends.append((outcome.message(), len(outcome.rows)))
    (told, rows), *later = ends
    assert told.startswith("0 av 1; kommunbloggen: ")
    assert "kanalarkiv login KANAL" in told
    assert (rows, later) == (0, [("1 klara", 1), ("0 klara", 0)])


@pytest.mark.browser
def test_a_login_that_the_page_may_not_have_taken_is_told_and_tried_again(
    tmp_path: Path, members: tuple[str, set[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    address, _ = members
    house = at(tmp_path, NOW, address=address.replace("/kanal", "/public"))
    monkeypatch.setenv(VARIABLE, json.dumps(STATE))
    outcome = Outcome(flow="audit", title="Granskning")
    asyncio.run(rehearse_due(house, outcome))
    house.archive.refresh()
    [row] = outcome.rows
    assert row["inloggning"].startswith("osäker")
    assert marks(house)


@pytest.mark.browser
def test_a_logged_in_view_says_so_and_its_state_is_nowhere_in_the_archive(
    tmp_path: Path, members: tuple[str, set[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    address, sessions = members
    sessions.add(SECRET)
    house = at(tmp_path, NOW, address=address)
    monkeypatch.setenv(VARIABLE, json.dumps(STATE))

    async def taken() -> None:
        async with open_browser(browser_of(house.settings)) as browser:
            for duty in duties(house, Occasion.MANUAL):
                await snapshot_channel.fn(house, browser, duty, "")

    with disable_run_logger():
        asyncio.run(taken())
    [package] = snapshots(house.archive)
    assert house.archive.manifest(package)["about"]["logged_in"] is True
    assert leaks([tmp_path], {"state": SECRET}) == set()


@pytest.mark.browser
def test_a_login_that_does_not_hold_is_told_at_once_and_not_kept(
    tmp_path: Path, members: tuple[str, set[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def logs_in(*_: object, **__: object) -> object:
        return STATE

    address, sessions = members
    house = at(tmp_path, NOW, address=address)
    monkeypatch.setattr("flows.logins.record_login", logs_in)
    with pytest.raises(CaptureError, match="login-unfit") as refused:
        asyncio.run(recorded(house.settings, house.channels[0]))
    assert "inget är sparat" in refused.value.sv
    assert SECRET not in f"{refused.value.sv}{refused.value.en}"
    sessions.add(SECRET)
    assert asyncio.run(recorded(house.settings, house.channels[0])) == (STATE, True)
    public = channel_like(login=LOGIN, address=address.replace("/kanal", "/public"))
    assert asyncio.run(recorded(house.settings, public)) == (STATE, False)
