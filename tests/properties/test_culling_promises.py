"""In whatever order things happen, culling never does more than it may, and never lies.

A model beside the archive remembers when each thread was last active, what was asked and answered,
what is held, listed, approved and kept. After every carrying out: no held, kept, unanswered, young
or unlisted thread has gone; the certificate equals what really went; every wording that went has
its tombstone, and no file holds it.
"""

import dataclasses as dc
import datetime as dt
import shutil
import tempfile
from pathlib import Path
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from archive_store.errors import RefusalError
from tasks.culling import answer, holds, read_certificate
from tasks.culling.certificate import certificates
from tasks.culling.lists import read_list, waiting
from tasks.model import Outcome, Thread
from tests.tasks.culling.world import APPROVER, CHANNEL, World, days

STOCKHOLM = ZoneInfo("Europe/Stockholm")
REVIEW = dt.date(2030, 1, 1)


@dc.dataclass
class Remembered:
    """What the model knows of a thread that lies in the archive."""

    active: dt.datetime
    asked: set[str] = dc.field(default_factory=set)

    def due(self) -> dt.datetime:
        day = self.active.astimezone(STOCKHOLM).date() + days(8)
        return dt.datetime.combine(day, dt.time(), STOCKHOLM)


@dc.dataclass
class Waiting:
    """What the model knows of the list that waits."""

    id: str
    expires: dt.datetime
    threads: list[str]
    approved: bool = False
    keep: set[int] = dc.field(default_factory=set)


class Culling(RuleBasedStateMachine):
    """People, the platform and the archive, in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.world = World(self.folder / "archive")
        self.living: dict[str, Remembered] = {}
        self.held: dict[str, str] = {}
        self.list: Waiting | None = None
        self.certified: list[tuple[int, int]] = []
        self.harvested = self.world.now
        self.words = 0

    def teardown(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)

    def harvest(self) -> None:
        self.world.harvest()
        self.harvested = self.world.now

    def said(self, thread: str) -> str:
        """A phrase of its own, said in the thread a quarter of an hour later."""
        self.words += 1
        self.world.later(0.01)
        self.living.setdefault(thread, Remembered(self.world.now)).active = self.world.now
        return f"ord-nummer-{self.words}-slut"

    def posts(self) -> list[str]:
        return [each for each, item in self.world.blog.items.items() if item.kind == "post"]

    @rule(pictures=st.sampled_from([(), ("http://127.0.0.1/1.png",)]))
    def post(self, pictures: tuple[str, ...]) -> None:
        self.words += 1
        self.world.later(0.01)
        post = self.world.post(f"ord-nummer-{self.words}-slut", pictures=pictures)
        self.living[post] = Remembered(self.world.now)
        self.harvest()

    @precondition(lambda self: self.posts())
    @rule(data=st.data(), own=st.booleans())
    def comment(self, data: st.DataObject, *, own: bool) -> None:
        thread = data.draw(st.sampled_from(self.posts()))
        comment = self.world.comment(thread, self.said(thread), own=own)
        if own:
            self.living[thread].asked.clear()
        else:
            self.living[thread].asked.add(comment)
        self.harvest()

    @precondition(lambda self: self.posts())
    @rule(data=st.data())
    def edit(self, data: st.DataObject) -> None:
        thread = data.draw(st.sampled_from(self.posts()))
        text = self.said(thread)
        self.world.blog.edit(thread, self.world.now, text)
        self.harvest()

    @rule(number=st.sampled_from([0.3, 1.1, 5, 9]), harvested=st.booleans())
    def time_passes(self, number: float, *, harvested: bool) -> None:
        self.world.later(number)
        if harvested:
            self.harvest()

    @precondition(lambda self: self.living)
    @rule(data=st.data())
    def hold(self, data: st.DataObject) -> None:
        thread = data.draw(st.sampled_from(sorted(self.living)))
        laid = holds.add(
            self.world.archive,
            channel=CHANNEL,
            thread=thread,
            reason="request",
            by=APPROVER,
            now=self.world.now,
            review=REVIEW,
        )
        self.held[laid.id] = thread

    @precondition(lambda self: self.held)
    @rule(data=st.data())
    def release(self, data: st.DataObject) -> None:
        hold_id = data.draw(st.sampled_from(sorted(self.held)))
        holds.release(self.world.archive, hold_id, by=APPROVER, now=self.world.now)
        del self.held[hold_id]

    @precondition(lambda self: any(each.asked for each in self.living.values()))
    @rule(data=st.data())
    def answer(self, data: st.DataObject) -> None:
        asking = sorted(key for key, each in self.living.items() if each.asked)
        thread = self.living[data.draw(st.sampled_from(asking))]
        comment = data.draw(st.sampled_from(sorted(thread.asked)))
        answer(
            self.world.archive,
            CHANNEL,
            comment,
            outcome=Outcome.ELSEWHERE,
            by=APPROVER,
            now=self.world.now,
        )
        thread.asked.discard(comment)

    @rule()
    def propose(self) -> None:
        ref = self.world.propose()
        may_go = sorted(key for key in self.living if self.may_go(key))
        assert ref.rows == len(may_go)
        if ref.list_id is not None and (self.list is None or ref.list_id != self.list.id):
            list_ = read_list(self.world.archive, ref.list_id)
            threads = [row.thread for row in list_.rows]
            assert sorted(threads) == may_go
            self.list = Waiting(ref.list_id, list_.expires, threads)
        living = waiting(self.world.archive)
        assert len(living) <= 1
        if not living:
            self.list = None

    @precondition(lambda self: self.living)
    @rule(data=st.data())
    def a_mondays_work(self, data: st.DataObject) -> None:
        """The usual way, with whatever may happen between approval and carrying out."""
        self.time_passes(data.draw(st.sampled_from([7, 7.7, 9])), harvested=True)
        self.propose()
        if self.list is not None and not self.list.approved:
            self.approve(data)
        happens = [
            self.edit,
            self.hold,
            lambda data: self.comment(data, own=False),
            lambda _: self.time_passes(1.1, harvested=False),
        ]
        for happening in data.draw(st.lists(st.sampled_from(happens), max_size=2)):
            happening(data)
        if self.list is not None:
            self.carry_out(reopened=data.draw(st.booleans()))

    @precondition(lambda self: self.list is not None and not self.list.approved)
    @rule(data=st.data())
    def approve(self, data: st.DataObject) -> None:
        assert self.list is not None
        numbers = range(1, len(self.list.threads) + 1)
        keep = data.draw(st.sets(st.sampled_from(numbers), max_size=1))
        refused = ""
        try:
            self.world.approve(self.list.id, keep=dict.fromkeys(keep, "unique"))
        except RefusalError as error:
            refused = error.code
        assert refused == ("list-expired" if self.world.now >= self.list.expires else "")
        if not refused:
            self.list.approved, self.list.keep = True, keep

    @precondition(lambda self: self.list is not None)
    @rule(reopened=st.booleans())
    def carry_out(self, *, reopened: bool) -> None:
        assert self.list is not None
        list_ = self.list
        if reopened:
            self.world.reopened()
        before = {key: each.thread for key, each in self.world.threads().items()}
        refused = ""
        try:
            done = self.world.carry_out(list_.id)
        except RefusalError as error:
            refused = error.code
        left = {k: thread for k, thread in before.items() if k not in self.world.threads()}
        if refused:
            expired = list_.approved and self.world.now >= list_.expires
            assert refused == ("list-expired" if expired else "list-not-approved")
            assert expired or not list_.approved
            assert left == {}
            return
        assert list_.approved
        assert set(left) <= set(list_.threads)
        assert all(self.may_go(thread) for thread in left)
        kept = {k: t for k, t in left.items() if list_.threads.index(k) + 1 in list_.keep}
        culled = [thread for key, thread in left.items() if key not in kept]
        assert (done.culled, done.kept) == (len(culled), len(kept))
        assert done.skipped == len(list_.threads) - len(left)
        self.certified.append((len(culled), sum(len(thread.posts) for thread in culled)))
        self.forgotten(left, culled)
        self.list = None

    def may_go(self, thread: str) -> bool:
        known = self.living[thread]
        return (
            thread not in self.held.values()
            and not known.asked
            and known.due() <= self.world.now
            and self.world.now - self.harvested <= days(1)
        )

    def forgotten(self, left: dict[str, Thread], culled: list[Thread]) -> None:
        """Every wording that left has its tombstone; of what was culled no file holds any."""
        stones = self.world.stones()
        for thread in left.values():
            del self.living[thread.id]
            for post in thread.posts:
                assert all(stones.culled(post.id, version.digest) for version in post.versions)
        for thread in culled:
            for post in thread.posts:
                assert not [v for v in post.versions if self.world.says(v.words.text)]

    @invariant()
    def what_should_live_lives(self) -> None:
        assert set(self.world.threads()) == set(self.living)

    @invariant()
    def every_carrying_out_has_one_certificate_that_is_true(self) -> None:
        archive = self.world.archive
        numbers = [package.labels["number"] for package in certificates(archive)]
        issued = [read_certificate(archive, number) for number in numbers]
        assert [(len(each.culled), each.items) for each in issued] == self.certified


TestCulling = Culling.TestCase
TestCulling.settings = settings(
    max_examples=10,
    stateful_step_count=20,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
