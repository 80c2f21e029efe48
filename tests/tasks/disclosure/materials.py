"""What a search might have found, made by hand."""

import datetime as dt
from typing import Any, Final

from tasks.disclosure.material import (
    Closed,
    Culled,
    FoundSnapshot,
    FoundThread,
    Look,
    Material,
)
from tasks.documents import html_to_pdf
from tasks.model import Thread
from tests.tasks.disclosure.threads import BATH

NOW: Final = dt.datetime(2025, 12, 31, 9, tzinfo=dt.UTC)
CHANNEL: Final = "Sjöviks kommun – nyheter"


def found_thread(thread: Thread = BATH, **changes: Any) -> FoundThread:
    told: dict[str, Any] = {
        "thread": thread,
        "source": "posts",
        "key": "posts/kommunbloggen/2025-12-01/1/threads.jsonl",
        "channel": CHANNEL,
        "address": "https://sjovik.example/",
        "board": "Kommunstyrelsen",
        "read": NOW,
        "picture": lambda _: "",
        "said": "Badet öppnar klockan nio.",
    }
    return FoundThread(**told | changes)


def a_snapshot() -> bytes:
    sheets = "".join(
        f"<p style='page-break-before:always'>Sida {n}: badhuset</p>" for n in range(4)
    )
    return html_to_pdf(
        f"<html lang=sv><title>Bild</title><p>Försättsblad</p>{sheets}",
        title="Ögonblicksbild",
        author="Sjöviks kommun",
        created=NOW,
    )


def found_snapshot(**changes: Any) -> FoundSnapshot:
    told: dict[str, Any] = {
        "key": "snapshots/info/kommunbloggen/2025/2025-12-31T2300-arsskifte.pdf",
        "sha256": "0" * 64,
        "channel": CHANNEL,
        "channel_id": "kommunbloggen",
        "taken": NOW,
        "pages": (3,),
        "load": a_snapshot,
        "said": "badhuset",
    }
    return FoundSnapshot(**told | changes)


CLOSED: Final = Closed(
    key="restricted/info/kommunbloggen/2025/2025-12-20T0900-sakrad.json",
    channel=CHANNEL,
    date=dt.date(2025, 12, 20),
)
CULLED: Final = Culled(
    number="2025-kommunstyrelsen-001",
    finished=dt.date(2025, 12, 22),
    channel=CHANNEL,
    threads=12,
    earliest=dt.date(2025, 12, 1),
    latest=dt.date(2025, 12, 9),
    decision="Kommunstyrelsen 2025-05-06 § 87, dnr KS 2025/114",
)


def material(**changes: Any) -> Material:
    told: dict[str, Any] = {
        "request": "2025-12-31-1",
        "purpose": "record",
        "phrases": ("badhuset", "badet"),
        "first": dt.date(2025, 11, 1),
        "last": None,
        "organisation": "Sjöviks kommun",
        "board": "Kommunstyrelsen",
        "contact": "kommun@sjovik.example",
        "channels": (CHANNEL, "Trygg i Sjövik"),
        "threads": (),
        "snapshots": (),
        "closed": (),
        "culled": (),
        "looks": (Look(channel=CHANNEL, items=120),),
        "unread": (),
        "masking": None,
        "now": NOW,
        "rehearsal": False,
        "software": "Kanalarkiv 0.1.0",
    }
    return Material(**told | changes)
