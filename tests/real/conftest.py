"""Real servers for the real tests: started once a session, on loopback, ended by their ids."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # the servers' own helpers are no part of a package

from wordpress import server as wordpress_server

from tests.real.ceph import server as ceph_server


@pytest.fixture(scope="session")
def wordpress(tmp_path_factory: pytest.TempPathFactory) -> Iterator[wordpress_server.WordPress]:
    """A real, empty WordPress; fill it with ``seed(wordpress, now)``, as often as needed."""
    lacking = wordpress_server.missing()
    if lacking and os.environ.get("CI", "").lower() != "true":
        pytest.skip(f"WordPress is not installed here (tests/real/install.sh): {lacking}")
    with wordpress_server.wordpress(tmp_path_factory.mktemp("wordpress")) as site:
        yield site


@pytest.fixture(scope="session")
def ceph(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ceph_server.Ceph]:
    """A real Ceph in memory, shared by all tests: each makes buckets and users of its own."""
    _need_ceph()
    with ceph_server.ceph(tmp_path_factory.mktemp("ceph")) as store:
        yield store


@pytest.fixture
def ceph_on_disk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ceph_server.Ceph]:
    """A real Ceph of the test's own that may be killed: what it acknowledged lasts."""
    _need_ceph()
    with ceph_server.ceph(tmp_path_factory.mktemp("ceph"), disk=True) as store:
        yield store


def _need_ceph() -> None:
    lacking = ceph_server.missing()
    if lacking and os.environ.get("CI", "").lower() != "true":
        pytest.skip(f"Ceph is not installed here (tests/real/install.sh): {lacking}")
