"""A small municipality's year in an archive: two channels with numbers, one never harvested."""

import datetime as dt
from pathlib import Path

import pytest

from archive_store import Archive, Commit
from archive_store.directory import Directory
from tasks.harvest.table import observations_draft
from tasks.model import Observation, Register
from tasks.register import load_register
from tasks.report.gathering import ChannelYear, gather

NOW = dt.datetime(2026, 1, 15, 11, tzinfo=dt.UTC)
BEGAN = dt.datetime(2025, 12, 15, 2, tzinfo=dt.UTC)
EXAMPLE = Path(__file__).resolve().parents[3] / "examples" / "sjovik" / "register.toml"


def thread(channel: str, number: int, published: dt.datetime, waits: list[int]) -> Observation:
    return Observation(
        channel=channel,
        thread=str(number),
        address=f"/?p={number}",
        own=True,
        kind="post",
        published=published,
        observed=BEGAN,
        age_days=(BEGAN - published).days,
        comments=len(waits) + 1,
        own_replies=len(waits),
        hidden=1,
        reactions=None,
        shares=None,
        views=None,
        waits_minutes=tuple(waits),
        waits_office_minutes=tuple(wait // 3 for wait in waits),
        waits_24h=tuple(wait <= 1440 for wait in waits),
        waits_month=tuple(published.year * 100 + published.month for _ in waits),
        open_comments=0,
        oldest_open_minutes=None,
        harvest=f"{channel}-20251215T020000Z",
    )


def threads(channel: str, every: int, waits: list[int], *, first_month: int) -> list[Observation]:
    begin = dt.datetime(2025, first_month, 7, 8, tzinfo=dt.UTC)
    days = range(0, (BEGAN - begin).days, every)
    return [
        thread(channel, n, begin + dt.timedelta(days=day), waits if n % 3 == 0 else [])
        for n, day in enumerate(days)
    ]


@pytest.fixture(scope="session")
def location(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """``kommunbloggen`` all year, ``biblioteksbloggen`` from May; the third never harvested."""
    path = tmp_path_factory.mktemp("report") / "archive"
    archive = Archive.create(Directory(path), now=BEGAN, rehearsal=True)
    told = {
        "kommunbloggen": threads("kommunbloggen", 3, [30, 2000], first_month=1),
        "biblioteksbloggen": threads("biblioteksbloggen", 9, [90, 20_000], first_month=5),
    }
    for days in (0, 1, 2, 20):
        now = BEGAN + dt.timedelta(days=days)
        drafts = tuple(
            observations_draft(channel, now, rows if days == 0 else [])
            for channel, rows in told.items()
            if channel == "kommunbloggen" or days == 0
        )
        archive.commit(Commit(event="harvest", now=now, actor="harvest", drafts=drafts))
    return path


@pytest.fixture(scope="session")
def register_path() -> Path:
    return EXAMPLE


@pytest.fixture(scope="session")
def register() -> Register:
    return load_register(EXAMPLE)


@pytest.fixture(scope="session")
def archive(location: Path) -> Archive:
    return Archive.open(Directory(location))


@pytest.fixture(scope="session")
def years(archive: Archive, register: Register) -> tuple[ChannelYear, ...]:
    return gather(archive, register, 2025, now=NOW)
