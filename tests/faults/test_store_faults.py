"""A store on which a fifth of the requests fail: nothing is lost, nothing is doubled.

On a stand-in, every day the shorter scene; tests/real/ceph plays the same on a real Ceph.
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.faults.store_scenes import Told, harvested, photographed
from tests.support.fault_proxy import FAILURES, Dice, FaultProxy, fault_proxy
from tests.support.s3_stand_in import StandIn, credentials


@pytest.fixture(scope="module")
def store(s3_server: StandIn) -> Iterator[StandIn]:
    with credentials():
        yield s3_server


@pytest.fixture
def proxy(store: StandIn, monkeypatch: pytest.MonkeyPatch) -> Iterator[FaultProxy]:
    with fault_proxy(store.url) as proxy:
        monkeypatch.setenv("AWS_ENDPOINT_URL_S3", proxy.url)
        yield proxy


@pytest.mark.parametrize("scene", [pytest.param(harvested, marks=pytest.mark.real), photographed])
def test_a_run_on_a_failing_store_leaves_what_a_run_without_faults_does(
    store: StandIn, proxy: FaultProxy, tmp_path: Path, scene: Callable[[str], Told]
) -> None:
    proxy.judge = Dice(seed=20251215)
    left = scene(f"s3://{store.new_bucket()}/arkiv")
    assert 0.12 < proxy.failed < 0.28
    assert {fault.name for fault in FAILURES} <= proxy.tally.keys()
    expected = scene(str(tmp_path / "archive"))
    for what, as_told in expected.items():
        assert left[what] == as_told, what
    assert left["findings"] == []
    assert os.environ["AWS_ENDPOINT_URL_S3"] == proxy.url
