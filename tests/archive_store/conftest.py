"""Where an archive is to be, and the S3 service of the rooms that need one."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.s3_stand_in import StandIn, credentials


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "archive"


@pytest.fixture(scope="module")
def service(s3_server: StandIn) -> Iterator[StandIn]:
    """A stand-in, with its credentials in the environment."""
    with credentials():
        yield s3_server
