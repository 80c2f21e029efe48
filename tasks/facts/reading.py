"""Reads a channel's observations from the archive: the only way in to the numbers.

Observations are appended for ever (DESIGN section 1), one Parquet record a harvest, so a thread has
several rows: the latest one counts, earlier ones show how it grew.
"""

import datetime as dt
import io

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from archive_store import Archive, Package
from archive_store.errors import DamageError
from tasks.office_time import STOCKHOLM

_TIME = pa.timestamp("us", tz="UTC")

SCHEMA = pa.schema(
    [
        ("thread", pa.string()),
        ("own", pa.bool_()),
        ("kind", pa.string()),
        ("published", _TIME),
        ("observed", _TIME),
        ("comments", pa.int64()),
        ("own_replies", pa.int64()),
        ("hidden", pa.int64()),
        ("reactions", pa.int64()),
        ("shares", pa.int64()),
        ("waits_minutes", pa.list_(pa.int64())),
        ("waits_office_minutes", pa.list_(pa.int64())),
        ("waits_24h", pa.list_(pa.bool_())),
        ("open_comments", pa.int64()),
        ("oldest_open_minutes", pa.int64()),
        ("waits_month", pa.list_(pa.int64())),
    ]
)
"""The columns that the facts need, of tasks.model.Observation."""

_NULLABLE = {pa.int64(): pd.Int64Dtype(), pa.bool_(): pd.BooleanDtype()}


def observations(archive: Archive, channel_id: str, *, now: dt.datetime) -> pd.DataFrame:
    """Every row observed of a channel until ``now``, in the order observed.

    Returns:
        The columns of ``SCHEMA``; counts nullable, times in UTC, waits as lists.

    Raises:
        DamageError: a stored file does not have the columns of an observation.
    """
    packages = harvests(archive, channel_id, now=now)
    tables = [_table(package, archive.read(package, "parquet")) for package in packages]
    table = pa.concat_tables(tables) if tables else SCHEMA.empty_table()
    rows: pd.DataFrame = table.to_pandas(types_mapper=_NULLABLE.get)
    rows = rows[rows["observed"] <= pd.Timestamp(now)]
    return rows.sort_values(["observed", "thread"], kind="stable", ignore_index=True)


def latest(rows: pd.DataFrame) -> pd.DataFrame:
    """The latest row of each thread, by thread."""
    newest = rows.sort_values("observed", kind="stable").drop_duplicates("thread", keep="last")
    return newest.sort_values("thread", ignore_index=True)


def harvests(archive: Archive, channel_id: str, *, now: dt.datetime) -> tuple[Package, ...]:
    """The channel's observation packages until ``now``, one a harvest, oldest first."""
    found = archive.packages(f"observations/{channel_id}/", kind="observations", channel=channel_id)
    until = (package for package in found if package.time <= now)
    return tuple(sorted(until, key=lambda package: (package.time, package.seq)))


def month_of(times: "pd.Series[pd.Timestamp]") -> "pd.Series[int]":
    """The Stockholm month (YYYYMM) of each UTC time."""
    local = times.dt.tz_convert(STOCKHOLM)
    return local.dt.year * 100 + local.dt.month


def month_on(day: dt.date) -> int:
    """The month of a date, as YYYYMM."""
    return day.year * 100 + day.month


def _table(package: Package, stored: bytes) -> pa.Table:
    try:
        return pq.read_table(io.BytesIO(stored), columns=SCHEMA.names).cast(SCHEMA)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, KeyError):
        raise DamageError(
            "observations-format",
            sv=f"{package.key}: filen har inte observationernas kolumner; kör 'kanalarkiv verify'.",
            en=f"{package.key}: the file lacks an observation's columns; run 'kanalarkiv verify'.",
        ) from None
