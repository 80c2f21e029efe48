"""The archive's one secret: without it nobody can try words against the tombstones.

It guards what was culled against readers of journal and certificates, not against readers of the
bucket, which must be enough by itself (DESIGN, settled: HMAC key).
"""

import contextlib
import secrets
from collections.abc import Callable
from typing import Final

from archive_store.bucket import Bucket
from archive_store.errors import DamageError, ExistsError, InputError, MissingError
from archive_store.hidden import hidden
from archive_store.keys import SECRETS
from archive_store.state import State

LENGTH: Final = 32  # bytes


def depend_on_it(state: State) -> bool:
    """Whether anything lives that was marked under the secret: tombstones, and days of posts."""
    marked = (
        package
        for zone, kind in (("tombstones/", None), ("posts/", "day"))
        for package in state.packages(zone)
        if kind is None or package.labels.get("kind") == kind
    )
    return any(True for _ in marked)


def secret_of(bucket: Bucket, name: str, *, may_create: Callable[[], bool]) -> bytes:
    """The secret under ``name``; made, by one of many at once, where there is none yet.

    Args:
        bucket: where.
        name: one of ``keys.SECRETS``.
        may_create: asked where there is none: not where things stored already depend on it.

    Raises:
        InputError: no such name.
        DamageError: it is lost or has the wrong length.
    """
    if name not in SECRETS:
        raise InputError(
            "no-such-secret",
            sv="Arkivet har ingen sådan hemlighet.",
            en="The archive has no such secret.",
        )
    try:
        secret = bucket.get(name)
    except MissingError:
        if flaw := hidden(bucket, name):  # a new one would let in what was culled
            raise flaw from None
        if not may_create():
            raise secret_damaged(name) from None
        with contextlib.suppress(ExistsError):  # another was faster: theirs it is
            bucket.create(name, secrets.token_bytes(LENGTH), secret=True)
        secret = bucket.get(name)
    if len(secret) != LENGTH:
        raise secret_damaged(name)
    return secret


def secret_damaged(name: str) -> DamageError:
    """The error that says what the loss means."""
    return DamageError(
        "secret-damaged",
        sv=f"{name} saknas eller har fel längd. Återställ den från en säkerhetskopia: utan den "
        "tas det som gallrats in igen.",
        en=f"{name} is missing or has the wrong length. Restore it from a backup: without it, "
        "what was culled is taken in again.",
    )
