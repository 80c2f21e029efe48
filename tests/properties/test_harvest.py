"""Whatever happens on a channel in whatever order, the archive holds what it showed at harvests.

The model is a dictionary that knows nothing of the product: for each item the texts seen, in order,
and how it was last seen.
"""

import dataclasses as dc
import datetime as dt
import io
import itertools
import json
import shutil
import tempfile
import unicodedata
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from archive_store import Archive, Commit
from archive_store.directory import Directory
from tasks import tombstones
from tasks.days import day_draft, generation_of, living_days, load_day
from tasks.harvest import harvest_channel
from tasks.marks import marks_of
from tasks.model import Thread, Visibility
from tasks.office_time import STOCKHOLM
from tests.tasks.harvest.fake_channel import FakeChannel, a_channel

CHANNEL = a_channel()
START = dt.datetime(2025, 10, 20, 3, tzinfo=dt.UTC)  # the week in which the clock is put back
LATER = st.sampled_from([0, 1, 59, 60, 23 * 60, 24 * 60, 3 * 24 * 60])
BACK = st.sampled_from([0, 1, 60, 5 * 24 * 60, 400 * 24 * 60])
SEEN = st.sampled_from([Visibility.PUBLIC, Visibility.HELD, Visibility.SPAM, Visibility.TRASH])
WORDS = st.sampled_from(["hej", "å ä ö", "e\u0301tt", "rad\nbryt", "🙂", ""])


@dc.dataclass
class Known:
    texts: list[str]
    visibility: Visibility


class AnyOrder(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.platform = FakeChannel()
        self.clock = START
        self.known: dict[str, Known] = {}
        self.culled: set[tuple[str, str]] = set()
        self.marks = (f"ordet{number}x" for number in itertools.count())
        self.harvested = False

    @initialize()
    def begin_with_an_empty_channel(self) -> None:
        self.archive = Archive.create(Directory(self.folder / "a"), now=START, rehearsal=True)
        self.harvest()

    @rule(minutes=LATER)
    def wait(self, minutes: int) -> None:
        self.clock += dt.timedelta(minutes=minutes)

    @rule(words=WORDS, back=BACK, own=st.booleans())
    def post(self, words: str, back: int, own: bool) -> None:  # noqa: FBT001 – drawn by hypothesis
        # Only the body backdates: of others' threads no id is kept that could tell old from new.
        at = self.clock - dt.timedelta(minutes=back if own else 0)
        text = f"{words} {next(self.marks)}"
        self.platform.post(at, text, own=own, modified=self.clock)

    @precondition(lambda self: self.platform.items)
    @rule(data=st.data(), words=WORDS, own=st.booleans(), visibility=SEEN)
    def comment(
        self,
        data: st.DataObject,
        words: str,
        own: bool,  # noqa: FBT001 – drawn by hypothesis
        visibility: Visibility,
    ) -> None:
        on = self.platform.items[data.draw(st.sampled_from(sorted(self.platform.items)))].thread
        text = f"{words} {next(self.marks)}"
        self.platform.comment(on, self.clock, text, own=own, visibility=visibility)

    @precondition(lambda self: self.platform.items)
    @rule(data=st.data(), words=WORDS)
    def edit(self, data: st.DataObject, words: str) -> None:
        item = self.platform.items[data.draw(st.sampled_from(sorted(self.platform.items)))]
        began = self.platform.items[item.thread].published
        if item.modified is None and self.clock - began > dt.timedelta(days=90):
            return  # the edit of a comment leaves no time; culled threads are watched for 90 days
        self.platform.edit(item.id, self.clock, f"{words} {next(self.marks)}")

    @precondition(lambda self: self.platform.items)
    @rule(data=st.data())
    def change_nothing_but_white_space(self, data: st.DataObject) -> None:
        item = data.draw(st.sampled_from(sorted(self.platform.items)))
        words = self.platform.items[item].words
        assert words is not None
        self.platform.edit(item, self.clock, f"  {words.text}\n")

    @precondition(lambda self: self.platform.items)
    @rule(data=st.data(), visibility=SEEN)
    def turn(self, data: st.DataObject, visibility: Visibility) -> None:
        self.platform.turn(data.draw(st.sampled_from(sorted(self.platform.items))), visibility)

    @precondition(lambda self: self.platform.items)
    @rule(data=st.data())
    def delete(self, data: st.DataObject) -> None:
        self.platform.delete(data.draw(st.sampled_from(sorted(self.platform.items))))

    @rule()
    def harvest(self) -> None:
        self.clock += dt.timedelta(minutes=1)
        harvest_channel(self.archive, CHANNEL, self.platform, now=self.clock)
        shown = {item.id: item for item in self.platform.shown()}
        for item_id, known in self.known.items():
            if item_id not in shown:
                known.visibility = Visibility.GONE
        for item in shown.values():
            assert item.words is not None
            text = folded(item.words.text)
            if (item.id, text) in self.culled:
                if item.id in self.known:
                    self.known[item.id].visibility = item.visibility
                continue
            known = self.known.setdefault(item.id, Known([], item.visibility))
            known.visibility = item.visibility
            if known.texts[-1:] != [text]:
                known.texts.append(text)
        self.look_into_the_archive()

    def look_into_the_archive(self) -> None:
        self.the_archive_holds_what_was_shown()
        self.threads_are_whole_and_lie_on_the_day_they_began()
        self.no_word_stands_among_numbers_or_in_the_journal()

    @rule()
    def harvest_twice(self) -> None:
        self.harvest()
        days = [package.key for package in living_days(self.archive, CHANNEL.id)]
        self.harvest()
        assert [package.key for package in living_days(self.archive, CHANNEL.id)] == days

    @precondition(lambda self: self.known)
    @rule(data=st.data())
    def cull(self, data: st.DataObject) -> None:
        thread = self.threads()[data.draw(st.sampled_from(sorted(self.threads())))]
        package = next(
            each
            for each in living_days(self.archive, CHANNEL.id)
            if thread in load_day(self.archive, each)
        )
        secret = self.archive.secret()
        gone = tombstones.Gone(marks=marks_of(thread, secret))
        stones = tombstones.draft(CHANNEL.id, "list-1", [gone], self.clock)
        rest = [each for each in load_day(self.archive, package) if each.id != thread.id]
        generation = generation_of(package) + 1
        day = day_draft(CHANNEL.id, thread.day, generation, rest, {}, secret=secret)
        self.archive.commit(
            Commit(
                event="cull",
                now=self.clock,
                actor="arkivarie-1",
                drafts=(stones, *([day] if rest else [])),
                retire=(package.key,),
                retirement="culled",
            )
        )
        for post in thread.posts:
            self.culled |= {(post.id, text) for text in self.known.pop(post.id).texts}
        self.look_into_the_archive()

    def the_archive_holds_what_was_shown(self) -> None:
        held = {
            post.id: ([folded(version.words.text) for version in post.versions], post.visibility)
            for thread in self.threads().values()
            for post in thread.posts
        }
        assert held == {item: (known.texts, known.visibility) for item, known in self.known.items()}

    def threads_are_whole_and_lie_on_the_day_they_began(self) -> None:
        for thread in self.threads().values():
            if thread.posts[0].id == thread.id and not thread.culled_by:
                assert thread.day == thread.posts[0].published.astimezone(STOCKHOLM).date()
            assert list(thread.posts[1:]) == sorted(
                thread.posts[1:], key=lambda post: (post.published, post.id)
            )

    def no_word_stands_among_numbers_or_in_the_journal(self) -> None:
        for package in self.archive.packages(kind="observations"):
            table = pq.read_table(io.BytesIO(self.archive.read(package, "parquet")))
            assert "ordet" not in json.dumps(table.to_pylist(), default=str)
            assert "u-4711" not in json.dumps(table.to_pylist(), default=str)
        for stored in self.archive.bucket.list("journal/"):
            assert b"ordet" not in self.archive.bucket.get(stored.key)

    def threads(self) -> dict[str, Thread]:
        found: dict[str, Thread] = {}
        for package in living_days(self.archive, CHANNEL.id):
            for thread in load_day(self.archive, package):
                assert thread.id not in found
                found[thread.id] = thread
        return found

    def teardown(self) -> None:
        shutil.rmtree(self.folder)


def folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


TestAnyOrder = AnyOrder.TestCase
TestAnyOrder.settings = settings(max_examples=6, stateful_step_count=20, deadline=None)


@pytest.mark.real
class TestAnyOrderLong(TestAnyOrder):  # type: ignore[misc,valid-type]  # made by hypothesis
    """The same in many more orders."""

    settings = settings(max_examples=40, stateful_step_count=20, deadline=None)
