"""What only a real store shows: whom it lets in, what it locks, what is left, who may look."""

import contextlib
import datetime as dt
import hashlib
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from archive_store import Archive, Commit, Draft, archive_at
from archive_store.errors import ArchiveError, DamageError, MissingError
from archive_store.fixity import verify_at
from archive_store.places import bucket_at
from archive_store.records import Locks
from archive_store.s3 import S3
from tests.real.ceph.server import Ceph, User

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

pytestmark = pytest.mark.real

NOW = dt.datetime(2025, 12, 15, 2, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


@pytest.fixture
def client(ceph: Ceph) -> "Iterator[S3Client]":
    with contextlib.closing(ceph.client()) as client:
        yield client


@pytest.fixture
def name(ceph: Ceph) -> str:
    """A bucket with locks."""
    return ceph.new_bucket(locks=True)


@pytest.fixture
def store(ceph: Ceph, name: str) -> Iterator[S3]:
    with ceph.reached(), contextlib.closing(S3(name, "arkiv")) as store:
        yield store


def draft(base: str, data: bytes = b"words") -> Draft:
    return Draft(base=base, files={"a": data}, folder=True)


def change(*drafts: Draft, once: str | None = None, retire: tuple[str, ...] = ()) -> Commit:
    return Commit(
        event="note",
        now=NOW,
        actor="test",
        drafts=drafts,
        once=once,
        retire=retire,
        retirement="culled",
    )


def versions(client: "S3Client", bucket: str) -> list[str]:
    """Everything that lies in a bucket: versions and delete markers."""
    told = client.list_object_versions(Bucket=bucket)
    return sorted(
        each["Key"] for each in (*told.get("Versions", ()), *told.get("DeleteMarkers", ()))
    )


def asked(address: str) -> int:
    """What anybody is answered who asks without credentials."""
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(address, timeout=30) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code


# Who is let in


def test_wrong_credentials_are_refused_and_the_message_says_where_but_no_secret(
    ceph: Ceph, name: str
) -> None:
    right = ceph.user
    unknown = User(name="x", access_key="NOSUCHKEY", secret_key=right.secret_key)
    wrong = User(name="x", access_key=right.access_key, secret_key="wrong-secret")  # noqa: S106 -- wrong
    for user in (unknown, wrong):
        with ceph.reached(user=user), pytest.raises(ArchiveError) as caught:
            archive_at(f"s3://{name}/arkiv")
        assert caught.value.code == "credentials-refused"
        for text in (caught.value.sv, caught.value.en):
            assert name in text
            assert ceph.url in text
            assert "AWS_SECRET_ACCESS_KEY" in text
            assert user.secret_key not in text
            assert user.access_key not in text


def test_a_stranger_with_credentials_of_their_own_is_refused(ceph: Ceph, name: str) -> None:
    with ceph.reached(user=ceph.new_user()), pytest.raises(ArchiveError) as caught:
        archive_at(f"s3://{name}/arkiv")
    assert caught.value.code == "store-refused"
    assert "Kontrollera vad nycklarna får göra" in caught.value.sv


@pytest.mark.parametrize("how", ["forgotten", "suspended"])
def test_credentials_that_end_in_the_middle_stop_the_run_and_nothing_half_done_shows(
    ceph: Ceph, how: str
) -> None:
    user = ceph.new_user()
    with contextlib.closing(ceph.client(user=user)) as client:
        client.create_bucket(Bucket=f"of-{user.name}", ObjectLockEnabledForBucket=True)
    with ceph.reached(user=user):
        location = f"s3://of-{user.name}/arkiv"
        archive = Archive.create(bucket_at(location), now=NOW)
        first = archive.commit(change(draft("posts/blogg/1")))
        if how == "forgotten":
            ceph.forget(user)
        else:
            ceph.suspend(user)
        with pytest.raises(ArchiveError) as caught:
            archive.commit(change(draft("posts/blogg/2"), once="second"))
        expected = "credentials-refused" if how == "forgotten" else "store-refused"
        assert caught.value.code == expected
        assert archive.last == first
        if how == "forgotten":
            ceph.remember(user)
        else:
            ceph.resume(user)
        # The same archive goes on, and so does one that is opened anew.
        archive.commit(change(draft("posts/blogg/2"), once="second"))
        opened = archive_at(location)
        assert [package.base for package in opened.packages()] == ["posts/blogg/1", "posts/blogg/2"]
        assert verify_at(location).findings == ()


def test_a_bucket_that_is_gone_is_named(ceph: Ceph, client: "S3Client") -> None:
    bucket = ceph.new_bucket()
    with ceph.reached():
        archive = Archive.create(bucket_at(f"s3://{bucket}/arkiv"), now=NOW)
        for key in versions(client, bucket):
            client.delete_object(Bucket=bucket, Key=key)
        client.delete_bucket(Bucket=bucket)
        for call in (
            lambda: archive.commit(change(draft("posts/blogg/1"))),
            lambda: archive_at(f"s3://{bucket}/arkiv"),
        ):
            with pytest.raises(MissingError) as caught:
                call()
            assert caught.value.code == "no-bucket"
            assert bucket in caught.value.sv
            assert "Kontrollera namnet" in caught.value.sv


def test_a_quota_that_is_reached_is_said_and_costs_nothing_that_was_acknowledged(
    ceph: Ceph,
) -> None:
    user = ceph.new_user()
    with contextlib.closing(ceph.client(user=user)) as client:
        client.create_bucket(Bucket=f"of-{user.name}")
    with ceph.reached(user=user):
        location = f"s3://of-{user.name}/arkiv"
        archive = Archive.create(bucket_at(location), now=NOW)
        first = archive.commit(change(draft("posts/blogg/1")))
        ceph.limit(user, size=1_000_000)
        with pytest.raises(ArchiveError) as caught:
            archive.commit(change(draft("posts/blogg/2", bytes(2_000_000))))
        assert caught.value.code == "store-full"
        assert "Utöka" in caught.value.sv
        assert archive_at(location).last == first
        assert verify_at(location).findings == ()


# What it locks


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


# What is left


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


# Who may look


def test_nothing_is_public(ceph: Ceph, store: S3, client: "S3Client", name: str) -> None:
    store.create("snapshots/a.pdf", b"%PDF")
    for path in ("", "/arkiv/snapshots/a.pdf", "?versions", "/?list-type=2"):
        assert asked(f"{ceph.url}/{name}{path}") == 403, path
    grants = client.get_object_acl(Bucket=name, Key="arkiv/snapshots/a.pdf")["Grants"]
    assert [grant["Grantee"].get("ID") for grant in grants] == [ceph.user.name]


def test_a_link_hands_out_one_object_for_a_while(ceph: Ceph, store: S3) -> None:
    store.create("snapshots/a.pdf", b"%PDF-1.7")
    store.create("snapshots/b.pdf", b"%PDF-1.7")
    link = store.link("snapshots/a.pdf", seconds=2)
    assert link.startswith(ceph.url)
    assert ceph.user.secret_key not in link
    began = time.monotonic()
    assert asked(link) == 200
    assert asked(link.replace("a.pdf", "b.pdf")) == 403
    while time.monotonic() < began + 3.2:
        time.sleep(0.1)  # the store's clock, which nothing tells of
    assert asked(link) == 403


# Whose an object is, where the store lets everybody put a version


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
