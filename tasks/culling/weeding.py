"""Forgets what is only of use for a while: lists that nobody carried out, requests that are closed.

DESIGN section 1: lists and requests lie in transient zones and go after their own period. A list is
good for six days; whatever else lies there says itself until when, by its label ``forget``.
"""

import datetime as dt

from archive_store import Archive, Commit
from tasks.culling.lists import part_of, read_list, waiting
from tasks.office_time import local_date

ZONES = ("requests/", "access/")


def weed(archive: Archive, boards: tuple[str, ...], *, now: dt.datetime) -> int:
    """Destroy what is past its period; how many packages.

    Args:
        archive: where it lies.
        boards: whose lists are looked at; one that a culling has begun on stays.
        now: the rule's time.

    Raises:
        HeldError: another run is busy with a board's culling.
    """
    gone = sum(_lists(archive, board, now) for board in boards)
    return gone + _requests(archive, now)


def _lists(archive: Archive, board: str, now: dt.datetime) -> int:
    with archive.lease(f"cull-{board}"):
        archive.refresh()
        old = [
            each
            for each in (read_list(archive, list_id) for list_id in waiting(archive, board))
            if each.expires <= now and part_of(archive, each.id, "intent") is None
        ]
        parts = [part_of(archive, each.id, part) for each in old for part in ("list", "approval")]
        keys = tuple(part.key for part in parts if part is not None)
        if keys:
            archive.commit(
                Commit(
                    event="cull-expired",
                    now=now,
                    actor="weed",
                    retire=keys,
                    retirement="expired",
                    facts={"lists": [each.id for each in old]},
                )
            )
    return len(keys)


def _requests(archive: Archive, now: dt.datetime) -> int:
    today = local_date(now).isoformat()
    old = [
        package.key
        for zone in ZONES
        for package in archive.packages(zone)
        if "forget" in package.labels and package.labels["forget"] <= today
    ]
    if old:
        archive.commit(
            Commit(
                event="forgotten",
                now=now,
                actor="weed",
                retire=tuple(old),
                retirement="expired",
                facts={"packages": len(old)},
            )
        )
    return len(old)
