"""Monthly facts: observations summed by channel and month, daily after the harvest."""

from prefect.client.schemas.objects import State

from archive_store.errors import KanalarkivError
from flows.forms import AsOfRead, Channels, for_operators
from flows.house import open_house
from flows.outcome import Outcome
from tasks.facts.steps import count_channel


@for_operators(
    name="monthly-facts",
    description="Räknar varje kanals siffror per månad ur observationerna.",
)
def monthly_facts(channels: Channels = (), as_of: AsOfRead = None) -> State[Outcome]:
    """Count the months of the channels named, or of all."""
    house = open_house(channels, as_of, writes=False)
    outcome = Outcome(flow="monthly-facts", title="Månadens siffror")
    for channel in house.channels:
        try:
            key = count_channel(house.settings.archive, channel, house.now)
        except KanalarkivError as error:
            outcome.fail(channel.id, error)
        else:
            outcome.done(channel.id, {"siffror": key or "", "oförändrade": key is None or ""})
    return outcome.state()
