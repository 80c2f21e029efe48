"""A run's captures go on side by side, and what one of them archives holds up no other."""

import asyncio
import contextlib
import dataclasses as dc
import datetime as dt
import threading
from collections.abc import AsyncIterator
from pathlib import Path
from typing import cast

import pytest
from prefect.logging import disable_run_logger

import flows.securing
import flows.single_page
import flows.snapshot
from flows.duties import Duty
from flows.house import House
from flows.recording import Record
from flows.snapshot import snapshot_channel
from tasks.capture import BrowserSettings, OpenBrowser
from tasks.model import CaptureBasis, Completeness, Occasion
from tests.flows.houses import NOW, PDF, channel_like, house_of

RECORD = Record(pdf=PDF, pages=1, completeness=Completeness(page=1), whole=True, about={})


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    """A house whose one channel is rendered from its data, at once."""
    monkeypatch.setattr("flows.snapshot.rendered", lambda *_: RECORD)
    return house_of(tmp_path, channel_like(basis=CaptureBasis.API))


def duty(house: House, occasion: Occasion) -> Duty:
    return Duty(
        channel=house.channels[0],
        occasion=occasion,
        once=None,
        depth="all",
        period_from=None,
        api_posts=None,
        date=dt.date(2025, 12, 31),
    )


async def taken(house: House, *occasions: Occasion) -> list[object]:
    steps = (snapshot_channel.fn(house, None, duty(house, each), "") for each in occasions)
    return [row["nyckel"] for row in await asyncio.gather(*steps)]


def test_the_captures_that_go_on_are_served_while_one_is_archived(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, served = threading.Event(), threading.Event()

    def slowly(*_: object) -> str:
        begun.set()
        assert served.wait(60), "the loop stood still"
        return "key"

    async def another_capture() -> None:
        await asyncio.to_thread(begun.wait)
        served.set()

    async def both() -> None:
        await asyncio.gather(another_capture(), taken(house, Occasion.YEAR_END))

    monkeypatch.setattr("flows.snapshot.archived", slowly)
    with disable_run_logger():
        asyncio.run(both())


def test_two_snapshots_of_one_channel_in_a_run_do_not_meet_at_its_lease(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    met = threading.Barrier(2)
    commit = house.archive.commit

    def meeting(change: object) -> object:
        with contextlib.suppress(threading.BrokenBarrierError):
            met.wait(0.2)
        return commit(change)  # type: ignore[arg-type] # whatever it was called with

    monkeypatch.setattr(house.archive, "commit", meeting)
    with disable_run_logger():
        keys = asyncio.run(taken(house, Occasion.YEAR_END, Occasion.CHANGE))
    place = f"snapshots/informationsenheten/kommunbloggen/2025/{NOW:%Y-%m-%d}T2300"
    assert keys == [f"{place}-arsskifte.pdf", f"{place}-forandring.pdf"]


def test_every_way_to_a_page_captures_it_as_the_settings_say(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The snapshot, a secured post and a single page ask for the same."""
    asked: list[dict[str, object]] = []

    class AskedError(Exception):
        """Enough has been seen."""

    async def captured(*_: object, **options: object) -> None:
        asked.append({each: options.get(each) for each in ("own_hosts", "pictures")})
        raise AskedError

    @contextlib.asynccontextmanager
    async def browser(settings: BrowserSettings) -> AsyncIterator[OpenBrowser]:
        assert settings.sandbox is False
        yield cast("OpenBrowser", None)

    settings = dc.replace(
        house.settings, own_hosts=("bilder.example",), pictures="jpeg", browser_sandbox=False
    )
    house = dc.replace(house, settings=settings, channels=(channel_like(),))
    monkeypatch.setattr("flows.single_page.load_settings", lambda: settings)
    for module in (flows.securing, flows.single_page):
        monkeypatch.setattr(module, "open_browser", browser)
    for module in (flows.securing, flows.single_page, flows.snapshot):
        monkeypatch.setattr(module, "capture_page", captured)
    due, channel = duty(house, Occasion.YEAR_END), house.channels[0]
    for way in (
        flows.snapshot._page(house, cast("OpenBrowser", None), due, ""),
        flows.securing._captured(house, channel, channel.address, "spam"),
        flows.single_page._captured("https://sjovik.example/"),
    ):
        with pytest.raises(AskedError):
            asyncio.run(way)
    assert asked == [{"own_hosts": ("bilder.example",), "pictures": "jpeg"}] * 3
