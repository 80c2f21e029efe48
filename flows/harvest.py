"""Harvest: each channel's words and numbers into the archive, daily at 03:00 (DESIGN section 4)."""

import contextlib
import datetime as dt

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.task_runners import ThreadPoolTaskRunner

from flows.house import keep_register, open_house, secret_of
from flows.naming import run_name
from flows.outcome import Outcome
from flows.stamping import stamp
from tasks.channels import connector_for
from tasks.harvest.steps import harvest_step


@flow(
    name="harvest",
    description="Skördar kanalerna: ord till posts/, siffror till observations/.",
    flow_run_name=run_name("harvest"),
    task_runner=ThreadPoolTaskRunner(max_workers=4),  # type: ignore[arg-type]  # Prefect's own typing
    persist_result=False,
)
def harvest(channels: list[str] | None = None, as_of: dt.datetime | None = None) -> State[Outcome]:
    """Harvest the channels named, or all active and dormant ones.

    Args:
        channels: ids from the register.
        as_of: the rule's time, in a rehearsal archive only.
    """
    house = open_house(channels, as_of)
    keep_register(house)
    outcome = Outcome(flow="harvest", title="Skörd")
    with contextlib.ExitStack() as open_until_done:
        futures = []
        for channel in house.channels:
            connector = connector_for(channel, secret=secret_of(channel))
            open_until_done.enter_context(connector)
            step = harvest_step.submit(house.settings.archive, channel, connector, house.now)
            futures.append((channel.id, step))
        outcome.gather(futures)
    stamp(house, outcome)
    return outcome.state()
