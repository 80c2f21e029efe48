"""Audit: weekly, whether what is kept is still there, the register in order, and logins alive.

The parts exist elsewhere (``verify``, ``check``); this asks them in turn and says what to do about
what they found. Before each duty date the logins are rehearsed, 14 and 3 days ahead, so that one
that has expired is made anew in time.
"""

import asyncio
from pathlib import Path
from typing import Final

from prefect.client.schemas.objects import State

from archive_store import fixity
from archive_store.errors import DamageError, KanalarkivError
from archive_store.fixity import Part
from flows.checking import check_register
from flows.forms import AsOf, for_operators
from flows.house import House, open_house
from flows.naming import STOCKHOLM
from flows.outcome import Outcome
from flows.rehearsing import rehearse_due
from tasks.culling.reading import differing
from tasks.days import living_days
from tasks.discreet import discreet
from tasks.model import Finding, Level

WITHIN: Final = 91  # days in which all of the archive is read
EVERY: Final = 7
_LEVELS: Final = {Level.ERROR: "fel", Level.WARNING: "varningar", Level.HINT: "upplysningar"}


@for_operators(
    name="audit",
    description="Prövar arkivets äkthet, registret och de inloggningar som snart behövs.",
)
async def audit(as_of: AsOf = None) -> State[Outcome]:
    """Look at this week's part of the archive, at the register, and at logins that are due."""
    house = open_house(None, as_of)
    outcome = Outcome(flow="audit", title="Granskning")
    await asyncio.to_thread(_integrity, house, outcome)
    await asyncio.to_thread(_gists, house, outcome)
    await asyncio.to_thread(_register, house, outcome)
    await rehearse_due(house, outcome)
    return await outcome.astate()


def _integrity(house: House, outcome: Outcome) -> None:
    """A thirteenth of the archive, read again against manifests and journal."""
    settings = house.settings
    day = house.now.astimezone(STOCKHOLM).date()
    try:
        with discreet("audit", "verify"):
            report = fixity.verify_at(
                settings.archive,
                "",
                part=Part.due(day, within=WITHIN, every=EVERY),
                tsa_ca=Path(settings.tsa_ca) if settings.tsa_ca else None,
            )
    except KanalarkivError as error:
        outcome.fail("äkthet", error)
        return
    errors = sum(finding.level == "error" for finding in report.findings)
    warnings = len(report.findings) - errors
    if errors:
        outcome.fail("äkthet", _damaged(errors))
        return
    row = {"lästa filer": report.objects, "fel": 0, "varningar": warnings}
    outcome.done("äkthet", row, column="granskat")
    if warnings:
        outcome.shortfalls.append(f"äkthet: {warnings} att se över (kanalarkiv verify)")


def _gists(house: House, outcome: Outcome) -> None:
    """What culling judges by, against the threads themselves."""
    ids = [channel.id for channel in house.register.channels]
    try:
        with discreet("audit", "gists"):
            wrong = [package for each in ids for package in differing(house.archive, each)]
    except KanalarkivError as error:
        outcome.fail("sammandrag", error)
        return
    if wrong:
        outcome.fail("sammandrag", _differing(len(wrong)))
        return
    days = sum(len(living_days(house.archive, each)) for each in ids)
    outcome.done("sammandrag", {"lästa filer": days, "fel": 0}, column="granskat")


def _register(house: House, outcome: Outcome) -> None:
    """The guidelines' clauses: coverage, staffing, replies, culling."""
    try:
        with discreet("audit", "check"):
            found = check_register(house.settings, now=house.now, attest=False)
    except KanalarkivError as error:
        outcome.fail("register", error)
        return
    outcome.done("register", _counted(found), column="granskat")
    broken = sorted({f"{f.code} {f.where}".strip() for f in found if f.level is Level.ERROR})
    if broken:
        outcome.shortfalls.append(f"register: {', '.join(broken)} (kanalarkiv check)")


def _counted(found: tuple[Finding, ...]) -> dict[str, int]:
    return {word: sum(f.level is level for f in found) for level, word in _LEVELS.items()}


def _differing(days: int) -> DamageError:
    return DamageError(
        "gists-differ",
        sv=f"Sammandrag som inte stämmer med sin dags trådar: {days}. Gallra inget; meddela den "
        "som sköter Kanalarkiv. En dag skrivs på nytt när en av dess trådar klassas.",
        en=f"Days whose gists are not those of their threads: {days}. Cull nothing; tell who "
        "looks after Kanalarkiv. A day is written anew when one of its threads is classified.",
    )


def _damaged(errors: int) -> DamageError:
    return DamageError(
        "archive-damaged",
        sv=f"{errors} fel i arkivet. Kör kanalarkiv verify för att se dem, ändra inget och "
        "återställ från en säkerhetskopia.",
        en=f"{errors} errors in the archive. Run kanalarkiv verify to see them, change nothing and "
        "restore from a backup.",
    )
