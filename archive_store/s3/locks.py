"""Object Lock: what a bucket can lock, and locks and legal holds on single objects.

Locks are in governance mode until somebody decides otherwise: who may bypass it can withdraw by a
decision, nobody by mistake.
"""

import base64
import contextlib
import dataclasses as dc
import datetime as dt
import hashlib
from typing import Final

from archive_store.errors import MissingError
from archive_store.s3.errors import missing, no_locks
from archive_store.s3.requests import Answer, Door, Request

GOVERNANCE: Final = "GOVERNANCE"
_MODE: Final = "x-amz-object-lock-mode"
_UNTIL: Final = "x-amz-object-lock-retain-until-date"
_HOLD: Final = "x-amz-object-lock-legal-hold"
_NAMESPACE: Final = "http://s3.amazonaws.com/doc/2006-03-01/"
_NEVER: Final = dt.datetime.min.replace(tzinfo=dt.UTC)
_NO_LOCKS: Final = frozenset(
    {
        "ObjectLockConfigurationNotFoundError",
        "ObjectLockConfigurationNotFound",
        "NoSuchObjectLockConfiguration",
        "InvalidRequest",
        "NotImplemented",
        "MethodNotAllowed",
    }
)
_NO_OBJECT: Final = frozenset({"NoSuchKey", "NoSuchVersion"})
_GONE: Final = frozenset({404, 405})  # 405: a delete marker
_TRIES: Final = 3


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """For how long a bucket locks all that is written, if nothing else is said."""

    mode: str
    days: int = 0
    years: int = 0

    @property
    def sv(self) -> str:
        """In Swedish, such as ``GOVERNANCE 1 dag``."""
        days = "1 dag" if self.days == 1 else f"{self.days} dagar"
        return f"{self.mode} {f'{self.years} år' if self.years else days}"

    @property
    def en(self) -> str:
        """In English, such as ``GOVERNANCE 1 day``."""
        number, unit = (self.years, "year") if self.years else (self.days, "day")
        return f"{self.mode} {number} {unit}{'' if number == 1 else 's'}"


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class LockConfiguration:
    """That a bucket can lock; ``default`` is its default retention, if it has one."""

    default: Retention | None


class Locks:
    """The locks of one bucket, and of the archive's keys in it."""

    def __init__(self, door: Door) -> None:
        self._door = door

    def configuration(self) -> LockConfiguration | None:
        """How the bucket locks; ``None`` where it cannot."""
        answer = self._door.send(Request(method="GET", query={"object-lock": ""}))
        if answer.code in _NO_LOCKS:
            return None
        tree = self._door.document(answer, "ObjectLockConfiguration")
        if tree.findtext("ObjectLockEnabled") != "Enabled":
            return None
        rule = tree.find("Rule/DefaultRetention")
        if rule is None:
            return LockConfiguration(default=None)
        return LockConfiguration(
            default=Retention(
                mode=rule.findtext("Mode", ""),
                days=int(rule.findtext("Days", "0")),
                years=int(rule.findtext("Years", "0")),
            )
        )

    def headers(self, until: dt.datetime) -> dict[str, str]:
        """What locks an object in its very put."""
        return {_MODE: GOVERNANCE, _UNTIL: _stamp(until)}

    def are_in(self, request: Request) -> bool:
        """Whether a put carries a lock."""
        return _MODE in request.headers

    def without(self, request: Request) -> Request:
        """The same put without its lock."""
        headers = {n: value for n, value in request.headers.items() if n not in {_MODE, _UNTIL}}
        return dc.replace(request, headers=headers)

    def keep(self, key: str, version: str, until: dt.datetime) -> None:
        """Lock until then; an existing lock is never shortened, and keeps its mode."""
        for tries in range(1, _TRIES + 1):
            found = self._head(key, version)
            if _until(found) >= until:
                return
            mode = found.headers.get(_MODE, GOVERNANCE)
            body = f"<Mode>{mode}</Mode><RetainUntilDate>{_stamp(until)}</RetainUntilDate>"
            answer = self._put(key, version, "retention", "Retention", body)
            # Another may have locked it for longer meanwhile; then the store refuses.
            if answer.ok or tries == _TRIES:
                self._check(key, answer)
                return

    def hold(self, key: str, version: str, *, on: bool) -> None:
        """Set or lift a legal hold."""
        body = f"<Status>{'ON' if on else 'OFF'}</Status>"
        self._check(key, self._put(key, version, "legal-hold", "LegalHold", body))

    def stands(self, key: str, version: str, now: dt.datetime) -> bool:
        """Whether a lock or a hold keeps this version from being destroyed."""
        try:
            found = self._head(key, version)
        except MissingError:
            return False
        return found.headers.get(_HOLD) == "ON" or _until(found) > now

    def _told(self) -> contextlib.AbstractContextManager[None]:
        """See ``Access.told``, by which ``doctor`` should ask."""
        return self._door._access.told()  # noqa: SLF001 (until doctor does)

    def _head(self, key: str, version: str) -> Answer:
        answer = self._door.send(Request(method="HEAD", key=key, query={"versionId": version}))
        if answer.status in _GONE:
            raise missing(key)
        self._check(key, answer)
        return answer

    def _put(self, key: str, version: str, what: str, name: str, inner: str) -> Answer:
        body = f'<{name} xmlns="{_NAMESPACE}">{inner}</{name}>'.encode()
        md5 = hashlib.md5(body, usedforsecurity=False).digest()
        return self._door.send(
            Request(
                method="PUT",
                key=key,
                query={what: "", "versionId": version},
                headers={"Content-MD5": base64.b64encode(md5).decode()},
                body=body,
                sha256=hashlib.sha256(body).hexdigest(),
            )
        )

    def _check(self, key: str, answer: Answer) -> None:
        if answer.ok:
            return
        if answer.code in _NO_OBJECT:
            raise missing(key)
        if answer.code in _NO_LOCKS:
            raise no_locks(self._door.place)
        raise self._door.refusal(answer)


def _until(answer: Answer) -> dt.datetime:
    found = answer.headers.get(_UNTIL)
    return dt.datetime.fromisoformat(found) if found else _NEVER


def _stamp(time: dt.datetime) -> str:
    """In whole seconds, as S3 has them; rather longer than shorter."""
    if time.microsecond:
        time = time.replace(microsecond=0) + dt.timedelta(seconds=1)
    return time.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
