"""What lacks its token of trusted time gets it, now or in a later run (docs/trusted-time.md)."""

import contextlib
import dataclasses as dc
import datetime as dt
from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Protocol

from archive_store.errors import (
    ArchiveError,
    DamageError,
    HeldError,
    KanalarkivError,
    MissingError,
)
from archive_store.records import Entry
from archive_store.timestamps import Authority


class Stampable(Protocol):
    """What of an archive is needed to give its objects their tokens."""

    def refresh(self) -> None:
        """Learn what other runs have committed."""

    def unstamped(self) -> list[str]:
        """Keys of objects that should have a token and have none, oldest first."""

    def get(self, key: str) -> bytes:
        """An object's bytes."""

    def stamp(self, tokens: Mapping[str, bytes], *, now: dt.datetime) -> Entry:
        """Store and journal tokens by their objects' keys."""

    def lease(self, name: str) -> AbstractContextManager[None]:
        """Hold a name; ``HeldError`` where another run does."""


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Stamped:
    """What a run of ``stamp_pending`` came to.

    Attributes:
        stamped: tokens fetched and stored.
        left: objects that still lack one.
        away: whether the authority gave none to the last that was asked for.
        flaw: why some are left; ``None`` where only ``limit`` or another run stood in the way.
    """

    stamped: int
    left: int
    away: bool = False
    flaw: KanalarkivError | None = None


def stamp_pending(
    archive: Stampable, authority: Authority, *, now: dt.datetime, limit: int = 100
) -> Stamped:
    """Fetch and store the tokens that are lacking, oldest first, in one commit.

    An authority that is away or answers wrongly stops nothing: what has come is stored, the rest
    is asked for in the next run. One run at a time does it; a second one leaves it to the first.

    Args:
        archive: what lacks them.
        authority: whom to ask.
        now: the rule's time.
        limit: at most so many.
    """
    with contextlib.ExitStack() as held:
        try:
            held.enter_context(archive.lease("timestamps"))
        except HeldError:
            return Stamped(stamped=0, left=len(archive.unstamped()))
        archive.refresh()  # another run may have held the lease until now
        pending = archive.unstamped()
        tokens: dict[str, bytes] = {}
        away = False
        flaw: KanalarkivError | None = None
        for key in pending[:limit]:
            try:
                data = archive.get(key)
            except (DamageError, MissingError) as error:
                flaw = error  # the others are sound
                continue
            try:
                tokens[key] = authority.token(data)
            except ArchiveError as error:
                away, flaw = True, error
                break
        if tokens:
            archive.stamp(tokens, now=now)
    return Stamped(stamped=len(tokens), left=len(pending) - len(tokens), away=away, flaw=flaw)
