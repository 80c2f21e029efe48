"""The archive's store at scale: an S3 bucket, as safe as whoever keeps it.

One put, exclusive by ``If-None-Match``, is an object; it carries the SHA-256 of its bytes, its lock
if it has one, and a random nonce, by which a write whose answer was lost is known again (notes:
design 5, 7 and 8). Where a store ignores the condition, its versions decide: see ``versions``.
"""

import base64
import concurrent.futures
import contextlib
import datetime as dt
import hashlib
import itertools
import re
import secrets
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import boto3

from archive_store.bucket import Pace, Stored
from archive_store.errors import InputError, MissingError
from archive_store.keys import JOURNAL, check_key, check_prefix
from archive_store.s3 import errors
from archive_store.s3.access import Access
from archive_store.s3.listing import versions
from archive_store.s3.locks import Locks, Retention
from archive_store.s3.requests import Answer, Door, Request
from archive_store.s3.versions import (
    MISSING,
    NO_OBJECT,
    NONCE,
    TAKEN,
    UNVERSIONED,
    VERSION,
    Claim,
    Versions,
)

_LARGEST: Final = 5 * 2**30
_LONGEST_LINK: Final = 7 * 24 * 3600
_AT_ONCE: Final = 8
_MD5: Final = re.compile(r"[0-9a-f]{32}")


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
        self._access = Access(bucket, prefix=prefix, endpoint=endpoint, ca=ca, session=session)
        self._door = Door(self._access, patience=patience)
        self._locks = Locks(self._door)
        self._versions = Versions(self._door, self._locks)
        self._can_lock: bool | None = None
        self.pace = Pace(
            writers=_AT_ONCE,
            readers=_AT_ONCE,
            read_back=read_back,
            listing=True,
            late=True,
            lasting=True,
        )

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

    def default_retention(self) -> Retention | None:
        """The bucket's default retention, if it has one.

        An archive must not lie in such a bucket: it would lock what is to be culled.
        """
        configuration = self._locks.configuration()
        return configuration.default if configuration else None

    def create(  # noqa: PLR0913 (what may be said of an object when it is written)
        self,
        key: str,
        data: bytes | memoryview,
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
        del secret
        check_key(key)
        headers = {"If-None-Match": "*", NONCE: secrets.token_hex(16)}
        if until is not None:
            if not self.locks:
                raise errors.no_locks(self._access.place)
            headers |= self._locks.headers(until)
        put, md5 = self._put(key, data, headers, digest=digest)
        answer = self._door.send(put)
        if answer.status == TAKEN:
            if answer.doubtful and self._versions.is_from(put):
                return
            raise errors.taken(key)
        self._check_written(key, answer)
        claim = Claim(put=put, answer=answer)
        if not _agrees(answer, md5):
            if until is None:
                self._versions.destroy(key, claim.version, withdrawn=False)
            raise errors.written_wrong(key)
        if self._versions.decided(claim):
            return
        if not settled:
            self._versions.postpone(claim)
        elif self._versions.lost([claim]):
            raise errors.taken(key)

    def settle(self, keys: Iterable[str]) -> set[str]:
        """See ``Bucket.settle``: a put that was answered is durable, but may be another's.

        Raises:
            UnsureError: it cannot be told.
        """
        groups = self._versions.postponed(keys)
        with concurrent.futures.ThreadPoolExecutor(_AT_ONCE) as pool:
            return {key for lost in pool.map(self._versions.lost, groups) for key in lost}

    def replace(self, key: str, data: bytes) -> None:
        """See ``Bucket.replace``. Older versions are destroyed."""
        check_key(key)
        put, md5 = self._put(key, data, {}, digest=None)
        answer = self._door.send(put)
        self._check_written(key, answer)
        if not _agrees(answer, md5):
            raise errors.written_wrong(key)
        written = answer.headers.get(VERSION, UNVERSIONED)
        older = itertools.dropwhile(lambda each: each.id != written, self._versions.of(key))
        for version in itertools.islice(older, 1, None):
            self._versions.destroy(key, version.id, withdrawn=False)

    def get(self, key: str, *, digest: str | None = None) -> bytes:
        """See ``Bucket.get``."""
        check_key(key)
        if not self._versions.decide:
            return self._fetched(key).body
        if digest is not None:
            with contextlib.suppress(MissingError):
                data = self._fetched(key).body
                if hashlib.sha256(data).hexdigest() == digest:
                    return data
        return self._fetched_first(key).body

    def sha256(self, key: str, *, digest: str | None = None) -> str:
        """See ``Bucket.sha256``."""
        check_key(key)
        if not self._versions.decide:
            return self._fetched(key, hashed=True).sha256
        if digest is not None:
            with contextlib.suppress(MissingError):
                if self._fetched(key, hashed=True).sha256 == digest:
                    return digest
        return self._fetched_first(key, hashed=True).sha256

    def list(self, prefix: str = "", *, after: str = "") -> Iterator[Stored]:
        """See ``Bucket.list``. What has only delete markers left is listed too."""
        check_prefix(prefix)
        rows = versions(self._door, prefix, after=after)
        for key, group in itertools.groupby(rows, key=lambda row: row.key):
            found = [*group]
            counting = self._versions.counting(found)
            row = counting or found[0]
            if key.startswith(JOURNAL) and not row.marker:
                self._versions.remember(key, row.id)  # an entry is never destroyed
            # A put that was carried out twice, once late, has left the same bytes again.
            real = {version.etag for version in found if not version.marker}
            yield Stored(
                key=key,
                size=row.size,
                modified=row.modified,
                versions=len(real),
                hidden=counting is None and bool(real),
            )

    def delete(self, key: str, *, withdrawn: bool = False) -> None:
        """See ``Bucket.delete``; absence is verified.

        What another creates after the versions were listed is its own, and stays.
        """
        check_key(key)
        mine = self._versions.given_up(key)
        found = [*self._versions.of(key)]
        if mine:  # another's may be there: what was not settled is one version
            found = [version for version in found if version.id == mine]
        for version in found:
            self._versions.destroy(key, version.id, withdrawn=withdrawn)
        if found and not {*found}.isdisjoint(self._versions.of(key)):
            raise errors.remains(self._access.place, key)

    def lock(self, key: str, until: dt.datetime) -> None:
        """See ``Bucket.lock``."""
        check_key(key)
        self._locks.keep(key, self._counting(key), until)

    def hold(self, key: str, *, on: bool) -> None:
        """See ``Bucket.hold``."""
        check_key(key)
        self._locks.hold(key, self._counting(key), on=on)

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
            MissingError: there is no such object.
        """
        check_key(key)
        if not 0 < seconds <= _LONGEST_LINK:
            raise InputError(
                "bad-period",
                sv="En länk kan gälla i högst sju dagar. Ange en kortare tid.",
                en="A link can be valid for at most seven days. Give a shorter time.",
            )
        version = self._counting(key)
        what = {"Bucket": self._access.place.bucket, "Key": self._door.root + key}
        if version != UNVERSIONED and not self._versions.exclusive:
            what["VersionId"] = version
        with self._access.told():
            return self._access.client.generate_presigned_url(
                "get_object", Params=what, ExpiresIn=seconds
            )

    def close(self) -> None:
        """Close every connection; the next call opens anew."""
        self._access.close()

    def _put(
        self, key: str, data: bytes | memoryview, headers: dict[str, str], *, digest: str | None
    ) -> tuple[Request, str]:
        """The request, and the MD5 of what it sends."""
        if len(data) > _LARGEST:
            raise errors.too_large(key)
        sha256 = bytes.fromhex(digest) if digest else hashlib.sha256(data).digest()
        md5 = hashlib.md5(data, usedforsecurity=False)
        headers["x-amz-checksum-sha256"] = base64.b64encode(sha256).decode()
        headers["Content-MD5"] = base64.b64encode(md5.digest()).decode()
        request = Request(method="PUT", key=key, headers=headers, body=data, sha256=sha256.hex())
        return request, md5.hexdigest()

    def _fetched_first(self, key: str, *, hashed: bool = False) -> Answer:
        """The version that counts."""
        won = self._versions.won(key)
        if won:
            try:
                return self._fetched(key, won, hashed=hashed)
            except MissingError:
                pass  # destroyed since, and maybe created anew by another
        version = self._counting(key)
        return self._fetched(key, "" if version == UNVERSIONED else version, hashed=hashed)

    def _fetched(self, key: str, version: str = "", *, hashed: bool = False) -> Answer:
        query = {"versionId": version} if version else {}
        answer = self._door.send(Request(method="GET", key=key, query=query, hashed=hashed))
        if answer.status == MISSING and answer.code in NO_OBJECT:
            raise errors.missing(key)
        if not answer.ok:
            raise self._door.refusal(answer)
        self._versions.saw(answer)
        return answer

    def _counting(self, key: str) -> str:
        """The id of the version that is the object."""
        version = self._versions.counting(self._versions.of(key))
        if version is None:
            raise errors.missing(key)
        return version.id

    def _check_written(self, key: str, answer: Answer) -> None:
        """Raise unless it is a success; an earlier try may have been one."""
        if not answer.ok:
            error = self._door.refusal(answer)
            raise errors.unsure(error, key) if answer.doubtful else error


def _agrees(answer: Answer, md5: str) -> bool:
    """Whether the store's ETag, where it is an MD5 (no KMS, no key of the customer's), is ours."""
    etag = answer.headers.get("ETag", "").strip('"').lower()
    sealed = "kms" in answer.headers.get("x-amz-server-side-encryption", "")
    sealed |= "x-amz-server-side-encryption-customer-algorithm" in answer.headers
    return sealed or not _MD5.fullmatch(etag) or etag == md5
