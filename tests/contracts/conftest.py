"""The stand-in that the contracts' S3 store is, unless a real one is given."""

import os
from collections.abc import Iterator

import pytest

from tests.contracts.stores import use
from tests.support.s3_stand_in import stand_in


@pytest.fixture(scope="package", autouse=True)
def s3_store() -> Iterator[None]:
    """Running for as long as the contracts run."""
    if os.environ.get("KANALARKIV_TEST_S3"):
        yield
        return
    with stand_in() as running:
        use(running)
        yield
