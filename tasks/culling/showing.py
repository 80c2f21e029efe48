"""A list's rows with their words, for the person who is to judge them."""

import dataclasses as dc

from archive_store import Archive
from tasks.culling.lists import Row, read_list
from tasks.days import day_of, living_days, load_day
from tasks.model import Thread


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A row with its words, for the person at the terminal; never logged or stored.

    ``thread`` is ``None`` where it is no longer in the archive.
    """

    row: Row
    thread: Thread | None


def show(archive: Archive, list_id: str) -> tuple[Shown, ...]:
    """The rows of a living list with their words, for the person who is to judge them.

    Raises:
        MissingError, RefusalError, DamageError: as ``read_list``.
    """
    list_ = read_list(archive, list_id)
    wanted = {(row.channel, row.day) for row in list_.rows}
    threads: dict[tuple[str, str], Thread] = {}
    for channel in sorted({channel for channel, _ in wanted}):
        for package in living_days(archive, channel):
            if (channel, day_of(package)) in wanted:
                threads |= {(channel, each.id): each for each in load_day(archive, package)}
    return tuple(
        Shown(row=row, thread=threads.get((row.channel, row.thread))) for row in list_.rows
    )
