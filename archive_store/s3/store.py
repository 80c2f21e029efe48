"""The archive's store at scale: an S3 bucket, as safe as whoever keeps it.

One put, exclusive by ``If-None-Match``, is an object; it carries the SHA-256 of its bytes, its lock
if it has one, and a random nonce, by which a write whose answer was lost is known again (notes:
design 5, 7 and 8).
"""

import base64
import datetime as dt
import hashlib
import itertools
import re
import secrets
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import boto3
from botocore.exceptions import BotoCoreError

from archive_store.bucket import Pace, Stored
from archive_store.errors import InputError
from archive_store.keys import check_key, check_prefix
from archive_store.s3 import errors
from archive_store.s3.access import Access
from archive_store.s3.listing import Version, versions
from archive_store.s3.locks import GOVERNANCE, Locks
from archive_store.s3.requests import Answer, Door, Request

_LARGEST: Final = 5 * 2**30
_LONGEST_LINK: Final = 7 * 24 * 3600
_AT_ONCE: Final = 8
_ROUNDS: Final = 5
_FEW: Final = 20  # versions of one key; there is one, save where others write
_MD5: Final = re.compile(r"[0-9a-f]{32}")
_NONCE: Final = "x-amz-meta-nonce"
_TAKEN: Final = 412
_MISSING: Final = 404
_FORBIDDEN: Final = 403
_NO_OBJECT: Final = frozenset({"NoSuchKey", "NoSuchVersion"})


class S3:
    """A bucket, or a prefix in one. Safe to share between threads.

    Nothing is asked of the store before the first call. No other host than the endpoint is
    (and, where neither environment nor files hold credentials, the instance's own role service).

    Args:
        bucket: its name.
        prefix: under which the archive lies; may be empty.
        endpoint: address of the service; by default by boto3's chain (``AWS_ENDPOINT_URL_S3``,
            ``AWS_ENDPOINT_URL``, profile).
        ca: file of certificate authorities; by default by boto3's chain (``AWS_CA_BUNDLE``).
        session: whose credentials count; by default by boto3's chain.
        patience: seconds for which a failing request is tried again.
        read_back: see ``Pace``; below 1 the ETag, compared with every put, stands for the rest.
    """

    def __init__(  # noqa: PLR0913 (each is a choice of its own)
        self,
        bucket: str,
        prefix: str = "",
        *,
        endpoint: str | None = None,
        ca: str | Path | None = None,
        session: boto3.Session | None = None,
        patience: float = 60.0,
        read_back: float = 1.0,
    ) -> None:
        self._name = f"s3://{bucket}/{prefix}".rstrip("/")
        self._root = f"{prefix}/" if prefix else ""
        self._access = Access(bucket, prefix=prefix, endpoint=endpoint, ca=ca, session=session)
        self._door = Door(self._access, patience=patience)
        self._locks = Locks(self._access)
        self._can_lock: bool | None = None
        self.pace = Pace(writers=_AT_ONCE, readers=_AT_ONCE, read_back=read_back)

    def __repr__(self) -> str:
        return f"S3({self._name!r})"

    def __str__(self) -> str:
        return self._name

    @property
    def locks(self) -> bool:
        """Whether the bucket has Object Lock; asked once. ``doctor`` may set what it has seen."""
        if self._can_lock is None:
            self._can_lock = self._locks.configuration() is not None
        return self._can_lock

    @locks.setter
    def locks(self, seen: bool) -> None:
        self._can_lock = seen

    def default_retention(self) -> str | None:
        """The bucket's default retention, such as ``"GOVERNANCE 30 days"``.

        An archive must not lie in such a bucket: it would lock what is to be culled.
        """
        rule = ((self._locks.configuration() or {}).get("Rule") or {}).get("DefaultRetention")
        if not rule:
            return None
        years = rule.get("Years")
        length = f"{years} years" if years else f"{rule.get('Days', 0)} days"
        return f"{rule.get('Mode', '')} {length}".strip()

    def create(  # noqa: PLR0913 (what may be said of an object when it is written)
        self,
        key: str,
        data: bytes,
        *,
        secret: bool = False,
        settled: bool = True,
        until: dt.datetime | None = None,
        digest: str | None = None,
    ) -> None:
        """See ``Bucket.create``. Nothing in the bucket is public, whether secret or not.

        Raises:
            DamageError: the store says that it holds other bytes (``written-wrong``).
        """
        del secret, settled
        check_key(key)
        nonce = secrets.token_hex(16)
        headers = {"If-None-Match": "*", _NONCE: nonce}
        if until is not None:
            headers |= self._lock_headers(until)
        answer, md5 = self._put(key, data, headers, digest=digest)
        if answer.status == _TAKEN and answer.doubtful:
            answer = self._judge(key, nonce)
        if answer.status == _TAKEN:
            raise errors.taken(key)
        self._check(key, answer)
        if not _agrees(answer, md5):
            if until is None:
                self.delete(key)
            raise errors.written_wrong(key)

    def settle(self, keys: Iterable[str]) -> None:
        """See ``Bucket.settle``: a put that was answered is durable."""

    def replace(self, key: str, data: bytes) -> None:
        """See ``Bucket.replace``. Older versions are destroyed."""
        check_key(key)
        answer, md5 = self._put(key, data, {}, digest=None)
        self._check(key, answer)
        if not _agrees(answer, md5):
            raise errors.written_wrong(key)
        written = answer.headers.get("x-amz-version-id", "null")
        older = itertools.dropwhile(lambda each: each.id != written, self._versions(key))
        for version in itertools.islice(older, 1, None):
            self._destroy(key, version, withdrawn=False)

    def get(self, key: str) -> bytes:
        """See ``Bucket.get``."""
        check_key(key)
        answer = self._door.send(Request(method="GET", key=self._root + key))
        if answer.status == _MISSING and answer.code == "NoSuchKey":
            raise errors.missing(key)
        self._check(key, answer)
        return answer.body

    def list(self, prefix: str = "", *, after: str = "") -> Iterator[Stored]:
        """See ``Bucket.list``. What has only delete markers left is listed too."""
        check_prefix(prefix)
        start = self._root + after if after else ""
        rows = versions(self._door, self._root + prefix, after=start)
        for key, group in itertools.groupby(rows, key=lambda row: row.key):
            name = key.removeprefix(self._root)
            if name <= after:
                continue
            first = next(group)
            newest = next((row for row in itertools.chain([first], group) if not row.marker), first)
            yield Stored(key=name, size=newest.size, modified=newest.modified)

    def delete(self, key: str, *, withdrawn: bool = False) -> None:
        """See ``Bucket.delete``; absence is verified."""
        check_key(key)
        for _ in range(_ROUNDS):
            found = [*self._versions(key)]
            if not found:
                return
            for version in found:
                self._destroy(key, version, withdrawn=withdrawn)
        raise errors.remains(self._access.place, key)

    def lock(self, key: str, until: dt.datetime) -> None:
        """See ``Bucket.lock``."""
        check_key(key)
        self._locks.keep(self._root + key, until, name=key)

    def hold(self, key: str, *, on: bool) -> None:
        """See ``Bucket.hold``."""
        check_key(key)
        self._locks.hold(self._root + key, on=on, name=key)

    def path(self, key: str) -> Path | None:
        """See ``Bucket.path``: never a file of this machine."""
        check_key(key)
        return None

    def sweep(self) -> None:
        """See ``Bucket.sweep``: a put that was cut off leaves nothing."""

    def link(self, key: str, seconds: int) -> str:
        """An address by which anybody who is given it can fetch the object for a while.

        Args:
            key: what.
            seconds: for how long; at most seven days, as S3 has it.

        Raises:
            InputError: ``seconds`` is out of range.
        """
        check_key(key)
        if not 0 < seconds <= _LONGEST_LINK:
            raise InputError(
                "bad-period",
                sv="En länk kan gälla i högst sju dagar. Ange en kortare tid.",
                en="A link can be valid for at most seven days. Give a shorter time.",
            )
        self._access.credentials()  # raises our own error where there are none
        try:
            return self._access.client.generate_presigned_url(
                "get_object",
                Params={"Bucket": self._access.place.bucket, "Key": self._root + key},
                ExpiresIn=seconds,
            )
        except BotoCoreError as error:
            raise errors.unreachable(self._access.place, error) from None

    def close(self) -> None:
        """Close every connection; the next call opens anew."""
        self._access.close()

    def _put(
        self, key: str, data: bytes, headers: dict[str, str], *, digest: str | None
    ) -> tuple[Answer, str]:
        """The answer, and the MD5 of what was sent."""
        if len(data) > _LARGEST:
            raise errors.too_large(key)
        sha256 = bytes.fromhex(digest) if digest else hashlib.sha256(data).digest()
        md5 = hashlib.md5(data, usedforsecurity=False)
        headers["x-amz-checksum-sha256"] = base64.b64encode(sha256).decode()
        headers["Content-MD5"] = base64.b64encode(md5.digest()).decode()
        request = Request(
            method="PUT",
            key=self._root + key,
            headers=headers,
            body=data,
            sha256=sha256.hex(),
        )
        return self._door.send(request), md5.hexdigest()

    def _lock_headers(self, until: dt.datetime) -> dict[str, str]:
        if not self.locks:
            raise errors.no_locks(self._access.place)
        stamp = until.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        return {
            "x-amz-object-lock-mode": GOVERNANCE,
            "x-amz-object-lock-retain-until-date": stamp,
        }

    def _judge(self, key: str, nonce: str) -> Answer:
        """Whether what took the key is our own earlier try, whose answer was lost."""
        answer = self._door.send(Request(method="HEAD", key=self._root + key))
        if answer.status == _MISSING:
            raise errors.unsure(errors.missing(key), key)
        self._check(key, answer)
        if answer.headers.get(_NONCE) != nonce:
            raise errors.taken(key)
        return answer

    def _check(self, key: str, answer: Answer) -> None:
        """Raise unless it is a success."""
        if answer.ok:
            return
        error = self._door.refusal(answer)
        raise errors.unsure(error, key) if answer.doubtful else error

    def _versions(self, key: str) -> Iterator[Version]:
        """Every version of exactly this key: it comes first among those that begin so."""
        whole = self._root + key
        found = versions(self._door, whole, page=_FEW)
        return itertools.takewhile(lambda version: version.key == whole, found)

    def _destroy(self, key: str, version: Version, *, withdrawn: bool) -> None:
        headers = {"x-amz-bypass-governance-retention": "true"} if withdrawn else {}
        answer = self._door.send(
            Request(
                method="DELETE",
                key=version.key,
                query={"versionId": version.id},
                headers=headers,
            )
        )
        if answer.ok or (answer.status == _MISSING and answer.code in _NO_OBJECT):
            return
        if answer.status == _FORBIDDEN and self._locks.stands(
            version.key, version.id, dt.datetime.now(dt.UTC)
        ):
            raise errors.locked(key)
        raise self._door.refusal(answer)


def _agrees(answer: Answer, md5: str) -> bool:
    """Whether the store's ETag, where it is an MD5 (no KMS, no key of the customer's), is ours."""
    etag = answer.headers.get("ETag", "").strip('"').lower()
    sealed = "kms" in answer.headers.get("x-amz-server-side-encryption", "")
    sealed |= "x-amz-server-side-encryption-customer-algorithm" in answer.headers
    return sealed or not _MD5.fullmatch(etag) or etag == md5
