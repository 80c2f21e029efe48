"""Writing packages: payload first, read back and hashed again, then the manifests.

Nothing here is visible before the journal says so (notes: design 4). The packages of a commit are
written side by side, so that a store makes many objects durable at once. What a failed commit has
written is destroyed again, as it may hold words; what a killed one has written is left for
``Archive.sweep``.
"""

import concurrent.futures
import contextlib
import dataclasses as dc
import datetime as dt
import functools
import hashlib
import itertools
import json
import secrets
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from archive_store.bucket import Bucket
from archive_store.errors import ArchiveError, DamageError, ExistsError, MissingError
from archive_store.hidden import hidden
from archive_store.journal import Head, stamp
from archive_store.keys import file_key, manifest_key
from archive_store.records import Draft, Package
from archive_store.state import State

FORMAT: Final = 1
_DICE: Final = secrets.SystemRandom()


@dc.dataclass(slots=True, eq=False)
class _Making:
    """A package on its way: the keys it may still take, and the one it tries."""

    draft: Draft
    keys: Generator[str, None, None]
    key: str = ""
    written: dict[str, str] = dc.field(default_factory=dict)  # key to digest
    sizes: dict[str, int] = dc.field(default_factory=dict)  # key to bytes
    manifest: bytes = b""
    unseen: set[str] = dc.field(default_factory=set)  # keys still to be read back

    def payload(self) -> list["_Object"]:
        """Its files' keys, and how to have their bytes; not before they are written."""
        files = self.draft.files
        return [
            (self, file_key(self.key, name), functools.partial(files.__getitem__, name))
            for name in sorted(files)
        ]

    def record(self) -> list["_Object"]:
        """The same of its manifest."""
        return [(self, self.key, functools.partial(getattr, self, "manifest"))]


_Object = tuple[_Making, str, Callable[[], bytes | memoryview]]


@dc.dataclass(slots=True)
class Writer:
    """Writes the drafts of one commit, and can take them back.

    Attributes:
        bucket: where.
        state: what has ever been; its bases are taken. Its head is kept in each manifest: a
            later reader who finds the manifest but a shorter journal knows that it was cut.
        time: real time.
        until: how long a key's object is locked against destruction, where the archive locks.
        keep: makes sure of the leases under which this is written; raises where one is lost.
    """

    bucket: Bucket
    state: State
    time: dt.datetime
    until: Callable[[str], dt.datetime | None]
    keep: Callable[[], None]
    _makings: list[_Making] = dc.field(default_factory=list)
    _claimed: set[str] = dc.field(default_factory=set)

    def write(self, drafts: Sequence[Draft], *, now: dt.datetime) -> tuple[Package, ...]:
        """Write each draft under the first free of ``base``, ``base-2``, ``base-3`` and so on."""
        self._makings = [_Making(draft=draft, keys=self._free_keys(draft)) for draft in drafts]
        left = self._makings
        while left:
            for making in left:
                making.key, making.sizes, making.unseen = next(making.keys), {}, set()
                self._claimed.add(making.key)
            # A leftover or another writer may have a key: leave its base to them.
            taken = self._put(each for m in left for each in m.payload())
            for making in left:
                making.manifest = b"" if making in taken else self._manifest(making, now=now)
            taken |= self._put([each for m in left if m not in taken for each in m.record()])
            if taken:
                self.keep()  # whose lease is lost may find another's objects under these keys
            for making in taken:
                self._destroy(making)
            left = [making for making in left if making in taken]
        for making in self._makings:
            making.keys.close()  # it refers to this writer, which refers to it
        return tuple(self._package(making, now=now) for making in self._makings)

    def take_back(self) -> None:
        """Destroy what was written; the latest first."""
        for making in reversed(self._makings):
            self._destroy(making)

    def _destroy(self, making: _Making) -> None:
        for key in reversed(list(making.written)):
            with left_if_locked():  # what was never committed may be locked
                self.bucket.delete(key, withdrawn=True)
            del making.written[key]

    def _free_keys(self, draft: Draft) -> Generator[str, None, None]:
        for number in itertools.count(1):
            base = draft.base if number == 1 else f"{draft.base}-{number}"
            key = manifest_key(base, folder=draft.folder)
            claimed = key in self._claimed or self.state.was_used(key)
            if not claimed and not (draft.folder and self.state.has_below(base)):
                yield key

    def _manifest(self, making: _Making, *, now: dt.datetime) -> bytes:
        document = {
            "format": FORMAT,
            "package": making.key,
            "written": stamp(self.time),
            "now": stamp(now),
            "after": {"seq": self.state.head.seq, "sha256": self.state.head.sha256},
            "labels": dict(making.draft.labels),
            "files": [
                {
                    "name": name,
                    "sha256": making.written[file_key(making.key, name)],
                    "size": making.sizes[file_key(making.key, name)],
                }
                for name in sorted(making.draft.files)
            ],
            "about": dict(making.draft.about),
        }
        text = json.dumps(document, ensure_ascii=False, indent=1, allow_nan=False) + "\n"
        return text.encode()

    def _package(self, making: _Making, *, now: dt.datetime) -> Package:
        return Package(
            key=making.key,
            sha256=making.written[making.key],
            size=sum(size for key, size in making.sizes.items() if key != making.key),
            files=len(making.draft.files),
            labels=dict(making.draft.labels),
            seq=self.state.head.seq + 1,
            time=now,
        )

    def _put(self, objects: Iterable[_Object]) -> set[_Making]:
        """Create these and make sure of them: of some, while the next are written."""
        taken: set[_Making] = set()
        sure: list[concurrent.futures.Future[set[_Making]]] = []
        left = iter(objects)
        with concurrent.futures.ThreadPoolExecutor(1) as pool:
            while some := [*itertools.islice(left, self.bucket.pace.together)]:
                taken |= self._create(some)
                created = [(making, key) for making, key, _ in some if making not in taken]
                sure.append(pool.submit(self._make_sure, created))
        return taken.union(*(each.result() for each in sure))

    def _create(self, objects: Iterable[_Object]) -> set[_Making]:
        """Create these, side by side where the store likes it; whose keys were taken."""
        taken: set[_Making] = set()
        lasting = self.bucket.pace.lasting

        def create(each: _Object) -> None:
            making, key, read = each
            if making in taken:
                return
            data = read()
            digest = hashlib.sha256(data).hexdigest()
            try:
                self.bucket.create(key, data, settled=False, until=self.until(key), digest=digest)
            except ExistsError:
                taken.add(making)
                return
            making.written[key], making.sizes[key] = digest, len(data)
            del data
            if self._is_asked(making, key) and not (lasting and self._reads_back((making, key))):
                making.unseen.add(key)  # what reads back otherwise may be another's: settle tells

        if self.bucket.pace.writers == 1:
            for each in objects:
                create(each)
            return taken
        with concurrent.futures.ThreadPoolExecutor(self.bucket.pace.writers) as pool:
            try:
                for _ in pool.map(create, objects):
                    pass
            except BaseException:
                pool.shutdown(cancel_futures=True)
                raise
        return taken

    def _make_sure(self, objects: Iterable[tuple[_Making, str]]) -> set[_Making]:
        """See that these last, and that they, or a sample, are there as they were written.

        Returns:
            Those of which another writer turned out to have a key.
        """
        written = [*objects]
        lost = self.bucket.settle([key for _, key in written])
        taken = {making for making, key in written if key in lost}
        for making, key in written:
            if key in lost:
                del making.written[key]
        asked = [
            (making, key) for making, key in written if making not in taken and key in making.unseen
        ]
        with concurrent.futures.ThreadPoolExecutor(self.bucket.pace.readers) as pool:
            for (_, key), right in zip(asked, pool.map(self._reads_back, asked), strict=True):
                if not right:
                    raise DamageError(
                        "written-wrong",
                        sv=f"{key} läses inte tillbaka som det skrevs. Kontrollera disken och kör "
                        "igen.",
                        en=f"{key} does not read back as it was written. Check the disk and run "
                        "again.",
                    )
        return taken

    def _is_asked(self, making: _Making, key: str) -> bool:
        """Whether an object is among those to be read back; a manifest always is."""
        share = self.bucket.pace.read_back
        return key == making.key or share >= 1 or _DICE.random() < share

    def _reads_back(self, each: tuple[_Making, str]) -> bool:
        making, key = each
        digest = making.written[key]
        return self.bucket.sha256(key, digest=digest) == digest


@contextlib.contextmanager
def left_if_locked() -> Iterator[None]:
    """Leave what a lock keeps that these credentials may not break: nobody reads it."""
    try:
        yield
    except ArchiveError as error:
        if error.code != "locked":
            raise


def read_checked(bucket: Bucket, key: str, sha256: str) -> bytes:
    """The bytes of an object, if they are those that were written.

    Raises:
        DamageError: they are missing or changed.
    """
    try:
        data = bucket.get(key, digest=sha256)
    except MissingError:
        raise hidden(bucket, key) or _missing(key) from None
    if hashlib.sha256(data).hexdigest() != sha256:
        raise changed(key)
    return data


def check(bucket: Bucket, key: str, sha256: str) -> None:
    """Read an object anew, and hold it nowhere.

    Raises:
        DamageError: it is missing or changed.
    """
    try:
        found = bucket.sha256(key, digest=sha256)
    except MissingError:
        raise hidden(bucket, key) or _missing(key) from None
    if found != sha256:
        raise changed(key)


def _missing(key: str) -> DamageError:
    return DamageError(
        "missing-object",
        sv=f"{key} saknas i arkivet. Återställ det från en säkerhetskopia.",
        en=f"{key} is missing from the archive. Restore it from a backup.",
    )


def changed(key: str) -> DamageError:
    """What lies there is not what was written."""
    return DamageError(
        "changed-object",
        sv=f"{key} har ändrats sedan det skrevs. Återställ det från en säkerhetskopia.",
        en=f"{key} has changed since it was written. Restore it from a backup.",
    )


def stated_after(bucket: Bucket, key: str) -> Head | None:
    """The journal's head when what lies there was written; ``None`` where it is no manifest."""
    try:
        after = json.loads(bucket.get(key))["after"]
        return Head(seq=int(after["seq"]), sha256=str(after["sha256"]))
    except (ValueError, TypeError, LookupError, RecursionError, MissingError):
        return None


def read_manifest(bucket: Bucket, package: Package) -> Mapping[str, Any]:
    """A package's manifest, checked against the journal's digest."""
    manifest: Mapping[str, Any] = json.loads(read_checked(bucket, package.key, package.sha256))
    return manifest
