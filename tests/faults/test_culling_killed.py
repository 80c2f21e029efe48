"""A culling killed at each step: before the intent nothing is gone, after it all that must go.

Carrying out ends with the printed certificate, as in ``flows.cull``. The rerun comes an hour later,
and in the second test it is killed as well.
"""

import dataclasses as dc
from collections.abc import Mapping
from pathlib import Path

import pytest

from archive_store import Archive, archive_at
from tasks import tombstones
from tasks.culling import holds, read_certificate
from tasks.culling.certificate import JournalPart, to_json
from tasks.culling.lists import digest
from tasks.culling.reading import stored_threads
from tasks.days import media_names
from tests.faults.culling import (
    BATH,
    LATER,
    LIST,
    NOW,
    NUMBER,
    WORDS,
    carry_it_out,
    printed,
    world_before,
)
from tests.faults.killing import Killed, copy_of, kill_everywhere
from tests.faults.reopening import (
    assert_all,
    assert_same_keys,
    entry_of,
    has_done,
    holding,
    leave_half_written,
    read,
    reopened,
)
from tests.tasks.culling.world import CHANNEL

WORK = "tests.faults.culling:carry_it_out"
Thread = tuple[str, Mapping[str, bytes]]
"""A thread as it is stored: the digest of its line, and its pictures by name."""


@dc.dataclass(frozen=True, kw_only=True)
class Ground:
    """What every death is measured against.

    Attributes:
        prepared: the archive before; whole: after a run that nobody killed.
        before: the living threads before, by id; staying: those of them that must stay; kept: the
            one that moves to ``kept/``.
        secrets: words and pictures of what goes.
        versions: item id and digest of every wording that leaves ``posts/``.
        intent, outcome, paper: the steps that commit.
    """

    prepared: Path
    whole: Path
    before: Mapping[str, Thread]
    staying: Mapping[str, Thread]
    kept: Thread
    secrets: tuple[str | bytes, ...]
    versions: tuple[tuple[str, str], ...]
    intent: str
    outcome: str
    paper: str


@dc.dataclass(frozen=True, kw_only=True)
class Reached:
    """How far a culling came: the intent, the outcome, the printed certificate.

    ``resumed``: whether the outcome is, or will be, of a later run than the intent.
    """

    intent: bool
    outcome: bool
    paper: bool
    resumed: bool


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Ground:
    prepared = tmp_path_factory.mktemp("prepared") / "archive"
    world, ids = world_before(prepared)
    before = living(world.archive)
    leaving = {ids["bath"], ids["snow"], ids["kept"]}
    secrets = (*WORDS, world.blog.pictures[BATH])
    assert all(holding(prepared, each) for each in secrets)
    whole = copy_of(prepared, tmp_path_factory.mktemp("whole") / "archive")
    done = carry_it_out(str(whole), NOW.isoformat())
    assert (done.certificate, done.culled, done.kept, done.skipped) == (NUMBER, 2, 1, 1)
    return Ground(
        prepared=prepared,
        whole=whole,
        before=before,
        staying={each: before[each] for each in (ids["held"], ids["fresh"])},
        kept=before[ids["kept"]],
        secrets=secrets,
        versions=tuple(
            (post.id, version.digest)
            for stored in stored_threads(world.archive, CHANNEL)
            for post in stored.thread.posts
            for version in post.versions
            if stored.thread.id in leaving
        ),
        intent=entry_of(whole, f"cull-intent:{LIST}"),
        outcome=entry_of(whole, f"cull:{LIST}"),
        paper=entry_of(whole, f"certificate-pdf:{NUMBER}"),
    )


def living(archive: Archive) -> dict[str, Thread]:
    found = {}
    for stored in stored_threads(archive, CHANNEL):
        files, named = read(archive, stored.package), media_names([stored.thread])
        found[stored.thread.id] = (stored.sha256, {name: files[name] for name in named})
    return found


def in_kept(archive: Archive) -> list[Thread]:
    found = []
    for package in archive.packages("kept/"):
        files = read(archive, package)
        line = files.pop("thread.json").removesuffix(b"\n")
        found.append((digest(line), files))
    return found


def assert_half_of_nothing(ground: Ground, archive: Archive, location: Path, at: Reached) -> None:
    """Every thread is where the last commit has put it, and nowhere else."""
    assert living(archive) == (ground.staying if at.intent else ground.before)
    assert in_kept(archive) == ([ground.kept] if at.intent else [])
    if at.intent:
        assert not holding(location, *ground.secrets)
    stones = tombstones.load(archive, CHANNEL)
    assert {stones.culled(*each) for each in ground.versions} == {at.intent}
    lists = {stones.list_of(item) for item, _ in ground.versions}
    assert lists == ({LIST} if at.intent else {None})
    papers = {package.labels["kind"] for package in archive.packages("lists/")}
    assert papers == (
        set() if at.outcome else {"list", "approval"} | ({"intent"} if at.intent else set())
    )
    issued = [p.labels["number"] for p in archive.packages("certificates/", kind="certificate")]
    assert issued == ["2025-kommunstyrelsen-001", *([NUMBER] if at.outcome else [])]
    pages = archive.packages("certificates/", kind="certificate-pdf")
    assert [page.labels["number"] for page in pages] == ([NUMBER] if at.paper else [])


def assert_certified(ground: Ground, location: Path, at: Reached) -> None:
    """The certificate tells what the uninterrupted run's tells, and when it really was."""
    archive = archive_at(location)
    intent = archive.once(f"cull-intent:{LIST}")
    assert intent is not None
    expected = read_certificate(archive_at(ground.whole), NUMBER)
    assert (len(expected.culled), len(expected.excepted), expected.items) == (2, 2, 4)
    certificate = read_certificate(archive, NUMBER)
    assert certificate == dc.replace(
        expected,
        started=NOW if at.intent else LATER,
        finished=NOW if at.intent and not at.resumed else LATER,
        deviations=("resumed",) if at.resumed else (),
        journal=JournalPart(seq=intent.seq, sha256=intent.sha256),
    )
    [page] = archive.packages("certificates/", kind="certificate-pdf")
    assert read(archive, page) == {"pdf": printed(to_json(certificate))}


def assert_survived(ground: Ground, death: Killed, *, begun: bool = False) -> None:
    """What a death left is consistent, and a rerun an hour later completes it."""
    location, intent = death.location, begun or has_done(death, ground.intent)
    outcome = has_done(death, ground.outcome)
    at = Reached(
        intent=intent,
        outcome=outcome,
        paper=has_done(death, ground.paper),
        resumed=begun or (intent and not outcome),
    )
    archive = reopened(ground.prepared, death)
    assert_half_of_nothing(ground, archive, location, at)
    leave_half_written(location, WORDS[1].encode())
    done = carry_it_out(str(location), LATER.isoformat())
    assert done.again is at.outcome
    assert (done.culled, done.kept, done.skipped) == (2, 1, 1)
    entries = archive_at(location).last.seq
    whole = dc.replace(at, intent=True, outcome=True, paper=True)
    assert_half_of_nothing(ground, archive_at(location), location, whole)
    assert_certified(ground, location, at)
    with archive.lease(f"channel-{CHANNEL}"), archive.lease(holds.lease_name(CHANNEL)):
        pass  # the dead run's leases keep nobody out, and go when they are next taken
    assert_same_keys(ground.whole, location)
    if not begun:
        assert carry_it_out(str(location), LATER.isoformat()) == dc.replace(done, again=True)
        assert archive_at(location).last.seq == entries


@pytest.fixture(scope="module")
def runs(
    ground: Ground, tmp_path_factory: pytest.TempPathFactory, *, both: bool
) -> tuple[Killed, ...]:
    """A run killed at each of its steps."""
    steps, killed = kill_everywhere(
        WORK, ground.prepared, tmp_path_factory.mktemp("runs"), {"now": NOW.isoformat()}, both=both
    )
    assert_all(steps, ground.prepared, ground.whole)
    return killed


@pytest.fixture(scope="module")
def reruns(
    ground: Ground,
    runs: tuple[Killed, ...],
    tmp_path_factory: pytest.TempPathFactory,
    *,
    both: bool,
) -> tuple[Killed, ...]:
    """After a run that died with all journalled and nothing destroyed: its rerun, killed too."""
    scratch = tmp_path_factory.mktemp("reruns")
    died = next(death for death in runs if has_done(death, ground.intent))
    begun = copy_of(died.location, scratch / "begun")
    steps, killed = kill_everywhere(WORK, begun, scratch, {"now": LATER.isoformat()}, both=both)
    assert_all(steps, begun, scratch / "whole")
    return killed


# The second needs what the first has not yet opened: fixtures are made before either test.
@pytest.mark.usefixtures("reruns")
def test_a_culling_killed_at_any_step_goes_all_the_way_or_not_at_all(
    ground: Ground, runs: tuple[Killed, ...]
) -> None:
    for death in runs:
        assert_survived(ground, death)


def test_so_does_one_killed_again_while_it_is_mended(
    ground: Ground, reruns: tuple[Killed, ...]
) -> None:
    for death in reruns:
        assert_survived(ground, death, begun=True)
