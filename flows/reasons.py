"""An operator's own words on why: they reach the snapshot, and never Prefect.

Parameters stand in Prefect's database in clear (DESIGN section 1: no free-text reason there). The
command line runs the flow in its own process, so it hands the words over beside the parameters; a
form in Prefect's page takes a code.
"""

import contextlib
import re
from collections.abc import Iterator
from contextvars import ContextVar
from typing import Final

from archive_store.errors import InputError

LONGEST: Final = 200
CODE: Final = r"(?# Skriv en kod eller ett diarienummer utan mellanslag. )^[\w./:-]{0,40}$"
"""Of what a form takes; Prefect's server refuses the rest before it stores it."""
_CODE: Final = re.compile(CODE)
_spoken: ContextVar[str] = ContextVar("reason", default="")


@contextlib.contextmanager
def spoken(text: str) -> Iterator[None]:
    """Hand an operator's words to the flow that runs in the block.

    Raises:
        InputError: they are longer than 200 characters, or more than a line.
    """
    if len(text) > LONGEST or not text.isprintable():
        raise InputError(
            "reason-too-long",
            sv=f"--reason: skriv en rad, högst {LONGEST} tecken.",
            en=f"--reason: write one line, at most {LONGEST} characters.",
        )
    token = _spoken.set(text)
    try:
        yield
    finally:
        _spoken.reset(token)


def reason_of(parameter: str) -> str:
    """The reason of a run: the operator's words where there are any, else the parameter's code.

    Raises:
        InputError: the parameter holds words; it stands in Prefect's database already.
    """
    if not _CODE.fullmatch(parameter):
        raise InputError(
            "reason-words",
            sv="reason: ange en kod eller ett diarienummer utan mellanslag, högst 40 tecken; det "
            "sparas i Prefects databas. Egna ord tar kanalarkiv snapshot --reason emot.",
            en="reason: give a code or a registration number without spaces, at most 40 "
            "characters; Prefect's database keeps it. kanalarkiv snapshot --reason takes words.",
        )
    return _spoken.get() or parameter
