"""A bucket of a real Ceph, and small commits to it."""

import contextlib
import datetime as dt
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from archive_store import Commit, Draft
from archive_store.s3 import S3
from tests.real.ceph.server import Ceph

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

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
