"""A harvest and snapshots on a real Ceph of which a fifth of the requests fail."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.store_scenes import Told, harvested, photographed
from tests.real.ceph.server import Ceph
from tests.support.fault_proxy import FAILURES, Dice, fault_proxy

pytestmark = pytest.mark.real


@pytest.mark.parametrize("locks", [False, True], ids=["no versions", "locks"])
@pytest.mark.parametrize("scene", [harvested, photographed])
def test_a_run_on_a_failing_store_leaves_what_a_run_without_faults_does(
    ceph: Ceph, tmp_path: Path, scene: Callable[[str], Told], *, locks: bool
) -> None:
    dice = Dice(seed=20251215)
    with fault_proxy(ceph.url, dice) as proxy, ceph.reached(url=proxy.url):
        left = scene(f"s3://{ceph.new_bucket(locks=locks)}/arkiv")
    assert 0.12 < proxy.failed < 0.28
    assert {fault.name for fault in FAILURES} <= proxy.tally.keys()
    expected = scene(str(tmp_path / "archive"))
    for what, as_told in expected.items():
        assert left[what] == as_told, what
    assert left["findings"] == []
    sys.stdout.write(f"\n{proxy.tally.total()} requests: {dict(proxy.tally)}\n")
