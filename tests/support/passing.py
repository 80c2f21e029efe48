"""A bucket that passes everything on: what goes wrong in a test is a subclass's few lines."""

import datetime as dt
import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from archive_store.bucket import Bucket, Stored


class Passing:
    """As good as ``inner``."""

    def __init__(self, inner: Bucket) -> None:
        self.inner = inner
        self.pace = inner.pace
        self.locks = inner.locks

    def __str__(self) -> str:
        return str(self.inner)

    def create(  # noqa: PLR0913 - as a bucket has them
        self,
        key: str,
        data: bytes,
        *,
        secret: bool = False,
        settled: bool = True,
        until: dt.datetime | None = None,
        digest: str | None = None,
    ) -> None:
        self.inner.create(key, data, secret=secret, settled=settled, until=until, digest=digest)

    def settle(self, keys: Iterable[str]) -> set[str]:
        return self.inner.settle(keys)

    def replace(self, key: str, data: bytes) -> None:
        self.inner.replace(key, data)

    def get(self, key: str, *, digest: str | None = None) -> bytes:
        return self.inner.get(key, digest=digest)

    def sha256(self, key: str, *, digest: str | None = None) -> str:
        return hashlib.sha256(self.get(key, digest=digest)).hexdigest()

    def list(self, prefix: str = "", *, after: str = "") -> Iterator[Stored]:
        return self.inner.list(prefix, after=after)

    def delete(self, key: str, *, withdrawn: bool = False) -> None:
        self.inner.delete(key, withdrawn=withdrawn)

    def lock(self, key: str, until: dt.datetime) -> None:
        self.inner.lock(key, until)

    def hold(self, key: str, *, on: bool) -> None:
        self.inner.hold(key, on=on)

    def path(self, key: str) -> Path | None:
        return self.inner.path(key)

    def sweep(self) -> None:
        self.inner.sweep()
