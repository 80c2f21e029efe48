"""A commit killed at each of its steps: all of it is there or nothing, and a rerun completes it."""

import datetime as dt
from pathlib import Path

import pytest

from archive_store import Archive, Commit, Directory, Draft, archive_at
from archive_store.fixity import verify_at
from tests.faults.killing import Killed, copy_of, kill_everywhere, run_killed

NOW = dt.datetime(2025, 12, 15, 2, tzinfo=dt.UTC)
OLD = "posts/blogg/2025-12-14/1/manifest.json"
WORK = "tests.faults.test_commit_killed:commit_three_and_retire_one"
STEPS = (
    "create leases/harvest-blogg/1.json",
    "create posts/blogg/2025-12-14/2/media/0001.jpg",
    "create posts/blogg/2025-12-14/2/threads.jsonl",
    "create posts/blogg/2025-12-15/1/threads.jsonl",
    "create observations/blogg/2025/20251215T020000Z.parquet",
    "create posts/blogg/2025-12-14/2/manifest.json",
    "create posts/blogg/2025-12-15/1/manifest.json",
    "create observations/blogg/2025/20251215T020000Z.json",
    "create journal/000000000003.json",
    "delete posts/blogg/2025-12-14/1/manifest.json",
    "delete posts/blogg/2025-12-14/1/threads.jsonl",
    "delete leases/harvest-blogg/1.json",
)
DEATHS = [f"{when} {step}" for step in STEPS for when in ("before", "after")]
KEYS = [
    "observations/blogg/2025/20251215T020000Z",
    "posts/blogg/2025-12-14/2",
    "posts/blogg/2025-12-15/1",
]


def day(base: str, **files: bytes) -> Draft:
    named = {"threads.jsonl": b"words", **{f"media/{n}.jpg": d for n, d in files.items()}}
    return Draft(base=f"posts/blogg/{base}", files=named, labels={"kind": "day"}, folder=True)


def commit_three_and_retire_one(location: str) -> None:
    archive = archive_at(location)
    with archive.lease("harvest-blogg"):
        archive.sweep("posts/blogg/")
        archive.sweep("observations/blogg/")
        archive.commit(
            Commit(
                event="harvest",
                now=NOW,
                actor="harvest",
                drafts=(
                    day("2025-12-14/2", **{"0001": b"picture"}),
                    day("2025-12-15/1"),
                    Draft(
                        base="observations/blogg/2025/20251215T020000Z", files={"parquet": b"PAR1"}
                    ),
                ),
                retire=(OLD,),
                once="harvest:blogg:2025-12-15",
            )
        )


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("prepared") / "archive"
    archive = Archive.create(Directory(path), now=NOW)
    archive.secret()
    archive.commit(Commit(event="harvest", now=NOW, actor="harvest", drafts=(day("2025-12-14/1"),)))
    return path


@pytest.fixture(scope="module")
def killed(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Killed]:
    steps, killed = kill_everywhere(WORK, prepared, tmp_path_factory.mktemp("killed"), both=True)
    # Written by hand above: a step that slips in or out is seen here.
    assert steps == STEPS
    return {f"{each.when} {STEPS[each.at - 1]}": each for each in killed}


@pytest.mark.parametrize(
    "death", [f"{when} {step}" for step in STEPS for when in ("before", "after")]
)
def test_killed_at_any_step_all_or_nothing_is_there_and_a_rerun_completes(
    killed: dict[str, Killed], death: str
) -> None:
    location = killed[death].location
    journal = STEPS.index("create journal/000000000003.json") + 1
    done = killed[death].at > journal or death == f"after {STEPS[journal - 1]}"

    archive = archive_at(location)
    bases = [package.base for package in archive.packages()]
    assert bases == (KEYS if done else ["posts/blogg/2025-12-14/1"])
    for package in archive.packages():
        for file in archive.manifest(package)["files"]:
            archive.read(package, file["name"])
    # Opening has finished the destruction; leftovers of the unborn are only warned of.
    assert len(archive.remains([OLD])) == (0 if done else 2)
    report = verify_at(location)
    assert report.ok
    assert {finding.code for finding in report.findings} <= {"uncommitted"}
    assert not (done and report.findings)

    commit_three_and_retire_one(str(location))
    archive = archive_at(location)
    assert [package.base for package in archive.packages()] == KEYS
    assert archive.last.seq == 3
    assert archive.remains([OLD]) == []
    report = verify_at(location)
    assert report.findings == ()
    assert report.objects == 2 + 3 + 7  # README and secret, journal, packages: nothing else


def test_a_work_that_ends_by_itself_is_not_taken_for_killed(prepared: Path, tmp_path: Path) -> None:
    location = copy_of(prepared, tmp_path / "archive")
    with pytest.raises(AssertionError, match="ended with 0"):
        run_killed(WORK, location, at=len(STEPS) + 1, when="before")
