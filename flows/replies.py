"""Replies: which threads wait for an answer, hourly (clauses K12–K14)."""

import datetime as dt

from prefect import flow
from prefect.client.schemas.objects import State

from archive_store.errors import KanalarkivError
from flows.house import open_house
from flows.naming import run_name
from flows.outcome import Outcome
from tasks.harvest.steps import replies_step


@flow(
    name="replies",
    description="Ser vilka trådar som väntar på svar, och vilka som är försenade.",
    flow_run_name=run_name("replies"),
    persist_result=False,
)
def replies(channels: list[str] | None = None, as_of: dt.datetime | None = None) -> State[Outcome]:
    """Count what waits in the channels named, or in all.

    Args:
        channels: ids from the register.
        as_of: the rule's time.
    """
    house = open_house(channels, as_of, writes=False)
    outcome = Outcome(flow="replies", title="Väntar på svar")
    for channel in house.channels:
        try:
            row = replies_step(house.settings.archive, channel, house.now)
        except KanalarkivError as error:
            outcome.fail(channel.id, error)
            continue
        outcome.done(channel.id, row)
        if row["över en vecka"]:
            outcome.shortfalls.append(
                f"{channel.id}: {row['över en vecka']} obesvarade i mer än en vecka"
            )
    return outcome.state()
