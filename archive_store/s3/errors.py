"""What a store answers, said as the archive's errors: what happened, where, and what to do.

A message names endpoint, bucket and key, and the store's own short code; never a credential, nor
any other text of the store's.
"""

import dataclasses as dc
import re
import ssl
from typing import Final

import urllib3.exceptions as http
from botocore import exceptions as boto

from archive_store.errors import (
    ArchiveError,
    DamageError,
    ExistsError,
    MissingError,
    UnsureError,
)

_CODE: Final = re.compile(rb"<Code>([A-Za-z0-9.]{1,64})</Code>")
_HTTP_OR_TLS: Final = ("WRONG_VERSION_NUMBER", "HTTP_REQUEST", "UNKNOWN_PROTOCOL")


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a bucket is, for messages."""

    bucket: str
    endpoint: str

    @property
    def sv(self) -> str:
        """The place in Swedish."""
        return f"hinken {self.bucket} på {self.endpoint}"

    @property
    def en(self) -> str:
        """The place in English."""
        return f"the bucket {self.bucket} at {self.endpoint}"


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """How a refusal is told; the place and the store's code are put before it."""

    code: str
    sv: str
    en: str
    kind: type[ArchiveError] = ArchiveError


_CREDENTIALS: Final = _Told(
    code="credentials-refused",
    sv="nycklarna godtas inte: de är fel eller har gått ut. Rätta AWS_ACCESS_KEY_ID och "
    "AWS_SECRET_ACCESS_KEY (eller profilen) och kör igen.",
    en="the credentials are refused: wrong or expired. Mend AWS_ACCESS_KEY_ID and "
    "AWS_SECRET_ACCESS_KEY (or the profile) and run again.",
)
_CLOCK: Final = _Told(
    code="clock-wrong",
    sv="datorns klocka går för mycket fel. Ställ den (NTP) och kör igen.",
    en="this computer's clock is too far off. Set it (NTP) and run again.",
)
_NO_BUCKET: Final = _Told(
    code="no-bucket",
    sv="det finns ingen sådan hink. Kontrollera namnet, eller skapa den med versioner och Object "
    "Lock.",
    en="there is no such bucket. Check the name, or create it with versions and Object Lock.",
    kind=MissingError,
)
_REGION: Final = _Told(
    code="wrong-region",
    sv="hinken ligger i en annan region. Ange den i AWS_REGION.",
    en="the bucket lies in another region. Give it in AWS_REGION.",
)
_FULL: Final = _Told(
    code="store-full",
    sv="lagringen är full eller kvoten nådd; inget skrevs. Utöka den och kör igen.",
    en="the store is full or its quota reached; nothing was written. Enlarge it and run again.",
)
_LARGE: Final = _Told(
    code="too-large",
    sv="objektet är större än vad lagringen tar emot i ett stycke (högst 5 GB).",
    en="the object is larger than the store takes in one piece (at most 5 GB).",
)
_CANNOT: Final = _Told(
    code="store-cannot",
    sv="lagringen kan inte det som arkivet behöver. Kör kanalarkiv doctor.",
    en="the store cannot do what the archive needs. Run kanalarkiv doctor.",
)
_FORBIDDEN: Final = _Told(
    code="store-refused",
    sv="lagringen nekar åtkomst. Kontrollera vad nycklarna får göra med hinken.",
    en="the store refuses access. Check what the credentials may do with the bucket.",
)
_BUSY: Final = _Told(
    code="store-away",
    sv="lagringen är överlastad eller ur funktion. Kör igen om en stund.",
    en="the store is overloaded or out of order. Run again in a while.",
)
_ODD: Final = _Told(
    code="store-refused",
    sv="lagringen svarade något oväntat. Är adressen en S3-tjänsts? Kör kanalarkiv doctor.",
    en="the store gave an unexpected answer. Is it the address of an S3 service? Run kanalarkiv "
    "doctor.",
)

_BY_CODE: Final[dict[str, _Told]] = {
    **dict.fromkeys(
        (
            "InvalidAccessKeyId",
            "SignatureDoesNotMatch",
            "ExpiredToken",
            "ExpiredTokenException",
            "InvalidToken",
            "InvalidClientTokenId",
            "TokenRefreshRequired",
            "AuthFailure",
        ),
        _CREDENTIALS,
    ),
    **dict.fromkeys(("RequestTimeTooSkewed", "RequestExpired"), _CLOCK),
    **dict.fromkeys(
        ("PermanentRedirect", "TemporaryRedirect", "AuthorizationHeaderMalformed"), _REGION
    ),
    **dict.fromkeys(("QuotaExceeded", "InsufficientCapacity", "XMinioStorageFull"), _FULL),
    "NoSuchBucket": _NO_BUCKET,
    "EntityTooLarge": _LARGE,
    "NotImplemented": _CANNOT,
}
_BY_STATUS: Final[dict[int, _Told]] = {
    301: _REGION,
    307: _REGION,
    401: _CREDENTIALS,
    403: _FORBIDDEN,
    413: _LARGE,
    429: _BUSY,
    501: _CANNOT,
    507: _FULL,
}
_SERVER_FAILED: Final = 500


def code_in(body: bytes) -> str:
    """The store's own error code in an answer's body; empty where there is none."""
    found = _CODE.search(body)
    return found[1].decode("ascii") if found else ""


def refused(place: Place, *, status: int, code: str) -> ArchiveError:
    """The error for an answer that is no success."""
    told = _BY_CODE.get(code) or _BY_STATUS.get(status)
    if told is None:
        told = _BUSY if status >= _SERVER_FAILED else _ODD
    shown = f"{status} {code}".strip()
    return told.kind(
        told.code,
        sv=f"{_capital(place.sv)} ({shown}): {told.sv}",
        en=f"{_capital(place.en)} ({shown}): {told.en}",
    )


def unreachable(place: Place, error: Exception) -> ArchiveError:
    """The error where no answer came; ``tls-refused`` where trying again is of no use."""
    if isinstance(error, boto.NoCredentialsError | boto.PartialCredentialsError):
        return no_credentials(place)
    if isinstance(error, boto.CredentialRetrievalError):
        return refused(place, status=401, code="")
    if _is_tls(error):
        return ArchiveError(
            "tls-refused",
            sv=f"{_capital(place.sv)}: certifikatet godtas inte, eller tjänsten talar inte TLS. "
            "Ange den egna certifikatutfärdaren i AWS_CA_BUNDLE, och kontrollera namn och adress.",
            en=f"{_capital(place.en)}: its certificate is not trusted, or it speaks no TLS. Give "
            "your own certificate authority in AWS_CA_BUNDLE, and check name and address.",
        )
    return ArchiveError(
        "store-away",
        sv=f"{_capital(place.sv)} svarar inte ({type(error).__name__}). Kontrollera adress, nät "
        "och proxy, och kör igen.",
        en=f"{_capital(place.en)} does not answer ({type(error).__name__}). Check address, network "
        "and proxy, and run again.",
    )


def never_arrived(error: http.HTTPError) -> bool:
    """Whether the store cannot have seen the request at all."""
    if isinstance(error, http.ProxyError):
        error = error.original_error  # type: ignore[assignment]  # what the proxy's road met
    return isinstance(error, http.NewConnectionError | http.ConnectTimeoutError | http.SSLError)


def no_credentials(place: Place) -> ArchiveError:
    """The error where no credentials are found."""
    return ArchiveError(
        "no-credentials",
        sv=f"{_capital(place.sv)}: inga nycklar är angivna. Sätt AWS_ACCESS_KEY_ID och "
        "AWS_SECRET_ACCESS_KEY, eller en profil.",
        en=f"{_capital(place.en)}: no credentials are given. Set AWS_ACCESS_KEY_ID and "
        "AWS_SECRET_ACCESS_KEY, or a profile.",
    )


def unsure(cause: ArchiveError, key: str) -> UnsureError:
    """The error where a write was perhaps carried out before this stopped it."""
    return UnsureError(
        cause.code,
        sv=f"{key} är kanske skrivet, kanske inte. {cause.sv}",
        en=f"{key} may be written, or not. {cause.en}",
    )


def missing(key: str) -> MissingError:
    """The error for a key that holds nothing."""
    return MissingError(
        "missing-object",
        sv=f"Det finns inget objekt {key} i arkivet.",
        en=f"There is no object {key} in the archive.",
    )


def taken(key: str) -> ExistsError:
    """The error for a key that is not free."""
    return ExistsError(
        "key-taken",
        sv=f"Det finns redan ett objekt {key} i arkivet; inget skrevs.",
        en=f"There already is an object {key} in the archive; nothing was written.",
    )


def locked(key: str) -> ArchiveError:
    """The error where a lock or a legal hold stands against destroying."""
    return ArchiveError(
        "locked",
        sv=f"{key} är låst mot förstöring (Object Lock eller legal hold) och finns kvar.",
        en=f"{key} is locked against destruction (Object Lock or legal hold) and remains.",
    )


def no_locks(place: Place) -> ArchiveError:
    """The error where a bucket cannot lock."""
    return ArchiveError(
        "no-locks",
        sv=f"{_capital(place.sv)} kan inte låsa objekt mot förstöring. Skapa en hink med Object "
        "Lock om lås krävs.",
        en=f"{_capital(place.en)} cannot lock objects against destruction. Create a bucket with "
        "Object Lock where locks are required.",
    )


def written_wrong(key: str) -> DamageError:
    """The error where the store holds other bytes than were sent."""
    return DamageError(
        "written-wrong",
        sv=f"{key} lagrades inte som det skickades. Kör igen; händer det på nytt är lagringen "
        "eller nätet trasigt.",
        en=f"{key} was not stored as it was sent. Run again; if it happens anew, the store or the "
        "network is broken.",
    )


def remains(place: Place, key: str) -> ArchiveError:
    """The error where an object keeps coming back while it is destroyed."""
    return ArchiveError(
        "not-destroyed",
        sv=f"{_capital(place.sv)}: {key} finns kvar fast varje version förstördes. Kör igen; "
        "kontrollera att ingen annan skriver dit.",
        en=f"{_capital(place.en)}: {key} remains although every version was destroyed. Run again; "
        "see that nobody else writes there.",
    )


def too_large(key: str) -> ArchiveError:
    """The error for an object beyond what one put may carry."""
    return ArchiveError(
        _LARGE.code,
        sv=f"{key} är större än 5 GB, som är det mesta ett S3-objekt får vara i ett stycke. "
        "Dela filen.",
        en=f"{key} is larger than 5 GB, the most that an S3 object may be in one piece. Split the "
        "file.",
    )


def _is_tls(error: Exception) -> bool:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return True
        if isinstance(cause, ssl.SSLError) and cause.reason in _HTTP_OR_TLS:
            return True
        inner = cause.args[0] if cause.args else None
        inner = getattr(cause, "original_error", inner)
        if isinstance(cause, boto.HTTPClientError):
            inner = cause.kwargs.get("error")
        cause = inner if isinstance(inner, BaseException) else cause.__cause__
    return False


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
