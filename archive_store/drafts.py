"""Writing packages: payload first, read back and hashed again, then the manifest.

Nothing here is visible before the journal says so (notes: design 4). What a failed commit has
written is destroyed again, as it may hold words; what a killed one has written is left for
``Archive.sweep``.
"""

import dataclasses as dc
import datetime as dt
import hashlib
import itertools
import json
from collections.abc import Mapping
from typing import Any, Final

from archive_store.bucket import Bucket
from archive_store.errors import DamageError, ExistsError, MissingError, UnsureError
from archive_store.journal import stamp
from archive_store.keys import file_key, manifest_key
from archive_store.records import Draft, Package
from archive_store.state import State

FORMAT: Final = 1


@dc.dataclass(slots=True)
class Writer:
    """Writes the drafts of one commit, and can take them back.

    Attributes:
        bucket: where.
        state: what has ever been; its bases are taken. Its head is kept in each manifest: a
            later reader who finds the manifest but a shorter journal knows that it was cut.
        time: real time.
        written: every key written so far.
    """

    bucket: Bucket
    state: State
    time: dt.datetime
    written: list[str] = dc.field(default_factory=list)

    def write(self, draft: Draft, *, now: dt.datetime) -> Package:
        """Write one draft under the first free of ``base``, ``base-2``, ``base-3`` and so on."""
        for number in itertools.count(1):
            base = draft.base if number == 1 else f"{draft.base}-{number}"
            key = manifest_key(base, folder=draft.folder)
            if key in self.state.used or (draft.folder and base in self.state.folders):
                continue
            kept = len(self.written)
            try:
                return self._write(key, draft, now=now)
            except ExistsError:
                # An uncommitted leftover, or another writer: leave the base to it.
                self.take_back(kept)
        raise AssertionError  # itertools.count does not end

    def take_back(self, kept: int = 0) -> None:
        """Destroy what was written, save the first ``kept`` keys."""
        while len(self.written) > kept:
            self.bucket.delete(self.written[-1])
            self.written.pop()

    def _write(self, key: str, draft: Draft, *, now: dt.datetime) -> Package:
        files = [
            {"name": name, "sha256": hashlib.sha256(data).hexdigest(), "size": len(data)}
            for name, data in sorted(draft.files.items())
        ]
        manifest = {
            "format": FORMAT,
            "package": key,
            "written": stamp(self.time),
            "now": stamp(now),
            "after": {"seq": self.state.head.seq, "sha256": self.state.head.sha256},
            "labels": dict(draft.labels),
            "files": files,
            "about": dict(draft.about),
        }
        # Before anything is written: what cannot be JSON fails here.
        text = json.dumps(manifest, ensure_ascii=False, indent=1, allow_nan=False) + "\n"
        for name, data in sorted(draft.files.items()):
            self._create(file_key(key, name), data)
        return Package(
            key=key,
            sha256=self._create(key, text.encode()),
            size=sum(map(len, draft.files.values())),
            files=len(files),
            labels=dict(draft.labels),
            seq=self.state.head.seq + 1,
            time=now,
        )

    def _create(self, key: str, data: bytes) -> str:
        """Create an object and see that it really is there; its digest."""
        digest = hashlib.sha256(data).hexdigest()
        try:
            self.bucket.create(key, data)
        except UnsureError:
            self.written.append(key)
            raise
        self.written.append(key)
        if hashlib.sha256(self.bucket.get(key)).hexdigest() != digest:
            raise DamageError(
                "written-wrong",
                sv=f"{key} läses inte tillbaka som det skrevs. Kontrollera disken och kör igen.",
                en=f"{key} does not read back as it was written. Check the disk and run again.",
            )
        return digest


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
