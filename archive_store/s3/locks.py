"""Object Lock: what a bucket can lock, and locks and legal holds on single objects.

Rare, so by boto3's client. Locks are in governance mode until somebody decides otherwise: who may
bypass it can withdraw by a decision, nobody by mistake.
"""

import contextlib
import datetime as dt
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final, TypedDict

from botocore.exceptions import BotoCoreError, ClientError

from archive_store.errors import MissingError
from archive_store.s3.access import Access
from archive_store.s3.errors import missing, no_locks, unreachable

if TYPE_CHECKING:
    from types_boto3_s3.type_defs import HeadObjectOutputTypeDef  # installed for the checks alone


class _At(TypedDict):
    Bucket: str
    Key: str
    VersionId: str


GOVERNANCE: Final = "GOVERNANCE"
_NO_CONFIGURATION: Final = frozenset(
    {
        "ObjectLockConfigurationNotFoundError",
        "ObjectLockConfigurationNotFound",
        "NoSuchObjectLockConfiguration",
        "NotImplemented",
        "MethodNotAllowed",
        "InvalidRequest",
    }
)
_NO_OBJECT: Final = frozenset({"NoSuchKey", "NoSuchVersion", "404", "405"})
_NEVER: Final = dt.datetime.min.replace(tzinfo=dt.UTC)
_TRIES: Final = 3


class Locks:
    """The locks of one bucket, and of the archive's keys in it."""

    def __init__(self, access: Access) -> None:
        self._access = access

    def configuration(self) -> Mapping[str, Any] | None:
        """The bucket's lock configuration; ``None`` where it cannot lock."""
        with self._told():
            try:
                answer = self._access.client.get_object_lock_configuration(Bucket=self._bucket)
            except ClientError as error:
                if _code(error) in _NO_CONFIGURATION:
                    return None
                raise
        found: Mapping[str, Any] = answer.get("ObjectLockConfiguration", {})
        return found if found.get("ObjectLockEnabled") == "Enabled" else None

    def keep(self, key: str, version: str, until: dt.datetime) -> None:
        """Lock until then; an existing lock is never shortened, and keeps its mode."""
        for tries in range(1, _TRIES + 1):
            found = self._head(key, version)
            mode = found.get("ObjectLockMode", GOVERNANCE)
            if found.get("ObjectLockRetainUntilDate", _NEVER) >= until:
                return
            with self._told(key):
                try:
                    self._access.client.put_object_retention(
                        **self._at(key, version),
                        Retention={"Mode": mode, "RetainUntilDate": until},
                    )
                except ClientError:
                    # Another may have locked it for longer meanwhile; then the store refuses.
                    if tries == _TRIES:
                        raise
                else:
                    return

    def hold(self, key: str, version: str, *, on: bool) -> None:
        """Set or lift a legal hold."""
        with self._told(key):
            self._access.client.put_object_legal_hold(
                **self._at(key, version), LegalHold={"Status": "ON" if on else "OFF"}
            )

    def stands(self, key: str, version: str, now: dt.datetime) -> bool:
        """Whether a lock or a hold keeps this version from being destroyed."""
        try:
            found = self._head(key, version)
        except MissingError:
            return False
        if found.get("ObjectLockLegalHoldStatus") == "ON":
            return True
        return found.get("ObjectLockRetainUntilDate", now) > now

    def _head(self, key: str, version: str) -> "HeadObjectOutputTypeDef":
        with self._told(key):
            return self._access.client.head_object(**self._at(key, version))

    def _at(self, key: str, version: str) -> _At:
        return {"Bucket": self._bucket, "Key": self._access.root + key, "VersionId": version}

    @property
    def _bucket(self) -> str:
        return self._access.place.bucket

    @contextlib.contextmanager
    def _told(self, name: str = "") -> Iterator[None]:
        """The store's refusals, said as the archive's."""
        try:
            yield
        except ClientError as error:
            if name and _code(error) in _NO_OBJECT:
                raise missing(name) from None
            if name and _code(error) in _NO_CONFIGURATION:
                raise no_locks(self._access.place) from None
            raise unreachable(self._access.place, error) from None
        except BotoCoreError as error:
            raise unreachable(self._access.place, error) from None


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))
