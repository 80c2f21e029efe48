"""The register against the guidelines, with what the archive knows as evidence.

What nobody has recorded stays unknown, and the check says so; it never passes for fulfilled.
"""

import dataclasses as dc
import datetime as dt
from pathlib import Path

from archive_store import Archive, archive_at
from archive_store.errors import MissingError
from flows.circumstances import overdue
from flows.crisis import ongoing
from flows.house import House
from flows.naming import STOCKHOLM
from flows.settings import Settings
from flows.taken import snapshots, state_of, taken_at
from tasks.culling import in_force, load_decisions
from tasks.culling.removal import still_in_view
from tasks.harvest import open_replies
from tasks.harvest.history import last_harvest
from tasks.model import CaptureBasis, Channel, Finding, LifeCycle, Occasion, Register
from tasks.register import Evidence, SnapshotTaken, check, load_register, register_digest

MINUTE = dt.timedelta(minutes=1)


def check_register(settings: Settings, *, now: dt.datetime, attest: bool) -> tuple[Finding, ...]:
    """Findings on the register that the settings name.

    Args:
        settings: where register, decisions and archive are; an archive need not exist.
        now: the rule's time.
        attest: whether to list also what only a person can attest.

    Raises:
        InputError: register or decision is refused.
    """
    register = load_register(settings.register)
    try:
        archive = archive_at(settings.archive)
    except MissingError:
        evidence = Evidence()
    else:
        evidence = gather(archive, register, settings.register, now)
        house = House(
            settings=settings,
            register=register,
            archive=archive,
            now=now,
            channels=tuple(c for c in register.channels if c.life is not LifeCycle.PLANNED),
        )
        evidence = dc.replace(evidence, backlog=overdue(house))
    evidence = dc.replace(evidence, boards_with_decision=_boards_in_force(settings, now))
    return check(register, now=now, evidence=evidence, attest=attest)


def gather(archive: Archive, register: Register, path: Path, now: dt.datetime) -> Evidence:
    """What the archive can tell of the channels: ids, dates and numbers."""
    active = [c for c in register.channels if c.life in {LifeCycle.ACTIVE, LifeCycle.DORMANT}]
    harvests = {c.id: last_harvest(archive, c.id) for c in active}
    return Evidence(
        senders={c.id: codes for c in active if (codes := _sender(archive, c)) is not None},
        crises=_crises(archive),
        archive_since=archive.first.now.astimezone(STOCKHOLM).date(),
        harvested={c: time for c, time in harvests.items() if time is not None},
        snapshots=tuple(_taken(archive)),
        oldest_open_minutes={
            c.id: _oldest_open(archive, c, now) for c in active if harvests[c.id] is not None
        },
        removals_waiting={c.id: still_in_view(archive, c.id) for c in active if harvests[c.id]},
        plans_archived=_plans(archive, register_digest(path, register)),
    )


def _taken(archive: Archive) -> list[SnapshotTaken]:
    return [
        SnapshotTaken(
            channel=package.labels["channel"],
            occasion=Occasion(package.labels["occasion"]),
            date=taken_at(package).astimezone(STOCKHOLM).date(),
            confirmed=state_of(archive, package) == "confirmed",
        )
        for package in snapshots(archive)
    ]


def _sender(archive: Archive, channel: Channel) -> frozenset[str] | None:
    """What the channel's page showed of sender and contact when a machine last captured it."""
    pages = snapshots(archive, channel=channel.id, basis=CaptureBasis.PAGE.value)
    newest = max(pages, key=taken_at, default=None)
    if newest is None:
        return None
    codes = archive.manifest(newest)["about"].get("sender")
    return None if codes is None else frozenset(codes)


def _crises(archive: Archive) -> dict[str, dt.date]:
    return {
        channel: period.began.astimezone(STOCKHOLM).date()
        for period in reversed(ongoing(archive))
        for channel in period.channels
    }


def _oldest_open(archive: Archive, channel: Channel, now: dt.datetime) -> int:
    waiting = open_replies(archive, channel, now=now)
    return max(((now - reply.received) // MINUTE for reply in waiting), default=0)


def _plans(archive: Archive, digest: str) -> frozenset[str]:
    kept = archive.packages("register/", kind="register", digest=digest)
    return frozenset(p for package in kept for p in archive.manifest(package)["about"]["plans"])


def _boards_in_force(settings: Settings, now: dt.datetime) -> frozenset[str] | None:
    if not settings.decision.exists():
        return None
    decisions = load_decisions(settings.decision)
    return frozenset(board for board, found in decisions.items() if in_force(found, now))
