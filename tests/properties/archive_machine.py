"""The archive against a model: whatever is done, and wherever it dies, it holds what it promised.

The model is a dictionary of living packages and their holds. Each rule may die at a random change
of the store; whether it counts is told by one thing alone: whether its journal entry was created.
Then the archive is opened anew, as after a crash. A store is a subclass with ``new_store``.
"""

import datetime as dt
import shutil
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from archive_store import Archive, Commit, Draft
from archive_store.bucket import Bucket
from archive_store.catalogue import Catalogue
from archive_store.errors import RefusalError
from archive_store.fixity import verify
from archive_store.records import Retirement
from tests.support.passing import Passing

NOW = dt.datetime(2025, 12, 15, 2, tzinfo=dt.UTC)
ZONES = ("posts", "lists", "kept")
Death = tuple[int, bool] | None


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

    def hold(self, key: str, *, on: bool) -> None:
        self._begin()
        super().hold(key, on=on)
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
    st.sampled_from(ZONES),
    st.sampled_from(["a", "b", "a-2"]),
    st.dictionaries(st.sampled_from(["x", "y.json", "z"]), bodies, min_size=1, max_size=3),
    st.booleans(),
)
deaths = st.one_of(st.none(), st.tuples(st.integers(1, 14), st.booleans()))
some = st.lists(st.integers(0, 99), max_size=3, unique=True)
holds = st.sampled_from(["begaran-1", "revision-1"])


class ArchiveMachine(RuleBasedStateMachine):
    """One archive; subclasses say where."""

    def new_store(self) -> Bucket:
        """A store in which nothing lies yet."""
        raise NotImplementedError

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.model: dict[str, dict[str, bytes]] = {}
        self.held: dict[str, set[str]] = {}
        self.once: set[str] = set()
        self.backup: dict[str, bytes] = {}
        self.commits = 1

    @initialize()
    def create(self) -> None:
        self.place = self.new_store()
        self.archive = Archive.create(self.place, now=NOW)
        self.reopen()

    @rule()
    def reopen(self) -> None:
        self.store = Crashing(self.place)
        self.archive = Archive.open(self.store)

    @rule(
        drafts=st.lists(drafts, max_size=3),
        retire=some,
        retirement=st.sampled_from(["culled", "superseded", "expired"]),
        once=st.none() | st.sampled_from(["p", "q", "r"]),
        death=deaths,
    )
    def commit(
        self,
        drafts: list[Draft],
        retire: list[int],
        retirement: Retirement,
        once: str | None,
        death: Death,
    ) -> None:
        keys = self._some(retire)
        change = Commit(
            event="note",
            now=NOW,
            actor="test",
            drafts=tuple(drafts),
            retire=keys,
            retirement=retirement,
            once=once,
        )
        done_before = once in self.once
        try:
            journalled = self._dying(lambda: self.archive.commit(change), death)
        except RefusalError:
            assert any(self.held.get(key) for key in keys)
            self.reopen()
            return
        assert done_before or not any(self.held.get(key) for key in keys) or death is not None
        if journalled:
            self.once |= {once} if once else set()
            for key in keys:
                del self.model[key]
            for draft, package in zip(drafts, self.archive.last.added, strict=True):
                self.model[package.key] = dict(draft.files)
        else:
            assert death is not None or done_before

    @precondition(lambda self: self.model)
    @rule(which=some, hold=holds, death=deaths)
    def hold(self, which: list[int], hold: str, death: Death) -> None:
        keys = self._some(which)
        if self._dying(lambda: self.archive.hold(keys, hold, now=NOW, actor="a-1"), death):
            for key in keys:
                self.held.setdefault(key, set()).add(hold)

    @precondition(lambda self: self.held)
    @rule(hold=holds, death=deaths)
    def release(self, hold: str, death: Death) -> None:
        keys = tuple(key for key, held in sorted(self.held.items()) if hold in held)
        if self._dying(lambda: self.archive.release(keys, hold, now=NOW, actor="a-1"), death):
            for key in keys:
                self.held[key].discard(hold)

    @rule(death=deaths)
    def checkpoint(self, death: Death) -> None:
        self._dying(self.archive.checkpoint, death)

    @rule()
    def lose_checkpoints(self) -> None:
        for stored in list(self.place.list("checkpoints/")):
            self.place.delete(stored.key)
        self.reopen()

    @rule()
    def back_up(self) -> None:
        self.backup = {s.key: self.place.get(s.key) for zone in ZONES for s in self._in(zone)}

    @precondition(lambda self: self.backup)
    @rule()
    def restore(self) -> None:
        there = {stored.key for zone in ZONES for stored in self._in(zone)}
        for key in set(self.backup) - there:
            self.place.create(key, self.backup[key])
        self.reopen()

    @precondition(lambda self: self.model)
    @rule(prefix=st.sampled_from(["", "posts/", "lists/blogg/a"]))
    def sweep(self, prefix: str) -> None:
        before = self.archive.last.seq
        self.archive.sweep(prefix)
        self.commits += self.archive.last.seq - before  # a store whose writes may come late
        left = verify(self.archive).findings
        assert [f.key for f in left if f.key.startswith(prefix) and f.key.startswith(ZONES)] == []

    @rule()
    def rebuild(self) -> None:
        catalogue = Catalogue(self.folder / "catalogue.sqlite", {})
        catalogue.refresh(self.archive)
        before = catalogue.packages()
        catalogue.rebuild(self.archive)
        assert catalogue.packages() == before == self.archive.packages()

    @invariant()
    def the_archive_is_the_model(self) -> None:
        if not hasattr(self, "store"):
            return
        assert self.archive.last.seq == self.commits
        packages = self.archive.packages()
        assert {package.key for package in packages} == set(self.model)
        for package in packages:
            assert self.archive.holds(package.key) == self.held.get(package.key, set())
            for name, data in self.model[package.key].items():
                assert self.archive.read(package, name) == data
        retired = {key for entry in self.archive.entries() for key in entry.retired}
        assert self.archive.remains(sorted(retired)) == []

    @invariant()
    def nothing_is_wrong_with_it(self) -> None:
        if not hasattr(self, "store"):
            return
        report = verify(self.archive)
        # A killed writer may have left a file in a folder that another then won, or a checkpoint.
        for finding in report.findings:
            if finding.code != "unvouched-checkpoint":
                assert finding.code in {"uncommitted", "foreign-object"}
                assert finding.key.split("/")[0] in ZONES

    def teardown(self) -> None:
        shutil.rmtree(self.folder)

    def _dying(self, work: Any, death: Death) -> bool:
        """Do it, perhaps until it dies, and open anew; whether an entry was created."""
        if death is not None:
            self.store.left, self.store.after = death
        self.store.created.clear()
        try:
            work()
        except Crash:
            # The holder is dead, but looks alive from here: it is this very process.
            for stored in list(self.place.list("leases/")):
                self.place.delete(stored.key)
        journalled = [key for key in self.store.created if key.startswith("journal/")]
        assert journalled in ([], [f"journal/{self.commits + 1:012}.json"])
        self.reopen()
        self.commits += len(journalled)
        return bool(journalled)

    def _some(self, numbers: list[int]) -> tuple[str, ...]:
        living = sorted(self.model)
        return tuple(sorted({living[number % len(living)] for number in numbers if living}))

    def _in(self, zone: str) -> Any:
        return self.place.list(f"{zone}/")
