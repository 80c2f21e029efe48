"""What doctor says: questions as data, an answer to each, and what stands in the way."""

import dataclasses as dc
import enum
from typing import Final, Self


class Ok(enum.StrEnum):
    """How a question was answered; one that was not tried hangs on another that failed."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "cannot-tell"
    NOT_TRIED = "not-tried"


class Needed(enum.StrEnum):
    """What hangs on the answer.

    ``REQUIRED``: without it things are lost or the work stops. ``PROMISED``: without it something
    that the archive says of itself would be untrue. ``USEFUL``: the rest.
    """

    REQUIRED = "required"
    PROMISED = "promised"
    USEFUL = "useful"


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """The same in Swedish and English."""

    sv: str
    en: str

    @classmethod
    def same(cls, text: str) -> Self:
        """A fact that reads alike in both: a number, a code, a name."""
        return cls(sv=text, en=text)

    def in_(self, lang: str) -> str:
        """The text in ``lang`` (``"sv"`` or ``"en"``)."""
        return self.en if lang == "en" else self.sv


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked of a store.

    Attributes:
        code: short stable code.
        asks: what a yes means, in words.
        needed: what hangs on it.
        advice: what to do where the answer is no.
        locks: of locks: promised where the store has them, else useful.
        stops: after a no nothing further can be, or must be, tried.
    """

    code: str
    asks: Text
    needed: Needed
    advice: Text
    locks: bool = False
    stops: bool = False


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What was found.

    Attributes:
        ok: yes, no or cannot tell.
        seen: a short fact.
        needed: instead of the question's own, where what was seen decides.
        advice: instead of the question's own.
    """

    ok: Ok
    seen: Text
    needed: Needed | None = None
    advice: Text | None = None


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A question with its answer; the attributes are those of both."""

    code: str
    asks: Text
    needed: Needed
    ok: Ok
    seen: Text
    advice: Text
    locks: bool = False

    @property
    def fails(self) -> bool:
        """Whether it stands in the way: a promise must not rest on what could not be seen."""
        return self.needed is not Needed.USEFUL and self.ok in {Ok.NO, Ok.UNKNOWN}


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Every row, in the order asked.

    Attributes:
        place: where the store is.
        rows: the answers.
    """

    place: str
    rows: tuple[Row, ...]

    @property
    def ok(self) -> bool:
        """Whether everything required and promised holds."""
        return not self.failed

    @property
    def locks(self) -> bool:
        """Whether the archive may promise that what is locked cannot be destroyed."""
        asked = [row for row in self.rows if row.locks]
        return bool(asked) and all(row.ok is Ok.YES for row in asked)

    @property
    def failed(self) -> tuple[Row, ...]:
        """The rows that stand in the way."""
        return tuple(row for row in self.rows if row.fails)


def yes(sv: str, en: str | None = None) -> Answer:
    """It is so; ``sv`` alone where the fact reads alike in both."""
    return Answer(ok=Ok.YES, seen=_text(sv, en))


def no(sv: str, en: str | None = None) -> Answer:
    """It is not so."""
    return Answer(ok=Ok.NO, seen=_text(sv, en))


def unknown(sv: str, en: str | None = None) -> Answer:
    """It could not be seen."""
    return Answer(ok=Ok.UNKNOWN, seen=_text(sv, en))


def _text(sv: str, en: str | None) -> Text:
    return Text(sv=sv, en=sv if en is None else en)


NOT_TRIED: Final = Answer(
    ok=Ok.NOT_TRIED, seen=Text(sv="prövades inte", en="not tried"), advice=Text.same("")
)
