"""Whom a real store lets in, and who may look."""

import contextlib
import time
from typing import TYPE_CHECKING

import pytest

from archive_store import Archive, archive_at
from archive_store.errors import ArchiveError, MissingError
from archive_store.fixity import verify_at
from archive_store.places import bucket_at
from archive_store.s3 import S3
from tests.real.ceph.server import Ceph, User
from tests.real.ceph.storing import NOW, asked, change, client, draft, name, store, versions

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client


__all__ = ["client", "name", "store"]

pytestmark = pytest.mark.real


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
