"""What every flow needs before it starts: settings, register, archive, the rule's time, channels.

Read anew in each run, so that a changed register counts from the next run on.
"""

import contextlib
import dataclasses as dc
import datetime as dt
import importlib.metadata
import os
from collections.abc import Collection, Sequence

from archive_store import Archive, Commit, archive_at, write_index
from archive_store.errors import HeldError, InputError
from flows.settings import Settings, load_settings
from tasks.model import Channel, LifeCycle, Register
from tasks.register import load_register, register_digest, register_draft

LIVING = frozenset({LifeCycle.ACTIVE, LifeCycle.DORMANT})


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """One run's ground.

    Attributes:
        settings: as read from flag, environment and file.
        register: as read and checked.
        archive: opened for this run.
        now: the rule's time, UTC.
        channels: the channels that the run is about.
    """

    settings: Settings
    register: Register
    archive: Archive
    now: dt.datetime
    channels: tuple[Channel, ...]


def open_house(
    channels: Sequence[str] | None = None,
    as_of: dt.datetime | None = None,
    *,
    life: Collection[LifeCycle] = LIVING,
    writes: bool = True,
) -> House:
    """Open archive and register for a run.

    Args:
        channels: ids, or ``None`` for all that are in one of the states of ``life``.
        as_of: the rule's time; ``None`` means now.
        life: which channels are meant where none is named.
        writes: whether the run harvests, captures or culls; then a time of one's own choice is
            refused unless the archive is a rehearsal (DESIGN section 5).

    Raises:
        InputError: the register is refused, a channel is unknown, or the time is not allowed.
    """
    settings = load_settings()
    register = load_register(settings.register)
    archive = archive_at(settings.archive)
    now = rule_time(archive, as_of, writes=writes)
    return House(
        settings=settings,
        register=register,
        archive=archive,
        now=now,
        channels=_chosen(register, channels, life),
    )


def rule_time(archive: Archive, as_of: dt.datetime | None, *, writes: bool) -> dt.datetime:
    """The time that all rules of a run go by, in UTC and whole seconds.

    Raises:
        InputError: ``as_of`` in an archive that is no rehearsal, or earlier than its last commit.
    """
    if as_of is None:
        return dt.datetime.now(dt.UTC).replace(microsecond=0)
    if as_of.tzinfo is None:
        raise InputError(
            "time-without-zone",
            sv="Tiden saknar tidszon; skriv till exempel 2026-01-15T08:00:00+01:00.",
            en="The time has no zone; write for instance 2026-01-15T08:00:00+01:00.",
        )
    if writes and not archive.rehearsal:
        raise InputError(
            "time-not-allowed",
            sv="--as-of gäller bara i ett övningsarkiv (kanalarkiv init --rehearsal).",
            en="--as-of works only in a rehearsal archive (kanalarkiv init --rehearsal).",
        )
    now = as_of.astimezone(dt.UTC).replace(microsecond=0)
    if writes:
        archive.accept_time(now)
    return now


def _chosen(
    register: Register, ids: Sequence[str] | None, life: Collection[LifeCycle]
) -> tuple[Channel, ...]:
    if not ids:
        return tuple(channel for channel in register.channels if channel.life in life)
    known = {channel.id: channel for channel in register.channels}
    unknown = sorted(set(ids) - set(known))
    if unknown:
        raise InputError(
            "channel-unknown",
            sv=f"Kanalen {', '.join(unknown)} finns inte i registret. "
            f"Där finns: {', '.join(known)}.",
            en=f"The channel {', '.join(unknown)} is not in the register. "
            f"There are: {', '.join(known)}.",
        )
    return tuple(known[channel_id] for channel_id in dict.fromkeys(ids))


def keep_register(house: House) -> None:
    """Commit the register, with its activity plans, where it differs from the version last kept.

    So it can be told in thirty years which unit and which plan a channel had on a given day.
    """
    if _register_is_kept(house):
        return
    with contextlib.suppress(HeldError), house.archive.lease("register"):  # held: kept by another
        house.archive.sweep("register/")  # what a killed run left
        if not _register_is_kept(house):
            draft = register_draft(house.settings.register, house.register, now=house.now)
            house.archive.commit(
                Commit(event="register", now=house.now, actor="register", drafts=(draft,))
            )


def _register_is_kept(house: House) -> bool:
    kept = house.archive.packages("register/", kind="register")
    newest = max(kept, key=lambda package: package.seq, default=None)
    digest = register_digest(house.settings.register, house.register)
    return newest is not None and newest.labels["digest"] == digest


def write_page(house: House) -> None:
    """Write the archive's page for archivists, with the names that people know."""
    register = house.register
    names = {channel.id: channel.name for channel in register.channels}
    names |= {unit.id: unit.name for unit in register.units}
    names |= {board.id: board.name for board in register.boards}
    write_index(house.archive, organisation=register.organisation.name, names=names)


def secret_of(channel: Channel) -> str | None:
    """The channel's token, ``None`` where the register names none, or none is deposited.

    The connector then reads what everyone may read, and harvest says which states could not be
    told.
    """
    return secret_named(channel.secret) if channel.secret else None


def secret_named(name: str) -> str | None:
    """A secret: environment ``KANALARKIV_SECRET_…``, else a Prefect Secret block; or ``None``."""
    variable = f"KANALARKIV_SECRET_{name.upper().replace('-', '_')}"
    if os.environ.get(variable):
        return os.environ[variable]
    from prefect.blocks.system import Secret  # noqa: PLC0415 - only where a block is asked for

    try:
        return str(Secret.load(name).get())  # type: ignore[union-attr]
    except ValueError:
        return None


def software() -> str:
    """Product and version, as certificates and provenance pages print it."""
    return f"Kanalarkiv {importlib.metadata.version('kanalarkiv')}"
