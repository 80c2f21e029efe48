"""Monthly facts as they lie in the archive: ``statistics/<channel>/monthly.parquet``.

Measured (notes/statistics.md): a dictionary channel and an integer month make sums twice as fast.
Every column carries its definition, so that the file explains itself to a reader in thirty years.
"""

import datetime as dt
import io

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from archive_store import Archive, Commit, Draft, Entry, Package
from archive_store.errors import MissingError
from tasks.facts.definitions import COLUMNS
from tasks.facts.monthly import monthly_facts
from tasks.model import Channel

FORMAT = "monthly-facts/1"
FILE = "parquet"

SCHEMA = pa.schema(
    [
        pa.field(
            column.name,
            column.type,
            metadata={"definition": column.text.en, "definition.sv": column.text.sv},
        )
        for column in COLUMNS
    ],
    metadata={"format": FORMAT},
)
_NULLABLE = {pa.int32(): pd.Int32Dtype(), pa.float64(): pd.Float64Dtype()}


def write_monthly(archive: Archive, channel: Channel, *, now: dt.datetime) -> Entry | None:
    """Count the channel's months anew and put them in the place of the former facts.

    Returns:
        The journal's entry; ``None`` where there is nothing to tell or nothing has changed.

    Raises:
        DamageError: an observation file cannot be read.
        HeldError: another run is busy with the channel's facts.
    """
    facts = monthly_facts(archive, channel.id, now=now)
    if facts.empty:
        return None
    stored = to_parquet(facts)
    with archive.lease(f"monthly-facts-{channel.id}"):
        archive.refresh()
        archive.sweep(f"statistics/{channel.id}/")  # what a killed run left half made
        former = _stored(archive, channel.id)
        if former and archive.read(former[-1], FILE) == stored:
            return None
        return archive.commit(
            Commit(
                event="monthly-facts",
                now=now,
                actor="monthly-facts",
                drafts=(_draft(channel.id, stored, len(facts)),),
                retire=tuple(package.key for package in former),
                retirement="superseded",
                facts={"channel": channel.id, "months": len(facts)},
            )
        )


def read_monthly(archive: Archive, channel_id: str) -> pd.DataFrame:
    """The channel's stored monthly facts, with the types of ``monthly_facts``.

    Raises:
        MissingError: none are stored yet.
    """
    stored = _stored(archive, channel_id)
    if not stored:
        raise MissingError(
            "facts-missing",
            sv=f"Kanalen {channel_id} har inga månadsfakta i arkivet; kör 'kanalarkiv facts'.",
            en=f"Channel {channel_id} has no monthly facts in the archive; run 'kanalarkiv facts'.",
        )
    table = pq.read_table(io.BytesIO(archive.read(stored[-1], FILE)))
    frame: pd.DataFrame = table.to_pandas(types_mapper=_NULLABLE.get)
    for name in ("reply_minutes", "reply_office_minutes"):
        lists = [[int(minutes) for minutes in waits] for waits in frame[name]]
        frame[name] = pd.Series(lists, index=frame.index, dtype=object)
    return frame


def to_parquet(facts: pd.DataFrame) -> bytes:
    """Monthly facts as one file; the same facts give the same bytes."""
    columns = [
        pa.array(facts[field.name].astype(str), pa.string()).dictionary_encode()
        if pa.types.is_dictionary(field.type)
        else pa.array(facts[field.name], field.type, from_pandas=True)
        for field in SCHEMA
    ]
    out = io.BytesIO()
    pq.write_table(pa.table(columns, schema=SCHEMA), out, compression="zstd")
    return out.getvalue()


def _draft(channel_id: str, stored: bytes, months: int) -> Draft:
    return Draft(
        base=f"statistics/{channel_id}/monthly",
        files={FILE: stored},
        about={
            "format": FORMAT,
            "channel": channel_id,
            "months": months,
            "columns": {column.name: column.text.sv for column in COLUMNS},
        },
        labels={"kind": "monthly-facts", "channel": channel_id},
    )


def _stored(archive: Archive, channel_id: str) -> list[Package]:
    """The stored facts of a channel; one, unless two runs wrote at once."""
    found = archive.packages(f"statistics/{channel_id}/", kind="monthly-facts", channel=channel_id)
    return sorted(found, key=lambda package: package.seq)
