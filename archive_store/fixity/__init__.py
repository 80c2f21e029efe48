"""Reading everything again: is what the journal says there, unchanged, and nothing else.

It needs no opened archive, since a damaged journal keeps one from being opened. Whoever edits an
entry must edit all that follow; whoever does that, or cuts the journal short, is still contradicted
by the manifests, each of which states the journal as it was, by the page in the root, by tokens of
trusted time, and by an archive opened before.
"""

import datetime as dt
import functools
from pathlib import Path

from archive_store.archive import Archive
from archive_store.committing import real_time
from archive_store.errors import DamageError
from archive_store.fixity.checking import Check
from archive_store.fixity.findings import Finding, VerifyReport
from archive_store.fixity.part import WHOLE, Part
from archive_store.places import bucket_at

__all__ = ["WHOLE", "Finding", "Part", "VerifyReport", "verify", "verify_at"]


def verify(
    archive: Archive,
    prefix: str = "",
    *,
    part: Part = WHOLE,
    tsa_ca: Path | None = None,
    at: dt.datetime | None = None,
) -> VerifyReport:
    """Verify an opened archive, or the packages and objects whose keys begin so.

    Args:
        archive: what; entries that it has seen and that are gone since are missed.
        prefix: how the keys begin.
        part: which share of it is read; the rest is only listed.
        tsa_ca: roots that tokens of trusted time are checked against; without them a token is only
            seen to be over its object.
        at: real time, by which leftovers are old; now where not given.

    Raises:
        MissingError: nothing begins so.
    """
    heads = archive.heads()
    judge = functools.partial(_flaw_of_token, tsa_ca)
    check = Check(archive.bucket, prefix, part=part, at=at or real_time(), judge=judge)
    return check.run(known=heads)


def verify_at(
    location: str | Path,
    prefix: str = "",
    *,
    part: Part = WHOLE,
    tsa_ca: Path | None = None,
    at: dt.datetime | None = None,
) -> VerifyReport:
    """Verify an archive that may be too damaged to open. Arguments as in ``verify``.

    Raises:
        MissingError: there is no archive, or nothing begins so.
    """
    judge = functools.partial(_flaw_of_token, tsa_ca)
    check = Check(bucket_at(location), prefix, part=part, at=at or real_time(), judge=judge)
    return check.run(known=())


def _flaw_of_token(tsa_ca: Path | None, token: bytes, data: bytes) -> DamageError | None:
    from archive_store.timestamps import check  # noqa: PLC0415 - heavy, and only where tokens are

    try:
        check(token, data, ca=tsa_ca)
    except DamageError as flaw:
        return flaw
    return None
