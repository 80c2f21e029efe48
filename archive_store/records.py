"""The records of the archive: what is asked to be written, and what was.

Terms: a *package* is the unit of retention, hold and culling: one manifest and the files it names.
A *draft* is a package not yet committed. A *commit* writes drafts and retires packages at once; an
*entry* is what the journal keeps of it. Format: docs/format.md.
"""

import dataclasses as dc
import datetime as dt
from collections.abc import Mapping
from typing import Any, Literal, Self

Retirement = Literal["superseded", "culled", "expired", "withdrawn"]


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A package to be written.

    Attributes:
        base: key without ending. A folder package lies at ``<base>/manifest.json`` with its files
            beside it; a record lies at ``<base>.json`` with files ``<base>.<name>``. Where the
            base is taken, the archive appends ``-2``, ``-3`` …
        files: file name (folder: ``"threads.jsonl"``; record: ending such as ``"pdf"``) to bytes
            (or a view of a mapped file). Each is asked for when it is written, so a mapping may
            read large ones only then.
        about: the manifest's own description, JSON values only.
        labels: ids and codes that the journal repeats, so that listing reads no manifest; never
            words or persons' free text.
        folder: whether the package is a folder.
    """

    base: str
    files: Mapping[str, bytes | memoryview]
    about: Mapping[str, Any] = dc.field(default_factory=dict)
    labels: Mapping[str, str] = dc.field(default_factory=dict)
    folder: bool = False


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Commit:
    """One atomic change: everything in it becomes visible together, or nothing does.

    Attributes:
        event: code of what happened, such as ``"harvest"``.
        now: the rule's time (aware); in a rehearsal it may lie in the past.
        actor: id of the flow or person, such as ``"harvest"`` or ``"arkivarie-1"``.
        drafts: packages to write.
        retire: keys of living packages that this commit takes away; their bytes are destroyed
            after the journal entry is written.
        retirement: why they go.
        once: a key under which this may happen only once, such as
            ``"snapshot:blogg:2025-12-31T23:00"``.
        facts: ids, codes and numbers for the journal; never words or persons' free text.
    """

    event: str
    now: dt.datetime
    actor: str
    drafts: tuple[Draft, ...] = ()
    retire: tuple[str, ...] = ()
    retirement: Retirement = "superseded"
    once: str | None = None
    facts: Mapping[str, Any] = dc.field(default_factory=dict)


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Locks:
    """For how long a store is told not to let go of what is written once.

    Attributes:
        first: of a snapshot, until it is confirmed.
        long: of a confirmed snapshot, and of everything else that is written once.
    """

    first: dt.timedelta = dt.timedelta(days=365)
    long: dt.timedelta = dt.timedelta(days=3653)

    def facts(self) -> dict[str, int]:
        """As the journal's first entry holds it, in seconds."""
        return {"first": int(self.first.total_seconds()), "long": int(self.long.total_seconds())}

    @classmethod
    def told(cls, facts: Mapping[str, int]) -> Self:
        """From what ``facts`` gave."""
        return cls(
            first=dt.timedelta(seconds=facts["first"]), long=dt.timedelta(seconds=facts["long"])
        )


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """A living package, as the journal knows it.

    Attributes:
        key: the manifest's key.
        sha256: hex digest of the manifest's stored bytes.
        size: bytes of all files, the manifest left out.
        files: number of files, the manifest left out.
        labels: ids and codes given at commit.
        seq: journal number of the commit that added it.
        time: the rule's time of that commit.
    """

    key: str
    sha256: str
    size: int
    files: int
    labels: Mapping[str, str]
    seq: int
    time: dt.datetime

    @property
    def zone(self) -> str:
        """The first part of the key, such as ``"snapshots"``."""
        return self.key.split("/", 1)[0]

    @property
    def base(self) -> str:
        """The key without manifest ending: the base that a draft would name."""
        return self.key.removesuffix("/manifest.json").removesuffix(".json")


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the journal: what a commit did, chained to the one before.

    Attributes:
        seq: 1, 2, 3 …
        previous: hex SHA-256 of the stored bytes of the entry before; 64 zeros in the first.
        sha256: hex SHA-256 of this entry's stored bytes.
        nonce: the writer's random mark, by which it knows its own commit again.
        time: real time of writing (UTC).
        now: the rule's time.
        event, actor, once, facts: as in the commit.
        added: the packages written.
        retired: keys of packages taken away, and ``retirement`` why.
        destroyed: when this was written, the bytes of everything retired by entries up to this
            number had been destroyed, and their absence verified.
    """

    seq: int
    previous: str
    sha256: str
    nonce: str
    time: dt.datetime
    now: dt.datetime
    event: str
    actor: str
    once: str | None
    facts: Mapping[str, Any]
    added: tuple[Package, ...]
    retired: tuple[str, ...]
    retirement: Retirement
    destroyed: int = 0
