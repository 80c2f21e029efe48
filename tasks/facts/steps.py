"""The room's Prefect step: counts and keys only, never a frame."""

import datetime as dt
from typing import Any

from prefect import get_run_logger, task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State, TaskRun
from prefect.tasks import Task

from archive_store import archive_at
from archive_store.errors import HeldError
from tasks.discreet import discreet
from tasks.facts.storage import write_monthly
from tasks.model import Channel


def _may_pass(_task: Task[..., Any], _run: TaskRun, state: State[Any]) -> bool:
    """Whether trying again may help: another run wrote the facts meanwhile."""
    return isinstance(state.data, HeldError)


@task(
    name="monthly-facts",
    task_run_name="monthly-facts-{channel.id}",
    retries=2,
    retry_delay_seconds=5,
    retry_condition_fn=_may_pass,
    timeout_seconds=600,
    cache_policy=NO_CACHE,
    persist_result=False,
)
def count_channel(archive_location: str, channel: Channel, now: dt.datetime) -> str | None:
    """Write the channel's monthly facts; the new package's key, or ``None`` where unchanged."""
    with discreet("monthly-facts", channel.id):
        entry = write_monthly(archive_at(archive_location), channel, now=now)
    key = entry.added[0].key if entry else None
    get_run_logger().info("%s: %s", channel.id, key or "unchanged")
    return key
