"""What a decision's rules go by beside the threads: register, crisis periods, screening's marks.

Rooms do not know each other: culling is handed what harvest screens and what the register says.
"""

from collections.abc import Collection

from archive_store.errors import InputError, RefusalError
from flows.crisis import periods
from flows.house import House
from tasks.culling import Decision, in_force, load_decisions
from tasks.culling.backlog import backlog
from tasks.culling.ground import Ground
from tasks.culling.tags import Circumstances, Crisis
from tasks.harvest.screening import screen
from tasks.model import Thread


def circumstances_of(house: House) -> Circumstances:
    """The circumstances of all channels, as the house knows them now."""
    channels = house.register.channels
    return Circumstances(
        units={channel.id: channel.unit for channel in channels},
        platforms={channel.id: channel.platform for channel in channels},
        crises=tuple(
            Crisis(channels=period.channels, began=period.began, ended=period.ended)
            for period in periods(house.archive)
        ),
        screened=screened,
    )


def grounds(house: House) -> dict[str, Ground]:
    """What classes and periods go by, of each channel of the house whose board has a decision.

    Holds, harvests and numbers are not read: this is for work lists, not for judging what may go.
    """
    if not house.settings.decision.exists():
        return {}
    decisions = load_decisions(house.settings.decision)
    around = circumstances_of(house)
    return {
        channel.id: Ground(decision=decisions[board], now=house.now, circumstances=around)
        for channel in house.channels
        if (board := house.register.board_of(channel).id) in decisions
    }


def overdue(house: House) -> dict[str, int]:
    """Threads past the latest day of a decision in force, by channel (clause K21).

    A decision that has no legal force yet, or no longer, sets no day.
    """
    binding = {c: g for c, g in grounds(house).items() if in_force(g.decision, house.now)}
    return {c.id: 0 for c in house.channels} | backlog(house.archive, binding)


def screened(thread: Thread) -> Collection[str]:
    """The marks that screening sees in any wording of a thread."""
    return screen((post, version.words) for post in thread.posts for version in post.versions)


def require_scope(house: House, decision: Decision) -> None:
    """Refuse a decision whose scope names what the register does not know.

    A misspelt channel in a class that keeps would let its threads be culled.

    Raises:
        RefusalError: ``scope-unknown``.
    """
    channels = {channel.id for channel in house.register.channels}
    units = {unit.id for unit in house.register.units}
    named = set(decision.officials) - channels
    for each in decision.classes:
        named |= (set(each.channels) - channels) | (set(each.units) - units)
    if named:
        ids = ", ".join(sorted(named))
        raise RefusalError(
            "scope-unknown",
            sv=f"{decision.file}: registret känner inte {ids}; rätta beslutsfilen eller registret.",
            en=f"{decision.file}: the register does not know {ids}; mend one of them.",
        )


def require_judge(house: House, decision: Decision, by: str) -> None:
    """Refuse an id that neither the decision nor the register names.

    Raises:
        InputError: ``person-unknown``.
    """
    known = {person.id for person in (*decision.approvers, *decision.proposers)}
    known |= {each.id for channel in house.register.channels for each in channel.administrators}
    if by in known | {house.register.organisation.information_unit}:
        return
    raise InputError(
        "person-unknown",
        sv="--by: ange id för någon som beslutet eller registret namnger.",
        en="--by: give the id of somebody whom the decision or the register names.",
    )
