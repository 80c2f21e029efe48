"""The table of docs/culling-cases.md: each row is played on a channel and archive of its own."""

import dataclasses as dc
import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from archive_store.errors import ChannelError, RefusalError
from tasks.culling import answer, holds
from tasks.culling.classifying import classify
from tasks.culling.decision import in_force
from tasks.culling.explaining import explain
from tasks.culling.gathering import grounds_of
from tasks.culling.guards import keeps_by_rule
from tasks.harvest.words import version_digest
from tasks.model import Outcome
from tests.tasks.culling.judging import judged
from tests.tasks.culling.world import APPROVER, CHANNEL, World

STOCKHOLM = ZoneInfo("Europe/Stockholm")
DOCUMENT = Path(__file__).parents[3] / "docs" / "culling-cases.md"
STAMP = r"\d{4}-\d\d-\d\d \d\d:\d\d(?::\d\d)?"
EVENT = re.compile(
    r"(?P<what>first harvest|[a-z]+)(?: (?P<which>[a-z]+))?"
    rf" (?P<at>{STAMP})(?: seen (?P<seen>{STAMP}))?"
)
MINUTE = dt.timedelta(minutes=1)


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened ``at`` a time, and the harvest at which the archive learns of it."""

    what: str
    which: str
    at: dt.datetime
    seen: dt.datetime


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A row of the table."""

    name: str
    events: tuple[Event, ...]
    due: dt.datetime | None
    judged: dt.datetime
    verdict: str
    guard: str


def cases() -> Iterator[Case]:
    lines = DOCUMENT.read_text("utf-8").splitlines()
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines if line[:1] == "|"]
    for name, happened, due, at, verdict, guard in rows[2:]:
        yield Case(
            name=name,
            events=tuple(sorted(map(event, happened.split("; ")), key=lambda each: each.seen)),
            due=None if due == "–" else moment(due),
            judged=moment(at),
            verdict=verdict,
            guard="" if guard == "–" else guard.strip("`"),
        )


def event(text: str) -> Event:
    found = EVENT.fullmatch(text)
    assert found is not None, f"docs/culling-cases.md: cannot read {text}"
    at, seen = found["at"], found["seen"] or found["at"]
    return Event(what=found["what"], which=found["which"] or "", at=moment(at), seen=moment(seen))


def moment(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=STOCKHOLM).astimezone(dt.UTC)


class Story:
    """The events of a case, one after another."""

    def __init__(self, case: Case, folder: Path) -> None:
        firsts = [each.at for each in case.events if each.what == "first harvest"]
        self.began = firsts[0] if firsts else min(each.seen for each in case.events) - MINUTE
        self.world = World(folder, start=self.began - MINUTE)
        self.judged = case.judged
        self.items: list[str] = []
        self.hold = ""

    def play(self, events: tuple[Event, ...]) -> None:
        """Everything until just before it is judged, harvested when it is seen."""
        self.happen([each for each in events if each.seen < self.began])
        self.harvest(self.began)
        for seen in sorted({each.seen for each in events if each.seen >= self.began}):
            self.happen([each for each in events if each.seen == seen])
            self.harvest(seen)
        self.harvest(self.judged - dt.timedelta(seconds=1))
        self.world.now = self.judged

    def harvest(self, at: dt.datetime) -> None:
        self.world.now = max(at, self.world.now)
        if self.world.blog.down:
            with pytest.raises(ChannelError):
                self.world.harvest()
        else:
            self.world.harvest()

    def happen(self, events: list[Event]) -> None:
        for each in sorted(events, key=lambda each: each.at):
            self.world.now = max(each.seen, self.world.now)
            getattr(self, each.what.replace(" ", "_"))(each)

    def first_harvest(self, _: Event) -> None:
        """Harvested like any other event."""

    def published(self, each: Event) -> None:
        self.items.append(self.world.blog.post(each.at, "Badet öppnar klockan nio"))

    def comment(self, each: Event) -> None:
        self.items.append(self.world.blog.comment(self.items[0], each.at, "När öppnar badet?"))

    def reply(self, each: Event) -> None:
        self.items.append(self.world.blog.comment(self.items[0], each.at, "Nio.", own=True))

    def edited(self, each: Event) -> None:
        self.world.blog.edit(self.items[0], each.at, "Badet öppnar klockan tio")

    def gone(self, _: Event) -> None:
        self.world.blog.delete(self.items[0])

    def down(self, _: Event) -> None:
        self.world.blog.down = True

    def answered(self, each: Event) -> None:
        archive, how = self.world.archive, Outcome.ELSEWHERE
        answer(archive, CHANNEL, self.items[-1], outcome=how, by=APPROVER, now=each.at)

    def held(self, each: Event) -> None:
        self.hold = holds.add(
            self.world.archive,
            channel=CHANNEL,
            thread=self.items[0],
            reason="request",
            by=APPROVER,
            now=each.at,
            review=(each.at + dt.timedelta(days=90)).date(),
        ).id

    def released(self, each: Event) -> None:
        holds.release(self.world.archive, self.hold, by=APPROVER, now=each.at)

    def classed(self, each: Event) -> None:
        classify(
            self.world.archive,
            self.world.decision,
            CHANNEL,
            self.items[0],
            record_class=each.which,
            reason="special-interest",
            by=APPROVER,
            now=each.at,
        )

    def culled(self, each: Event) -> None:
        self.harvest(each.at)
        done = self.world.cull()
        assert (done.culled, done.kept, done.skipped) == (1, 0, 0)

    def told(self) -> tuple[dt.datetime | None, str, str]:
        """From when the thread is due, the verdict, and the guards that speak."""
        world = self.world
        stored = world.threads().get(self.items[0])
        if stored is None:
            standing = [
                (i.id, version_digest(i.words)) for i in world.blog.items.values() if i.words
            ]
            if standing and all(world.stones().culled(*each) for each in standing):
                return None, "not taken in", "tombstone"
            return None, "numbers only", ""
        ground = grounds_of(world.archive, world.decision, [CHANNEL], world.now)[CHANNEL]
        verdict = judged(stored.thread, ground)
        due = explain(stored.thread, ground).due
        codes = ", ".join(finding.code for finding in verdict.findings)
        if verdict.cull:
            return due, "goes", codes
        return due, "is kept" if keeps_by_rule(verdict) else "stays", codes

    def proposed(self) -> int:
        """Rows of the list that a proposer would get now."""
        if not in_force(self.world.decision, self.world.now):
            with pytest.raises(RefusalError, match="decision-not-in-force"):
                self.world.propose()
            return 0
        return self.world.propose().rows


@pytest.mark.parametrize("case", [pytest.param(each, id=each.name) for each in cases()])
def test_a_thread_fares_as_the_document_says(case: Case, tmp_path: Path) -> None:
    story = Story(case, tmp_path / "archive")
    story.play(case.events)
    assert story.told() == (case.due, case.verdict, case.guard)
    assert story.proposed() == (case.verdict in {"goes", "is kept"})


def test_the_document_holds_the_cases_that_are_asked_for() -> None:
    names = " ".join(case.name for case in cases())
    for asked in (
        "23 hours",
        "25 hours",
        "leap day",
        "23:59:59",
        "edit on day six",
        "answer on day eight",
        "backdated",
        "first harvest of ten years",
        "culled, then commented on",
    ):
        assert asked in names
