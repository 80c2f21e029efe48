"""A rolling part of an archive: so much each day that everything has been read within a period."""

import dataclasses as dc
import datetime as dt
import hashlib
from typing import Final


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Some of ``of`` equal shares; which share a key falls into is told by its digest alone.

    So nobody need remember what has been read: whoever runs every ``every`` days with the same
    ``within`` reads everything once in that time.
    """

    shares: frozenset[int]
    of: int

    @classmethod
    def due(cls, day: dt.date, *, within: int, every: int = 1) -> "Part":
        """What a run on ``day`` reads.

        Args:
            day: of the run.
            within: days in which everything is to be read once.
            every: days between runs.

        Raises:
            ValueError: less than a day, or runs further apart than the period.
        """
        if not 1 <= every <= within:
            raise ValueError(within, every)
        last = day.toordinal()
        return cls(shares=frozenset((last - back) % within for back in range(every)), of=within)

    @property
    def whole(self) -> bool:
        """Whether it is everything."""
        return len(self.shares) == self.of

    def has(self, key: str) -> bool:
        """Whether the key falls into it."""
        if self.whole:
            return True
        digest = hashlib.sha256(key.encode("utf-8", "surrogateescape")).digest()
        return int.from_bytes(digest[:8], "big") % self.of in self.shares


WHOLE: Final = Part(shares=frozenset({0}), of=1)
