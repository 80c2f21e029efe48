"""What every store promises, kept by a real Ceph: without versions, with locks, and over TLS."""

import pytest

from tests.contracts.test_bucket_contract import *  # noqa: F403 -- all its tests, on another store

pytestmark = pytest.mark.real
