"""A site read as the register's blog."""

from typing import Any

import pytest

from tasks.channels import connector_for
from tasks.model import Fetched
from tests.tasks.channels.fake_wordpress import SECRET, FakeWordPress
from tests.tasks.channels.wordpress.reading import Ask, Make, Read


@pytest.fixture
def read(channel: Make, ask: Ask) -> Read:
    def fetch(site: FakeWordPress, secret: str | None = SECRET, **changes: Any) -> Fetched:
        with connector_for(channel(), secret=secret, client=site.client()) as connector:
            return connector.fetch(ask(**changes))

    return fetch
