"""Asks a store's questions one by one; an error is an answer, never the end of the examination."""

import contextlib
import dataclasses as dc
import os
from collections.abc import Callable, Iterable, Iterator
from typing import Generic, TypeVar

from archive_store.doctor.report import (
    NOT_TRIED,
    Answer,
    Needed,
    Ok,
    Question,
    Row,
    Text,
    no,
)
from archive_store.errors import KanalarkivError, UnsureError

Ground = TypeVar("Ground")


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Check(Generic[Ground]):
    """A question and how it is answered on a ground: a store and the scratch place in it."""

    question: Question
    answer: Callable[[Ground], Answer]


def check(  # noqa: PLR0913 - a question as it stands above its answer
    code: str,
    *,
    sv: str,
    en: str,
    needed: Needed,
    advice_sv: str,
    advice_en: str,
    locks: bool = False,
    stops: bool = False,
) -> Callable[[Callable[[Ground], Answer]], Check[Ground]]:
    """Make a check of the function below; see ``Question`` for the rest."""
    question = Question(
        code=code,
        asks=Text(sv=sv, en=en),
        needed=needed,
        advice=Text(sv=advice_sv, en=advice_en),
        locks=locks,
        stops=stops,
    )

    def made(answer: Callable[[Ground], Answer]) -> Check[Ground]:
        return Check(question=question, answer=answer)

    return made


def ask(
    checks: Iterable[Check[Ground]],
    ground: Ground,
    *,
    has_locks: Callable[[], bool],
    told: Callable[[], contextlib.AbstractContextManager[None]] = contextlib.nullcontext,
) -> Iterator[Row]:
    """Answer each question, in order.

    Args:
        checks: what to ask.
        ground: where.
        told: says a client's own errors as the archive's.
        has_locks: whether the store promises locks; asked only once it has let itself be reached.

    Yields:
        Each row as soon as it is known. Once a question that stops has been answered by no, the
        rest are not tried.
    """
    stopped = False
    for each in checks:
        answer = NOT_TRIED if stopped else _answered(each, ground, told())
        locks = each.question.locks and not stopped and has_locks()
        yield _row(each.question, answer, locks=locks)
        stopped = stopped or (each.question.stops and answer.ok is not Ok.YES)


def _answered(
    each: Check[Ground], ground: Ground, told: contextlib.AbstractContextManager[None]
) -> Answer:
    try:
        with told:
            return each.answer(ground)
    except KanalarkivError as error:
        ok = Ok.UNKNOWN if isinstance(error, UnsureError) else Ok.NO
        return Answer(ok=ok, seen=Text.same(error.code), advice=Text(sv=error.sv, en=error.en))
    except OSError as error:
        return no(os.strerror(error.errno) if error.errno else type(error).__name__)


def _row(question: Question, answer: Answer, *, locks: bool) -> Row:
    needed = answer.needed or question.needed
    if question.locks and answer.needed is None:
        needed = Needed.PROMISED if locks else Needed.USEFUL
    return Row(
        code=question.code,
        asks=question.asks,
        needed=needed,
        ok=answer.ok,
        seen=answer.seen,
        advice=answer.advice or question.advice,
        locks=question.locks,
    )
