"""Reading everything again: is what the journal says there, unchanged, and nothing else.

It needs no opened archive, since a damaged journal keeps one from being opened. Whoever edits an
entry must edit all that follow; whoever does that, or cuts the journal short, is still contradicted
by the manifests, each of which states the journal as it was, by the page in the root, and by an
archive opened before.
"""

import concurrent.futures
import dataclasses as dc
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Final, Literal

from archive_store.archive import Archive, no_archive
from archive_store.bucket import Bucket, Stored
from archive_store.directory import Directory
from archive_store.drafts import READERS, read_checked, read_manifest
from archive_store.errors import DamageError, MissingError
from archive_store.index_page import stated_head
from archive_store.journal import Head, entry_key, replay
from archive_store.keys import (
    INDEX,
    LEASES,
    README,
    ROOT_PAGES,
    SECRETS,
    ZONES,
    file_key,
    is_safe,
    owners,
    territory,
)
from archive_store.records import Package
from archive_store.secret import LENGTH, secret_damaged
from archive_store.state import State

_AT_ONCE: Final = 1000  # files handed to the readers; what waits costs memory


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that is not as it should be.

    Attributes:
        code: ``missing-object``, ``changed-object``, ``journal-gap``, ``journal-edited``,
            ``missing-manifest``, ``changed-manifest``, ``journal-cut``, ``journal-unreadable``,
            ``journal-contradiction``, ``foreign-object``, ``retired-leftover``, ``secret-damaged``,
            ``missing-readme`` or ``uncommitted``.
        key: where.
        sv, en: what was seen and what to do.
        level: ``"warning"`` where nothing is wrong with what the archive holds.
    """

    code: str
    key: str
    sv: str
    en: str
    level: Literal["error", "warning"] = "error"

    def text(self, lang: str = "sv") -> str:
        """The message in ``lang`` (``"sv"`` or ``"en"``)."""
        return self.en if lang == "en" else self.sv


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class VerifyReport:
    """What was read (``objects``, their ``bytes``) and what was found."""

    objects: int
    bytes: int
    findings: tuple[Finding, ...]

    @property
    def ok(self) -> bool:
        """Whether nothing graver than a warning was found."""
        return all(finding.level == "warning" for finding in self.findings)


def verify(archive: Archive, prefix: str = "") -> VerifyReport:
    """Verify an opened archive, or the packages and objects whose keys begin so.

    Raises:
        MissingError: nothing begins so.
    """
    heads = {Head(seq=e.seq, sha256=e.sha256) for e in archive.entries()}
    return _Check(archive.bucket, prefix).run(known=heads)


def verify_at(location: str | Path, prefix: str = "") -> VerifyReport:
    """Verify an archive that may be too damaged to open.

    Raises:
        MissingError: there is no archive, or nothing begins so.
    """
    return _Check(Directory(Path(location)), prefix).run(known=())


class _Check:
    """One reading of it all."""

    def __init__(self, bucket: Bucket, prefix: str) -> None:
        self._bucket = bucket
        self._prefix = prefix
        self._state = State()
        self._journal: dict[str, str | None] = {}  # each entry's digest, None where unreadable
        self._longest = 0  # how many entries somebody has seen
        self._files: list[tuple[str, str]] = []  # the packages' files, and their digests
        self._expected: set[str] = set()
        self._unread: set[str] = set()
        self._findings: dict[tuple[str, str], Finding] = {}
        self._objects = 0
        self._bytes = 0

    def run(self, *, known: Iterable[Head]) -> VerifyReport:
        self._read_journal()
        for head in known:
            self._compare(head)
        for key in sorted(self._state.living):
            if key.startswith(self._prefix) or self._prefix.startswith(territory(key)):
                self._read_package(self._state.living[key])
        self._read_files()
        keys = set()
        for stored in self._bucket.list(self._prefix):
            self._judge(stored)
            keys.add(stored.key)
        if not self._prefix:
            self._judge_absent(keys)
        elif not keys and not self._expected:
            raise MissingError(
                "no-such-key",
                sv="Inget i arkivet börjar så. Se kanalarkiv list.",
                en="Nothing in the archive begins so. See kanalarkiv list.",
            )
        self._judge_length()
        return VerifyReport(
            objects=self._objects, bytes=self._bytes, findings=tuple(self._findings.values())
        )

    def _read_journal(self) -> None:
        for entry in replay(self._bucket, after=Head(), on_flaw=self._flawed_entry):
            self._journal[entry_key(entry.seq)] = entry.sha256
            if not self._findings:  # after a gap everything contradicts
                try:
                    self._state.check(entry)
                except DamageError as flaw:
                    self._damaged(entry_key(entry.seq), flaw)
            self._state.take(entry)
        try:
            head = stated_head(self._bucket.get(INDEX))
        except MissingError:
            head = None
        if head is not None:
            self._compare(head)
        elif not self._journal:
            raise no_archive(self._bucket)

    def _flawed_entry(self, key: str, flaw: DamageError) -> None:
        self._journal.setdefault(key, None)
        self._damaged(key, flaw)

    def _compare(self, head: Head) -> None:
        """Hold the journal against what somebody once saw of it."""
        self._longest = max(self._longest, head.seq)
        key = entry_key(head.seq)
        if (self._journal.get(key) or head.sha256) != head.sha256:
            self._find(
                "journal-edited",
                key,
                f"{key} har ändrats sedan den skrevs. Återställ journalen från en säkerhetskopia.",
                f"{key} has changed since it was written. Restore the journal from a backup.",
            )

    def _judge_length(self) -> None:
        key = entry_key(self._longest)
        if key > max(self._journal, default=""):
            self._find(
                "journal-cut",
                key,
                f"Journalen är avkortad: den har nått till {key}, som nu saknas. Återställ den "
                "från en säkerhetskopia.",
                f"The journal was cut short: it has reached {key}, which is missing now. Restore "
                "it from a backup.",
            )

    def _read_package(self, package: Package) -> None:
        try:
            manifest = read_manifest(self._bucket, package)
        except DamageError as flaw:
            self._expected.add(package.key)
            self._unread.add(package.key)
            self._damaged(package.key, flaw, code=flaw.code.replace("object", "manifest"))
            return
        self._expected.add(package.key)
        self._compare(Head(**manifest["after"]))
        for file in manifest["files"]:
            key = file_key(package.key, file["name"])
            self._expected.add(key)
            self._files.append((key, file["sha256"]))

    def _read_files(self) -> None:
        """Read the files of the packages; hashing occupies more than one core."""
        with concurrent.futures.ThreadPoolExecutor(READERS) as pool:
            for start in range(0, len(self._files), _AT_ONCE):
                some = self._files[start : start + _AT_ONCE]
                for (key, _), flaw in zip(some, pool.map(self._flaw_of, some), strict=True):
                    if flaw is not None:
                        self._damaged(key, flaw)

    def _flaw_of(self, file: tuple[str, str]) -> DamageError | None:
        try:
            read_checked(self._bucket, *file)
        except DamageError as flaw:
            return flaw
        return None

    def _judge(self, stored: Stored) -> None:
        """Judge a stored object by its key."""
        key = stored.key
        if self._is_known(key):
            self._objects += 1
            self._bytes += stored.size
            if key in SECRETS and stored.size != LENGTH:
                self._damaged(key, secret_damaged(key))
            return
        belongs = owners(key) if is_safe(key) and key.split("/")[0] in ZONES and "/" in key else []
        if any(owner in self._unread for owner in belongs):
            return  # only the manifest could tell
        if not belongs or any(owner in self._state.living for owner in belongs):
            self._find(
                "foreign-object",
                key,
                f"{key} hör inte till arkivet. Ta reda på vem som lagt det där och flytta det.",
                f"{key} is no part of the archive. Find out who put it there and move it.",
            )
        elif any(owner in self._state.used for owner in belongs):
            self._find(
                "retired-leftover",
                key,
                f"{key} skulle ha förstörts men finns kvar. Nästa körning förstör det; kontrollera "
                "annars rättigheterna.",
                f"{key} should have been destroyed but is still there. The next run destroys it; "
                "else check the permissions.",
            )
        else:
            self._uncommitted(key)

    def _is_known(self, key: str) -> bool:
        return (
            key in self._expected
            or key in self._journal
            or key in ROOT_PAGES
            or key in SECRETS
            or key.startswith(LEASES)
        )

    def _uncommitted(self, key: str) -> None:
        self._find(
            "uncommitted",
            key,
            f"{key} hör inte till något paket i journalen: en rest efter en avbruten körning, som "
            "nästa körning städar bort, eller något som lagts dit av någon annan.",
            f"{key} belongs to no package in the journal: what an interrupted run has left, which "
            "the next run clears away, or something that somebody else put there.",
            level="warning",
        )
        if key.endswith(".json"):
            # A whole package without an entry: was there one, in a journal since cut?
            try:
                self._compare(Head(**json.loads(self._bucket.get(key))["after"]))
            except (ValueError, TypeError, KeyError, MissingError):
                return

    def _judge_absent(self, keys: set[str]) -> None:
        """What should lie there beside the packages and does not."""
        for secret in SECRETS:
            zone = secret.split("/", 1)[0] + "/"
            if secret not in keys and any(key.startswith(zone) for key in self._state.living):
                self._damaged(secret, secret_damaged(secret))
        if README not in keys:
            self._find(
                "missing-readme",
                README,
                f"{README} saknas i arkivets rot. Utan den är arkivet svårare att förstå i "
                "framtiden; lägg tillbaka den från en säkerhetskopia.",
                f"{README} is missing from the archive's root. Without it the archive is harder to "
                "understand later; put it back from a backup.",
                level="warning",
            )

    def _damaged(self, key: str, flaw: DamageError, code: str = "") -> None:
        self._find(code or flaw.code, key, flaw.sv, flaw.en)

    def _find(
        self, code: str, key: str, sv: str, en: str, level: Literal["error", "warning"] = "error"
    ) -> None:
        finding = Finding(code=code, key=key, sv=sv, en=en, level=level)
        self._findings.setdefault((code, key), finding)
