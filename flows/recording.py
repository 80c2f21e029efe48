"""A snapshot's record in the archive: its files, what its manifest says of it, and its one commit.

The manifest says enough to judge a snapshot without opening the PDF. Once-ness lies in the journal,
not in the key (DESIGN section 3).
"""

import dataclasses as dc
import datetime as dt
import hashlib
from collections.abc import Mapping
from typing import Any

from archive_store import Commit, Draft
from flows.duties import Duty
from flows.house import House, software
from flows.naming import STOCKHOLM
from tasks.documents import SnapshotPdf
from tasks.model import Capture, Channel, Completeness, Occasion, Provenance
from tasks.register import sender_shown_in

LABELS_SAID = {True: "yes", False: "no"}


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A finished document, whatever it was made from.

    Attributes:
        pdf: its bytes; ``pages`` how many it has.
        completeness: posts of the period as counted; ``whole`` whether nothing is missing.
        stopped: why the capture ended, ``""`` where nothing was scrolled.
        about: what the basis tells of it, for the manifest.
        originals: files that stand beside it as they came, by ending.
    """

    pdf: bytes
    pages: int
    completeness: Completeness
    whole: bool
    about: Mapping[str, Any]
    stopped: str = ""
    originals: Mapping[str, bytes] = dc.field(default_factory=dict)

    @property
    def files(self) -> dict[str, bytes]:
        """All files of the record, by ending."""
        return {"pdf": self.pdf, **self.originals}

    @property
    def counted(self) -> str:
        """Such as ``"36 av 40"``."""
        known = self.completeness
        told = max(n for n in (known.page, known.api) if n is not None)
        seen = min(n for n in (known.page, known.pdf) if n is not None)
        return f"{seen} av {told}"


def of_page(house: House, channel: Channel, capture: Capture, made: SnapshotPdf) -> Record:
    """The record of a page that was captured."""
    return Record(
        pdf=made.pdf,
        pages=made.pages,
        completeness=made.completeness,
        whole=made.whole,
        stopped=capture.stopped,
        about={
            "address": capture.address,
            "final_address": capture.final_address,
            "started": capture.started.isoformat(),
            "finished": capture.finished.isoformat(),
            "browser": capture.browser,
            "viewport": list(capture.viewport),
            "height": capture.height,
            "stopped": capture.stopped,
            "images": capture.images,
            "images_missing": capture.images_missing,
            "pressed": [[text, times] for text, times in capture.pressed],
            "consent": capture.consent,
            "hidden": list(capture.hidden),
            "loosened": list(capture.loosened),
            "logged_in": capture.logged_in,
            "login_invited": capture.login_invited,
            "text_sha256": hashlib.sha256(capture.text.encode()).hexdigest(),
            "sender": sorted(sender_shown_in(capture, names_of(house, channel))),
        },
    )


def names_of(house: House, channel: Channel) -> tuple[str, ...]:
    """The names by which a reader knows who answers for a channel (clause K10)."""
    return house.register.organisation.name, house.register.board_of(channel).name


def archived(house: House, duty: Duty, record: Record, reason: str) -> str:
    """Commit a snapshot, clear of what killed runs left of its channel; the key of its PDF.

    Where another run has done the same duty, that snapshot's key is returned and this one dropped.
    """
    channel = duty.channel
    with house.archive.lease(f"snapshot-{channel.id}"):
        house.archive.sweep(f"snapshots/{channel.unit}/{channel.id}/")
        entry = house.archive.commit(_commit(house, duty, record, reason))
    return f"{entry.added[0].base}.pdf"


def provenance(house: House, duty: Duty, reason: str) -> Provenance:
    """What the provenance page says beside the capture itself."""
    channel = duty.channel
    return Provenance(
        organisation=house.register.organisation.name,
        board=house.register.board_of(channel).name,
        unit=house.register.unit(channel.unit).name,
        channel=channel.id,
        channel_name=channel.name,
        platform=channel.platform,
        occasion=duty.occasion,
        reason=reason,
        basis=channel.basis.value,
        now=house.now,
        period_from=duty.period_from,
        period_to=house.now.astimezone(STOCKHOLM).date(),
        api_posts=duty.api_posts,
        rehearsal=house.archive.rehearsal,
        software=software(),
    )


def base_of(zone: str, channel: Channel, now: dt.datetime, ending: str) -> str:
    """Where a record lies: a key for people, in Stockholm time."""
    local = now.astimezone(STOCKHOLM)
    return f"{zone}/{channel.unit}/{channel.id}/{local:%Y}/{local:%Y-%m-%dT%H%M}-{ending}"


def labels_of(channel: Channel, occasion: Occasion, basis: str, duty: dt.date) -> dict[str, str]:
    """What the journal repeats of every snapshot."""
    return {
        "kind": "snapshot",
        "channel": channel.id,
        "unit": channel.unit,
        "occasion": occasion.value,
        "basis": basis,
        "duty": duty.isoformat(),
        "state": "preliminary",
    }


def about_of(house: House, channel: Channel, occasion: Occasion, reason: str) -> dict[str, Any]:
    """What every manifest says: whose it is and why it was taken."""
    return {
        "channel": channel.id,
        "unit": channel.unit,
        "board": house.register.board_of(channel).id,
        "occasion": occasion.value,
        "reason": reason,
        "software": software(),
        "rehearsal": house.archive.rehearsal,
    }


def _commit(house: House, duty: Duty, record: Record, reason: str) -> Commit:
    channel = duty.channel
    whole = LABELS_SAID[record.whole]
    labels = labels_of(channel, duty.occasion, channel.basis.value, duty.date)
    about = about_of(house, channel, duty.occasion, reason) | {
        "basis": channel.basis.value,
        "period_from": duty.period_from and duty.period_from.isoformat(),
        "pages": record.pages,
        "completeness": dc.asdict(record.completeness) | {"whole": record.whole},
    }
    return Commit(
        event="snapshot",
        now=house.now,
        actor="snapshot",
        once=duty.once,
        drafts=(
            Draft(
                base=base_of("snapshots", channel, house.now, duty.occasion.value),
                files=record.files,
                about={**about, **record.about},
                labels={**labels, "whole": whole},
            ),
        ),
        facts={"channel": channel.id, "pages": record.pages, "whole": whole},
    )
