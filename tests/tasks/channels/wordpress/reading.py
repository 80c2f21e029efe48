"""When a site is read, and how a refusal is met."""

import datetime as dt
from collections.abc import Callable

import pytest

from archive_store.errors import ChannelError
from tasks.model import Channel, Fetched, FetchRequest
from tests.tasks.channels.fake_wordpress import FakeWordPress

NOW = dt.datetime(2026, 11, 23, 2, tzinfo=dt.UTC)
Make = Callable[..., Channel]
Ask = Callable[..., FetchRequest]
Read = Callable[..., Fetched]


def days(number: float) -> dt.datetime:
    return NOW - dt.timedelta(days=number)


def refused(read: Read, site: FakeWordPress) -> ChannelError:
    with pytest.raises(ChannelError) as caught:
        read(site)
    return caught.value
