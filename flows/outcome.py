"""How a run ends: a table that the operator sees, a message, and a state that tells the truth.

One channel's failure never stops the others; the run then ends Failed with a message such as
"2 av 3; biblioteksbloggen: inloggningen gäller inte längre …" (DESIGN section 4). Rows hold ids,
codes and counts only: they are written to Prefect's database.
"""

import contextlib
import dataclasses as dc
import sys
from collections.abc import Sequence
from typing import Any, Final

from prefect import get_run_logger
from prefect.artifacts import acreate_table_artifact, create_table_artifact
from prefect.client.schemas.objects import State
from prefect.exceptions import MissingContextError
from prefect.futures import PrefectFuture
from prefect.states import Completed, Failed

from archive_store.errors import InputError, KanalarkivError
from flows.columns import cell
from flows.settings import load_settings

Row = dict[str, Any]

FEW: Final = 3
"""So many failures are told in the message by their sentences, so many rows may stand upright."""
WIDEST: Final = 93
"""Characters that a table in the Prefect UI has room for; what is wider it hides at the edge."""
LONG: Final = 30
"""Characters that a word of such a table may have, where there are many."""
_BETWEEN: Final = 3  # characters' room that a column takes beside its words


class PartlyFailedError(KanalarkivError):
    """A run that did not do all of it; with what it did do, for the command line."""

    def __init__(self, outcome: "Outcome", message: str) -> None:
        super().__init__("partly-failed", sv=message, en=message)
        self.outcome = outcome


@dc.dataclass(slots=True, kw_only=True)
class Outcome:
    """What a run did, row by row.

    Attributes:
        flow: the flow's name and artifact key, such as ``"harvest"``.
        title: heading of the table, in Swedish.
        rows: one a channel or list, by the columns of ``flows.columns``: ids, codes and counts.
        failures: id to error.
        shortfalls: sentences about what fell short without failing, ids and counts only.
        next: what the operator may do now, in Swedish; stands above the table.
        column: what the rows are about.
    """

    flow: str
    title: str
    rows: list[Row] = dc.field(default_factory=list)
    failures: dict[str, KanalarkivError] = dc.field(default_factory=dict)
    shortfalls: list[str] = dc.field(default_factory=list)
    next: str = ""
    column: str = "kanal"

    def gather(
        self, futures: Sequence[tuple[str, PrefectFuture[Any]]], column: str = "kanal"
    ) -> None:
        """Wait for each channel's step and note its counts or its error, telling progress."""
        for name, future in futures:
            try:
                counts = future.result()
            except KanalarkivError as error:
                self.fail(name, error)
                continue
            self.done(name, counts, column)

    def done(self, name: str, counts: Row, column: str = "kanal") -> None:
        """Note one row."""
        self.column = column
        self.rows.append({column: name, **counts})
        say(f"✓ {name}")

    def fail(self, name: str, error: KanalarkivError) -> None:
        """Note one failure."""
        self.failures[name] = error
        say(f"✗ {_of(name, error)}")
        with contextlib.suppress(MissingContextError):  # outside of a run there is no log
            get_run_logger().error("%s", _of(name, error))

    def message(self) -> str:
        """One line for the operator."""
        done = len(self.rows)
        parts = [f"{done} av {done + len(self.failures)}" if self.failures else f"{done} klara"]
        if len(self.failures) <= FEW:
            parts += [_of(name, error) for name, error in self.failures.items()]
        else:
            parts += [f"{name}: {error.code}" for name, error in self.failures.items()]
        return "; ".join([*parts, *self.shortfalls])

    def state(self, message: str | None = None) -> State[Any]:
        """Write the table artifact and give the run's final state."""
        heading, table = self.shown()
        if table:
            create_table_artifact(key=self.flow, table=table, description=heading)
        return self._ended(message)

    async def astate(self, message: str | None = None) -> State[Any]:
        """As ``state``, for a flow that is async."""
        heading, table = self.shown()
        if table:
            await acreate_table_artifact(key=self.flow, table=table, description=heading)
        return self._ended(message)

    def shown(self) -> tuple[str, list[Row]]:
        """What the Prefect UI shows of it: markdown, and a table that hides nothing at its edge.

        A table of few rows that is too wide stands upright; where that does not do either, what is
        long stands above it instead.
        """
        name = self.column
        rows = [*self.rows, *({name: k, "fel": e.code} for k, e in self.failures.items())]
        keys = dict.fromkeys(key for row in rows for key in row if key != name)
        facts = [key for key in keys if any(row.get(key) not in {"", None} for row in rows)]
        table = [{key: cell(row.get(key, "")) for key in (name, *facts)} for row in rows]
        notes = [_of(*failed) for failed in self.failures.items()]
        if not _fits(table):
            upright = [{name: key, **{str(row[name]): row[key] for row in table}} for key in facts]
            if len(rows) <= FEW and _fits(upright):
                table = upright
            else:
                long = [key for key in facts if any(len(str(row[key])) > LONG for row in table)]
                notes += [f"{row[name]}: {row[key]}" for key in long for row in table if row[key]]
                table = [{k: v for k, v in row.items() if k not in long} for row in table]
        listed = "\n".join(f"- {note}" for note in notes)
        return "\n\n".join(filter(None, (f"## {self.title}", self.next, listed))), table

    def _ended(self, message: str | None) -> State[Any]:
        said = "; ".join([message, *self.shortfalls]) if message else self.message()
        if self.failures:
            return Failed(message=said, data=PartlyFailedError(self, said))
        return Completed(message=said, data=self)


def _fits(table: Sequence[Row]) -> bool:
    """Whether a table is shown from edge to edge."""
    columns = ((key, *(row[key] for row in table)) for key in (table[0] if table else ()))
    widths = (max(len(str(text)) for text in column) for column in columns)
    return sum(width + _BETWEEN for width in widths) <= WIDEST


def spoken(error: KanalarkivError) -> str:
    """An error's sentence in the operators' language."""
    try:
        lang = load_settings().lang
    except InputError:  # the settings themselves are refused
        lang = "sv"
    return error.text(lang)


def _of(name: str, error: KanalarkivError) -> str:
    """A failure with the name of what failed, said once."""
    said = spoken(error)
    return said if said.startswith(name) else f"{name}: {said}"


def counted(number: int, one: str, many: str) -> str:
    """A number with its word: ``1 tråd``, ``12 trådar``."""
    return f"{number} {one if number == 1 else many}"


def say(line: str) -> None:
    """Tell a person at a terminal how far the work is; silent in worker processes."""
    if progress.on:
        sys.stderr.write(f"  {line}\n")
        sys.stderr.flush()


@dc.dataclass(slots=True)
class _Progress:
    on: bool = False


progress = _Progress()
