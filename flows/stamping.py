"""Trusted time at the end of a run: tokens for what lacks them, where an authority is configured.

A capture is never late for an authority's sake: all else is committed before the first question,
and what gets no token now gets it in a later run (docs/trusted-time.md).
"""

import time
from collections.abc import Callable
from typing import Final

from prefect import get_run_logger

from archive_store.errors import KanalarkivError
from archive_store.stamping import stamp_pending
from flows.house import House
from flows.outcome import Outcome
from flows.trusted_time import authority_of

_AT_ONCE: Final = 100
_PATIENCE: Final = 120.0  # seconds; a long queue is worked off in several runs


def stamp(house: House, outcome: Outcome, *, clock: Callable[[], float] = time.monotonic) -> int:
    """Fetch the tokens that are lacking, for at most two minutes or so; how many came.

    Never raises: an authority that is away or answers wrongly is a shortfall of the run; a wrong
    setting, or an archive that cannot be written, is a failure in its table. Logs counts and codes
    only.

    Args:
        house: the run's ground; nothing happens where its settings name no authority.
        outcome: told of what fell short.
        clock: seconds, for patience.
    """
    stamped, end = 0, clock() + _PATIENCE
    try:
        authority = authority_of(house.settings)
        if authority is None:
            return 0
        while True:
            done = stamp_pending(house.archive, authority, now=house.now, limit=_AT_ONCE)
            stamped += done.stamped
            if done.flaw is not None or not done.stamped or not done.left or clock() > end:
                break
    except KanalarkivError as error:
        outcome.fail("tidsstämplar", error)
        return stamped
    get_run_logger().info("tidsstämplar: %d hämtade, %d saknas", stamped, done.left)
    if done.flaw is not None:
        outcome.shortfalls.append(f"{done.left} tidsstämplar saknas ännu ({done.flaw.code})")
    return stamped
