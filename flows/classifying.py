"""Classification by a person, as a form in the Prefect UI; the command line calls the same words.

The form takes references without meaning: a thread that the body began by its own id, one that
others began by its number (``kommunbloggen/other-3``), or a row of a list
(``2025-12-22-kommunstyrelsen-1:3``).
"""

import enum
from typing import Annotated

from prefect.client.schemas.objects import State
from pydantic import Field

from archive_store import Archive, Entry
from archive_store.errors import InputError
from flows.circumstances import require_judge
from flows.forms import AsOf, for_operators
from flows.house import House, open_house
from flows.meaningless import ID, POST, forgotten_if_refused, require_meaningless
from flows.outcome import Outcome
from tasks.culling import Decision, decision_for, load_decisions
from tasks.culling.classifying import REASONS, classify
from tasks.culling.lists import read_list
from tasks.discreet import discreet

Reason = enum.StrEnum("Reason", {code.replace("-", "_").upper(): code for code in REASONS})  # type: ignore[misc]
"""Why, as the form offers it."""

Post = Annotated[
    str,
    Field(
        title="Inlägg",
        description="KANAL/ID för en tråd som myndigheten inlett, till exempel kommunbloggen/17; "
        "KANAL/NUMMER för en som andra inlett, till exempel kommunbloggen/other-3; eller LISTA:RAD "
        "ur en gallringslista, till exempel 2025-12-22-kommunstyrelsen-1:3. Skriv aldrig id på en "
        "kommentar eller någon annans inlägg, en adress, eller ord ur inlägget.",
        json_schema_extra={"pattern": POST},
    ),
]
RecordClass = Annotated[
    str,
    Field(
        title="Handlingstyp",
        description="Handlingstypens id i nämndens gallringsbeslut. Skriv regler för att låta "
        "beslutets regler avgöra igen.",
    ),
]
Why = Annotated[
    Reason,
    Field(
        title="Skäl",
        description=f"{'; '.join(f'{code}, {text.sv}' for code, text in REASONS.items())}.",
    ),
]
Judge = Annotated[
    str,
    Field(
        title="Klassas av",
        description="Ditt id, som det står i gallringsbeslutet eller i kanalregistret; inte ditt "
        "namn.",
        json_schema_extra={"pattern": ID},
    ),
]


@for_operators(
    name="classify",
    description="Ger en tråd en handlingstyp. Ange KANAL/ID eller LISTA:RAD.",
)
def classify_thread(
    post: Post, record_class: RecordClass, reason: Why, by: Judge, as_of: AsOf = None
) -> State[Outcome]:
    """Give a thread its class as a person."""
    with forgotten_if_refused("post"):
        house = open_house(None, as_of)
        channel, reference = reference_of(house.archive, post)
        if post == f"{channel}/{reference}":  # else it is a row of a list
            require_meaningless(house.archive, channel, reference)
    outcome = Outcome(flow="classify", title="Klassning")
    with discreet("classify", channel):
        entry = classified(house, channel, reference, record_class, str(reason), by)
    said = "oförändrad" if entry is None else "avskild" if entry.facts["apart"] else "klassad"
    outcome.done(channel, {"handlingstyp": record_class, "skäl": str(reason), "utfall": said})
    return outcome.state(f"{channel}: {said} som {record_class}")


def classified(  # noqa: PLR0913, PLR0917 - what a classification says
    house: House, channel: str, reference: str, record_class: str, reason: str, by: str
) -> Entry | None:
    """Give a thread its class, by somebody whom the decision or the register names."""
    decision = decision_of(house, channel)
    require_judge(house, decision, by)
    return classify(
        house.archive,
        decision,
        channel,
        reference,
        record_class=record_class,
        reason=reason,
        by=by,
        now=house.now,
    )


def decision_of(house: House, channel: str) -> Decision:
    """The decision of the board that answers for a channel.

    Raises:
        InputError: there is no such channel; RefusalError: the board has no decision.
    """
    known = {each.id: each for each in house.register.channels}
    if channel not in known:
        raise InputError(
            "channel-unknown",
            sv=f"{channel}: ingen sådan kanal i registret. Där finns: {', '.join(known)}.",
            en=f"{channel}: no such channel in the register. There are: {', '.join(known)}.",
        )
    board = house.register.board_of(known[channel]).id
    return decision_for(load_decisions(house.settings.decision), board)


def reference_of(archive: Archive, said: str) -> tuple[str, str]:
    """Channel and thread that a person names as ``KANAL/ID`` or ``LISTA:RAD``.

    Raises:
        InputError: it is neither.
        MissingError, RefusalError: there is no such living list.
    """
    channel, slash, reference = said.partition("/")
    if slash and channel and reference and not channel.endswith(":"):
        return channel, reference
    list_id, colon, row = said.rpartition(":")
    if colon and row.isdecimal():
        rows = {each.number: each for each in read_list(archive, list_id).rows}
        if int(row) in rows:
            return rows[int(row)].channel, rows[int(row)].thread
    raise InputError(
        "post-reference",
        sv="Ange inlägget som KANAL/ID eller som LISTA:RAD, till exempel kommunbloggen/17.",
        en="Name the post as CHANNEL/ID or as LIST:ROW, for instance kommunbloggen/17.",
    )
