"""What the archive promises, kept on a real Ceph: without versions, with locks, and over TLS."""

import pytest

from tests.contracts.test_archive_contract import *  # noqa: F403 -- all its tests, on another store

pytestmark = pytest.mark.real


@pytest.fixture  # type: ignore[no-redef]  # on purpose
def store() -> str:
    return "s3"


@pytest.fixture  # type: ignore[no-redef]  # on purpose
def address(address: str) -> str:
    return address  # the folder's, not the suite's
