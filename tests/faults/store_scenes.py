"""A harvest of three days and the snapshots of two duties, on any store, and what they left.

What is compared is what a run without faults leaves: the journal's events, the packages and their
files. Only salts, nonces, real times and what hangs on them differ from run to run.
"""

import dataclasses as dc
import datetime as dt
from typing import Any

from archive_store import Archive, archive_at
from archive_store.fixity import verify_at
from archive_store.places import bucket_at
from tasks.days import living_days, load_day
from tasks.harvest import harvest_channel
from tests.faults.reopening import read
from tests.faults.test_harvest_killed import CHANNEL, DAY, FIRST, platform
from tests.faults.test_snapshot_killed import EVE, MORNING, SUMMER, take_what_is_due

Told = dict[str, Any]

_OF_EACH = {"readme", "portrait"}  # each archive has a key of its own


def harvested(location: str) -> Told:
    """Three harvests of a channel on which everything happens, each as a run of its own."""
    Archive.create(bucket_at(location), now=FIRST, rehearsal=True)
    for day in (1, 2, 3):
        moment = FIRST + (day - 1) * DAY
        harvest_channel(archive_at(location), CHANNEL, platform(day), now=moment)
        again = harvest_channel(archive_at(location), CHANNEL, platform(day), now=moment)
        assert again.again
    return told(location)


def photographed(location: str) -> Told:
    """The snapshots of half-year and year-end, and the morning's run, which finds them taken."""
    Archive.create(bucket_at(location), now=dt.datetime.fromisoformat(SUMMER), rehearsal=True)
    assert len(take_what_is_due(location, SUMMER, 1)) == 2
    assert len(take_what_is_due(location, EVE, 2)) == 2
    assert take_what_is_due(location, MORNING, 3) == []
    return told(location)


def told(location: str) -> Told:
    """What an archive holds, for one who opens it anew and checks every byte."""
    archive = archive_at(location)
    findings = verify_at(location).findings
    return {
        "findings": [f"{finding.code} {finding.key}" for finding in findings],
        "journal": [
            (e.seq, e.event, e.once, [p.key for p in e.added], e.retired, e.retirement, e.now)
            for e in archive.entries()
        ],
        "facts": [
            {k: v for k, v in e.facts.items() if k not in _OF_EACH} for e in archive.entries()
        ],
        "packages": [(p.key, p.files, dict(p.labels)) for p in archive.packages()],
        "files": {
            package.key: read(archive, package)
            for package in archive.packages()
            if not package.key.startswith(("posts/", "tombstones/"))
        },
        "threads": [
            dc.replace(thread, salt="")
            for package in living_days(archive, CHANNEL.id)
            for thread in load_day(archive, package)
        ],
        "keys": sorted(
            stored.key for stored in archive.bucket.list() if stored.key != "tombstones/key"
        ),
    }
