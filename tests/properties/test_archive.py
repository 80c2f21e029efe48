"""The archive against a model: whatever is done, and wherever it dies, it holds what it promised.

The model is a dictionary of living packages. Each rule commits with a chance of dying at a random
change of the store; whether the commit counts is told by one thing alone: whether its journal entry
was created. Then the archive is opened anew, as after a crash.
"""

import datetime as dt
import shutil
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from archive_store import Archive, Commit, Directory, Draft
from archive_store.bucket import Bucket
from archive_store.fixity import verify
from tests.support.passing import Passing

NOW = dt.datetime(2025, 12, 15, 2, tzinfo=dt.UTC)


class Crash(BaseException):
    """The process is gone: nothing of it may run any more."""


class Crashing(Passing):
    """A store that crashes at its nth change, before or after, and is dead from then on."""

    def __init__(self, inner: Bucket) -> None:
        super().__init__(inner)
        self.left: int | None = None
        self.after = False
        self.dead = False
        self.created: list[str] = []

    def create(self, key: str, data: bytes, **how: Any) -> None:
        self._begin()
        super().create(key, data, **how)
        self.created.append(key)
        self._end()

    def delete(self, key: str, *, withdrawn: bool = False) -> None:
        self._begin()
        super().delete(key, withdrawn=withdrawn)
        self._end()

    def _begin(self) -> None:
        if self.left is not None:
            self.left -= 1
        if self.dead or (self.left == 0 and not self.after):
            self.dead = True
            raise Crash

    def _end(self) -> None:
        if self.left == 0:
            self.dead = True
            raise Crash


bodies = st.binary(max_size=20)
drafts = st.builds(
    lambda zone, name, files, folder: Draft(
        base=f"{zone}/blogg/{name}", files=files, labels={"name": name}, folder=folder
    ),
    st.sampled_from(["posts", "lists"]),
    st.sampled_from(["a", "b", "a-2"]),
    st.dictionaries(st.sampled_from(["x", "y.json", "z"]), bodies, min_size=1, max_size=3),
    st.booleans(),
)
deaths = st.one_of(st.none(), st.tuples(st.integers(1, 14), st.booleans()))


class ArchiveMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.model: dict[str, dict[str, bytes]] = {}
        self.once: set[str] = set()
        self.commits = 1

    @initialize()
    def create(self) -> None:
        self.archive = Archive.create(Directory(self.folder / "archive"), now=NOW)
        self.reopen()

    @rule()
    def reopen(self) -> None:
        self.store = Crashing(Directory(self.folder / "archive"))
        self.archive = Archive.open(self.store)

    @rule(
        drafts=st.lists(drafts, max_size=3),
        retire=st.lists(st.integers(0, 99), max_size=3, unique=True),
        once=st.none() | st.sampled_from(["p", "q", "r"]),
        death=deaths,
    )
    def commit(
        self,
        drafts: list[Draft],
        retire: list[int],
        once: str | None,
        death: tuple[int, bool] | None,
    ) -> None:
        living = sorted(self.model)
        keys = tuple(sorted({living[number % len(living)] for number in retire if living}))
        change = Commit(
            event="note",
            now=NOW,
            actor="test",
            drafts=tuple(drafts),
            retire=keys,
            retirement="culled",
            once=once,
        )
        if death is not None:
            self.store.left, self.store.after = death
        self.store.created.clear()
        try:
            entry = self.archive.commit(change)
        except Crash:
            pass
        else:
            assert (once in self.once) == (entry.seq <= self.commits)
        journalled = [key for key in self.store.created if key.startswith("journal/")]
        assert journalled in ([], [f"journal/{self.commits + 1:012}.json"])
        self.reopen()
        if journalled:
            self.commits += 1
            self.once |= {once} if once else set()
            for key in keys:
                del self.model[key]
            for draft, package in zip(drafts, self.archive.last.added, strict=True):
                self.model[package.key] = dict(draft.files)
        else:
            assert death is not None or once in self.once

    @precondition(lambda self: self.model)
    @rule(prefix=st.sampled_from(["", "posts/", "lists/blogg/a"]))
    def sweep(self, prefix: str) -> None:
        self.archive.sweep(prefix)
        assert [f.key for f in verify(self.archive).findings if f.key.startswith(prefix)] == []

    @invariant()
    def the_archive_is_the_model(self) -> None:
        if not hasattr(self, "store"):
            return
        assert self.archive.last.seq == self.commits
        assert {package.key for package in self.archive.packages()} == set(self.model)
        for package in self.archive.packages():
            for name, data in self.model[package.key].items():
                assert self.archive.read(package, name) == data
        retired = {key for entry in self.archive.entries() for key in entry.retired}
        assert self.archive.remains(sorted(retired)) == []
        report = verify(self.archive)
        assert {finding.code for finding in report.findings} <= {"uncommitted", "foreign-object"}
        # A killed writer may have left a file in a folder that another then won.
        for finding in report.findings:
            assert finding.key.split("/")[0] in {"posts", "lists"}

    def teardown(self) -> None:
        shutil.rmtree(self.folder)


TestArchive = ArchiveMachine.TestCase
TestArchive.settings = settings(max_examples=40, stateful_step_count=12, deadline=None)
TestArchive = pytest.mark.timeout(170)(TestArchive)
