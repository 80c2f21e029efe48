"""What all tests share: recorded data beside the checkout, and hypothesis without deadlines."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.support.s3_stand_in import StandIn, stand_in

# A deadline measures the machine's other work, not ours.
settings.register_profile("kanalarkiv", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("kanalarkiv")


LONGEST = (
    "forgetting/test_forgetting.py",
    "faults/",
    "tasks/capture/test_feeds.py",
    "tasks/capture/test_heavy_pages.py",
    "contracts/",
    "properties/",
    "tasks/capture/",
    "tasks/report/test_annual.py",
    "golden/",
)
"""Files that take longest; begun first, so that no process waits alone for the last of them."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest first; the rest in their order (with --no-loadscope-reorder)."""

    def place(item: pytest.Item) -> int:
        path = item.path.as_posix()
        return next((n for n, part in enumerate(LONGEST) if f"/{part}" in path), len(LONGEST))

    items.sort(key=place)


@pytest.fixture(scope="session", autouse=True)
def _no_power_cuts(pytestconfig: pytest.Config) -> Iterator[None]:
    """Everyday, nothing is synchronised to the disk: only a power cut would tell, and it waits.

    Tests that look at synchronising put their own in its place.
    """
    if pytestconfig.getoption("markexpr") == "real":
        yield
        return
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda _: None)
        yield


@pytest.fixture(autouse=True)
def _no_settings_left() -> Iterator[None]:
    """What a command tells the processes of its flows is not told to the next test."""
    before = _settings()
    yield
    for name in _settings().keys() - before.keys():
        del os.environ[name]
    os.environ.update(before)


def _settings() -> dict[str, str]:
    prefixes = ("KANALARKIV_", "PREFECT_")
    return {name: value for name, value in os.environ.items() if name.startswith(prefixes)}


@pytest.fixture(scope="session")
def s3_server() -> Iterator[StandIn]:
    """A stand-in for an S3 service, started once: each of its users makes buckets of its own."""
    with stand_in() as running:
        yield running


@pytest.fixture(scope="session")
def test_data() -> Path:
    """Recorded answers of real servers; lacking, a skip with a reason, and a failure in CI."""
    beside = Path(__file__).parents[2] / "shared" / "data"
    place = Path(os.environ.get("KANALARKIV_TEST_DATA", beside))
    if not place.is_dir():
        reason = f"{place} is absent; set KANALARKIV_TEST_DATA"
        if os.environ.get("CI", "").lower() == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return place
