"""How thoroughly the works of these tests are killed, and where they run."""

from collections.abc import Iterator

import pytest

from tests.faults.killing import an_interpreter


@pytest.fixture(scope="package", autouse=True)
def interpreter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Of which every run is a fork."""
    with an_interpreter(tmp_path_factory.mktemp("interpreter") / "said"):
        yield


@pytest.fixture(
    scope="module",
    params=[
        pytest.param(False, id="in each state"),
        pytest.param(True, id="on both sides of each step", marks=pytest.mark.real),
    ],
)
def both(request: pytest.FixtureRequest) -> bool:
    """Whether a work dies before and after each step, or once in each state of the store."""
    return bool(request.param)
