"""What all tests share: recorded data beside the checkout, and hypothesis without deadlines."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# A deadline measures the machine's other work, not ours.
settings.register_profile("kanalarkiv", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("kanalarkiv")


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
