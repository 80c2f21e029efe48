"""The archive keeps its promises in any order of events, on a real Ceph."""

import contextlib
from collections.abc import Iterator

import pytest
from hypothesis import settings

from archive_store.bucket import Bucket
from archive_store.places import bucket_at
from tests.properties.archive_machine import ArchiveMachine
from tests.real.ceph.server import Ceph

pytestmark = pytest.mark.real

_RUNNING: list[Ceph] = []


@pytest.fixture(scope="module", autouse=True)
def _reached(ceph: Ceph) -> Iterator[None]:
    with contextlib.ExitStack() as stack:
        stack.enter_context(ceph.reached())
        _RUNNING[:] = [ceph]
        yield


class CephMachine(ArchiveMachine):
    """In a bucket with versions and locks, so that holds are the store's own too."""

    def new_store(self) -> Bucket:
        (running,) = _RUNNING
        return bucket_at(f"s3://{running.new_bucket(locks=True)}/arkiv")


TestCeph = CephMachine.TestCase
TestCeph.settings = settings(max_examples=15, stateful_step_count=10, deadline=None)
TestCeph = pytest.mark.timeout(600)(TestCeph)
