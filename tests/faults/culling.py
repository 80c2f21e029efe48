"""A culling to be killed: the archive before it, and what the flow does with it.

The list holds what can become of a thread: one goes with question, answer, edit and picture, one
goes with its whole day, one is kept, one is held back since the approval and stays on a day that
loses another. A fifth is too young to be listed. Another culling was done before.
"""

import datetime as dt
import io
from pathlib import Path
from unittest import mock

import pyarrow.parquet as pq

from archive_store import archive_at
from flows import cull, papers
from flows.house import write_page
from tasks.culling import CarriedOut, carry_out, holds, load_decisions, read_certificate
from tasks.culling.certificate import to_json
from tasks.harvest.table import to_parquet
from tests.faults.house import house_at
from tests.faults.reopening import unsynchronised
from tests.tasks.culling.world import APPROVER, CHANNEL, EXAMPLES, World

LIST = "2025-12-22-kommunstyrelsen-1"
NUMBER = "2025-kommunstyrelsen-002"
NOW = dt.datetime(2025, 12, 22, 9, tzinfo=dt.UTC)
LATER = NOW + dt.timedelta(hours=1)
WORDS = ("Badet öppnar", "Badet öppnar nio", "Varför nio?", "För att vi vill", "Snöröjning pågår")
BATH, KEPT, HELD = (f"http://127.0.0.1/{name}.png" for name in ("bad", "unik", "kvar"))

# What these load when first used, each of the killed children would load anew.
load_decisions(EXAMPLES)
pq.read_table(io.BytesIO(to_parquet([])))


@unsynchronised()
def carry_it_out(location: str, now: str) -> CarriedOut:
    """What the flow does of it with the archive; what is printed is only said, not drawn."""
    house = house_at(location, dt.datetime.fromisoformat(now))
    decision = load_decisions(EXAMPLES)["kommunstyrelsen"]
    done = carry_out(
        archive_at(location),
        decision,
        LIST,
        now=house.now,
        run="run-1",
        software="Kanalarkiv 0",
        register=house.register,
    )
    house.archive.refresh()
    with (
        mock.patch.object(cull, "certificate_html", to_json),
        mock.patch.object(papers, "html_to_pdf", printed),
    ):
        cull._certificate_pdf(house, read_certificate(house.archive, done.certificate))
    write_page(house)
    return done


def printed(said: bytes, **_: object) -> bytes:
    return b"%PDF-1.7 " + said


def world_before(folder: Path) -> tuple[World, dict[str, str]]:
    """An archive in which one list was carried out and another approved; threads' ids by name."""
    world, ids = World(folder), {}
    world.post("Gallrat förut")
    world.harvest()
    world.later(10)
    world.harvest()
    world.cull()
    world.later(0.1)
    ids["bath"] = world.post(WORDS[0], pictures=(BATH,))
    ids["held"] = world.post("Skrivs om", pictures=(HELD,))
    world.harvest()
    world.later(0.1)
    world.blog.edit(ids["bath"], world.now, WORDS[1])
    world.comment(ids["bath"], WORDS[2])
    world.later(0.1)
    world.comment(ids["bath"], WORDS[3], own=True)
    world.harvest()
    world.later(0.8)
    ids["snow"] = world.post(WORDS[4])
    ids["kept"] = world.post("Unikt", pictures=(KEPT,))
    world.harvest()
    world.now = NOW
    ids["fresh"] = world.post("Färskt")
    world.harvest()
    ref = world.propose()
    assert (ref.list_id, ref.rows, ref.not_due) == (LIST, 4, 1)
    world.approve(LIST, keep={4: "unique"})
    holds.add(
        world.archive,
        channel=CHANNEL,
        thread=ids["held"],
        reason="request",
        by=APPROVER,
        now=NOW,
        review=dt.date(2026, 6, 1),
    )
    return world, ids
