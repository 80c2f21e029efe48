"""What any store must do for the archive: hold bytes under keys, and give one writer the key.

The archive asks for nothing else, so that a directory and an S3 bucket serve alike (notes: design
for an archive that loses nothing, 5, 8 and 10). tests/contracts holds every store to it.
"""

import dataclasses as dc
import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Protocol


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """An object as a listing shows it: ``size`` in bytes, ``modified`` in the store's own time."""

    key: str
    size: int
    modified: dt.datetime


class Bucket(Protocol):
    """Bytes under keys. Every method is safe under many threads and processes at once.

    Keys that are unsafe (``archive_store.keys.check_key``) are refused with ``InputError``; what
    the store itself cannot do is an ``ArchiveError`` with the cause. ``str`` of a bucket says where
    it is, for messages.
    """

    def create(self, key: str, data: bytes, *, secret: bool = False, settled: bool = True) -> None:
        """Write ``data`` where nothing is; durable when it returns.

        Args:
            key: where.
            data: exactly these bytes.
            secret: readable by the owner alone, where the store knows of owners.
            settled: ``False`` where it need not be durable before ``settle`` has returned.

        Raises:
            ExistsError: the key is taken; nothing was written. Where a store tries again by
                itself after a lost answer, it may be taken by this very call.
            UnsureError: no answer came; it may be written, or may yet be.
        """

    def settle(self, keys: Iterable[str]) -> None:
        """See that these objects, created with ``settled=False``, are durable."""

    def replace(self, key: str, data: bytes) -> None:
        """Write ``data`` whether or not something is there. Only for pages in the root."""

    def get(self, key: str) -> bytes:
        """The bytes; ``MissingError`` where there are none."""

    def list(self, prefix: str = "") -> Iterator[Stored]:
        """Every object whose key starts with ``prefix``, by key; every version counts."""

    def delete(self, key: str) -> None:
        """Destroy every version; nothing happens where there is none."""

    def sweep(self) -> None:
        """Remove what writers that are no longer alive left half written."""
