"""What the archive promises, kept on a real Ceph: without versions, with locks, and over TLS."""

import pytest

from tests.contracts.test_archive_commits import *  # noqa: F403 -- all its tests, on another store
from tests.contracts.test_archive_destruction import *  # noqa: F403 -- all its tests, on another store
from tests.contracts.test_archive_journal import *  # noqa: F403 -- all its tests, on another store
from tests.contracts.test_archive_writers import *  # noqa: F403 -- all its tests, on another store

pytestmark = pytest.mark.real
