"""What a channel's threads are judged on is read as far as it is asked for."""

import pytest

from tasks.culling import gathering
from tasks.culling.gathering import Observed
from tests.tasks.culling.world import CHANNEL, World


def test_numbers_are_read_as_far_as_they_are_asked_for(
    four_days: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []
    rows = gathering._rows
    monkeypatch.setattr(gathering, "_rows", lambda a, p: read.append(p.key) or rows(a, p))
    numbers = Observed(four_days.archive, CHANNEL)
    stored = four_days.archive.packages(f"observations/{CHANNEL}/", kind="observations")
    assert numbers.last == max(package.time for package in stored)
    assert not read
    assert numbers.of_own("1")
    assert read == [stored[0].key]
    assert numbers.of_own("7")
    assert not numbers.of_own("99")
    assert not numbers.of_others(four_days.now)
    assert read == [package.key for package in stored]
