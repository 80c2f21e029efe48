"""Observations as Parquet: numbers kept for ever, one record a harvest, no person in them.

The schema is fixed, each column says what it is and in which unit, and the same rows give the same
bytes. Columns are the fields of ``tasks.model.Observation``.
"""

import dataclasses as dc
import datetime as dt
import io
from collections.abc import Iterable, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from archive_store import Archive, Draft
from archive_store.errors import DamageError
from tasks.harvest.outcome import stamp_of
from tasks.model import Observation

FILE = "parquet"

_TIME = pa.timestamp("us", tz="UTC")
_MINUTES = pa.list_(pa.int64())


def _field(name: str, kind: pa.DataType, unit: str, meaning: str, *, told: bool = True) -> pa.Field:
    return pa.field(name, kind, nullable=not told, metadata={"unit": unit, "meaning": meaning})


SCHEMA = pa.schema(
    [
        _field("channel", pa.string(), "id", "the channel"),
        _field("thread", pa.string(), "id", "own post's id, else a running number"),
        _field("address", pa.string(), "address", "wordless address of an own post, else empty"),
        _field("own", pa.bool_(), "yes/no", "whether the body began the thread"),
        _field("kind", pa.string(), "code", "post or page"),
        _field("published", _TIME, "UTC", "when the thread began"),
        _field("observed", _TIME, "UTC", "when it was counted"),
        _field("age_days", pa.int64(), "days", "whole Stockholm days between the two"),
        _field("comments", pa.int64(), "number", "others' public comments"),
        _field("own_replies", pa.int64(), "number", "the body's own public comments"),
        _field("hidden", pa.int64(), "number", "others' held, spam and trashed", told=False),
        _field("reactions", pa.int64(), "number", "reactions to the post", told=False),
        _field("shares", pa.int64(), "number", "shares of the post", told=False),
        _field("views", pa.int64(), "number", "views of the post", told=False),
        _field("waits_minutes", _MINUTES, "minutes", "first message to answer, calendar time"),
        _field("waits_office_minutes", _MINUTES, "minutes", "the same in office time, 08-17"),
        _field("waits_24h", pa.list_(pa.bool_()), "yes/no", "answered in 24 h on working days"),
        _field("waits_month", _MINUTES, "YYYYMM", "Stockholm month in which the message came"),
        _field("open_comments", pa.int64(), "number", "others' comments without an answer"),
        _field("oldest_open_minutes", pa.int64(), "minutes", "wait of the oldest", told=False),
        _field("harvest", pa.string(), "id", "channel and time of the harvest"),
    ],
    metadata={"format": "kanalarkiv-observations/1", "null": "not told by the platform, never 0"},
)

_COUNTED = (
    "comments",
    "own_replies",
    "hidden",
    "reactions",
    "shares",
    "views",
    "waits_minutes",
    "open_comments",
)


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class LastRow:
    """The last that was observed of a thread: its age then, and what was counted."""

    kind: str
    published: dt.datetime
    age_days: int
    counts: tuple[Any, ...]


def counts_of(row: Observation) -> tuple[Any, ...]:
    """The numbers whose change is worth a row of its own."""
    return tuple(getattr(row, name) for name in _COUNTED)


def observations_draft(channel_id: str, now: dt.datetime, rows: Sequence[Observation]) -> Draft:
    """The record of one harvest's rows; an empty one says that nothing was due."""
    stamp = stamp_of(now)
    return Draft(
        base=f"observations/{channel_id}/{stamp[:4]}/{stamp}",
        files={FILE: to_parquet(rows)},
        about={"channel": channel_id, "observed": stamp, "rows": len(rows)},
        labels={"kind": "observations", "channel": channel_id},
    )


def to_parquet(rows: Iterable[Observation]) -> bytes:
    """The rows as one zstd-compressed Parquet file, by thread."""
    ordered = sorted(rows, key=lambda row: (row.published, row.thread))
    records = [{name: _plain(getattr(row, name)) for name in SCHEMA.names} for row in ordered]
    out = io.BytesIO()
    table = pa.Table.from_pylist(records, schema=SCHEMA)
    pq.write_table(table, out, compression="zstd", use_dictionary=["channel", "kind", "harvest"])
    return out.getvalue()


def last_rows(archive: Archive, channel_id: str) -> dict[str, LastRow]:
    """The last row of every thread of the channel, by its id in the observations."""
    columns = ["thread", "kind", "published", "age_days", *_COUNTED]
    found: dict[str, LastRow] = {}
    packages = archive.packages(f"observations/{channel_id}/", kind="observations")
    for package in sorted(packages, key=lambda package: (package.time, package.seq)):
        stored = archive.read(package, FILE)
        try:
            records = pq.read_table(io.BytesIO(stored), columns=columns).to_pylist()
        except pa.ArrowInvalid:
            raise DamageError(
                "observations-unreadable",
                sv=f"{package.key}: talen går inte att läsa. Kör kanalarkiv verify.",
                en=f"{package.key}: the numbers cannot be read. Run kanalarkiv verify.",
            ) from None
        for record in records:
            found[record["thread"]] = LastRow(
                kind=record["kind"],
                published=record["published"],
                age_days=record["age_days"],
                counts=tuple(_settled(record[name]) for name in _COUNTED),
            )
    return found


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _settled(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
