"""The culling machine's world: what happens on a channel and among people, and what is known.

Beside the archive a model knows what was written, what a harvest has seen of it, what was asked,
answered, classified and held. Any act may be killed at one of its writes; the journal then says
whether it happened.
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

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from archive_store import Archive, Directory
from archive_store.errors import KanalarkivError
from tasks.culling import answer, holds
from tasks.culling.classifying import BY_RULES, classify
from tasks.culling.reading import Stored
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


class Channel(RuleBasedStateMachine):
    """A channel and its people, an archive and sudden death; and what a model knows of all that."""

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
