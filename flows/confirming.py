"""Confirming a snapshot, and withdrawing one by a decision with a masked copy in its place.

A snapshot is preliminary until one of the channel's administrators confirms it (clause K22); then
it has the long lock. After that only a decision takes it away. The journal keeps who, when and the
decision's number, as ids and codes.
"""

import urllib.parse
from collections.abc import Mapping
from typing import Any, Final

from archive_store import Draft, Entry, Package
from archive_store.errors import InputError, RefusalError
from flows.crisis import require_person
from flows.house import House, software, write_page
from flows.naming import STOCKHOLM
from flows.searching import forget
from flows.taken import snapshot_named, taken_at
from tasks.discreet import discreet
from tasks.documents import read_back
from tasks.model import Administrator, Channel

_DNR: Final = "/:-_.,()+"
_LONGEST_DNR: Final = 100


def confirm(house: House, name: str, *, by: str) -> Entry:
    """Make a preliminary snapshot final; doing it twice does nothing twice.

    Args:
        house: opened.
        name: the snapshot's key.
        by: id of one of the channel's administrators.

    Raises:
        MissingError: no such snapshot.
        RefusalError: ``not-administrator``.
    """
    package = snapshot_named(house.archive, name)
    _require_administrator(house, package, by)
    entry = house.archive.confirm(package.key, now=house.now, actor=by)
    write_page(house)
    return entry


def withdraw(  # noqa: PLR0913 - what a withdrawal depends on, each named at the call
    house: House,
    name: str,
    *,
    copy: bytes,
    decision: str,
    by: str,
    masked: Mapping[str, Any] | None = None,
) -> Entry:
    """Put a masked copy in a snapshot's place; the original is destroyed.

    Args:
        house: opened.
        name: the snapshot's key.
        copy: the PDF that takes its place.
        decision: the decision's registration number (dnr).
        by: id of the person who carries the decision out.
        masked: what the mask took away, as numbers, for the manifest.

    Returns:
        The entry; its ``added`` is the copy. The earlier entry where it was withdrawn before.

    Raises:
        MissingError: no such snapshot.
        InputError: no decision, or the copy will not do.
        RefusalError: a hold forbids it.
        ArchiveError: withdrawn, but a lock that nobody may lift keeps the bytes.
    """
    require_person(house, by)
    number = _coded(decision)
    if (done := withdrawn_before(house, name)) is not None:
        return done
    package = snapshot_named(house.archive, name)
    with discreet("withdraw", package.labels["channel"]):
        pages = _checked(house, package, copy)
        replacement = _replacement(house, package, copy, pages, decision, masked or {})
    with house.archive.lease(f"snapshot-{package.labels['channel']}"):
        house.archive.sweep(f"{package.base}-maskad")  # what a killed run left
        entry = house.archive.withdraw(
            package.key, replacement, decision=number, now=house.now, actor=by
        )
    write_page(house)
    forget(house.archive, house.settings)
    return entry


def administrators(channel: Channel, house: House) -> tuple[Administrator, ...]:
    """Those who may confirm for a channel today."""
    today = house.now.astimezone(STOCKHOLM).date()
    return tuple(
        person
        for person in channel.administrators
        if person.appointed <= today and (person.ended is None or today <= person.ended)
    )


def withdrawn_before(house: House, name: str) -> Entry | None:
    """The entry by which a snapshot was withdrawn, with what followed it completed, or ``None``."""
    base = name.removesuffix(".pdf").removesuffix(".json")
    entry = house.archive.once(f"withdrawn:{base}.json")
    if entry is not None:  # killed in between: page and catalogue may not know of it yet
        write_page(house)
        forget(house.archive, house.settings)
    return entry


def _require_administrator(house: House, package: Package, by: str) -> None:
    channel = {c.id: c for c in house.register.channels}.get(package.labels["channel"])
    if channel is None:
        raise InputError(
            "channel-unknown",
            sv=f"Kanalen {package.labels['channel']} finns inte i registret; lägg tillbaka den "
            "(life = closed) och försök igen.",
            en=f"The channel {package.labels['channel']} is not in the register; put it back "
            "(life = closed) and try again.",
        )
    able = [person.id for person in administrators(channel, house)]
    if by not in able:
        told = ", ".join(able) or "–"
        raise RefusalError(
            "not-administrator",
            sv=f"Bara en av kanalens kontoadministratörer kan fastställa bilden. {channel.id} har: "
            f"{told}.",
            en=f"Only an administrator of the channel can confirm it. {channel.id} has: {told}.",
        )


def _coded(decision: str) -> str:
    """A registration number as the journal takes it: blanks and letters like Å as %XX."""
    number = " ".join(decision.split())
    if not number or len(number) > _LONGEST_DNR or not number.isprintable():
        raise InputError(
            "no-decision",
            sv="Att återkalla kräver ett beslut: ange dess diarienummer med --decision.",
            en="Withdrawing takes a decision: give its registration number with --decision.",
        )
    return urllib.parse.quote(number, safe=_DNR)


def _checked(house: House, package: Package, copy: bytes) -> int:
    """The pages of a copy that can be read, and is not the original once more."""
    if copy == house.archive.read(package, "pdf"):
        raise InputError(
            "same-file",
            sv="Den maskade kopian är samma fil som originalet. Ange den maskade filen.",
            en="The masked copy is the same file as the original. Name the masked one.",
        )
    if not copy.startswith(b"%PDF-"):
        raise InputError(
            "copy-no-pdf",
            sv="Kopian är ingen PDF. Spara den maskade bilden som PDF och försök igen.",
            en="The copy is no PDF. Save the masked one as PDF and try again.",
        )
    return read_back(copy).pages


def _replacement(  # noqa: PLR0913, PLR0917 - what the record of the copy tells
    house: House,
    package: Package,
    copy: bytes,
    pages: int,
    decision: str,
    masked: Mapping[str, Any],
) -> Draft:
    """The copy's record: the original's labels and facts, and by which decision it stands there.

    What could hold the words that were withdrawn (address, pressed texts) is left out.
    """
    about = house.archive.manifest(package)["about"]
    kept = {key: about[key] for key in _HARMLESS if key in about}
    return Draft(
        base=f"{package.base}-maskad",
        files={"pdf": copy},
        about={
            **kept,
            "pages": pages,
            "replaces": package.key,
            "decision": " ".join(decision.split()),
            "masked": dict(masked),
            "software": software(),
        },
        labels={
            **package.labels,
            "state": "preliminary",
            "replaces": package.key,
            "taken": taken_at(package).isoformat(),
        },
    )


_HARMLESS: Final = (
    "channel",
    "unit",
    "board",
    "occasion",
    "basis",
    "period_from",
    "started",
    "finished",
    "browser",
    "viewport",
    "height",
    "stopped",
    "completeness",
    "images",
    "images_missing",
    "logged_in",
    "sender",
    "rehearsal",
)
