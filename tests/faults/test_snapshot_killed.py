"""Snapshots killed at each step: one a duty, never half, and the rerun takes what is missing.

The run of 31 December at 23:00 dies; the daily one takes the duties anew at 05:00, of pages that
look otherwise by then. What comes from which run must never be mixed.
"""

import datetime as dt
import hashlib
import io
import re
from pathlib import Path

import pikepdf
import pytest

from archive_store import Archive, Directory, Package, archive_at
from archive_store.index_page import stated_head
from archive_store.keys import INDEX
from flows.duties import Duty, duties
from flows.house import House, write_page
from flows.recording import Record, archived, of_page
from tasks.documents import SnapshotPdf
from tasks.model import Capture, Completeness, Occasion
from tests.faults.house import CHANNELS, house_at
from tests.faults.killing import copy_of, kill_everywhere
from tests.faults.reopening import (
    assert_all,
    assert_undamaged,
    entry_of,
    has_done,
    leave_half_written,
    read,
    reopened,
    unsynchronised,
)

WORK = "tests.faults.test_snapshot_killed:take_what_is_due"
SUMMER = "2025-06-30T21:00:00+00:00"
EVE = "2025-12-31T22:00:00+00:00"
MORNING = "2026-01-01T04:00:00+00:00"
AT_EVE = {"now": EVE, "pages": 2}
AT_MORNING = {"now": MORNING, "pages": 3}


@unsynchronised()
def take_what_is_due(location: str, now: str, pages: int) -> list[str]:
    """What the flow does of it with the archive; keys of the PDFs taken."""
    house = house_at(location, dt.datetime.fromisoformat(now))
    wanted = duties(house, None)
    taken = [archived(house, d, recorded(house, d, pages), "") for d in wanted]
    write_page(house)
    return taken


def recorded(house: House, duty: Duty, pages: int) -> Record:
    return of_page(house, duty.channel, captured(duty, pages), made(duty, pages))


def captured(duty: Duty, pages: int) -> Capture:
    """What a browser would have yielded of a page; its text tells channel and pages."""
    moment = dt.datetime.fromisoformat(EVE)
    return Capture(
        address=duty.channel.address,
        final_address=duty.channel.address,
        title=duty.channel.name,
        text=text_of(duty.channel.id, pages),
        post_texts=(),
        links=(),
        started=moment,
        finished=moment,
        browser="Chromium 140",
        viewport=(1280, 1024),
        height=3000,
        stopped="end",
    )


def made(duty: Duty, pages: int) -> SnapshotPdf:
    """A small PDF with as many pages as asked for, and its channel as title."""
    written = io.BytesIO()
    with pikepdf.new() as pdf:
        for _ in range(pages):
            pdf.add_blank_page()
        pdf.docinfo["/Title"] = text_of(duty.channel.id, pages)
        pdf.save(written, deterministic_id=True)
    data = written.getvalue()
    return SnapshotPdf(
        pdf=data,
        pages=pages,
        sha256=hashlib.sha256(data).hexdigest(),
        completeness=Completeness(page=pages, pdf=pages),
        whole=True,
        text_chars=100,
    )


def text_of(channel: str, pages: int) -> str:
    return f"{channel} har {pages} sidor"


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive with both channels' snapshots of the half-year."""
    path = tmp_path_factory.mktemp("prepared") / "archive"
    Archive.create(Directory(path), now=dt.datetime.fromisoformat(SUMMER), rehearsal=True)
    assert len(take_what_is_due(str(path), SUMMER, 1)) == 2
    return path


@pytest.fixture(scope="module")
def whole(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same archive after a run that nobody killed."""
    path = copy_of(prepared, tmp_path_factory.mktemp("whole") / "archive")
    assert len(take_what_is_due(str(path), **AT_EVE)) == 2
    assert take_what_is_due(str(path), **AT_MORNING) == []
    return path


def once(channel: str) -> str:
    return f"snapshot:{channel}:2025-12-31"


def snapshots(archive: Archive, occasion: Occasion) -> dict[str, list[Package]]:
    found = archive.packages("snapshots/", kind="snapshot", occasion=occasion.value)
    return {each: [p for p in found if p.labels["channel"] == each] for each in CHANNELS}


def assert_agrees(archive: Archive, package: Package, pages: int) -> None:
    """Manifest, PDF and labels are of one capture of one channel."""
    channel = package.labels["channel"]
    about = archive.manifest(package)["about"]
    data = archive.get(f"{package.base}.pdf")
    assert read(archive, package) == {"pdf": data}
    with pikepdf.open(io.BytesIO(data)) as pdf:
        assert len(pdf.pages) == about["pages"] == about["completeness"]["pdf"] == pages
        assert str(pdf.docinfo["/Title"]) == text_of(channel, pages)
    assert about["channel"] == channel
    assert about["text_sha256"] == hashlib.sha256(text_of(channel, pages).encode()).hexdigest()
    assert package.labels["state"] == "preliminary"


def assert_page_leads_only_to_what_is_there(location: Path) -> None:
    page = (location / INDEX).read_text("utf-8")
    linked = re.findall(r'href="(snapshots/[^"]+)"', page)
    assert linked
    assert all((location / key).exists() for key in linked)


def test_snapshots_killed_at_any_step_are_one_a_duty_and_a_rerun_takes_what_is_missing(
    prepared: Path, whole: Path, tmp_path: Path, *, both: bool
) -> None:
    steps, killed = kill_everywhere(WORK, prepared, tmp_path, AT_EVE, both=both)
    assert_all(steps, prepared, whole)
    commits = {channel: entry_of(whole, once(channel)) for channel in CHANNELS}
    for death in killed:
        location = death.location
        archive = reopened(prepared, death)
        done = {channel for channel in CHANNELS if has_done(death, commits[channel])}
        there = snapshots(archive, Occasion.YEAR_END)
        assert {channel: len(each) for channel, each in there.items()} == {
            channel: int(channel in done) for channel in CHANNELS
        }
        for channel in done:
            assert_agrees(archive, there[channel][0], pages=2)
        assert_page_leads_only_to_what_is_there(location)

        leave_half_written(location, b"%PDF-1.7")
        taken = take_what_is_due(str(location), **AT_MORNING)
        assert len(taken) == len(CHANNELS) - len(done)
        assert take_what_is_due(str(location), **AT_MORNING) == []

        archive = archive_at(location)
        for channel, packages in snapshots(archive, Occasion.YEAR_END).items():
            [package] = packages
            entry = archive.once(once(channel))
            assert entry is not None
            assert [each.key for each in entry.added] == [package.key]
            assert_agrees(archive, package, pages=2 if channel in done else 3)
            # The morning's are named by the morning: nothing of the dead run's name is left.
            assert ("T2300-" in package.key) is (channel in done)
        assert [len(each) for each in snapshots(archive, Occasion.HALF_YEAR).values()] == [1, 1]
        assert_undamaged(location)
        assert not list(location.rglob(".tmp/*"))
        head = stated_head((location / INDEX).read_bytes())
        assert head is not None
        assert (head.seq, head.sha256) == (archive.last.seq, archive.last.sha256)
        assert_page_leads_only_to_what_is_there(location)
    assert len({tuple(has_done(death, each) for each in commits.values()) for death in killed}) == 3
