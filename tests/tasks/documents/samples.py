"""Made-up captures and provenance, drawn without a browser."""

import datetime as dt
import html
from typing import Any

from tasks.documents.markup import drawn
from tasks.model import Capture, Occasion, Provenance

TAKEN = dt.datetime(2025, 12, 31, 22, 0, 12, tzinfo=dt.UTC)

POSTS = tuple(
    f"Sjöviks kommun {day} december 2025 Inlägg {number}: så plogas {place} i natt, säger driften"
    for number, (day, place) in enumerate(
        [(30, "centrum"), (29, "hamnen"), (27, "Björkvägen"), (21, "Åsen"), (3, "Östra byn")], 1
    )
)
TIMES = tuple(dt.datetime(2025, 12, day, 9, tzinfo=dt.UTC) for day in (30, 29, 27, 21, 3))


def page_pdf(texts: tuple[str, ...] = POSTS, *, links: bool = True) -> bytes:
    """The posts as a browser might print them, two on a sheet."""
    link = '<a href="https://sjovik.example/nyheter">Läs på webbplatsen</a>' if links else ""
    body = "".join(
        f'<article style="height:110mm"><p>{html.escape(text)}</p>{link}</article>'
        for text in texts
    )
    return drawn(f"<html lang=sv><title>Sidan</title><style>@page{{size:A4}}</style>{body}")


def capture(**changes: Any) -> Capture:
    given: dict[str, Any] = {
        "address": "https://sjovik.example/nyheter",
        "final_address": "https://sjovik.example/nyheter/",
        "title": "Nyheter – Sjöviks kommun",
        "pdf": page_pdf(),
        "text": "\n".join(POSTS),
        "post_texts": tuple(text[:80] for text in POSTS),
        "post_times": TIMES,
        "links": ("https://sjovik.example/nyheter",),
        "started": TAKEN,
        "finished": TAKEN + dt.timedelta(seconds=6),
        "browser": "Chromium 156.0.1.2",
        "viewport": (960, 1280),
        "height": 21461,
        "stopped": "end",
        "pressed": (("Visa fler kommentarer", 40), ("Visa mer", 3)),
        "consent": "declined: Endast nödvändiga",
        "hidden": ("header", "div#chatt"),
        "images": 40,
        "images_missing": 2,
        "clock_ahead": 6,
    }
    return Capture(**(given | changes))


def provenance(**changes: Any) -> Provenance:
    given: dict[str, Any] = {
        "organisation": "Sjöviks kommun",
        "board": "Kommunstyrelsen",
        "unit": "Informationsenheten",
        "channel": "kommunbloggen",
        "channel_name": "Sjöviks kommun – nyheter",
        "platform": "blog",
        "occasion": Occasion.YEAR_END,
        "reason": "",
        "basis": "page",
        "now": dt.datetime(2025, 12, 31, 22, tzinfo=dt.UTC),
        "period_from": dt.date(2025, 7, 1),
        "period_to": dt.date(2025, 12, 31),
        "api_posts": 5,
        "rehearsal": False,
        "software": "Kanalarkiv 0.1.0",
    }
    return Provenance(**(given | changes))
