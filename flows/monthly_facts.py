"""Monthly facts: observations summed by channel and month, daily after the harvest."""

import datetime as dt

from prefect import flow
from prefect.client.schemas.objects import State

from archive_store.errors import KanalarkivError
from flows.house import open_house
from flows.naming import run_name
from flows.outcome import Outcome
from tasks.facts.steps import count_channel


@flow(
    name="monthly-facts",
    description="Räknar varje kanals siffror per månad ur observationerna.",
    flow_run_name=run_name("monthly-facts"),
    persist_result=False,
)
def monthly_facts(
    channels: list[str] | None = None, as_of: dt.datetime | None = None
) -> State[Outcome]:
    """Count the months of the channels named, or of all.

    Args:
        channels: ids from the register.
        as_of: the rule's time.
    """
    house = open_house(channels, as_of, writes=False)
    outcome = Outcome(flow="monthly-facts", title="Månadens siffror")
    for channel in house.channels:
        try:
            key = count_channel(house.settings.archive, channel, house.now)
        except KanalarkivError as error:
            outcome.fail(channel.id, error)
        else:
            outcome.done(channel.id, {"siffror": key or "oförändrade"})
    return outcome.state()
