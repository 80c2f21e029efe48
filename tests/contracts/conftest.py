"""The contracts' stores: a directory, and a stand-in for S3 unless a real one is given."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contracts.archives import archive, open_bucket, reopen
from tests.contracts.stores import OPENERS, new_address, use
from tests.support.s3_stand_in import credentials

__all__ = ["archive", "open_bucket", "reopen"]  # fixtures, over the store that is below


@pytest.fixture(scope="module", autouse=True)
def s3_store(request: pytest.FixtureRequest) -> Iterator[None]:
    """The stand-in is where new S3 addresses are, unless a real store is given."""
    if os.environ.get("KANALARKIV_TEST_S3"):
        yield
        return
    use(request.getfixturevalue("s3_server"))
    with credentials():
        yield


@pytest.fixture(params=sorted(OPENERS))
def store(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def address(store: str, tmp_path: Path) -> str:
    """The address of a store in which nothing lies yet."""
    return new_address(store, tmp_path)
