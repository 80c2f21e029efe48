"""A municipality in miniature for tests of culling: a channel that is harvested, and a decision."""

import datetime as dt
from pathlib import Path

from archive_store import Archive, Directory
from tasks import tombstones
from tasks.culling import (
    CarriedOut,
    Decision,
    ListRef,
    approve,
    carry_out,
    load_decisions,
    propose,
)
from tasks.culling.lists import Approval
from tasks.culling.reading import Stored, stored_threads
from tasks.harvest.channel import harvest_channel
from tasks.harvest.outcome import HarvestOutcome
from tests.tasks.harvest.fake_channel import FakeChannel, a_channel

EXAMPLES = Path(__file__).parents[3] / "examples" / "sjovik" / "decisions"
CHANNEL = "kommunbloggen"
PROPOSER = "informationsenheten"
APPROVER = "arkivarie-1"
BATH = ("Badet öppnar klockan nio", "När öppnar badet", "Klockan nio, välkommen")
PICTURE = "http://127.0.0.1/bad.png"
START = dt.datetime(2025, 12, 1, 9, tzinfo=dt.UTC)


def days(number: float) -> dt.timedelta:
    return dt.timedelta(days=number)


class World:
    """An archive in a folder, one channel, and the time."""

    def __init__(self, folder: Path, *, rehearsal: bool = True, start: dt.datetime = START) -> None:
        self.folder = folder
        self.now = start
        self.archive = Archive.create(Directory(folder), now=start, rehearsal=rehearsal)
        self.blog = FakeChannel()
        self.decision: Decision = load_decisions(EXAMPLES)["kommunstyrelsen"]

    def post(self, text: str, *, title: str = "", pictures: tuple[str, ...] = ()) -> str:
        return self.blog.post(self.now, text, title=title, pictures=pictures)

    def comment(self, on: str, text: str, *, own: bool = False) -> str:
        return self.blog.comment(on, self.now, text, own=own)

    def later(self, number: float) -> None:
        self.now += days(number)

    def harvest(self) -> HarvestOutcome:
        return harvest_channel(self.archive, a_channel(CHANNEL), self.blog, now=self.now)

    def propose(self, by: str = PROPOSER) -> ListRef:
        return propose(self.archive, self.decision, [CHANNEL], by=by, now=self.now)

    def approve(
        self, list_id: str, by: str = APPROVER, keep: dict[int, str] | None = None
    ) -> Approval:
        return approve(self.archive, self.decision, list_id, by=by, keep=keep, now=self.now)

    def carry_out(self, list_id: str) -> CarriedOut:
        return carry_out(
            self.archive, self.decision, list_id, now=self.now, run="test", software="Kanalarkiv 0"
        )

    def approved(self, keep: dict[int, str] | None = None) -> str:
        """Propose what may go now and approve it; the list's id."""
        list_id = self.propose().list_id
        assert list_id is not None
        self.approve(list_id, keep=keep)
        return list_id

    def cull(self, keep: dict[int, str] | None = None) -> CarriedOut:
        """Propose, approve and carry out what may go now."""
        return self.carry_out(self.approved(keep))

    def reopened(self) -> "World":
        """The same world, its archive opened anew as another process would."""
        self.archive = Archive.open(Directory(self.folder))
        return self

    def threads(self) -> dict[str, Stored]:
        """Living threads by id."""
        return {each.thread.id: each for each in stored_threads(self.archive, CHANNEL)}

    def stones(self) -> tombstones.Tombstones:
        return tombstones.load(self.archive, CHANNEL)

    def says(self, phrase: str, below: str = "") -> list[str]:
        """Files (temporary ones too) below a part of the archive whose bytes hold the phrase."""
        root = self.folder / below
        return [
            str(path.relative_to(self.folder))
            for path in sorted(root.rglob("*"))
            if path.is_file() and phrase.encode() in path.read_bytes()
        ]
