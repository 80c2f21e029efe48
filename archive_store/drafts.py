"""Writing packages: payload first, read back and hashed again, then the manifests.

Nothing here is visible before the journal says so (notes: design 4). The packages of a commit are
written side by side, so that a store makes many objects durable at once. What a failed commit has
written is destroyed again, as it may hold words; what a killed one has written is left for
``Archive.sweep``.
"""

import concurrent.futures
import dataclasses as dc
import datetime as dt
import hashlib
import itertools
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from archive_store.bucket import Bucket
from archive_store.errors import DamageError, ExistsError, MissingError, UnsureError
from archive_store.journal import stamp
from archive_store.keys import file_key, manifest_key
from archive_store.records import Draft, Package
from archive_store.state import State

FORMAT: Final = 1
READERS: Final = 2  # threads that read and hash: hashing lets others run, reading does not wait


@dc.dataclass(slots=True)
class _Making:
    """A package on its way: the keys it may still take, and the one it tries."""

    draft: Draft
    keys: Iterator[str]
    files: list[dict[str, Any]]
    key: str = ""
    manifest: bytes = b""

    def paths(self) -> list[str]:
        return [file_key(self.key, file["name"]) for file in self.files]


@dc.dataclass(slots=True)
class Writer:
    """Writes the drafts of one commit, and can take them back.

    Attributes:
        bucket: where.
        state: what has ever been; its bases are taken. Its head is kept in each manifest: a
            later reader who finds the manifest but a shorter journal knows that it was cut.
        time: real time.
        written: every key written so far, and the digest of what was written.
    """

    bucket: Bucket
    state: State
    time: dt.datetime
    written: dict[str, str] = dc.field(default_factory=dict)

    def write(self, drafts: Sequence[Draft], *, now: dt.datetime) -> tuple[Package, ...]:
        """Write each draft under the first free of ``base``, ``base-2``, ``base-3`` and so on."""
        makings = [self._begin(draft) for draft in drafts]
        left = makings
        while left:
            for making in left:
                self._write_payload(making, now=now)
            self._make_sure(path for making in left for path in making.paths())
            left = [making for making in left if not self._write_manifest(making)]
        self._make_sure(making.key for making in makings)
        return tuple(self._package(making, now=now) for making in makings)

    def take_back(self, keys: Iterable[str] | None = None) -> None:
        """Destroy what was written, or these keys of it; the latest first."""
        for key in reversed(list(self.written if keys is None else keys)):
            if key in self.written:
                self.bucket.delete(key)
                del self.written[key]

    def _begin(self, draft: Draft) -> _Making:
        files = [
            {"name": name, "sha256": hashlib.sha256(data).hexdigest(), "size": len(data)}
            for name, data in sorted(draft.files.items())
        ]
        return _Making(draft=draft, keys=self._free_keys(draft), files=files)

    def _free_keys(self, draft: Draft) -> Iterator[str]:
        for number in itertools.count(1):
            base = draft.base if number == 1 else f"{draft.base}-{number}"
            key = manifest_key(base, folder=draft.folder)
            if key not in self.state.used and not (draft.folder and base in self.state.folders):
                yield key

    def _write_payload(self, making: _Making, *, now: dt.datetime) -> None:
        """Write the files under the next free key of which all are to be had."""
        for key in making.keys:
            making.key = key
            making.manifest = self._manifest(making, now=now)
            kept = len(self.written)
            try:
                for path, file in zip(making.paths(), making.files, strict=True):
                    self._create(path, making.draft.files[file["name"]], file["sha256"])
            except ExistsError:
                # A leftover, another writer or another draft: leave the base to it.
                self.take_back(list(self.written)[kept:])
            else:
                return

    def _write_manifest(self, making: _Making) -> bool:
        """Write the manifest; ``False`` where another writer has taken its key meanwhile."""
        try:
            self._create(making.key, making.manifest, hashlib.sha256(making.manifest).hexdigest())
        except ExistsError:
            self.take_back(making.paths())
            return False
        return True

    def _manifest(self, making: _Making, *, now: dt.datetime) -> bytes:
        document = {
            "format": FORMAT,
            "package": making.key,
            "written": stamp(self.time),
            "now": stamp(now),
            "after": {"seq": self.state.head.seq, "sha256": self.state.head.sha256},
            "labels": dict(making.draft.labels),
            "files": making.files,
            "about": dict(making.draft.about),
        }
        # Before its files are written: what cannot be JSON fails here.
        text = json.dumps(document, ensure_ascii=False, indent=1, allow_nan=False) + "\n"
        return text.encode()

    def _package(self, making: _Making, *, now: dt.datetime) -> Package:
        return Package(
            key=making.key,
            sha256=self.written[making.key],
            size=sum(file["size"] for file in making.files),
            files=len(making.files),
            labels=dict(making.draft.labels),
            seq=self.state.head.seq + 1,
            time=now,
        )

    def _create(self, key: str, data: bytes, digest: str) -> None:
        try:
            self.bucket.create(key, data, settled=False)
        except UnsureError:
            self.written[key] = digest
            raise
        self.written[key] = digest

    def _make_sure(self, keys: Iterable[str]) -> None:
        """See that these objects last, and really are there as they were written."""
        paths = list(keys)
        self.bucket.settle(paths)
        with concurrent.futures.ThreadPoolExecutor(READERS) as pool:
            for key, right in zip(paths, pool.map(self._reads_back, paths), strict=True):
                if not right:
                    raise DamageError(
                        "written-wrong",
                        sv=f"{key} läses inte tillbaka som det skrevs. Kontrollera disken och kör "
                        "igen.",
                        en=f"{key} does not read back as it was written. Check the disk and run "
                        "again.",
                    )

    def _reads_back(self, key: str) -> bool:
        return hashlib.sha256(self.bucket.get(key)).hexdigest() == self.written[key]


def read_checked(bucket: Bucket, key: str, sha256: str) -> bytes:
    """The bytes of an object, if they are those that were written.

    Raises:
        DamageError: they are missing or changed.
    """
    try:
        data = bucket.get(key)
    except MissingError:
        raise DamageError(
            "missing-object",
            sv=f"{key} saknas i arkivet. Återställ det från en säkerhetskopia.",
            en=f"{key} is missing from the archive. Restore it from a backup.",
        ) from None
    if hashlib.sha256(data).hexdigest() != sha256:
        raise DamageError(
            "changed-object",
            sv=f"{key} har ändrats sedan det skrevs. Återställ det från en säkerhetskopia.",
            en=f"{key} has changed since it was written. Restore it from a backup.",
        )
    return data


def read_manifest(bucket: Bucket, package: Package) -> Mapping[str, Any]:
    """A package's manifest, checked against the journal's digest."""
    manifest: Mapping[str, Any] = json.loads(read_checked(bucket, package.key, package.sha256))
    return manifest
