"""The harvest room as Prefect tasks: one a channel, returning counts, never a word."""

import datetime as dt
from typing import Any

from prefect import get_run_logger, task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State, TaskRun
from prefect.tasks import Task, exponential_backoff

from archive_store import archive_at
from archive_store.errors import ChannelError, ConflictError, HeldError
from tasks.discreet import discreet
from tasks.harvest.channel import harvest_channel
from tasks.harvest.outcome import HarvestOutcome
from tasks.harvest.profile import CHANGES
from tasks.harvest.replies import Status, open_replies, statuses
from tasks.model import Channel
from tasks.model.fetch import Connector

_PASSING = (ChannelError, ConflictError, HeldError)

_COLUMNS = {
    "nya": "new",
    "kommentarer": "new_comments",
    "ändrade": "edited",
    "borta": "gone",
    "dolda": "hidden",
    "åter": "shown",
    "trådar": "threads",
    "tal": "observations",
    "bilder": "media",
    "bilder saknas": "media_missing",
    "anrop": "requests",
}
"""Columns of the operator's table, and the counts that stand in them."""


def _may_pass(_task: Task[..., Any], _run: TaskRun, state: State[Any]) -> bool:
    """Whether trying again may help: the platform or another run was in the way."""
    return isinstance(state.data, _PASSING)


@task(
    name="harvest-channel",
    task_run_name="harvest-{channel.id}",
    retries=2,
    retry_delay_seconds=exponential_backoff(backoff_factor=10),
    retry_jitter_factor=0.5,
    retry_condition_fn=_may_pass,
    timeout_seconds=3600,
    cache_policy=NO_CACHE,
    persist_result=False,
)
def harvest_step(
    location: str, channel: Channel, connector: Connector, now: dt.datetime
) -> dict[str, Any]:
    """Harvest one channel into the archive at ``location``; counts for the operator's table."""
    with discreet("harvest", channel.id):
        outcome = harvest_channel(archive_at(location), channel, connector, now=now)
    _warn(outcome)
    row: dict[str, Any] = {column: getattr(outcome, name) for column, name in _COLUMNS.items()}
    row["ny profil"] = outcome.changed or ""
    row["större förändring"] = ", ".join(CHANGES[code] for code in outcome.change)
    row["att se över"] = ", ".join(f"{code} {n}" for code, n in outcome.screened.items())
    return row


@task(
    name="open-replies",
    task_run_name="replies-{channel.id}",
    timeout_seconds=600,
    cache_policy=NO_CACHE,
    persist_result=False,
)
def replies_step(location: str, channel: Channel, now: dt.datetime) -> dict[str, int]:
    """Count what waits for a reply on one channel, by how late it is."""
    with discreet("replies", channel.id):
        counted = statuses(open_replies(archive_at(location), channel, now=now))
    return {
        "väntar": counted[Status.WAITING],
        "över 24 timmar": counted[Status.LATE_24H],
        "över en vecka": counted[Status.LATE_WEEK],
    }


def _warn(outcome: HarvestOutcome) -> None:
    logger = get_run_logger()
    if outcome.media_missing:
        logger.warning("%s: %d bilder saknas", outcome.channel, outcome.media_missing)
    if not outcome.complete:
        logger.info("%s: borttaget kan inte ses i kanalens flöde", outcome.channel)
    for code, number in outcome.screened.items():
        logger.info("%s: %s %d", outcome.channel, code, number)
