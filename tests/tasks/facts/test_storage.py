"""Monthly facts in the archive: written once for each change, and telling what they mean."""

import datetime as dt
import io
from collections.abc import Callable

import pandas as pd
import pyarrow.parquet as pq
import pytest

from archive_store import Archive, Commit, Draft
from archive_store.errors import DamageError, MissingError
from tasks.facts import COLUMNS, monthly_facts, read_monthly, write_monthly
from tasks.model import Channel, LifeCycle, Observation

Observe = Callable[..., Observation]
Harvest = Callable[[Archive, list[Observation], dt.datetime], None]

CHANNEL = Channel(
    id="biblioteksbloggen",
    name="Sjöviks bibliotek",
    unit="biblioteket",
    platform="blog",
    address="http://127.0.0.1/",
    life=LifeCycle.ACTIVE,
)


def at(*parts: int) -> dt.datetime:
    return dt.datetime(*parts, tzinfo=dt.UTC)


def test_facts_are_read_back_as_they_were_counted(
    archive: Archive, observation: Observe, commit_harvest: Harvest
) -> None:
    waits = {"waits_minutes": (70, 60), "waits_office_minutes": (7, 6), "waits_24h": (True, True)}
    commit_harvest(archive, [observation("1", at(2025, 1, 5), **waits)], at(2025, 1, 12))
    commit_harvest(archive, [observation("2", at(2025, 2, 5), reactions=1)], at(2025, 2, 12))
    entry = write_monthly(archive, CHANNEL, now=at(2025, 2, 12))
    assert [package.base for package in entry.added] == ["statistics/biblioteksbloggen/monthly"]
    counted = monthly_facts(archive, CHANNEL.id, now=at(2025, 2, 12))
    pd.testing.assert_frame_equal(read_monthly(archive, CHANNEL.id), counted)


def test_nothing_is_written_when_nothing_changed(
    archive: Archive, observation: Observe, commit_harvest: Harvest
) -> None:
    commit_harvest(archive, [observation("1", at(2025, 1, 5))], at(2025, 1, 12))
    assert write_monthly(archive, CHANNEL, now=at(2025, 1, 12))
    assert write_monthly(archive, CHANNEL, now=at(2025, 1, 12, 20)) is None
    commit_harvest(archive, [observation("1", at(2025, 1, 5), comments=1)], at(2025, 1, 12, 21))
    assert write_monthly(archive, CHANNEL, now=at(2025, 1, 12, 22))
    (living,) = archive.packages("statistics/", channel=CHANNEL.id)
    assert read_monthly(archive, CHANNEL.id)["comments"].tolist() == [1]
    assert living.labels == {"kind": "monthly-facts", "channel": CHANNEL.id}


def test_a_channel_without_harvests_gets_no_facts(archive: Archive) -> None:
    assert write_monthly(archive, CHANNEL, now=at(2025, 2, 1)) is None
    with pytest.raises(MissingError, match="facts-missing"):
        read_monthly(archive, CHANNEL.id)


def test_the_file_explains_its_columns(
    archive: Archive, observation: Observe, commit_harvest: Harvest
) -> None:
    commit_harvest(archive, [observation("1", at(2025, 1, 5))], at(2025, 1, 12))
    write_monthly(archive, CHANNEL, now=at(2025, 1, 12))
    (living,) = archive.packages("statistics/")
    stored = pq.read_table(io.BytesIO(archive.read(living, "parquet")))
    told = {field.name: field.metadata[b"definition.sv"].decode() for field in stored.schema}
    assert told == {column.name: column.text.sv for column in COLUMNS}
    assert str(stored.schema.field("month").type) == "int32"
    assert "dictionary" in str(stored.schema.field("channel").type)


def test_what_was_observed_later_does_not_count(
    archive: Archive, observation: Observe, commit_harvest: Harvest
) -> None:
    commit_harvest(archive, [observation("1", at(2025, 1, 5))], at(2025, 1, 12))
    commit_harvest(archive, [observation("2", at(2025, 1, 6))], at(2025, 1, 20))
    counted = monthly_facts(archive, CHANNEL.id, now=at(2025, 1, 15))
    assert counted["posts"].tolist() == [1]
    assert counted["harvests"].tolist() == [1]


def test_a_file_that_is_no_observation_is_refused(archive: Archive) -> None:
    draft = Draft(
        base="observations/biblioteksbloggen/2025/20250112T020000Z",
        files={"parquet": b"not parquet"},
        labels={"kind": "observations", "channel": CHANNEL.id},
    )
    archive.commit(Commit(event="harvest", now=at(2025, 1, 12), actor="harvest", drafts=(draft,)))
    with pytest.raises(DamageError, match="observations-format"):
        monthly_facts(archive, CHANNEL.id, now=at(2025, 1, 15))
