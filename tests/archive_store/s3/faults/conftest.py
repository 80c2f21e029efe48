"""The bucket behind a proxy that fails as told, reached with patience or with little of it."""

from collections.abc import Iterator

import pytest

from archive_store.s3 import S3
from tests.support.fault_proxy import FaultProxy, fault_proxy
from tests.support.s3_stand_in import StandIn


@pytest.fixture
def proxy(service: StandIn) -> Iterator[FaultProxy]:
    with fault_proxy(service.url) as running:
        yield running


@pytest.fixture
def bucket(proxy: FaultProxy, name: str) -> Iterator[S3]:
    store = S3(name, "arkiv", endpoint=proxy.url)
    yield store
    store.close()


@pytest.fixture
def hasty(proxy: FaultProxy, name: str) -> Iterator[S3]:
    store = S3(name, "arkiv", endpoint=proxy.url, patience=0.3)
    yield store
    store.close()
