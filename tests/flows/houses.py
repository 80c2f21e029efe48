"""A house on an archive in a folder: a channel with administrators, at a time of one's choice."""

import dataclasses as dc
import datetime as dt
import io
from pathlib import Path
from typing import Any

import pikepdf

from archive_store import Archive, Commit, Directory, Draft, Package
from flows.house import House
from flows.settings import Settings
from tasks.model import Administrator, Channel
from tests.faults.house import REGISTER
from tests.tasks.harvest.fake_channel import a_channel

BEGUN = dt.datetime(2025, 6, 1, 8, tzinfo=dt.UTC)
NOW = dt.datetime(2025, 12, 31, 22, tzinfo=dt.UTC)
ADMINISTRATORS = (
    Administrator(
        id="info-1", name="Maja Ekdal", role="Kommunikatör", appointed=dt.date(2019, 1, 1)
    ),
    Administrator(
        id="info-2",
        name="Olle Ström",
        role="Kommunikatör",
        appointed=dt.date(2019, 1, 1),
        ended=dt.date(2025, 8, 31),
    ),
)
PDF = b"%PDF-1.7 as if\n"


def channel_like(**changes: Any) -> Channel:
    opened = {"opened": dt.date(2019, 3, 4), "administrators": ADMINISTRATORS}
    return dc.replace(a_channel(), **{**opened, **changes})


def house_of(
    folder: Path, *channels: Channel, now: dt.datetime = NOW, begun: dt.datetime = BEGUN
) -> House:
    """A house in a new archive, or in the one that the folder holds."""
    found = channels or (channel_like(),)
    place = folder / "archive"
    (folder / "register.toml").touch()
    if not place.exists():
        Archive.create(Directory(place), now=begun, rehearsal=True)
    register = dc.replace(REGISTER, channels=found)
    return House(
        settings=Settings(
            archive=str(place), state=folder / "state", register=folder / "register.toml"
        ),
        register=register,
        archive=Archive.open(Directory(place)),
        now=now,
        channels=found,
    )


def put_snapshot(
    house: House, occasion: str = "arsskifte", *, pdf: bytes = PDF, **labels: str
) -> Package:
    """A preliminary snapshot of the house's first channel."""
    channel = house.channels[0]
    entry = house.archive.commit(
        Commit(
            event="snapshot",
            now=house.now,
            actor="snapshot",
            drafts=(
                Draft(
                    base=f"snapshots/{channel.unit}/{channel.id}/2025/2025-12-31T2300-{occasion}",
                    files={"pdf": pdf},
                    about={
                        "channel": channel.id,
                        "address": "https://sjovik.example/om-majken-sjoberg",
                        "occasion": occasion,
                        "basis": "page",
                        "pages": 1,
                    },
                    labels={
                        "kind": "snapshot",
                        "channel": channel.id,
                        "unit": channel.unit,
                        "occasion": occasion,
                        "basis": "page",
                        "whole": "yes",
                        "state": "preliminary",
                        **labels,
                    },
                ),
            ),
            facts={"channel": channel.id},
        )
    )
    return entry.added[0]


def copy_pdf() -> bytes:
    """A PDF of one blank page: what takes a withdrawn snapshot's place."""
    out = io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.save(out, deterministic_id=True)
    return out.getvalue()
