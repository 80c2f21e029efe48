"""Harvest: each channel's words and numbers into the archive, daily at 03:00 (DESIGN section 4)."""

import contextlib

from prefect.client.schemas.objects import State
from prefect.task_runners import ThreadPoolTaskRunner

from flows.forms import AsOf, Channels, for_operators
from flows.house import keep_register, open_house, secret_of
from flows.outcome import Outcome
from flows.stamping import stamp
from tasks.channels import connector_for
from tasks.harvest.steps import harvest_step


@for_operators(
    name="harvest",
    description="Skördar kanalerna: ord till posts/, siffror till observations/.",
    task_runner=ThreadPoolTaskRunner(max_workers=4),
)
def harvest(channels: Channels = (), as_of: AsOf = None) -> State[Outcome]:
    """Harvest the channels named, or all active and dormant ones."""
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
