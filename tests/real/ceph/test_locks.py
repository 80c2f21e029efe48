"""What a real store locks, and until when."""

import datetime as dt
import time
from typing import TYPE_CHECKING

import pytest

from archive_store import Archive
from archive_store.errors import ArchiveError
from archive_store.fixity import verify_at
from archive_store.places import bucket_at
from archive_store.records import Locks
from archive_store.s3 import S3
from tests.real.ceph.server import Ceph
from tests.real.ceph.storing import DAY, NOW, change, client, draft, name, store, versions

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client


__all__ = ["client", "name", "store"]

pytestmark = pytest.mark.real


def test_a_lock_given_in_the_put_stands_from_the_first_moment(
    store: S3, client: "S3Client", name: str
) -> None:
    until = dt.datetime.now(dt.UTC).replace(microsecond=0) + DAY
    store.create("snapshots/a.pdf", b"%PDF", until=until)
    told = client.head_object(Bucket=name, Key="arkiv/snapshots/a.pdf")
    assert (told["ObjectLockMode"], told["ObjectLockRetainUntilDate"]) == ("GOVERNANCE", until)
    with pytest.raises(ArchiveError) as caught:
        store.delete("snapshots/a.pdf")
    assert caught.value.code == "locked"
    assert "snapshots/a.pdf" in caught.value.sv
    assert store.get("snapshots/a.pdf") == b"%PDF"
    store.delete("snapshots/a.pdf", withdrawn=True)
    assert versions(client, name) == []


def test_a_lock_is_made_longer_but_never_shorter_and_lets_go_at_its_end(
    store: S3, client: "S3Client", name: str
) -> None:
    begun = dt.datetime.now(dt.UTC).replace(microsecond=0)
    store.create("snapshots/a.pdf", b"%PDF", until=begun + dt.timedelta(seconds=3))
    store.create("snapshots/b.pdf", b"%PDF", until=begun + DAY)
    store.lock("snapshots/b.pdf", begun + 2 * DAY)
    store.lock("snapshots/b.pdf", begun + DAY)
    told = client.head_object(Bucket=name, Key="arkiv/snapshots/b.pdf")
    assert told["ObjectLockRetainUntilDate"] == begun + 2 * DAY
    with pytest.raises(ArchiveError):
        store.delete("snapshots/a.pdf")
    while dt.datetime.now(dt.UTC) < begun + dt.timedelta(seconds=3.5):
        time.sleep(0.1)  # the store's clock, which nothing tells of
    store.delete("snapshots/a.pdf")
    assert versions(client, name) == ["arkiv/snapshots/b.pdf"]


def test_a_legal_hold_stands_against_whoever_may_withdraw(
    store: S3, client: "S3Client", name: str
) -> None:
    store.create("posts/a", b"words")
    store.hold("posts/a", on=True)
    for withdrawn in (False, True):
        with pytest.raises(ArchiveError) as caught:
            store.delete("posts/a", withdrawn=withdrawn)
        assert caught.value.code == "locked"
    store.hold("posts/a", on=False)
    store.delete("posts/a")
    assert versions(client, name) == []


def test_a_zone_written_once_is_locked_and_a_transient_one_is_not(
    ceph: Ceph, client: "S3Client", name: str
) -> None:
    with ceph.reached():
        bucket = bucket_at(f"s3://{name}/arkiv")
        archive = Archive.create(bucket, now=NOW, locks=Locks())
        added = archive.commit(
            change(*(draft(f"{zone}/x") for zone in ("register", "snapshots", "posts", "kept")))
        ).added
        assert len(added) == 4
        locked = {}
        for key in versions(client, name):
            told = client.head_object(Bucket=name, Key=key)
            locked[key.removeprefix("arkiv/").split("/")[0]] = "ObjectLockRetainUntilDate" in told
        assert locked == {
            "README.md": False,
            "journal": True,
            "register": True,
            "snapshots": True,
            "posts": False,
            "kept": False,
        }
        for key in ("journal/000000000002.json", "register/x/a", "snapshots/x/a"):
            with pytest.raises(ArchiveError) as caught:
                bucket.delete(key)
            assert caught.value.code == "locked"
        posts = next(package.key for package in added if package.key.startswith("posts/"))
        archive.commit(change(retire=(posts,)))
        assert archive.remains([posts]) == []


def test_what_a_killed_run_left_in_a_locked_zone_does_not_stop_the_next(
    ceph: Ceph, client: "S3Client", name: str
) -> None:
    with ceph.reached():
        bucket = bucket_at(f"s3://{name}/arkiv")
        archive = Archive.create(bucket, now=NOW, locks=Locks())
        kept = archive.commit(change(draft("snapshots/x/1"))).added[0]
        until = dt.datetime.now(dt.UTC) + DAY
        bucket.create("snapshots/x/2/a", b"of a commit that never came to be", until=until)
        assert archive.sweep("snapshots/x/") == 1
        archive.commit(change(draft("snapshots/x/2")))
        assert archive.read(kept, "a") == b"words"
        assert verify_at(f"s3://{name}/arkiv").findings == ()
    assert versions(client, name).count("arkiv/snapshots/x/2/a") == 1
