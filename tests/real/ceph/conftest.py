"""The Ceph of these tests, as the contracts want a store."""

import secrets
from collections.abc import Iterator

import pytest

from tests.contracts.archives import archive, open_bucket, reopen
from tests.real.ceph.server import Ceph

__all__ = ["archive", "open_bucket", "reopen"]  # the contracts' fixtures, over the store below


@pytest.fixture(scope="module", params=["no versions", "locks", "locks over TLS"])
def place(request: pytest.FixtureRequest, ceph: Ceph) -> Iterator[str]:
    """The address of a bucket; the environment tells of it."""
    tls = "TLS" in request.param
    bucket = ceph.new_bucket(locks="locks" in request.param)
    with ceph.reached(tls=tls):
        yield f"{ceph.tls_url if tls else ceph.url}/{bucket}"


@pytest.fixture
def address(place: str) -> str:
    """The address of a store in which nothing lies yet."""
    return f"{place}/{secrets.token_hex(8)}"


@pytest.fixture
def store() -> str:
    """The kind of store at that address."""
    return "s3"
