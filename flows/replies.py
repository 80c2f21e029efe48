"""Replies: which threads wait for an answer, hourly (clauses K12–K14).

What has waited for a week goes to the unit's manager, what has waited for thirty days to a person's
assessment (``kanalarkiv cull assess``): so no question keeps its thread for ever.
"""

from prefect.client.schemas.objects import State

from archive_store.errors import KanalarkivError
from flows.forms import AsOfRead, Channels, for_operators
from flows.house import open_house
from flows.outcome import Outcome, Row
from tasks.culling.backlog import to_assess
from tasks.discreet import discreet
from tasks.harvest.steps import replies_step


@for_operators(
    name="replies",
    description="Ser vilka trådar som väntar på svar, och vilka som är försenade.",
)
def replies(channels: Channels = (), as_of: AsOfRead = None) -> State[Outcome]:
    """Count what waits in the channels named, or in all."""
    house = open_house(channels, as_of, writes=False)
    outcome = Outcome(flow="replies", title="Väntar på svar")
    for channel in house.channels:
        try:
            row: Row = dict(replies_step(house.settings.archive, channel, house.now))
            with discreet("replies", channel.id):
                assess = len(to_assess(house.archive, channel.id, house.now))
        except KanalarkivError as error:
            outcome.fail(channel.id, error)
            continue
        row["till ansvarig för"] = channel.unit if row["över en vecka"] else ""
        row["att bedöma"] = assess
        outcome.done(channel.id, row)
        if row["över en vecka"]:
            outcome.shortfalls.append(
                f"{channel.id}: {row['över en vecka']} obesvarade i mer än en vecka "
                f"(till verksamhetsansvarig för {channel.unit})"
            )
        if assess:
            outcome.shortfalls.append(
                f"{channel.id}: {assess} att bedöma efter trettio dagar (kanalarkiv cull assess)"
            )
    return outcome.state()
