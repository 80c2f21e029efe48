"""The archive keeps its promises in any order of events, on a directory and on an S3 stand-in.

The real Ceph does the same in tests/real/ceph/test_properties.py.
"""

from collections.abc import Iterator

import pytest
from hypothesis import settings

from archive_store.bucket import Bucket
from archive_store.directory import Directory
from tests.contracts.stores import s3_at
from tests.properties.archive_machine import ArchiveMachine
from tests.support.s3_stand_in import StandIn, credentials

_RUNNING: list[StandIn] = []


@pytest.fixture(scope="module", autouse=True)
def _stand_in(s3_server: StandIn) -> Iterator[None]:
    _RUNNING[:] = [s3_server]
    with credentials():
        yield


class DirectoryMachine(ArchiveMachine):
    def new_store(self) -> Bucket:
        return Directory(self.folder / "archive")


class S3Machine(ArchiveMachine):
    def new_store(self) -> Bucket:
        (running,) = _RUNNING
        return s3_at(f"{running.url}/{running.new_bucket()}/arkiv")


TestDirectory = DirectoryMachine.TestCase
TestDirectory.settings = settings(max_examples=40, stateful_step_count=20, deadline=None)
TestDirectory = pytest.mark.timeout(170)(TestDirectory)

TestS3 = S3Machine.TestCase
TestS3.settings = settings(max_examples=4, stateful_step_count=10, deadline=None)
TestS3 = pytest.mark.timeout(170)(TestS3)


@pytest.mark.real
@pytest.mark.timeout(400)
class TestDirectoryLong(TestDirectory):  # type: ignore[misc,valid-type]  # made by hypothesis
    """The same in many more orders."""

    settings = settings(max_examples=150, stateful_step_count=20, deadline=None)


@pytest.mark.real
@pytest.mark.timeout(400)
class TestS3Long(TestS3):  # type: ignore[misc,valid-type]  # the same
    """And on the stand-in."""

    settings = settings(max_examples=12, stateful_step_count=10, deadline=None)
