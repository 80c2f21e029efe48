"""How a run ends: a table that the operator sees, a message, and a state that tells the truth.

One channel's failure never stops the others; the run then ends Failed with a message such as
"2 av 3 kanaler; biblioteksbloggen: login-needed" (DESIGN section 4). Rows hold ids, codes and
counts only: they are written to Prefect's database.
"""

import dataclasses as dc
import sys
from collections.abc import Sequence
from typing import Any

from prefect.artifacts import acreate_table_artifact, create_table_artifact
from prefect.client.schemas.objects import State
from prefect.futures import PrefectFuture
from prefect.states import Completed, Failed

from archive_store.errors import KanalarkivError
from flows.settings import load_settings

Row = dict[str, Any]


@dc.dataclass(slots=True, kw_only=True)
class Outcome:
    """What a run did, row by row.

    Attributes:
        flow: the flow's name and artifact key, such as ``"harvest"``.
        title: heading of the table, in Swedish.
        rows: one a channel or list: ids, codes and counts.
        failures: id to error.
        shortfalls: sentences about what fell short without failing, ids and counts only.
    """

    flow: str
    title: str
    rows: list[Row] = dc.field(default_factory=list)
    failures: dict[str, KanalarkivError] = dc.field(default_factory=dict)
    shortfalls: list[str] = dc.field(default_factory=list)

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
        self.rows.append({column: name, **counts})
        say(f"✓ {name}")

    def fail(self, name: str, error: KanalarkivError) -> None:
        """Note one failure."""
        self.failures[name] = error
        say(f"✗ {name}: {error.text(load_settings().lang)}")

    def message(self) -> str:
        """One line for the operator."""
        done = len(self.rows)
        parts = [f"{done} av {done + len(self.failures)}" if self.failures else f"{done} klara"]
        parts += [f"{name}: {error.code}" for name, error in self.failures.items()]
        return "; ".join([*parts, *self.shortfalls])

    def state(self, message: str | None = None) -> State[Any]:
        """Write the table artifact and give the run's final state."""
        if table := self._table():
            create_table_artifact(key=self.flow, table=table, description=f"## {self.title}")
        return self._ended(message)

    async def astate(self, message: str | None = None) -> State[Any]:
        """As ``state``, for a flow that is async."""
        if table := self._table():
            await acreate_table_artifact(key=self.flow, table=table, description=f"## {self.title}")
        return self._ended(message)

    def _table(self) -> list[Row]:
        return [*self.rows, *({"kanal": k, "fel": e.code} for k, e in self.failures.items())]

    def _ended(self, message: str | None) -> State[Any]:
        said = "; ".join([message, *self.shortfalls]) if message else self.message()
        if self.failures:
            return Failed(message=said, data=self)
        return Completed(message=said, data=self)


def say(line: str) -> None:
    """Tell a person at a terminal how far the work is; silent in worker processes."""
    if progress.on:
        sys.stderr.write(f"  {line}\n")
        sys.stderr.flush()


@dc.dataclass(slots=True)
class _Progress:
    on: bool = False


progress = _Progress()
