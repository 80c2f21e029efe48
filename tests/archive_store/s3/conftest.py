"""A bucket of the stand-in, and another's client to it."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from archive_store.s3 import S3
from tests.support.s3_stand_in import StandIn


@pytest.fixture
def name(request: pytest.FixtureRequest, service: StandIn) -> str:
    """A new bucket, with locks unless it is asked for as "plain"."""
    locks = getattr(request, "param", "locks") == "locks"
    return service.new_bucket(locks=locks, versions=locks)


@pytest.fixture
def bucket(service: StandIn, name: str) -> Iterator[S3]:
    store = S3(name, "arkiv", endpoint=service.url)
    yield store
    store.close()


@pytest.fixture
def client(service: StandIn) -> Iterator[Any]:
    made = boto3.client("s3", endpoint_url=service.url, region_name="us-east-1")
    yield made
    made.close()
