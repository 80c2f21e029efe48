"""Crisis periods: from when until when channels are documented daily because of a crisis (K24).

Guidelines: crisis communication is decided case by case, by people. A period is two entries of the
journal, which hold ids alone; the snapshots of its start, its days and its end are duties that the
snapshot run takes (``flows.occasions``).
"""

import dataclasses as dc
import datetime as dt
from typing import Final

from archive_store import Archive, Commit
from archive_store.errors import InputError
from flows.house import House
from flows.naming import STOCKHOLM

STARTED: Final = "crisis-started"
ENDED: Final = "crisis-ended"


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """One crisis.

    Attributes:
        id: such as ``"kris-2026-01-15"``.
        channels: ids of the channels that are documented.
        began: when (rule's time).
        ended: ``None`` while it goes on.
    """

    id: str
    channels: tuple[str, ...]
    began: dt.datetime
    ended: dt.datetime | None = None


def periods(archive: Archive) -> tuple[Period, ...]:
    """Every period in the archive, oldest first."""
    ends = {entry.facts["period"]: entry.now for entry in archive.entries(event=ENDED)}
    return tuple(
        Period(
            id=entry.facts["period"],
            channels=tuple(entry.facts["channels"]),
            began=entry.now,
            ended=ends.get(entry.facts["period"]),
        )
        for entry in archive.entries(event=STARTED)
    )


def ongoing(archive: Archive) -> tuple[Period, ...]:
    """The periods that have not ended."""
    return tuple(period for period in periods(archive) if period.ended is None)


def start(house: House, *, by: str) -> Period:
    """Begin a period for the channels of the house.

    Args:
        house: opened for the channels that the crisis touches.
        by: id of the person who decides it, as the register has it.

    Raises:
        InputError: one of the channels is in a period already, or nobody has that id.
    """
    require_person(house, by)
    ids = [channel.id for channel in house.channels]
    with house.archive.lease("crisis"):
        for period in ongoing(house.archive):
            if busy := sorted(set(ids) & set(period.channels)):
                raise InputError(
                    "crisis-goes-on",
                    sv=f"Krisläget {period.id} pågår redan för {', '.join(busy)}. Avsluta det med "
                    f"kanalarkiv crisis stop {period.id}, eller ange andra kanaler med --channel.",
                    en=f"The crisis {period.id} goes on already for {', '.join(busy)}. End it with "
                    f"kanalarkiv crisis stop {period.id}, or name other channels with --channel.",
                )
        name = _free_id(house)
        entry = house.archive.commit(
            Commit(
                event=STARTED,
                now=house.now,
                actor=by,
                once=f"{STARTED}:{name}",
                facts={"period": name, "channels": ids},
            )
        )
    return Period(id=name, channels=tuple(ids), began=entry.now)


def stop(house: House, name: str | None, *, by: str) -> Period:
    """End a period; doing it twice does nothing twice.

    Args:
        house: opened.
        name: the period's id; ``None`` where only one goes on.
        by: id of the person who decides it.

    Raises:
        InputError: no such period, or not clear which.
    """
    require_person(house, by)
    period = _meant(house.archive, name)
    entry = house.archive.commit(
        Commit(
            event=ENDED,
            now=house.now,
            actor=by,
            once=f"{ENDED}:{period.id}",
            facts={"period": period.id},
        )
    )
    return dc.replace(period, ended=entry.now)


def require_person(house: House, by: str) -> None:
    """Refuse an id that the register does not know: neither administrator nor information unit.

    Raises:
        InputError: ``person-unknown``.
    """
    people = {a.id for channel in house.register.channels for a in channel.administrators}
    if by in people | {house.register.organisation.information_unit}:
        return
    raise InputError(
        "person-unknown",
        sv="--by: ange id för en kontoadministratör i registret, eller för informationsenheten.",
        en="--by: give the id of an administrator in the register, or of the information unit.",
    )


def _meant(archive: Archive, name: str | None) -> Period:
    going_on = {period.id: period for period in ongoing(archive)}
    known = {period.id: period for period in periods(archive)}
    if name is not None and name in known:
        return known[name]
    if name is None and len(going_on) == 1:
        return next(iter(going_on.values()))
    told = ", ".join(going_on) or "–"
    raise InputError(
        "crisis-unknown",
        sv=f"Ange vilket krisläge som avslutas. Pågår nu: {told}.",
        en=f"Say which crisis ends. Going on now: {told}.",
    )


def _free_id(house: House) -> str:
    name = f"kris-{house.now.astimezone(STOCKHOLM):%Y-%m-%d}"
    used = {period.id for period in periods(house.archive)}
    number = 1
    while (chosen := name if number == 1 else f"{name}-{number}") in used:
        number += 1
    return chosen
