"""Made-up observations, as harvest writes them."""

import dataclasses as dc
import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest

from archive_store import Archive, Commit
from archive_store.directory import Directory
from tasks.facts import reading
from tasks.harvest.table import observations_draft
from tasks.model import Observation

CHANNEL = "biblioteksbloggen"


def observation(thread: str, published: dt.datetime, **told: Any) -> Observation:
    """A row with nothing told but what is said; observed a week after it was published."""
    observed = told.pop("observed", published + dt.timedelta(days=7))
    counts = {"comments": 0, "own_replies": 0, "open_comments": 0, "oldest_open_minutes": None}
    unknown = dict.fromkeys(("hidden", "reactions", "shares", "views"))
    waits = {"waits_minutes": (), "waits_office_minutes": (), "waits_24h": ()}
    given = {"own": True, "kind": "post", **counts, **unknown, **waits, **told}
    return Observation(
        channel=CHANNEL,
        thread=thread,
        address=f"/?p={thread}",
        published=published,
        observed=observed,
        age_days=(observed - published).days,
        harvest=f"{CHANNEL}-{observed:%Y%m%dT%H%M%SZ}",
        **given,
    )


def frame(rows: Iterable[Observation]) -> pd.DataFrame:
    found = [dc.asdict(row) for row in rows]
    return pa.Table.from_pylist(found, schema=reading.SCHEMA).to_pandas(
        types_mapper=reading._NULLABLE.get
    )


def commit_harvest(archive: Archive, rows: Sequence[Observation], now: dt.datetime) -> None:
    draft = observations_draft(CHANNEL, now, rows)
    archive.commit(Commit(event="harvest", now=now, actor="harvest", drafts=(draft,)))


@pytest.fixture(name="observation")
def _observation() -> Callable[..., Observation]:
    return observation


@pytest.fixture(name="frame")
def _frame() -> Callable[..., pd.DataFrame]:
    return frame


@pytest.fixture(name="commit_harvest")
def _commit_harvest() -> Callable[..., None]:
    return commit_harvest


@pytest.fixture
def archive(tmp_path: Any) -> Archive:
    began = dt.datetime(2025, 1, 1, tzinfo=dt.UTC)
    return Archive.create(Directory(tmp_path / "archive"), now=began, rehearsal=True)
