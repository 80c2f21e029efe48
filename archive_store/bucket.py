"""What any store must do for the archive: hold bytes under keys, and give one writer the key.

The archive asks for nothing else, so that a directory and an S3 bucket serve alike (notes: design
for an archive that loses nothing, 5, 8 and 10). tests/contracts holds every store to it.
"""

import dataclasses as dc
import datetime as dt
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Protocol


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """An object as a listing shows it.

    Attributes:
        key: where.
        size: bytes.
        modified: when it was written, in the store's own time.
        versions: how many that differ the store keeps of it.
        hidden: whether it holds bytes that ``get`` no longer finds, under somebody's marker.
    """

    key: str
    size: int
    modified: dt.datetime
    versions: int = 1
    hidden: bool = False


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How a store is best used.

    Attributes:
        writers: threads that write side by side.
        readers: threads that read and hash side by side: hashing lets others run.
        read_back: share of a commit's files that are read back and hashed anew, above 0 and at
            most 1. Below 1 only where the store itself has compared a digest with every write;
            manifests are always read back, and ``verify`` reads the rest in its turn.
        listing: whether to list what is new costs less than to ask for the next key.
        late: whether a write may be carried out when its writer has given up waiting.
        lasting: whether an object is durable once its creation is answered, settled or not.
        together: so many objects are settled together, while the next are written; ``None`` for
            all at once.
    """

    writers: int = 1
    readers: int = 2
    read_back: float = 1.0
    listing: bool = False
    late: bool = False
    lasting: bool = False
    together: int | None = None


class Bucket(Protocol):
    """Bytes under keys. Every method is safe under many threads and processes at once.

    Keys that are unsafe (``archive_store.keys.check_key``) are refused with ``InputError``; what
    the store itself cannot do is an ``ArchiveError`` with the cause. ``str`` of a bucket says where
    it is, for messages.

    Attributes:
        pace: how the store is best used.
        locks: whether it can keep an object from being destroyed, by whomever, until a time.
    """

    pace: Pace
    locks: bool

    def create(  # noqa: PLR0913 - what may be said of an object when it is written
        self,
        key: str,
        data: bytes | memoryview,
        *,
        secret: bool = False,
        settled: bool = True,
        until: dt.datetime | None = None,
        digest: str | None = None,
    ) -> None:
        """Write ``data`` where nothing is; durable when it returns.

        Args:
            key: where.
            data: exactly these bytes.
            secret: readable by the owner alone, where the store knows of owners.
            settled: ``False`` where it need be neither durable nor known to be this writer's
                before ``settle`` has returned.
            until: locked against destruction until then, from the first moment; only where
                ``locks``.
            digest: the data's hex SHA-256 where the caller has it already.

        Raises:
            ExistsError: the key is taken; nothing was written.
            UnsureError: no answer came; it may be written, or may yet be.
        """

    def settle(self, keys: Iterable[str]) -> set[str]:
        """See that these objects, created with ``settled=False``, are durable.

        Returns:
            Keys that turn out to be another's; what this writer put there is destroyed again. None
            where the store refuses at once.
        """

    def replace(self, key: str, data: bytes) -> None:
        """Write ``data`` whether or not something is there. Only for pages in the root."""

    def get(self, key: str, *, digest: str | None = None) -> bytes:
        """The bytes; ``MissingError`` where there are none.

        Args:
            key: which.
            digest: hex SHA-256 that they should have, where it is known: a store that has to look
                which of several versions counts need not, if the first at hand has it. The caller
                compares all the same.
        """

    def sha256(self, key: str, *, digest: str | None = None) -> str:
        """Hex SHA-256 of the bytes, which are read anew and never held all at once.

        As ``get`` in everything else.
        """

    def list(self, prefix: str = "", *, after: str = "") -> Iterator[Stored]:
        """Every object whose key starts with ``prefix``, by key; every version counts.

        Args:
            prefix: how the keys begin.
            after: only keys beyond this one.
        """

    def delete(self, key: str, *, withdrawn: bool = False) -> None:
        """Destroy every version; nothing happens where there is none.

        Args:
            key: what.
            withdrawn: also where a lock that permits it (governance) stands against it: only for
                what a decision withdraws.

        Raises:
            ArchiveError: ``locked`` where a lock or a legal hold stands against it.
        """

    def lock(self, key: str, until: dt.datetime) -> None:
        """Keep an object from being destroyed until then; never shortens. Only where ``locks``."""

    def hold(self, key: str, *, on: bool) -> None:
        """Set or lift a legal hold: no destruction, without end. Only where ``locks``."""

    def path(self, key: str) -> Path | None:
        """The object as a file of this machine, to be read only; ``None`` where it is none."""

    def sweep(self) -> None:
        """Remove what writers that are no longer alive left half written."""
