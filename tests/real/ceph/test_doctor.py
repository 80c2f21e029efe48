"""doctor on a real Ceph: the matrix of docs/stores.md, and what each misdoing of an owner shows."""

import contextlib
import dataclasses as dc
import json
import secrets
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from archive_store.doctor import Ok, Report, examine, require
from archive_store.errors import ArchiveError, InputError
from archive_store.s3 import S3
from tests.archive_store.doctor.reports import codes, row
from tests.real.ceph.server import Ceph, User

pytestmark = pytest.mark.real

# What Ceph 16 compares, and what not.
COMPARED = {
    "payload-refused": Ok.YES,
    "etag-compared": Ok.YES,
    "sha256-refused": Ok.NO,
    "sha256-kept": Ok.NO,
}
LOCKS = {
    "locks": Ok.YES,
    "lock-holds": Ok.YES,
    "lock-withdrawn": Ok.YES,
    "compliance-holds": Ok.YES,
    "legal-hold": Ok.YES,
    "lock-ends": Ok.YES,
}


@contextlib.contextmanager
def opened(ceph: Ceph, bucket: str, *, tls: bool = False, user: User | None = None) -> Iterator[S3]:
    with (
        ceph.reached(tls=tls, user=user),
        contextlib.closing(S3(bucket, "arkiv", patience=5)) as store,
    ):
        yield store


def examined(ceph: Ceph, bucket: str, **how: Any) -> Report:
    """The report; whatever it says, nothing is left in the bucket."""
    with opened(ceph, bucket, **how) as store:
        report = examine(store)
    with contextlib.closing(ceph.client()) as client:
        left = client.list_object_versions(Bucket=bucket)
    assert left.get("Versions", []) + left.get("DeleteMarkers", []) == []
    return report


def oks(report: Report, wanted: dict[str, Ok]) -> dict[str, Ok]:
    return {each.code: each.ok for each in report.rows if each.code in wanted}


@pytest.mark.parametrize("tls", [False, True], ids=["http", "tls"])
def test_a_plain_bucket_is_fit_without_locks(ceph: Ceph, *, tls: bool) -> None:
    report = examined(ceph, ceph.new_bucket(), tls=tls)
    assert codes(report) == []
    assert oks(report, COMPARED) == COMPARED
    assert row(report, "payload-refused").seen.sv == "XAmzContentSHA256Mismatch"
    assert row(report, "anonymous-refused").seen.sv == "AccessDenied"
    assert row(report, "tls").seen.en == ("https" if tls else "http, the same machine")
    assert row(report, "locks").ok is Ok.NO
    assert not report.locks


@pytest.mark.parametrize("tls", [False, True], ids=["http", "tls"])
def test_locks_hold_and_let_go(ceph: Ceph, *, tls: bool) -> None:
    began = time.monotonic()
    report = examined(ceph, ceph.new_bucket(locks=True), tls=tls)
    sys.stdout.write(f"\ndoctor with locks took {time.monotonic() - began:.1f} s\n")
    assert codes(report) == []
    assert oks(report, LOCKS) == LOCKS
    assert oks(report, COMPARED) == COMPARED
    assert row(report, "versions-destroyed").seen.en == "5 destroyed"
    assert report.locks


def raw_overwrites(ceph: Ceph, bucket: str) -> bool:
    """Whether the server itself lets a second ``If-None-Match: *`` through."""
    with contextlib.closing(ceph.client()) as client:
        for _ in range(2):
            try:
                client.put_object(Bucket=bucket, Key="raw", Body=b"x", IfNoneMatch="*")
            except client.exceptions.ClientError:
                return False
    return True


@pytest.mark.parametrize("kind", [{}, {"versioned": True}, {"locks": True}], ids=str)
def test_exclusive_creation_is_said_to_hold_just_where_it_does(
    ceph: Ceph, kind: dict[str, bool]
) -> None:
    """Ceph 16 honours If-None-Match only where there are no versions."""
    overwrites = raw_overwrites(ceph, ceph.new_bucket(**kind))
    sys.stdout.write(f"\n{kind}: If-None-Match {'ignored' if overwrites else 'honoured'}\n")
    with opened(ceph, ceph.new_bucket(**kind)) as store:
        keys = [f"posts/{number}" for number in range(5)]
        won = [_created(store, key) + _created(store, key) for key in keys]
    fit = won == [1] * len(keys)
    report = examined(ceph, ceph.new_bucket(**kind))
    assert row(report, "condition-honoured").ok is (Ok.NO if overwrites else Ok.YES)
    assert row(report, "taken-refused").ok is (Ok.YES if fit else Ok.NO)
    assert row(report, "one-winner").ok is (Ok.YES if fit else Ok.NO)
    with opened(ceph, ceph.new_bucket(**kind)) as store:
        if fit:
            require(store, locks=False)
        else:
            with pytest.raises(InputError, match=r"store-unfit.*taken-refused"):
                require(store, locks=False)


def _created(store: S3, key: str) -> int:
    try:
        store.create(key, b"x")
    except ArchiveError:
        return 0
    return 1


@pytest.mark.parametrize("locks", [False, True], ids=["plain", "locks"])
def test_a_quick_look_takes_about_a_second_and_leaves_nothing(ceph: Ceph, *, locks: bool) -> None:
    bucket = ceph.new_bucket(locks=locks)
    with opened(ceph, bucket) as store:
        assert store.locks is locks  # opens the connection, so that only the look is timed
        began = time.monotonic()
        require(store, locks=locks)
        took = time.monotonic() - began
    with contextlib.closing(ceph.client()) as client:
        left = client.list_object_versions(Bucket=bucket)
    assert left.get("Versions", []) + left.get("DeleteMarkers", []) == []
    sys.stdout.write(f"\nrequire took {took:.2f} s\n")
    assert took < 3  # measured .15 to 1.2 s on two busy cores


def test_default_retention_is_refused_and_nothing_written(ceph: Ceph) -> None:
    bucket = ceph.new_bucket(locks=True)
    with contextlib.closing(ceph.client()) as client:
        client.put_object_lock_configuration(
            Bucket=bucket,
            ObjectLockConfiguration={
                "ObjectLockEnabled": "Enabled",
                "Rule": {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": 30}},
            },
        )
    report = examined(ceph, bucket)
    assert codes(report) == ["no-default-retention"]
    assert row(report, "no-default-retention").seen.sv == "COMPLIANCE 30 dagar"


def allow(ceph: Ceph, bucket: str, *statements: dict[str, Any]) -> None:
    both = [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"]
    said = [{"Resource": both, **statement} for statement in statements]
    with contextlib.closing(ceph.client()) as client:
        client.put_bucket_policy(
            Bucket=bucket, Policy=json.dumps({"Version": "2012-10-17", "Statement": said})
        )


def test_a_bucket_that_strangers_may_read_is_found(ceph: Ceph) -> None:
    bucket = ceph.new_bucket()
    allow(ceph, bucket, {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject"})
    report = examined(ceph, bucket)
    assert codes(report) == ["anonymous-refused", "not-public"]
    assert row(report, "anonymous-refused").seen.en == "read by anybody"
    assert row(report, "not-public").seen.en == "the policy lets everybody in"


def test_a_bucket_that_strangers_may_list_is_found(ceph: Ceph) -> None:
    bucket = ceph.new_bucket()
    with contextlib.closing(ceph.client()) as client:
        client.put_bucket_acl(Bucket=bucket, ACL="public-read")
    report = examined(ceph, bucket)
    assert codes(report) == ["anonymous-refused", "not-public"]
    assert row(report, "anonymous-refused").seen.en == "listed by anybody"


def test_without_the_right_to_lift_locks_it_says_so_and_waits_them_out(ceph: Ceph) -> None:
    bucket, user = ceph.new_bucket(locks=True), ceph.new_user()
    who = {"AWS": [f"arn:aws:iam:::user/{user.name}"]}
    allow(
        ceph,
        bucket,
        {"Effect": "Allow", "Principal": who, "Action": "s3:*"},
        {"Effect": "Deny", "Principal": who, "Action": "s3:BypassGovernanceRetention"},
    )
    report = examined(ceph, bucket, user=user)
    assert row(report, "lock-withdrawn").ok is Ok.NO
    assert row(report, "lock-holds").ok is Ok.YES
    assert row(report, "lock-ends").ok is Ok.YES
    assert row(report, "cleared").ok is Ok.YES


LEAST = (
    "PutObject GetObject GetObjectVersion ListBucket ListBucketVersions DeleteObject "
    "DeleteObjectVersion GetBucketObjectLockConfiguration"
)
LEAST_WITH_LOCKS = f"{LEAST} PutObjectRetention GetObjectRetention PutObjectLegalHold"


@pytest.mark.parametrize("locks", [False, True], ids=["plain", "locks"])
def test_the_rights_that_the_documentation_names_are_enough(ceph: Ceph, *, locks: bool) -> None:
    bucket, user = ceph.new_bucket(locks=locks), ceph.new_user()
    rights = [f"s3:{each}" for each in (LEAST_WITH_LOCKS if locks else LEAST).split()]
    who = {"AWS": [f"arn:aws:iam:::user/{user.name}"]}
    allow(ceph, bucket, {"Effect": "Allow", "Principal": who, "Action": rights})
    report = examined(ceph, bucket, user=user)
    assert codes(report) == []
    assert report.locks is locks
    untold = {each.code for each in report.rows if each.ok is Ok.UNKNOWN}
    assert untold == {"versions", "nothing-expires", "not-public"}
    page = (Path(__file__).parents[3] / "docs" / "stores.md").read_text("utf-8")
    assert [right for right in rights if f"`{right}`" not in page] == []


def test_a_stranger_is_told_that_the_credentials_do_not_do(ceph: Ceph) -> None:
    bucket, stranger = ceph.new_bucket(), ceph.new_user()
    assert row(examined(ceph, bucket, user=stranger), "access").seen.sv == "store-refused"
    forged = dc.replace(stranger, secret_key=secrets.token_urlsafe(30))
    report = examined(ceph, bucket, user=forged)
    assert codes(report) == ["access"]
    assert row(report, "access").seen.sv == "credentials-refused"
    assert "AWS_SECRET_ACCESS_KEY" in row(report, "access").advice.sv
    assert forged.secret_key not in str(report)
    assert forged.access_key not in str(report)
