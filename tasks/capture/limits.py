"""How far a capture goes: the depth that was asked for, and the limits nobody may pass."""

import dataclasses as dc
import datetime as dt
from typing import Literal

Depth = Literal["all"] | int | dt.datetime


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Where a capture stops whatever the page wants; seconds are real ones.

    Attributes:
        seconds: for settling; reached, the capture goes on with what there is ("time").
        height: CSS pixels of page; reached, likewise ("height").
        bytes: that the page may fetch; reached, it fetches no more ("bytes").
        document: bytes of a single document; a page with a heavier one is refused.
        load: for the first answer and the document.
        answer: for one call into the page; a script that never ends is noticed by it.
        consent: for a consent platform to carry out a refusal.
        pictures: for the last pictures to come, once everything else has.
        picturing: for the pictures of the page that stands still, and its words.
    """

    seconds: float = 90
    height: int = 200_000
    bytes: int = 250_000_000
    document: int = 50_000_000
    load: float = 60
    answer: float = 20
    consent: float = 5
    pictures: float = 10
    picturing: float = 180

    @property
    def whole(self) -> float:
        """The longest that a capture can last."""
        return self.load + 2 * self.seconds + self.pictures + self.picturing + 6 * self.answer
