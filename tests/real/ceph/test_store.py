"""What a real store has left of what was destroyed, and whose an object is."""

import contextlib
import hashlib
from typing import TYPE_CHECKING

import pytest

from archive_store import Archive, archive_at
from archive_store.errors import DamageError, MissingError
from archive_store.fixity import verify_at
from archive_store.places import bucket_at
from archive_store.s3 import S3
from tests.real.ceph.server import Ceph
from tests.real.ceph.storing import NOW, change, client, draft, name, store, versions

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client


__all__ = ["client", "name", "store"]

pytestmark = pytest.mark.real


def test_what_a_plain_delete_hides_is_told_as_hidden_and_shows_again_without_its_marker(
    ceph: Ceph, client: "S3Client", name: str
) -> None:
    with ceph.reached():
        archive = Archive.create(bucket_at(f"s3://{name}/arkiv"), now=NOW)
        archive.commit(change(draft("snapshots/x/1")))
        keys = ("snapshots/x/1/a", "journal/000000000002.json")
        markers = [client.delete_object(Bucket=name, Key=f"arkiv/{key}") for key in keys]
        found = {each.key: each for each in verify_at(f"s3://{name}/arkiv").findings}
        assert found[keys[1]].code == "journal-hidden"
        with pytest.raises(DamageError) as caught:
            archive_at(f"s3://{name}/arkiv")
        assert caught.value.code == "journal-hidden"
        for key, marker in reversed([*zip(keys, markers, strict=True)]):
            codes = {each.code for each in verify_at(f"s3://{name}/arkiv").findings}
            assert ("hidden-object" in codes) == (key == keys[0])
            version = marker["VersionId"]
            client.delete_object(Bucket=name, Key=f"arkiv/{key}", VersionId=version)
        assert verify_at(f"s3://{name}/arkiv").findings == ()


def test_destroying_takes_every_version_and_marker_of_exactly_that_key(
    store: S3, client: "S3Client", name: str
) -> None:
    for turn in range(3):
        client.put_object(Bucket=name, Key="arkiv/posts/a", Body=b"%d" % turn)
        client.delete_object(Bucket=name, Key="arkiv/posts/a")
    client.put_object(Bucket=name, Key="arkiv/posts/ab", Body=b"another")
    client.put_object(Bucket=name, Key="arkiv/posts/a/b", Body=b"another")
    assert versions(client, name).count("arkiv/posts/a") == 6
    store.delete("posts/a")
    assert versions(client, name) == ["arkiv/posts/a/b", "arkiv/posts/ab"]
    with pytest.raises(MissingError):
        store.get("posts/a")


def test_what_is_culled_leaves_no_version_in_the_bucket(
    ceph: Ceph, client: "S3Client", name: str
) -> None:
    with ceph.reached():
        archive = Archive.create(bucket_at(f"s3://{name}/arkiv"), now=NOW)
        package = archive.commit(change(draft("posts/blogg/1", b"somebody's words"))).added[0]
        client.put_object(Bucket=name, Key="arkiv/posts/blogg/1/a", Body=b"somebody's words")
        client.delete_object(Bucket=name, Key="arkiv/posts/blogg/1/a")
        archive.commit(change(retire=(package.key,)))
    assert not [key for key in versions(client, name) if "posts/" in key]


def test_of_writers_that_settle_later_the_first_has_the_key_and_the_others_destroy_their_own(
    store: S3, name: str, client: "S3Client"
) -> None:
    keys = [f"posts/blogg/1/{number}" for number in range(6)]
    with contextlib.closing(S3(name, "arkiv")) as other:
        store.create("posts/seen", b"")  # each has learnt what store this is
        other.create("posts/learnt", b"")
        for number, key in enumerate(keys):
            first, second = (store, other) if number % 2 == 0 else (other, store)
            first.create(key, b"first", settled=False)
            second.create(key, b"second", settled=False)
        lost = other.settle(keys), store.settle(keys)
        assert lost == ({*keys[0::2]}, {*keys[1::2]})
        for key in keys:
            assert store.get(key) == other.get(key) == b"first"
    assert versions(client, name).count("arkiv/posts/blogg/1/0") == 1
    assert len(versions(client, name)) == 8


def test_a_writer_that_takes_back_what_it_never_settled_leaves_anothers(
    store: S3, name: str
) -> None:
    store.create("posts/seen", b"")
    with contextlib.closing(S3(name, "arkiv")) as other:
        other.create("posts/learnt", b"")
        store.create("posts/blogg/1/a", b"theirs", settled=False)
        other.create("posts/blogg/1/a", b"mine", settled=False)
        other.delete("posts/blogg/1/a")
        assert store.settle(["posts/blogg/1/a"]) == set()
        assert store.get("posts/blogg/1/a") == other.get("posts/blogg/1/a") == b"theirs"


def test_a_digest_finds_the_object_among_versions_that_do_not_count(
    store: S3, name: str, client: "S3Client"
) -> None:
    store.create("posts/blogg/1/a", b"first")
    client.put_object(Bucket=name, Key="arkiv/posts/blogg/1/a", Body=b"second")
    with contextlib.closing(S3(name, "arkiv")) as other:
        for digest in (hashlib.sha256(b"first").hexdigest(), "0" * 64, None):
            assert other.get("posts/blogg/1/a", digest=digest) == b"first"


def test_a_newer_version_that_others_would_fetch_is_named_and_the_same_bytes_again_are_not(
    ceph: Ceph, name: str, client: "S3Client"
) -> None:
    place = f"s3://{name}/arkiv"
    with ceph.reached():
        archive = Archive.create(bucket_at(place), now=NOW)
        (package,) = archive.commit(change(draft("posts/blogg/1"))).added
        key = f"{package.base}/a"
        client.put_object(Bucket=name, Key=f"arkiv/{key}", Body=b"words")
        assert verify_at(place).findings == ()
        client.put_object(Bucket=name, Key=f"arkiv/{key}", Body=b"forged")
        (finding,) = verify_at(place).findings
        assert (finding.code, finding.key, finding.level) == ("foreign-version", key, "warning")
        assert archive_at(place).get(key) == b"words"
