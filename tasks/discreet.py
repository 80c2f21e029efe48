"""Keeps words out of what crosses a step.

Prefect writes an exception's text and traceback to its database and logs. A foreign error may quote
what it choked on, so every error that leaves a step is re-raised as a code and a channel alone
(DESIGN section 1: nothing of a person lives outside the archive).
"""

import contextlib
from collections.abc import Iterator
from pathlib import Path

from archive_store.errors import KanalarkivError


class StepError(KanalarkivError):
    """A step failed on something unforeseen; the text names the place in the code, no content."""


@contextlib.contextmanager
def discreet(step: str, where: str = "") -> Iterator[None]:
    """Re-raise whatever goes wrong inside as a code and a place, without cause or context.

    Args:
        step: the step's name, such as ``"harvest"``.
        where: id of the channel, list or request at work.

    Raises:
        KanalarkivError: our own errors, as they were but without their cause.
        StepError: anything else, as the error's type and the line of code it rose from.
    """
    try:
        yield
    except KanalarkivError as error:
        error.__suppress_context__ = True
        error.__cause__ = error.__context__ = None
        raise type(error)(error.code, sv=error.sv, en=error.en) from None
    except Exception as error:  # noqa: BLE001 - its text may quote a person's words
        kind, place = type(error).__name__, _place(error)
        at = f"{step} {where}".rstrip()
    else:
        return
    raise StepError(
        f"unforeseen-{step}",
        sv=f"{at}: oväntat fel {kind} i {place}. Kör om; kvarstår felet, anmäl raden.",
        en=f"{at}: unforeseen {kind} in {place}. Run again; report it if it stays.",
    ) from None


def _place(error: BaseException) -> str:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return "?"
    return f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}"
