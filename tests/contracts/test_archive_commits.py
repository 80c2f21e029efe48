"""What is committed to an archive over any store: seen whole, once, got by its key, or refused."""

from collections.abc import Callable

import pytest

from archive_store import Archive, Draft
from archive_store.errors import DamageError, InputError, MissingError
from tests.contracts.archives import NOW, change, day, numbers, stored


def test_a_commit_shows_all_its_packages_to_everybody_at_once(
    archive: Archive, reopen: Callable[[], Archive]
) -> None:
    other = reopen()
    entry = archive.commit(change(day(), numbers(), facts={"threads": 1}))
    assert other.packages() == []
    other.refresh()
    assert other.packages() == archive.packages() == sorted(entry.added, key=lambda p: p.key)
    assert (other.last, other.last.facts) == (entry, {"threads": 1})
    package = other.package("posts/blogg/2025-12-14/1/manifest.json")
    assert (package.size, package.files, package.seq, package.time) == (15, 2, 2, NOW)
    assert other.read(package, "media/0001.jpg") == b"\xff\xd8"
    assert other.manifest(package)["about"] == {"generation": 1}


def test_every_stored_file_can_be_got_by_its_key(archive: Archive) -> None:
    archive.commit(change(day(), numbers()))
    for each in archive.bucket.list():
        assert archive.get(each.key) == archive.bucket.get(each.key)


@pytest.mark.parametrize(
    "key", ["posts/blogg/2025-12-14/1/none", "posts/none", "journal/000000000099.json", "leases/x"]
)
def test_other_keys_are_missing(archive: Archive, key: str) -> None:
    archive.commit(change(day()))
    with pytest.raises(MissingError):
        archive.get(key)


def test_packages_are_found_by_prefix_and_labels(archive: Archive) -> None:
    archive.commit(change(day(2), numbers("20251216T020000Z"), day(1)))
    assert [p.base for p in archive.packages("posts/blogg/")] == [
        "posts/blogg/2025-12-14/1",
        "posts/blogg/2025-12-14/2",
    ]
    assert [p.zone for p in archive.packages(channel="blogg", kind="observations")] == [
        "observations"
    ]
    assert archive.packages(channel="annan") == []


def test_what_is_done_once_is_not_done_again_and_writes_nothing(
    archive: Archive, reopen: Callable[[], Archive]
) -> None:
    other = reopen()
    first = archive.commit(change(day(), once="harvest:blogg:2025-12-15"))
    before = stored(archive)
    for again in (archive, other, reopen()):
        assert again.commit(change(day(7), once="harvest:blogg:2025-12-15")) == first
        assert again.once("harvest:blogg:2025-12-15") == first
    assert stored(archive) == before
    assert archive.once("harvest:blogg:2025-12-16") is None


def test_a_taken_base_gets_a_number_and_a_key_never_names_a_second_package(
    archive: Archive,
) -> None:
    first, second = archive.commit(change(numbers(), numbers())).added
    assert second.base == first.base + "-2"
    archive.bucket.create("observations/blogg/2025/leftover.parquet", b"of a killed run")
    (third,) = archive.commit(change(numbers("leftover"))).added
    assert third.base == "observations/blogg/2025/leftover-2"
    old = archive.commit(change(day())).added[0]
    (new,) = archive.commit(change(day(), retire=(old.key,))).added
    (newer,) = archive.commit(change(day(), retire=(new.key,))).added
    assert [new.base, newer.base] == [old.base + "-2", old.base + "-3"]


def test_no_package_lies_inside_another_and_goes_with_it(archive: Archive) -> None:
    outer = Draft(base="posts/blogg/2025-12-14", files={"x": b""}, folder=True)
    inner = day()
    with pytest.raises(InputError) as caught:
        archive.commit(change(outer, inner))
    assert caught.value.code == "package-in-package"
    archive.commit(change(inner))
    (moved,) = archive.commit(change(outer)).added
    assert moved.base == "posts/blogg/2025-12-14-2"
    with pytest.raises(InputError):
        archive.commit(change(Draft(base=moved.base + "/1", files={"x": b""})))
    archive.commit(change(retire=(moved.key,), retirement="culled"))
    assert len(stored(archive)) == 3


@pytest.mark.parametrize(
    "draft",
    [
        Draft(base="posts/../x", files={"a": b""}),
        Draft(base="journal/x", files={"a": b""}),
        Draft(base="leases/x", files={"a": b""}),
        Draft(base="elsewhere/x", files={"a": b""}),
        Draft(base="posts", files={"a": b""}),
        Draft(base="posts/x.y", files={"a": b""}),
        Draft(base="posts/x/manifest", files={"a": b""}),
        Draft(base="posts/x", files={}),
        Draft(base="posts/x", files={"json": b""}),
        Draft(base="posts/x", files={"a/b": b""}),
        Draft(base="posts/x", files={"manifest.json": b""}, folder=True),
        Draft(base="posts/x", files={"../a": b""}, folder=True),
        Draft(base="posts/x", files={"a": b""}, about={"no": {1, 2}}),
        Draft(base="posts/x", files={"a": b""}, about={"no": float("nan")}),
        Draft(base="posts/x", files={"a": b""}, labels={"said": "hej på dig"}),
    ],
    ids=lambda draft: f"{draft.base}:{','.join(draft.files)}",
)
def test_malformed_drafts_are_refused_and_nothing_is_written(
    archive: Archive, draft: Draft
) -> None:
    with pytest.raises(InputError):
        archive.commit(change(day(), draft))
    assert stored(archive) == set()
    assert archive.last.seq == 1


def test_changed_and_lost_bytes_are_damage(archive: Archive) -> None:
    package = archive.commit(change(day())).added[0]
    archive.bucket.delete("posts/blogg/2025-12-14/1/threads.jsonl")
    with pytest.raises(DamageError):
        archive.read(package, "threads.jsonl")
    archive.bucket.create("posts/blogg/2025-12-14/1/threads.jsonl", b"other words")
    with pytest.raises(DamageError) as caught:
        archive.read(package, "threads.jsonl")
    assert "other words" not in str(caught.value)
    with pytest.raises(MissingError):
        archive.read(package, "media/0009.jpg")
