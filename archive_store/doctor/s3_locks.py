"""Asks a bucket on S3 whether its locks hold and let go, with periods of seconds.

Governance is what the archive uses: it holds from the first put, and a decision can withdraw.
Compliance is tried because whoever chooses it must know that it holds.
"""

import base64
import hashlib
import time
from typing import Any, Final

from archive_store.doctor.asking import check
from archive_store.doctor.report import NOT_TRIED, Answer, Needed, no, yes
from archive_store.doctor.s3_ground import LOCKED_FOR, Corner
from archive_store.errors import ArchiveError

_LOCKED: Final = "locked"
_BODY: Final = b"locked"
# S3 demands a Content-MD5 of a put that locks (or a checksum, which Ceph 16 does not count).
_MD5: Final = base64.b64encode(hashlib.md5(_BODY, usedforsecurity=False).digest()).decode()
_MARGIN: Final = 1.0  # seconds, for a server that counts whole ones
_GRACE: Final = 5.0  # seconds in which a lock that has ended must let go


@check(
    "lock-holds",
    sv="det som låses i själva skrivningen kan inte förstöras",
    en="what is locked in the very put cannot be destroyed",
    needed=Needed.USEFUL,
    advice_sv="Låsen håller inte: lova dem inte, och byt lager om de behövs.",
    advice_en="The locks do not hold: do not promise them; change the store if they are needed.",
    locks=True,
)
def lock_holds(corner: Corner) -> Answer:
    """Governance retention from the first moment."""
    if not corner.bucket.locks:
        return NOT_TRIED
    key = f"{corner.prefix}governed"
    corner.bucket.create(key, _BODY, until=corner.soon())
    mode = corner.client.head_object(**corner.at("governed")).get("ObjectLockMode")
    if mode != "GOVERNANCE":
        return no(f"läget är {mode}", f"the mode is {mode}")
    return yes("nekas", "refused") if _refused(corner, key) else no("förstördes", "destroyed")


@check(
    "lock-withdrawn",
    sv="kontot får upphäva ett lås, som ett beslut om återkallande kräver",
    en="the account may lift a lock, as a decision to withdraw demands",
    needed=Needed.USEFUL,
    advice_sv="Återkallande kräver s3:BypassGovernanceRetention. Ge det hellre åt ett eget konto "
    "som används bara då.",
    advice_en="Withdrawal takes s3:BypassGovernanceRetention. Rather give it to an account of its "
    "own that is used only then.",
)
def lock_withdrawn(corner: Corner) -> Answer:
    """Governance lifted by these credentials."""
    if not corner.bucket.locks:
        return NOT_TRIED
    key = f"{corner.prefix}withdrawn"
    corner.bucket.create(key, _BODY, until=corner.soon())
    if _refused(corner, key, withdrawn=True):
        return no("nekas", "refused")
    return yes("får", "may")


@check(
    "compliance-holds",
    sv="ett lås i läget compliance kan varken brytas eller kortas",
    en="a compliance lock can be neither broken nor shortened",
    needed=Needed.USEFUL,
    advice_sv="Välj inte compliance här: det håller inte vad det heter.",
    advice_en="Do not choose compliance here: it does not hold what its name says.",
)
def compliance_holds(corner: Corner) -> Answer:
    """Deletion and shortening, both with bypass."""
    if not corner.bucket.locks:
        return NOT_TRIED
    at, until = corner.at("complied"), corner.soon()
    locked: Any = {"ObjectLockMode": "COMPLIANCE", "ObjectLockRetainUntilDate": until}
    put = corner.client.put_object(**at, Body=_BODY, ContentMD5=_MD5, **locked)
    version: Any = {"VersionId": put["VersionId"], "BypassGovernanceRetention": True}
    sooner: Any = {"Mode": "COMPLIANCE", "RetainUntilDate": until - LOCKED_FOR / 2}
    if not corner.refusal(
        lambda: corner.client.put_object_retention(**at, **version, Retention=sooner)
    ):
        return no("kortades", "shortened")
    if not corner.refusal(lambda: corner.client.delete_object(**at, **version)):
        return no("förstördes", "destroyed")
    return yes("håller", "holds")


@check(
    "legal-hold",
    sv="ett stopp (legal hold) håller tills det hävs",
    en="a legal hold holds until it is lifted",
    needed=Needed.USEFUL,
    advice_sv="Lova inte stopp mot förstöring här; byt lager om de behövs.",
    advice_en="Do not promise holds against destruction here; change the store if needed.",
    locks=True,
)
def legal_hold(corner: Corner) -> Answer:
    """Set, tried against with bypass too, lifted."""
    if not corner.bucket.locks:
        return NOT_TRIED
    key = f"{corner.prefix}held"
    corner.bucket.create(key, b"held")
    corner.bucket.hold(key, on=True)
    if not _refused(corner, key, withdrawn=True):
        return no("förstördes", "destroyed")
    corner.bucket.hold(key, on=False)
    if _refused(corner, key):
        return no("håller sedan det hävts", "holds after it was lifted")
    return yes("håller, och hävs", "holds, and is lifted")


@check(
    "lock-ends",
    sv="ett lås släpper när dess tid är ute",
    en="a lock lets go when its time is out",
    needed=Needed.USEFUL,
    advice_sv="Låsta objekt kunde aldrig förstöras. Lova inte lås här.",
    advice_en="Locked objects could never be destroyed. Promise no locks here.",
    locks=True,
)
def lock_ends(corner: Corner) -> Answer:
    """The object of ``lock-holds``, some seconds later, without bypass."""
    if not corner.bucket.locks or corner.until is None:
        return NOT_TRIED
    key = f"{corner.prefix}governed"
    time.sleep(max(0.0, (corner.until - corner.now()).total_seconds()) + _MARGIN)
    deadline = time.monotonic() + _GRACE
    while _refused(corner, key):
        if time.monotonic() > deadline:
            return no("håller ännu", "still holds")
        time.sleep(_MARGIN)
    return yes("släppte", "let go")


def _refused(corner: Corner, key: str, *, withdrawn: bool = False) -> bool:
    try:
        corner.bucket.delete(key, withdrawn=withdrawn)
    except ArchiveError as error:
        if error.code != _LOCKED:
            raise
        return True
    return False
