"""What every store promises, whatever it is made of."""

import concurrent.futures
import datetime as dt
import hashlib
import mmap
import multiprocessing
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from archive_store.bucket import Bucket
from archive_store.errors import ExistsError, InputError, MissingError
from tests.contracts.stores import is_stand_in, race

UNSAFE = (
    "",
    "/",
    "/posts/x",
    "posts/",
    "posts//x",
    "posts/../x",
    "..",
    "posts/.",
    "posts/.hidden",
    ".tmp/x",
    "posts/x.",
    "posts/räksmörgås",
    "posts/two words",
    "posts/a\\b",
    "posts/a:b",
    "posts/a\nb",
    "posts/a\x00b",
    "posts/" + "x" * 129,
    "posts/" + "/".join(["x"] * 300),
    "~root/x",
)


@pytest.fixture
def bucket(open_bucket: Callable[[], Bucket]) -> Bucket:
    return open_bucket()


@pytest.mark.parametrize(
    "data",
    [b"", b"x", bytes(range(256)), b"\r\n\n\x00", b"\xff" * 5_000_000],
    ids=["empty", "one", "all-bytes", "line-ends", "large"],
)
def test_what_was_created_is_read_back_to_the_byte_by_another(
    bucket: Bucket, open_bucket: Callable[[], Bucket], data: bytes
) -> None:
    bucket.create("posts/a/1.bin", data)
    assert open_bucket().get("posts/a/1.bin") == data
    assert open_bucket().sha256("posts/a/1.bin") == hashlib.sha256(data).hexdigest()


def test_a_view_of_a_mapped_file_is_written_as_bytes_are(bucket: Bucket, tmp_path: Path) -> None:
    data = bytes(range(256)) * 1000
    (tmp_path / "source").write_bytes(data)
    with (tmp_path / "source").open("rb") as file:
        view = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
    bucket.create("posts/a", view)
    assert bucket.get("posts/a") == data


def test_a_taken_key_is_refused_and_keeps_its_bytes(bucket: Bucket) -> None:
    bucket.create("posts/a", b"first")
    with pytest.raises(ExistsError):
        bucket.create("posts/a", b"second")
    assert bucket.get("posts/a") == b"first"


def test_of_sixteen_threads_exactly_one_creates_a_key(bucket: Bucket) -> None:
    gate = threading.Barrier(16)

    def attempt(who: int) -> bool:
        gate.wait()
        try:
            bucket.create("posts/a", b"%d" % who)
        except ExistsError:
            return False
        return True

    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        won = list(pool.map(attempt, range(16)))
    assert won.count(True) == 1
    assert bucket.get("posts/a") == b"%d" % won.index(True)


def test_of_many_processes_exactly_one_creates_each_key(
    store: str, address: str, bucket: Bucket
) -> None:
    # The stand-in answers one at a time: what it says of races is little, and slow.
    keys = [f"posts/race/{number}" for number in range(30 if is_stand_in(address) else 300)]
    context = multiprocessing.get_context("spawn")
    with concurrent.futures.ProcessPoolExecutor(3, mp_context=context) as pool:
        won = list(pool.map(race, [store] * 3, [address] * 3, [keys] * 3, range(3)))
    assert sorted(key for each in won for key in each) == sorted(keys)
    for who, each in enumerate(won):
        assert all(bucket.get(key) == b"%d" % who for key in each)


def test_what_is_not_there_is_missing(bucket: Bucket) -> None:
    bucket.create("posts/a/b", b"")
    for key in ("posts/x", "posts/a", "posts/a/b/c"):
        with pytest.raises(MissingError):
            bucket.get(key)
        with pytest.raises(MissingError):
            bucket.sha256(key)


@pytest.mark.parametrize("key", UNSAFE)
def test_unsafe_keys_are_refused_by_every_method(bucket: Bucket, key: str) -> None:
    for call in (
        lambda: bucket.create(key, b""),
        lambda: bucket.replace(key, b""),
        lambda: bucket.get(key),
        lambda: bucket.sha256(key),
        lambda: bucket.delete(key),
    ):
        with pytest.raises(InputError) as caught:
            call()
        assert caught.value.code == "unsafe-key"
        # What was never meant to be a key may be somebody's words.
        assert len(key) < 3 or key not in caught.value.sv + caught.value.en
    assert list(bucket.list()) == []


@pytest.mark.parametrize("prefix", ["../", "/etc", "posts/../../", "po sts", ".tmp/"])
def test_a_listing_cannot_leave_the_store(bucket: Bucket, prefix: str) -> None:
    with pytest.raises(InputError):
        list(bucket.list(prefix))


def test_a_listing_is_sorted_by_the_bytes_of_whole_keys(bucket: Bucket) -> None:
    keys = ["a-b/c", "a.json", "a/b", "a/b-2", "a/b/c", "a0", "A/z", "b"]
    keys.remove("a/b")  # a directory cannot hold both a/b and a/b/c
    for key in reversed(keys):
        bucket.create(key, key.encode())
    assert [stored.key for stored in bucket.list()] == sorted(keys)
    assert [stored.size for stored in bucket.list()] == [len(key) for key in sorted(keys)]


@pytest.mark.parametrize(
    ("prefix", "expected"),
    [
        ("", ["posts/a/1", "posts/a/2", "posts/ab.json", "snapshots/x.pdf"]),
        ("posts/", ["posts/a/1", "posts/a/2", "posts/ab.json"]),
        ("posts/a", ["posts/a/1", "posts/a/2", "posts/ab.json"]),
        ("posts/a/", ["posts/a/1", "posts/a/2"]),
        ("posts/ab.", ["posts/ab.json"]),
        ("snap", ["snapshots/x.pdf"]),
        ("posts/a/1", ["posts/a/1"]),
        ("posts/a/1/", []),
        ("nothing/here", []),
    ],
)
def test_a_listing_has_what_begins_with_the_prefix(
    bucket: Bucket, prefix: str, expected: list[str]
) -> None:
    for key in ("posts/a/1", "posts/a/2", "posts/ab.json", "snapshots/x.pdf"):
        bucket.create(key, b"")
    assert [stored.key for stored in bucket.list(prefix)] == expected


def test_a_listing_tells_when_an_object_was_written(bucket: Bucket) -> None:
    before = dt.datetime.now(dt.UTC) - dt.timedelta(seconds=5)
    bucket.create("posts/a", b"")
    (stored,) = bucket.list()
    assert before <= stored.modified <= dt.datetime.now(dt.UTC) + dt.timedelta(seconds=5)


def test_an_empty_store_lists_nothing(bucket: Bucket) -> None:
    assert list(bucket.list()) == []
    assert list(bucket.list("posts/")) == []


def test_deleting_destroys_and_may_be_repeated(bucket: Bucket) -> None:
    bucket.create("posts/a/1", b"x")
    bucket.create("posts/b", b"y")
    for _ in range(2):
        bucket.delete("posts/a/1")
        bucket.delete("posts/never/was")
    with pytest.raises(MissingError):
        bucket.get("posts/a/1")
    assert [stored.key for stored in bucket.list()] == ["posts/b"]


def test_a_destroyed_key_can_be_created_again(bucket: Bucket) -> None:
    bucket.create("posts/a/1", b"old")
    bucket.delete("posts/a/1")
    bucket.create("posts/a/1", b"new")
    assert bucket.get("posts/a/1") == b"new"


def test_replacing_writes_over(bucket: Bucket) -> None:
    bucket.replace("index.html", b"first, and longer")
    bucket.replace("index.html", b"second")
    assert bucket.get("index.html") == b"second"
    assert [stored.key for stored in bucket.list()] == ["index.html"]


def test_creating_and_deleting_beside_one_another_disturbs_neither(
    bucket: Bucket, address: str
) -> None:
    turns = 10 if is_stand_in(address) else 40

    def churn(who: int) -> None:
        for turn in range(turns):
            key = f"posts/deep/er/{who}-{turn}"
            bucket.create(key, b"%d" % turn)
            assert bucket.get(key) == b"%d" % turn
            bucket.delete(key)

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        list(pool.map(churn, range(8)))
    assert list(bucket.list()) == []


def test_sweeping_leaves_what_was_written(bucket: Bucket) -> None:
    bucket.create("posts/a", b"x")
    bucket.sweep()
    assert bucket.get("posts/a") == b"x"


@pytest.mark.parametrize("prefix", ["", "a", "a/", "a/b/", "b"])
def test_a_listing_goes_on_after_any_key_whether_or_not_it_is_there(
    bucket: Bucket, address: str, prefix: str
) -> None:
    keys = ["a-b/c", "a.json", "a/b-2", "a/b/c", "a/b/d/e", "a/b0", "a0", "A/z", "b"]
    for key in keys:
        bucket.create(key, b"")
    # The stand-in passes over the first key behind one that is not there; Ceph shows the rest.
    absent = () if is_stand_in(address) else ("a", "a/b", "a/b/", "a/b/d", "a/zz", "0", "c")
    for after in [*keys, *absent]:
        expected = sorted(key for key in keys if key.startswith(prefix) and key > after)
        assert [stored.key for stored in bucket.list(prefix, after=after)] == expected
