"""What the archive promises, kept on a real Ceph: without versions, with locks, and over TLS."""

from collections.abc import Callable

import pytest

from archive_store.bucket import Bucket
from tests.contracts.stores import OPENERS
from tests.contracts.test_archive_contract import *  # noqa: F403 -- all its tests, on another store

pytestmark = pytest.mark.real


@pytest.fixture  # type: ignore[no-redef]  # on purpose
def open_bucket(address: str) -> Callable[[], Bucket]:
    return lambda: OPENERS["s3"](address)
