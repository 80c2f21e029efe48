"""One reading of an archive: journal, packages, tokens, and everything else that lies there."""

import concurrent.futures
import datetime as dt
import hashlib
from collections.abc import Callable, Iterable
from typing import Final

from archive_store.archive import no_archive
from archive_store.bucket import Bucket, Stored
from archive_store.drafts import check, read_checked, read_manifest, stated_after
from archive_store.errors import DamageError, MissingError
from archive_store.fixity.findings import Findings, VerifyReport
from archive_store.fixity.journal_check import JournalCheck
from archive_store.fixity.part import Part
from archive_store.hidden import hidden
from archive_store.index_page import stated_digest, stated_head
from archive_store.journal import Head
from archive_store.keys import (
    CHECKPOINTS,
    INDEX,
    JOURNAL,
    LEASES,
    README,
    ROOT_PAGES,
    SECRETS,
    TRIALS,
    ZONES,
    file_key,
    is_safe,
    owners,
    territory,
    token_key,
)
from archive_store.records import Package
from archive_store.secret import LENGTH, depend_on_it, secret_damaged

_AT_ONCE: Final = 1000  # files handed to the readers; what waits costs memory
_OLD: Final = dt.timedelta(days=2)  # every channel is harvested, and swept, more often than that

Judge = Callable[[bytes, bytes], DamageError | None]


class Check:
    """One reading of it all, or of a part.

    Args:
        bucket: what.
        prefix: only packages and objects whose keys begin so.
        part: which share of the bytes is read; everything is listed.
        at: real time, by which leftovers are old.
        judge: says what is wrong with a token over some bytes, if anything is.
    """

    def __init__(
        self,
        bucket: Bucket,
        prefix: str,
        *,
        part: Part,
        at: dt.datetime,
        judge: Judge | None = None,
    ) -> None:
        self._bucket = bucket
        self._prefix = prefix
        self._part = part
        self._at = at
        self._judge = judge
        self._found = Findings()
        self._journal = JournalCheck(bucket, self._found)
        self._files: list[tuple[str, str]] = []  # the packages' files, and their digests
        self._expected: set[str] = set()
        self._unread: set[str] = set()
        self._resting: set[str] = set()  # territories of the packages that fall into other parts
        self._objects = 0
        self._bytes = 0
        self._listed = 0

    def run(self, *, known: Iterable[Head]) -> VerifyReport:
        """Read it; ``known`` is what somebody has seen of the journal before."""
        page = self._page()  # before the journal, which only grows
        if self._part.whole:
            self._journal.whole()
        else:
            self._journal.part(self._part)
        self._seq = self._journal.state.head.seq
        self._read_index(page)
        for head in known:
            self._journal.compare(head)
        for package in self._journal.state.packages():
            if package.key.startswith(self._prefix) or self._prefix.startswith(
                territory(package.key)
            ):
                self._read_package(package)
        self._read_files()
        self._read_tokens()
        keys = self._judge_all()
        if not self._prefix:
            self._judge_absent(keys)
        elif not keys and not self._expected:
            raise MissingError(
                "no-such-key",
                sv="Inget i arkivet börjar så. Se kanalarkiv list.",
                en="Nothing in the archive begins so. See kanalarkiv list.",
            )
        if self._journal.judge_length() or self._journal.damaged:
            # What is missing may have been culled by an entry that is gone, what is left over may
            # have been added by one: nobody may act on either before the journal is whole again.
            for code in ("uncommitted", "old-leftover"):
                self._found.turn(code, "behind-cut")
            for code in ("missing-manifest", "missing-object"):
                self._found.turn(code, "missing-unsure")
        return VerifyReport(
            objects=self._objects,
            bytes=self._bytes,
            listed=self._listed,
            findings=self._found.all(),
        )

    def _page(self) -> bytes:
        try:
            return self._bucket.get(INDEX)
        except MissingError:
            return b""

    def _read_index(self, page: bytes) -> None:
        """The page in the root states how long the journal was, and its own digest."""
        head = stated_head(page)
        if head is not None:
            self._journal.compare(head)
        elif self._journal.empty:
            raise no_archive(self._bucket)
        if page and stated_digest(page) is not True and INDEX.startswith(self._prefix):
            self._found.add("changed-page", INDEX)

    def _read_package(self, package: Package) -> None:
        if not self._part.has(package.key):
            self._resting.add(territory(package.key))
            return
        self._expected.add(package.key)
        try:
            manifest = read_manifest(self._bucket, package)
        except DamageError as flaw:
            self._unread.add(package.key)
            self._found.damage(package.key, flaw, code=flaw.code.replace("object", "manifest"))
            return
        self._journal.compare(Head(**manifest["after"]))
        for file in manifest["files"]:
            key = file_key(package.key, file["name"])
            self._expected.add(key)
            self._files.append((key, file["sha256"]))

    def _read_files(self) -> None:
        """Read the files of the packages; hashing occupies more than one core."""
        with concurrent.futures.ThreadPoolExecutor(self._bucket.pace.readers) as pool:
            for start in range(0, len(self._files), _AT_ONCE):
                some = self._files[start : start + _AT_ONCE]
                for (key, _), flaw in zip(some, pool.map(self._flaw_of, some), strict=True):
                    if flaw is not None:
                        self._found.damage(key, flaw)

    def _flaw_of(self, file: tuple[str, str]) -> DamageError | None:
        try:
            check(self._bucket, *file)
        except DamageError as flaw:
            return flaw
        return None

    def _read_tokens(self) -> None:
        """Tokens of living packages and of journal entries."""
        for key, sha256 in self._journal.state.all_tokens():
            place = token_key(key)
            entry = key.startswith(JOURNAL)
            if not place.startswith(self._prefix) or not self._part.has(key):
                continue
            if not entry and self._journal.state.package(key) is None:
                continue  # withdrawn since, and its token with it
            self._expected.add(place)
            try:
                token = read_checked(self._bucket, place, sha256)
            except DamageError as flaw:
                code = flaw.code.replace("object", "token")
                if code == "hidden-token":
                    self._found.damage(place, flaw, code=code)
                else:
                    self._found.add(code, place)
                continue
            wrong = self._judge(token, self._bucket.get(key)) if self._judge else None
            if wrong is not None:
                self._found.wrong_token(place, wrong)

    def _judge_all(self) -> set[str]:
        """Look at every object that is stored; those in the root, for later."""
        root = set()
        unknown = []
        for stored in self._bucket.list(self._prefix):
            if self._is_known(stored.key):
                self._judge_one(stored)
            else:
                unknown.append(stored)
            if "/" not in stored.key or stored.key in SECRETS or self._prefix:
                root.add(stored.key)
        self._journal.read_on()
        self._found.forget(self._is_gone)
        for stored in unknown:
            self._judge_one(stored)
        return root

    def _is_gone(self, key: str) -> bool:
        """Whether another run has lawfully taken its package away meanwhile."""
        state = self._journal.state
        return is_safe(key) and any(
            state.was_used(owner) and state.package(owner) is None for owner in owners(key)
        )

    def _judge_one(self, stored: Stored) -> None:
        """Judge a stored object by its key."""
        key = stored.key
        if stored.versions > 1:
            self._found.add("foreign-version", key, level="warning")
        if self._is_known(key):
            self._objects += 1
            self._bytes += stored.size
            if key in SECRETS and stored.size != LENGTH:
                self._found.damage(key, hidden(self._bucket, key) or secret_damaged(key))
            return
        if key.startswith(TRIALS):
            self._uncommitted(stored)
            return
        belongs = owners(key) if is_safe(key) and key.split("/")[0] in ZONES and "/" in key else []
        living = [package for each in belongs if (package := self._journal.state.package(each))]
        if any(territory(owner) in self._resting for owner in belongs) or any(
            package.seq > self._seq
            for package in living  # written meanwhile: the next run's
        ):
            self._listed += 1
        elif any(owner in self._unread for owner in belongs):
            return  # only the manifest could tell
        elif not belongs or living:
            self._found.add("foreign-object", key)
        elif any(self._journal.state.was_used(owner) for owner in belongs):
            if not any(each.key == key for each in self._bucket.list(key)):
                return  # destroyed meanwhile
            self._found.add("retired-leftover", key)
        else:
            self._uncommitted(stored)

    def _is_known(self, key: str) -> bool:
        return (
            key in self._expected
            or key in ROOT_PAGES
            or key in SECRETS
            or key.startswith(LEASES)
            or (key.startswith((JOURNAL, CHECKPOINTS)) and self._journal.has(key))
        )

    def _uncommitted(self, stored: Stored) -> None:
        old = self._at - stored.modified > _OLD
        if old:
            self._found.add("old-leftover", stored.key)
        else:
            self._found.add("uncommitted", stored.key, level="warning")
        if stored.key.endswith(".json"):
            # A whole package without an entry: was there one, in a journal since cut?
            head = stated_after(self._bucket, stored.key)
            if head is not None:
                self._journal.compare(head)

    def _judge_absent(self, keys: set[str]) -> None:
        """What should lie there beside the packages, and does not or is another."""
        for secret in SECRETS:
            if secret not in keys and depend_on_it(self._journal.state):
                self._found.damage(secret, secret_damaged(secret))
        if README not in keys:
            self._found.add("missing-readme", README, level="warning")
        elif self._stated_readme() not in {
            "",
            hashlib.sha256(self._bucket.get(README)).hexdigest(),
        }:
            self._found.add("changed-readme", README)

    def _stated_readme(self) -> str:
        """The digest that the journal's first entry states."""
        try:
            return str(self._journal.state.entry(1).facts["readme"])
        except (LookupError, KeyError):
            return ""  # the first entry is gone, which has been told
