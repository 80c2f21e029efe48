"""How commands speak: lines for people, or one JSON document; errors say what, where, what to do.

Exit codes (DESIGN section 5): 0 done, 1 something failed or fell short, 2 the call or the
configuration is wrong.
"""

import dataclasses as dc
import json
import os
import sys
from collections.abc import Iterable, Sequence
from typing import Any, NoReturn

DONE, SHORT, WRONG = 0, 1, 2


@dc.dataclass(slots=True)
class Call:
    """The options that every command takes; filled once, before the command runs."""

    archive: str | None = None
    register: str | None = None
    decision: str | None = None
    lang: str | None = None
    json: bool = False
    quiet: bool = False
    debug: bool = False


call = Call()


def language() -> str:
    """Language of messages: flag, else environment, else Swedish."""
    return call.lang or os.environ.get("KANALARKIV_LANG") or "sv"


def t(sv: str, en: str) -> str:
    """The text in the caller's language."""
    return en if language() == "en" else sv


def emit(document: Any, lines: Iterable[str]) -> None:
    """Print one JSON document where asked for, else the lines."""
    if call.json:
        lines = [json.dumps(document, ensure_ascii=False, indent=2, default=str)]
    for line in lines:
        sys.stdout.write(line + "\n")
    sys.stdout.flush()  # a command that goes on serving has still said what it had to say


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> list[str]:
    """Columns lined up for a terminal; nothing where there are no rows."""
    body = [["" if cell is None else str(cell) for cell in row] for row in rows]
    if not body:
        return []
    widths = [max(len(row[i]) for row in [list(head), *body]) for i in range(len(head))]
    rule = ["─" * width for width in widths]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in [list(head), rule, *body]
    ]


def complain(code: str, text: str) -> None:
    """Say an error: on standard error, or as the one JSON document."""
    if call.json:
        document = {"error": {"code": code, "text": text}}
        sys.stdout.write(json.dumps(document, ensure_ascii=False) + "\n")
        return
    sys.stderr.write(f"kanalarkiv: {text}\n")


def leave(code: int) -> NoReturn:
    """End the command with an exit code."""
    raise SystemExit(code)
