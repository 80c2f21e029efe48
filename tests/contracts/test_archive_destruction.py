"""What is destroyed in an archive over any store: all of it, nothing else, never what is kept."""

from collections.abc import Callable

import pytest

from archive_store import Archive, Draft
from archive_store.errors import MissingError, RefusalError
from tests.contracts.archives import change, day, numbers, stored


def test_superseding_destroys_the_old_and_leaves_the_new(archive: Archive) -> None:
    old = archive.commit(change(day(1))).added[0]
    entry = archive.commit(change(day(2), retire=(old.key,)))
    assert (entry.retired, entry.retirement) == ((old.key,), "superseded")
    assert archive.remains([old.key]) == []
    assert {key.split("/")[3] for key in stored(archive)} == {"2"}
    with pytest.raises(MissingError) as caught:
        archive.package(old.key)
    assert caught.value.code == "destroyed"
    with pytest.raises(MissingError):
        archive.read(old, "threads.jsonl")


def test_remains_are_told_as_long_as_there_are_any(archive: Archive) -> None:
    package = archive.commit(change(numbers())).added[0]
    assert archive.remains([package.key]) == [
        "observations/blogg/2025/20251215T020000Z.json",
        "observations/blogg/2025/20251215T020000Z.parquet",
    ]


def test_a_package_destroyed_by_another_run_is_missing_not_damaged(
    archive: Archive, reopen: Callable[[], Archive]
) -> None:
    package = archive.commit(change(day(1))).added[0]
    reopen().commit(change(retire=(package.key,), retirement="culled"))
    with pytest.raises(MissingError):
        archive.read(package, "threads.jsonl")


def test_leftovers_are_invisible_until_swept_and_nothing_else_is_swept(archive: Archive) -> None:
    archive.secret()
    archive.commit(change(day(), numbers()))
    before = {each.key for each in archive.bucket.list()}
    leftovers = {
        "posts/blogg/2025-12-14/2/threads.jsonl": b"x",
        "posts/blogg/2025-12-14/2/manifest.json": b"{}",
        "posts/blogg/2025-12-14/1/media/0002.jpg": b"in a living package's folder",
        "posts/annan/2025-12-14/1/threads.jsonl": b"of another channel",
        "observations/blogg/2025/20251215T020000Z.csv": b"x",
    }
    for key, data in leftovers.items():
        archive.bucket.create(key, data)
    assert len(archive.packages()) == 2
    assert archive.sweep("posts/blogg/") == 3
    assert archive.sweep("") == 2
    # Where writes may come late each sweep takes the next number: no entry names what is gone.
    swept = {f"journal/{entry.seq:012}.json" for entry in archive.entries(event="swept")}
    assert {each.key for each in archive.bucket.list()} == before | swept
    assert len(swept) == (2 if archive.bucket.pace.late else 0)


@pytest.mark.parametrize("zone", ["register", "snapshots", "certificates", "reports"])
@pytest.mark.parametrize("retirement", ["superseded", "culled", "expired"])
def test_what_is_written_once_is_never_retired(
    archive: Archive, zone: str, retirement: str
) -> None:
    draft = Draft(base=f"{zone}/x/y", files={"pdf": b"%PDF"})
    package = archive.commit(change(draft)).added[0]
    with pytest.raises(RefusalError) as caught:
        archive.commit(change(draft, retire=(package.key,), retirement=retirement))
    assert caught.value.code == "kept-for-ever"
    assert archive.read(package, "pdf") == b"%PDF"


@pytest.mark.parametrize("zone", ["observations", "statistics"])
def test_numbers_are_compacted_but_never_culled_nor_lost(archive: Archive, zone: str) -> None:
    draft = Draft(base=f"{zone}/blogg/monthly", files={"parquet": b"PAR1"})
    package = archive.commit(change(draft)).added[0]
    for retirement in ("culled", "expired"):
        with pytest.raises(RefusalError):
            archive.commit(change(draft, retire=(package.key,), retirement=retirement))
    with pytest.raises(RefusalError) as caught:
        archive.commit(change(day(), retire=(package.key,)))
    assert caught.value.code == "nothing-instead"
    archive.commit(change(draft, retire=(package.key,)))
    assert len(archive.packages(zone)) == 1


@pytest.mark.parametrize("zone", ["posts", "kept", "restricted", "lists", "requests"])
def test_transient_packages_are_culled(archive: Archive, zone: str) -> None:
    package = archive.commit(change(Draft(base=f"{zone}/x/y", files={"json2": b"x"}))).added[0]
    archive.commit(change(retire=(package.key,), retirement="culled"))
    assert stored(archive) == set()
