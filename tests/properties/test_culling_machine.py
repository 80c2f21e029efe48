"""In whatever order things happen, and whenever a process is killed, culling keeps its promises.

A model beside the archive knows what was written on the channel, what a harvest has seen of it,
what was asked, answered, classified, held, listed and approved. Any act may be killed at one of its
writes; the journal then says whether it happened. Each promise is an assertion: no held, kept,
unanswered or too young thread is destroyed; a certificate equals the facts; what was culled never
comes in again; what was not always does.

``KANALARKIV_TEST_EXAMPLES=200`` plays so many more stories than the everyday tests do.
"""

import dataclasses as dc
import datetime as dt
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from archive_store import Archive, Directory
from archive_store.errors import KanalarkivError
from tasks.culling import answer, carry_out, holds, read_certificate
from tasks.culling.certificate import certificates
from tasks.culling.classifying import BY_RULES, classify
from tasks.culling.lists import read_list, waiting
from tasks.culling.reading import Stored
from tasks.days import gist_of_line, thread_from_json
from tasks.model import Outcome
from tests.faults.reopening import unsynchronised
from tests.properties.mortal import Death, DiedError, Mortal, a_process_that_dies
from tests.tasks.culling.world import APPROVER, CHANNEL, World, days

STOCKHOLM = ZoneInfo("Europe/Stockholm")
REVIEW = dt.date(2030, 1, 1)
EXAMPLES = int(os.environ.get("KANALARKIV_TEST_EXAMPLES", "0"))
DEFAULT = "veckan"
ACTION = {"veckan": "cull", "unik": "keep", "synpunkt": "file", "sekretess": "restrict"}
MOST_WRITES = 40
DEATHS = st.none() | st.none() | st.tuples(st.integers(1, MOST_WRITES), st.booleans())

Wording = tuple[str, str]
"""An item's id and its text."""


@dc.dataclass
class Living:
    """What the model knows of a thread that lies in the archive."""

    active: dt.datetime
    latest: dict[str, str] = dc.field(default_factory=dict)
    wordings: set[Wording] = dc.field(default_factory=set)
    closed: set[str] = dc.field(default_factory=set)
    asked: set[str] = dc.field(default_factory=set)
    record_class: str = DEFAULT


@dc.dataclass
class Listed:
    """What the model knows of the list that waits: each row's thread, and its class then."""

    id: str
    expires: dt.datetime
    rows: list[tuple[str, str]]
    approved: bool = False
    keep: set[int] = dc.field(default_factory=set)


@dc.dataclass
class Begun:
    """A culling whose intent is in the journal: the lines that went, and those kept."""

    list: Listed
    culled: dict[int, Stored]
    kept: dict[int, Stored]


class Culling(RuleBasedStateMachine):
    """People, the platform, the archive and sudden death, in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.quick = unsynchronised()
        self.quick.__enter__()
        self.world = World(self.folder / "archive")
        self.living: dict[str, Living] = {}
        self.gone: set[Wording] = set()
        self.held: dict[str, str] = {}
        self.list: Listed | None = None
        self.begun: Begun | None = None
        self.issued: dict[str, bytes] = {}
        self.words = 0
        self.world.harvest()
        self.harvested = self.world.now

    def teardown(self) -> None:
        self.quick.__exit__(None, None, None)
        shutil.rmtree(self.folder, ignore_errors=True)

    # ---- acts, each of which may be killed

    def act(self, doing: Callable[[], Any], death: Death | None) -> tuple[Any, set[str], str]:
        """Do it, or die in it; what it answered, the journal's new events, the refusal's code."""
        before = self.world.archive.last.seq
        answered, refused = None, ""
        try:
            if death is None:
                answered = doing()
            else:
                bucket = Mortal(Directory(self.world.folder), death)
                with a_process_that_dies():
                    self.world.archive = Archive.open(bucket)
                    answered = doing()
        except KanalarkivError as error:
            refused = error.code
        except DiedError:
            refused = "died"
        self.world.reopened()
        news = {e.event for e in self.world.archive.entries() if e.seq > before}
        assert not news or refused in {"", "died"}
        return answered, news, refused

    def harvest(self, death: Death | None = None) -> None:
        self.world.later(0.001)
        _, news, refused = self.act(self.world.harvest, death)
        assert refused in {"", "died"}
        assert refused or news
        if news:
            self.seen()

    def seen(self) -> None:
        """What the archive must know after a harvest, told by the channel alone."""
        self.harvested = now = self.world.now
        items = self.world.blog.items
        for item in items.values():
            assert item.words is not None
            wording = (item.id, item.words.text)
            thread = self.living.get(item.thread)
            if wording in self.gone or (thread and thread.latest.get(item.id) == wording[1]):
                continue
            thread = self.living.setdefault(item.thread, Living(now))
            thread.active = now
            thread.latest[item.id] = wording[1]
            thread.wordings.add(wording)
        for thread in self.living.values():
            spoken = [items[i] for i in thread.latest if i in items and items[i].kind == "comment"]
            replied = max((each.published for each in spoken if each.own), default=None)
            thread.asked = {
                each.id
                for each in spoken
                if not each.own
                and each.id not in thread.closed
                and (replied is None or replied <= each.published)
            }

    # ---- the channel

    def said(self) -> str:
        self.words += 1
        self.world.later(0.01)
        return f"ord-nummer-{self.words}-slut"

    def posts(self) -> list[str]:
        return [each for each, item in self.world.blog.items.items() if item.kind == "post"]

    @initialize(numbers=st.integers(1, 4))
    def a_channel_with_posts(self, numbers: int) -> None:
        for _ in range(numbers):
            self.post()
        self.harvest()

    @rule(data=st.data(), numbers=st.integers(1, 4))
    def things_happen(self, data: st.DataObject, numbers: int) -> None:
        """On the channel and among people, in any order."""
        for _ in range(numbers):
            data.draw(st.sampled_from(self.possible()))(data)

    def possible(self) -> list[Callable[[st.DataObject], None]]:
        found = [self.time_passes, self.it_is_harvested, lambda _: self.post()]
        found += [self.comment, self.edit, self.delete] if self.posts() else []
        found += [self.hold, self.classify] if self.living else []
        found += [self.release] if self.held else []
        found += [self.answer] if any(each.asked for each in self.living.values()) else []
        return found

    def post(self) -> None:
        self.world.post(self.said())

    def comment(self, data: st.DataObject) -> None:
        post, own = data.draw(st.sampled_from(self.posts())), data.draw(st.booleans())
        self.world.comment(post, self.said(), own=own)

    def edit(self, data: st.DataObject) -> None:
        """A post reads anew, or as something that was culled once read."""
        post = data.draw(st.sampled_from(self.posts()))
        text, earlier = self.said(), sorted(text for item, text in self.gone if item == post)
        text = data.draw(st.sampled_from([*earlier, text]))
        self.world.blog.edit(post, self.world.now, text)

    def delete(self, data: st.DataObject) -> None:
        self.world.blog.delete(data.draw(st.sampled_from(sorted(self.world.blog.items))))

    def time_passes(self, data: st.DataObject) -> None:
        self.world.later(data.draw(st.sampled_from([0.3, 1.1, 5, 7.9])))

    def it_is_harvested(self, data: st.DataObject) -> None:
        self.harvest(data.draw(DEATHS))

    # ---- people

    def hold(self, data: st.DataObject) -> None:
        thread = data.draw(st.sampled_from(sorted(self.living)))
        self.act(
            lambda: holds.add(
                self.world.archive,
                channel=CHANNEL,
                thread=thread,
                reason="request",
                by=APPROVER,
                now=self.world.now,
                review=REVIEW,
            ),
            data.draw(DEATHS),
        )
        self.look_at_holds()

    def release(self, data: st.DataObject) -> None:
        found = data.draw(st.sampled_from(sorted(self.held)))
        self.act(
            lambda: holds.release(self.world.archive, found, by=APPROVER, now=self.world.now),
            data.draw(DEATHS),
        )
        self.look_at_holds()

    def look_at_holds(self) -> None:
        """A killed hold was laid or not: nobody was told either."""
        found = holds.active(self.world.archive, CHANNEL)
        self.held = {each.id: each.thread or "" for each in found}

    def answer(self, data: st.DataObject) -> None:
        asked = sorted((c, key) for key, each in self.living.items() for c in each.asked)
        comment, key = data.draw(st.sampled_from(asked))
        _, news, _ = self.act(
            lambda: answer(
                self.world.archive,
                CHANNEL,
                comment,
                outcome=Outcome.ELSEWHERE,
                by=APPROVER,
                now=self.world.now,
            ),
            data.draw(DEATHS),
        )
        if news:
            self.living[key].asked.discard(comment)
            self.living[key].closed.add(comment)

    def classify(self, data: st.DataObject) -> None:
        key = data.draw(st.sampled_from(sorted(self.living)))
        given = data.draw(st.sampled_from([BY_RULES, *sorted(ACTION)]))
        _, news, _ = self.act(
            lambda: classify(
                self.world.archive,
                self.world.decision,
                CHANNEL,
                key,
                record_class=given,
                reason="special-interest",
                by=APPROVER,
                now=self.world.now,
            ),
            data.draw(DEATHS),
        )
        if news:
            self.living[key].record_class = DEFAULT if given == BY_RULES else given
            if ACTION[self.living[key].record_class] == "restrict":
                self.gone |= self.living.pop(key).wordings

    # ---- culling

    def due(self, thread: Living) -> bool:
        day = thread.active.astimezone(STOCKHOLM).date() + days(8)
        return dt.datetime.combine(day, dt.time(), STOCKHOLM) <= self.world.now

    def may_go(self, key: str) -> bool:
        """Whether nothing stops it, by the model alone."""
        thread = self.living[key]
        return (
            key not in self.held.values()
            and not thread.asked
            and self.due(thread)
            and self.world.now - self.harvested <= days(1)
            and ACTION[thread.record_class] in {"cull", "keep"}
        )

    @rule(death=DEATHS)
    def propose(self, death: Death | None) -> None:
        ref, news, refused = self.act(self.world.propose, death)
        if self.begun is not None:
            assert refused in {"cull-unfinished", "died"}
            return
        assert refused in {"", "died"}
        may_go = sorted(key for key in self.living if self.may_go(key))
        if not refused:
            assert ref.rows == len(may_go)
        if news & {"cull-proposed", "cull-expired"}:
            self.list = None
        if "cull-proposed" in news:
            [list_id] = waiting(self.world.archive)
            found = read_list(self.world.archive, list_id)
            assert sorted(row.thread for row in found.rows) == may_go
            rows = [(row.thread, self.living[row.thread].record_class) for row in found.rows]
            self.list = Listed(list_id, found.expires, rows)

    @precondition(lambda self: self.list is not None and not self.list.approved)
    @rule(data=st.data(), death=DEATHS)
    def approve(self, data: st.DataObject, death: Death | None) -> None:
        assert self.list is not None
        list_ = self.list
        keep = data.draw(st.sets(st.integers(1, len(list_.rows)), max_size=1))
        approval = dict.fromkeys(keep, "unique")
        _, news, refused = self.act(lambda: self.world.approve(list_.id, keep=approval), death)
        old = self.world.now >= list_.expires
        assert refused in ({"list-expired", "died"} if old else {"", "died"})
        if news:
            list_.approved, list_.keep = True, keep

    @precondition(lambda self: self.list is not None)
    @rule(death=DEATHS)
    def carry_out(self, death: Death | None) -> None:
        assert self.list is not None
        list_, before = self.list, self.world.threads()
        _, news, refused = self.act(
            lambda: carry_out(
                self.world.archive,
                self.world.decision,
                list_.id,
                now=self.world.now,
                run="test",
                software="Kanalarkiv 0",
            ),
            death,
        )
        if "cull-intent" in news:
            self.went(list_, before)
        elif self.begun is None:
            assert self.world.threads().keys() == before.keys()
            refusals = set() if list_.approved else {"list-not-approved"}
            refusals |= {"list-expired"} if self.world.now >= list_.expires else set()
            assert refused in refusals | {"died"}
        if "culled" in news:
            self.certified()
        elif self.begun is not None:
            assert refused == "died"

    @rule(data=st.data(), answered=st.booleans(), happenings=st.integers(0, 2))
    def a_mondays_work(self, data: st.DataObject, *, answered: bool, happenings: int) -> None:
        """The usual way, killed here and there, and what may happen before the end of it."""
        self.world.later(data.draw(st.sampled_from([7, 8.3])))
        self.harvest()
        for hinders in data.draw(st.lists(st.sampled_from([self.hold, self.classify]), max_size=2)):
            if self.living:
                hinders(data)
        while answered and any(each.asked for each in self.living.values()):
            self.answer(data)
        self.propose(data.draw(DEATHS))
        if self.list is not None and not self.list.approved:
            self.approve(data, data.draw(DEATHS))
        for death in (data.draw(DEATHS), data.draw(DEATHS), None):
            for _ in range(happenings):
                data.draw(st.sampled_from(self.possible()))(data)
            if self.list is not None:
                self.carry_out(death)

    def went(self, list_: Listed, before: dict[str, Stored]) -> None:
        """At the intent exactly the eligible rows leave, each for where it was approved to go."""
        assert list_.approved
        assert self.world.now < list_.expires
        begun = Begun(list_, {}, {})
        for number, (key, record_class) in enumerate(list_.rows, 1):
            known = self.living.get(key)
            if known is None or known.record_class != record_class or not self.may_go(key):
                continue
            kept = number in list_.keep or ACTION[record_class] == "keep"
            (begun.kept if kept else begun.culled)[number] = before[key]
            self.gone |= self.living.pop(key).wordings
        left = before.keys() - self.world.threads().keys()
        assert left == {each.thread.id for each in (*begun.culled.values(), *begun.kept.values())}
        self.begun = begun

    def certified(self) -> None:
        """The certificate says what went, line by line; nothing of it can be read any more."""
        assert self.begun is not None
        begun, archive = self.begun, self.world.archive
        [number] = {p.labels["number"] for p in certificates(archive)} - self.issued.keys()
        told = read_certificate(archive, number)
        assert {each.row: each.sha256 for each in told.culled} == {
            row: each.sha256 for row, each in begun.culled.items()
        }
        assert told.items == sum(len(each.thread.posts) for each in begun.culled.values())
        rows = set(range(1, len(begun.list.rows) + 1))
        assert {each.row for each in told.excepted if each.kept} == set(begun.kept)
        stopped = {each.row for each in told.excepted if each.stopped}
        assert stopped == rows - begun.culled.keys() - begun.kept.keys()
        assert told.remaining == 0
        for each in begun.culled.values():
            for post in each.thread.posts:
                assert not [v for v in post.versions if self.world.says(v.words.text)]
        kept = [archive.read(p, "thread.json") for p in archive.packages("kept/", kind="kept")]
        in_kept = {thread_from_json(line).id for line in kept}
        assert {each.thread.id for each in begun.kept.values()} <= in_kept
        self.list = self.begun = None
        self.issued[number] = b""

    # ---- promises

    @invariant()
    def the_archive_holds_what_it_should_and_nothing_that_was_culled(self) -> None:
        found = {key: each.thread for key, each in self.world.threads().items()}
        assert found.keys() == self.living.keys()
        for key, thread in found.items():
            wordings = {(p.id, v.words.text) for p in thread.posts for v in p.versions}
            assert wordings == self.living[key].wordings
            assert not wordings & self.gone

    @invariant()
    def every_gist_is_that_of_its_thread(self) -> None:
        archive = self.world.archive
        secret = archive.secret()
        for each in self.world.threads().values():
            sizes = {f["name"]: f["size"] for f in archive.manifest(each.package)["files"]}
            line = each.day.line(each.gist)
            assert each.gist == gist_of_line(each.thread, line, sizes, secret)

    @invariant()
    def certificates_are_as_many_as_cullings_and_never_change(self) -> None:
        archive = self.world.archive
        found = {
            p.labels["number"]: archive.read(p, "certificate.json") for p in certificates(archive)
        }
        assert found.keys() == self.issued.keys()
        for number, data in found.items():
            assert self.issued[number] in {b"", data}
            self.issued[number] = data


TestCulling = Culling.TestCase
TestCulling.settings = settings(
    max_examples=EXAMPLES or 20,
    stateful_step_count=20 if EXAMPLES else 10,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
