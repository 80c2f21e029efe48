"""Examines a store whole, or quickly before an archive is made in it."""

import contextlib
import secrets
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final, Protocol

from archive_store.bucket import Bucket
from archive_store.directory import Directory
from archive_store.doctor import any_store, directory, links
from archive_store.doctor.asking import Check, ask
from archive_store.doctor.report import Ok, Report, Row
from archive_store.errors import InputError

_DIRECTORY: Final = (
    directory.place,
    directory.writable,
    directory.file_system,
    directory.one_file_system,
    directory.room,
    any_store.write_read,
    links.hard_links,
    any_store.taken_refused,
    any_store.one_winner,
    links.two_processes,
    directory.synchronised,
    links.whole_pages,
    directory.rights,
    directory.long_names,
    directory.letter_case,
    directory.clock,
    any_store.locks,
)
_DIRECTORY_QUICK: Final = (
    directory.place,
    directory.writable,
    directory.one_file_system,
    links.hard_links,
    directory.synchronised_once,
)
_ANY: Final = (
    any_store.write_read,
    any_store.taken_refused,
    any_store.one_winner,
    any_store.locks,
)
_ANY_QUICK: Final = (any_store.taken_refused,)


class _Ground(Protocol):
    @property
    def bucket(self) -> Bucket: ...

    def told(self) -> contextlib.AbstractContextManager[None]: ...

    def leave(self) -> None: ...


def examine(bucket: Bucket, *, told: Callable[[Row], None] | None = None) -> Report:
    """Try everything that the archive relies on, and leave nothing behind.

    Args:
        bucket: the store; trials are made out of the way of what lies there.
        told: gets each row as soon as it is known.

    Returns:
        The whole report; what could not be tried is in it too.
    """
    rows: list[Row] = []
    for row in _rows(bucket, quick=False, locks=True):
        rows.append(row)
        if told is not None:
            told(row)
    return Report(place=str(bucket), rows=tuple(rows))


def require(bucket: Bucket, *, locks: bool) -> None:
    """Refuse a store on which an archive could not keep its word; a second's work at most.

    Args:
        bucket: where an archive is to be made.
        locks: whether it is to promise that what is locked cannot be destroyed.

    Raises:
        InputError: ``store-unfit``, naming what failed.
    """
    failed = [
        row
        for row in _rows(bucket, quick=True, locks=locks)
        if row.fails or (locks and row.locks and row.ok is not Ok.YES)
    ]
    if not failed:
        return
    what = {
        lang: " ".join(
            f"{row.code}: {row.asks.in_(lang)} – {row.seen.in_(lang)}. {row.advice.in_(lang)}"
            for row in failed
        )
        for lang in ("sv", "en")
    }
    raise InputError(
        "store-unfit",
        sv=f"{bucket} duger inte för ett arkiv. {what['sv']} Allt prövas av kanalarkiv doctor.",
        en=f"{bucket} is not fit for an archive. {what['en']} kanalarkiv doctor tries everything.",
    )


def _rows(bucket: Bucket, *, quick: bool, locks: bool) -> Iterator[Row]:
    ground, checks = _ground(bucket, quick=quick, locks=locks)
    try:
        yield from ask(checks, ground, told=ground.told, has_locks=lambda: ground.bucket.locks)
    finally:
        ground.leave()


def _ground(bucket: Bucket, *, quick: bool, locks: bool) -> tuple[_Ground, Sequence[Check[Any]]]:
    """Where to try, and what to ask there."""
    wanted = (any_store.locks,) if locks else ()
    if isinstance(bucket, Directory):
        place = directory.Place(Path(str(bucket)))
        return place, (*_DIRECTORY_QUICK, *wanted) if quick else _DIRECTORY
    from archive_store.doctor import s3_checks  # noqa: PLC0415 - boto3 takes its time to import

    corner = s3_checks.corner_of(bucket)
    if corner is not None:
        return corner, s3_checks.quick(locks=locks) if quick else s3_checks.CHECKS
    other = any_store.Corner(bucket=bucket, prefix=f"doctor/{secrets.token_hex(8)}/")
    return other, (*_ANY_QUICK, *wanted) if quick else _ANY
