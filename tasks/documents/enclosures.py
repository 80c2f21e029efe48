"""What a snapshot carries inside beside its pages: the page's text, and what the capture found out.

Both serve who reads it in thirty years by a program. They hold what the page itself shows and how
it was taken, never posts harvested elsewhere.
"""

import datetime as dt
import hashlib
import json
from typing import Any, Final

from tasks.documents.embedding import Attachment
from tasks.model import Capture, Completeness, Provenance

TEXT_NAME: Final = "sidans-text.txt"
FIGURES_NAME: Final = "fangst.json"


def enclosures(
    capture: Capture, provenance: Provenance, completeness: Completeness
) -> tuple[Attachment, ...]:
    """The files to put into the document."""
    figures = json.dumps(_figures(capture, provenance, completeness), ensure_ascii=False, indent=1)
    return (
        Attachment(
            name=FIGURES_NAME,
            data=f"{figures}\n".encode("utf-8", "replace"),
            mime="application/json",
            relationship="Data",
            described="Uppgifter om fångsten: tider, fullständighet, kontrollsummor (JSON, UTF-8)",
        ),
        Attachment(
            name=TEXT_NAME,
            data=capture.text.encode("utf-8", "replace"),
            mime="text/plain",
            relationship="Alternative",
            described="Sidans synliga text i läsordning (UTF-8)",
        ),
    )


def text_sha256(capture: Capture) -> str:
    """Hex digest of the page's text in UTF-8."""
    return hashlib.sha256(capture.text.encode("utf-8", "replace")).hexdigest()


def bands_sha256(capture: Capture) -> str:
    """Hex digest of the bands' pictures, one after another."""
    digest = hashlib.sha256()
    for band in capture.bands:
        digest.update(band.picture)
    return digest.hexdigest()


def _figures(
    capture: Capture, provenance: Provenance, completeness: Completeness
) -> dict[str, Any]:
    return {
        "address": capture.address,
        "final_address": capture.final_address,
        "title": capture.title,
        "channel": provenance.channel,
        "unit": provenance.unit,
        "organisation": provenance.organisation,
        "occasion": provenance.occasion.value,
        "reason": provenance.reason,
        "basis": provenance.basis,
        "now": _stamp(provenance.now),
        "started": _stamp(capture.started),
        "finished": _stamp(capture.finished),
        "period_from": provenance.period_from and provenance.period_from.isoformat(),
        "period_to": provenance.period_to.isoformat(),
        "completeness": {
            "page": completeness.page,
            "pdf": completeness.pdf,
            "api": completeness.api,
        },
        "posts": [_stamp(time) if time else None for time in capture.post_times],
        "stopped": capture.stopped,
        "images": capture.images,
        "images_missing": capture.images_missing,
        "pressed": [[text, times] for text, times in capture.pressed],
        "consent": capture.consent,
        "hidden": list(capture.hidden),
        "loosened": list(capture.loosened),
        "logged_in": capture.logged_in,
        "clock_ahead": capture.clock_ahead,
        "browser": capture.browser,
        "viewport": list(capture.viewport),
        "height": capture.height,
        "bands": [
            {"top": band.top, "height": band.height, "sha256": _sha256(band.picture)}
            for band in capture.bands
        ],
        "text_sha256": text_sha256(capture),
        "links": list(capture.links),
        "software": provenance.software,
        "rehearsal": provenance.rehearsal,
    }


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _stamp(time: dt.datetime) -> str:
    return time.astimezone(dt.UTC).isoformat()
