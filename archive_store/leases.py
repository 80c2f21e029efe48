"""Leases: one run at a time does a thing that two must not do at once.

A lease is ``leases/<name>/<n>.json``; taking over from an expired or dead holder is creating n+1
(DESIGN, settled). Whoever has created one lists them again: of two that came at once, at least one
sees the other and steps back, so that there are never two holders.
"""

import contextlib
import datetime as dt
import json
import secrets
from collections.abc import Callable
from typing import TypedDict

from archive_store.bucket import Bucket
from archive_store.errors import DamageError, ExistsError, HeldError, MissingError
from archive_store.journal import stamp
from archive_store.keys import LEASES, check_key
from archive_store.process import Process, is_dead, this_process

Clock = Callable[[], dt.datetime]


class Sign(TypedDict):
    """What a lease's object says: who holds it, and until when."""

    name: str
    host: str
    pid: int
    started: str
    nonce: str
    until: str


class Lease:
    """The holding of one name, until released or expired.

    Args:
        bucket: where.
        name: what is held, such as ``"harvest-kommunbloggen"``; safe as a key.
        seconds: how long without a sign of life; ``keep`` gives one.
        clock: real time.
    """

    def __init__(self, bucket: Bucket, name: str, *, seconds: float, clock: Clock) -> None:
        check_key(name)
        self._bucket = bucket
        self._folder = f"{LEASES}{name}/"
        self._name = name
        self._seconds = seconds
        self._clock = clock
        self._nonce = secrets.token_hex(16)
        self._until = clock()
        self._number = 0

    def take(self) -> None:
        """Hold it from now; ``HeldError`` where another living run does."""
        signs = self._signs()
        self._refuse_living(signs)
        self._sign(max(signs, default=0) + 1)
        self._check_alone()

    def keep(self) -> None:
        """Make sure that it is still ours, and prolong it from half its time on.

        Raises:
            HeldError: it expired and another run has it now.
        """
        signs = self._signs()
        self._refuse_living(signs)
        mine = [number for number, sign in signs.items() if sign["nonce"] == self._nonce]
        if not mine:
            raise self._held()
        if self._until - self._clock() < dt.timedelta(seconds=self._seconds / 2):
            self._sign(max(signs) + 1)
            self._check_alone()

    def release(self) -> None:
        """Let go."""
        for number, sign in self._signs().items():
            if sign["nonce"] == self._nonce:
                self._bucket.delete(self._key(number))

    def _sign(self, number: int) -> None:
        me = this_process()
        until = self._clock() + dt.timedelta(seconds=self._seconds)
        sign = {
            "name": self._name,
            "host": me.host,
            "pid": me.pid,
            "started": me.started,
            "nonce": self._nonce,
            "until": stamp(until),
        }
        try:
            self._bucket.create(self._key(number), json.dumps(sign).encode() + b"\n")
        except ExistsError:
            raise self._held() from None
        self._until = until
        self._number = number

    def _check_alone(self) -> None:
        """After signing: step back if another lives, else clear away what no longer counts."""
        signs = self._signs()
        try:
            self._refuse_living(signs)
        except HeldError:
            self.release()
            raise
        for number in signs:
            if number < self._number:
                self._bucket.delete(self._key(number))

    def _refuse_living(self, signs: dict[int, Sign]) -> None:
        for sign in signs.values():
            holder = Process(host=sign["host"], pid=sign["pid"], started=sign["started"])
            expired = dt.datetime.fromisoformat(sign["until"]) <= self._clock()
            if sign["nonce"] != self._nonce and not expired and not is_dead(holder):
                raise self._held()

    def _signs(self) -> dict[int, Sign]:
        signs = {}
        for stored in self._bucket.list(self._folder):
            number = stored.key.removeprefix(self._folder).removesuffix(".json")
            if number.isdigit():  # else a lease with a longer name
                with contextlib.suppress(MissingError):  # released in between
                    signs[int(number)] = _read(self._bucket.get(stored.key), stored.key)
        return signs

    def _key(self, number: int) -> str:
        return f"{self._folder}{number}.json"

    def _held(self) -> HeldError:
        return HeldError(
            "held",
            sv=f"En annan körning håller på med {self._name}. Vänta tills den är klar och kör "
            "igen.",
            en=f"Another run is busy with {self._name}. Wait until it is done and run again.",
        )


def _read(data: bytes, key: str) -> Sign:
    try:
        sign: Sign = json.loads(data)
        dt.datetime.fromisoformat(sign["until"])
        Process(host=sign["host"], pid=sign["pid"], started=sign["started"])
    except (ValueError, KeyError, TypeError):
        raise DamageError(
            "lease-unreadable",
            sv=f"Låset {key} går inte att läsa. Ta bort det för hand om ingen körning pågår.",
            en=f"The lease {key} cannot be read. Remove it by hand if nothing is running.",
        ) from None
    else:
        return sign
