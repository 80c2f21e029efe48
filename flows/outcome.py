"""How a run ends: a table that the operator sees, a message, and a state that tells the truth.

One channel's failure never stops the others; the run then ends Failed with a message such as
"2 av 3; biblioteksbloggen: inloggningen gäller inte längre …" (DESIGN section 4). Rows hold ids,
codes and counts only: they are written to Prefect's database.
"""

import dataclasses as dc
import sys
from collections.abc import Sequence
from typing import Any, Final

from prefect.artifacts import acreate_table_artifact, create_table_artifact
from prefect.client.schemas.objects import State
from prefect.futures import PrefectFuture
from prefect.states import Completed, Failed

from archive_store.errors import InputError, KanalarkivError
from flows.settings import load_settings

Row = dict[str, Any]

FEW: Final = 3
"""So many rows stand upright, a column each: a row of many facts is cut at the page's edge; and
so many failures are told in the message, where more of them are told in the table alone."""


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
        rows: one a channel or list: ids, codes and counts.
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
        if table := self._table():
            create_table_artifact(key=self.flow, table=table, description=self._heading())
        return self._ended(message)

    async def astate(self, message: str | None = None) -> State[Any]:
        """As ``state``, for a flow that is async."""
        if table := self._table():
            await acreate_table_artifact(key=self.flow, table=table, description=self._heading())
        return self._ended(message)

    def _heading(self) -> str:
        return f"## {self.title}\n\n{self.next}".rstrip()

    def _table(self) -> list[Row]:
        failed = [{self.column: k, "fel": spoken(e)} for k, e in self.failures.items()]
        rows = [*self.rows, *failed]
        facts = list(dict.fromkeys(key for row in rows for key in row if key != self.column))
        if len(rows) <= FEW:
            return [
                {self.column: fact, **{str(row[self.column]): row.get(fact, "") for row in rows}}
                for fact in facts
            ]
        told = [key for key in facts if any(row.get(key) not in {"", None} for row in rows)]
        return [{key: row.get(key, "") for key in (self.column, *told)} for row in rows]

    def _ended(self, message: str | None) -> State[Any]:
        said = "; ".join([message, *self.shortfalls]) if message else self.message()
        if self.failures:
            return Failed(message=said, data=PartlyFailedError(self, said))
        return Completed(message=said, data=self)


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
