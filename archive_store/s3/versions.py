"""Which version of a key counts, and destroying every one.

Ceph 16 refuses a conditional put where nothing has versions, but in a bucket with versions (so in
every bucket that locks) it lets each writer add one of its own, in silence. There the *oldest* put
since the last delete marker is taken for the only one: the store numbers a key's versions when it
takes them in, so that all who list them afterwards agree. A later writer destroys its own version
and is told that the key is taken; should it be killed before, what it left is never read.

The newest is not even asked for there: while a later writer destroys its own, Ceph may say that the
key holds nothing. Whether a store has to be treated so is learned from the first object that is
created; until then it is assumed of all but Amazon's.
"""

import dataclasses as dc
import datetime as dt
import itertools
import os.path
import threading
from collections.abc import Iterable, Iterator
from typing import Final

from archive_store.errors import ArchiveError
from archive_store.s3 import errors
from archive_store.s3.listing import Version, versions
from archive_store.s3.locks import Locks
from archive_store.s3.requests import Answer, Door, Request

NONCE: Final = "x-amz-meta-nonce"
NO_OBJECT: Final = frozenset({"NoSuchKey", "NoSuchVersion"})
VERSION: Final = "x-amz-version-id"
UNVERSIONED: Final = "null"
TAKEN: Final = 412
MISSING: Final = 404
_GONE: Final = frozenset({404, 405})  # 405: a delete marker
_FORBIDDEN: Final = 403
_REMEMBERED: Final = 100_000  # keys: a long journal is listed before it is read
_TOGETHER: Final = 900  # keys of which one page tells
_FEW: Final = 20  # versions of one key; there is one, save where others write


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A put that was answered, of which it is still to be seen whether it is the object."""

    put: Request
    answer: Answer

    @property
    def version(self) -> str:
        """The id of what was put."""
        return self.answer.headers.get(VERSION, UNVERSIONED)


class Versions:
    """The versions of the keys of one bucket."""

    def __init__(self, door: Door, locks: Locks) -> None:
        self._door = door
        self._locks = locks
        self._exclusive: bool | None = None
        self._plain = False
        self._won: dict[str, str] = {}
        self._turn = threading.Lock()
        self._waiting: dict[str, Claim] = {}

    @property
    def exclusive(self) -> bool | None:
        """Whether the store itself refuses a second put; ``None`` where not yet known."""
        if self._exclusive is None and self._door.amazon:
            self._exclusive = True
        return self._exclusive

    @property
    def decide(self) -> bool:
        """Whether it takes a look at its versions to know what an object is."""
        return not self.exclusive and not self._plain

    def saw(self, answer: Answer) -> None:
        """Learn from a success whether the bucket keeps versions at all."""
        self._plain = VERSION not in answer.headers

    def of(self, key: str) -> Iterator[Version]:
        """Every version of exactly this key, the newest first."""
        # It comes first among those that begin so.
        found = versions(self._door, key, page=_FEW)
        return itertools.takewhile(lambda version: version.key == key, found)

    def counting(self, found: Iterable[Version]) -> Version | None:
        """Of a key's versions, the newest first, that which is the object."""
        real = itertools.takewhile(lambda version: not version.marker, found)
        if self.exclusive:
            return next(real, None)
        return next(reversed([*real]), None)

    def decided(self, claim: Claim) -> bool:
        """Whether it is known already that what was just put is the object."""
        self.saw(claim.answer)
        return not self.decide or claim.version == UNVERSIONED

    def postpone(self, claim: Claim) -> None:
        """Let it be claimed together with others, later."""
        with self._turn:
            self._waiting[claim.put.key] = claim

    def postponed(self, keys: Iterable[str]) -> list[list[Claim]]:
        """What waits of these keys, in groups that one listing can tell of."""
        with self._turn:
            found = [claim for key in keys if (claim := self._waiting.pop(key, None))]
        found.sort(key=lambda claim: claim.put.key)
        groups: list[list[Claim]] = []
        for _, near in itertools.groupby(found, lambda claim: claim.put.key.rpartition("/")[0]):
            together = [*near]
            groups += [
                together[start : start + _TOGETHER] for start in range(0, len(together), _TOGETHER)
            ]
        return groups

    def given_up(self, key: str) -> str:
        """The id of a version that was put and never claimed, told once; else empty."""
        with self._turn:
            claim = self._waiting.pop(key, None)
        return claim.version if claim else ""

    def lost(self, group: list[Claim]) -> list[str]:
        """The keys that are another's, of a group; what came too late there is destroyed again.

        Raises:
            UnsureError: the store would not say.
        """
        try:
            first = self._look([claim.put.key for claim in group])
            return [c.put.key for c in group if not self._is_first(c, first[c.put.key])]
        except ArchiveError as error:
            for claim in group:
                self.postpone(claim)  # given up, only this version of it goes
            raise errors.unsure(error, group[0].put.key) from None

    def _is_first(self, claim: Claim, first: Version | None) -> bool:
        if claim.answer.doubtful:
            return self._is_among_first(claim.put, first)
        if first is not None and first.id != claim.version:
            self._take_back(claim.put, claim.version)
            return False
        # Where there is none, somebody has destroyed it meanwhile.
        if self.exclusive is None:
            self._learn(claim.put)
        self.remember(claim.put.key, claim.version)
        return True

    def remember(self, key: str, version: str) -> None:
        """Keep in mind which version is the object, for whoever reads it next."""
        with self._turn:
            self._won[key] = version
            if len(self._won) > _REMEMBERED:
                del self._won[next(iter(self._won))]

    def won(self, key: str) -> str:
        """The id of the version that was just won here, told once; else empty.

        What is read back at once needs no second look.
        """
        with self._turn:
            return self._won.pop(key, "")

    def is_from(self, put: Request, version: str | None = None) -> bool:
        """Whether what lies there is from an earlier try of this put, whose answer was lost."""
        nonce = self._nonce(put.key, version)
        if nonce is None:
            raise errors.unsure(errors.missing(put.key), put.key)
        return nonce == put.headers[NONCE]

    def _is_among_first(self, put: Request, first: Version | None) -> bool:
        """The same where several tries may have been carried out: all but the first go again."""
        won = first is None or self.is_from(put, first.id)
        for version in [*self.of(put.key)]:
            counts = first is not None and version.id == first.id
            if not counts and self._nonce(put.key, version.id) == put.headers[NONCE]:
                self._take_back(put, version.id)
        return won

    def _take_back(self, put: Request, version: str) -> None:
        """Destroy what came too late; who may not break its lock leaves it, never to be read."""
        try:
            self.destroy(put.key, version, withdrawn=self._locks.are_in(put))
        except ArchiveError as error:
            if error.code != "locked":
                raise

    def _nonce(self, key: str, version: str | None) -> str | None:
        """The nonce that a version carries, if any; ``None`` where there is no such version."""
        query = {"versionId": version} if version else {}
        answer = self._door.send(Request(method="HEAD", key=key, query=query))
        if answer.status in _GONE:
            return None
        if not answer.ok:
            raise errors.unsure(self._door.refusal(answer), key)
        return answer.headers.get(NONCE, "")

    def destroy(self, key: str, version: str, *, withdrawn: bool) -> None:
        """Destroy one version; nothing happens where it is gone already."""
        headers = {"x-amz-bypass-governance-retention": "true"} if withdrawn else {}
        answer = self._door.send(
            Request(method="DELETE", key=key, query={"versionId": version}, headers=headers)
        )
        if answer.ok or (answer.status == MISSING and answer.code in NO_OBJECT):
            return
        if answer.status == _FORBIDDEN and self._locks.stands(
            key, version, dt.datetime.now(dt.UTC)
        ):
            raise errors.locked(key)
        raise self._door.refusal(answer)

    def _look(self, keys: list[str]) -> dict[str, Version | None]:
        """The versions that count, from one page if these sorted keys lie close together.

        A listing costs Ceph more than a put, for one key as for many.
        """
        found: dict[str, Version | None] = {}
        if len(keys) > 1:
            size = _FEW + len(keys)
            start = _just_before(keys[0])
            shared = os.path.commonprefix(keys)  # noqa: RUF071 (keys are no paths)
            listed = versions(self._door, shared, after=start, page=size)
            rows = [*itertools.islice(listed, size)]
            cut = rows[-1].key if len(rows) == size else None
            for key, group in itertools.groupby(rows, key=lambda row: row.key):
                if key != cut:
                    found[key] = self.counting(group)
        return {key: found[key] if key in found else self.counting(self.of(key)) for key in keys}

    def _learn(self, put: Request) -> None:
        """Put the same bytes a second time: does the store refuse?"""
        answer = self._door.send(self._locks.without(put))
        if answer.status == TAKEN:
            self._exclusive = True
        elif answer.ok:
            self._exclusive = False
            self.destroy(put.key, answer.headers.get(VERSION, UNVERSIONED), withdrawn=False)


def _just_before(key: str) -> str:
    """What sorts before this key and after every other that does: ``~`` is in none."""
    return f"{key[:-1]}{chr(ord(key[-1]) - 1)}~"
