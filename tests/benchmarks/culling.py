"""A week's culling in a year of 50 channels, against ``DELETE`` and ``VACUUM FULL`` in PostgreSQL.

A Monday's work: the archive is opened, every living thread judged, the list frozen, approved and
carried out, and the certificate written. The channels have been harvested before. How much lives
is said in the rows' names: in life only two weeks, as older ones were culled; and a body that keeps
its words for a year has all of them there. docs/benchmarks.md.
"""

import contextlib
import dataclasses as dc
import datetime as dt
import json
import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tasks.office_time import at_local, local_date
from tests.benchmarks import postgres
from tests.benchmarks.culling_turn import Turn
from tests.benchmarks.culling_year import NOW, Year
from tests.benchmarks.postgres import Postgres
from tests.benchmarks.rows import Row

LIMIT: Final = 20.0  # seconds: issue 5
MEMORY: Final = 500.0  # MB
TWICE: Final = 0.5  # as a ratio: ten times the posts a day may take twice the time
_TABLE: Final = "channel text, thread text, id text, active timestamptz, post text"


def culling(folder: Path, *, scale: float, rounds: int) -> list[Row]:
    """A week of a million posts a year (from a fifth on in full), ten times that, and the year."""
    channels = max(2, round(50 * min(1.0, 5 * scale)))
    where = postgres.programs()
    if where is None:
        sys.stdout.write("no PostgreSQL here (Debian: postgresql): its figures are missing\n")
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(postgres.serving(where, folder / "pg")) if where else None
        bench = _Bench(folder, server, rounds=rounds)
        week = bench.raced(Year(channels=channels), "{posts} living posts, two weeks of them")
        ten = bench.raced(
            Year(channels=channels, threads=140), "ten times as many a day: {posts} living posts"
        )
        rows = [week.row(), ten.row(), ten.against(week)]
        if scale >= 1:
            year = Year(channels=channels, living=372, days=373)
            rows.append(bench.raced(year, "all {posts} posts of a year living", days=365).row())
        return rows


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Raced:
    """What came of one year: our turns, and the peer's seconds (``None`` without one)."""

    name: str
    turns: list[Turn]
    peer: float | None

    @property
    def seconds(self) -> float:
        """The median."""
        return statistics.median(turn.seconds for turn in self.turns)

    def row(self) -> Row:
        """Ours against what is promised, PostgreSQL beside."""
        peer = LIMIT if self.peer is None else self.peer
        memory = max(turn.memory for turn in self.turns)
        name = (
            "seconds that are good enough (PostgreSQL is not installed)"
            if self.peer is None
            else "PostgreSQL: DELETE + VACUUM FULL of the same posts"
        )
        return Row(
            name=self.name,
            ours=round(self.seconds, 3),
            peer=round(peer, 3),
            peer_name=name,
            unit="s",
            ratio=round(peer / self.seconds, 3),
            target=round(peer / LIMIT, 3),
            ok=self.seconds <= LIMIT and memory <= MEMORY,
            memory_mb=round(memory, 1),
        )

    def against(self, fewer: "Raced") -> Row:
        """How much longer than a tenth of the posts a day takes."""
        ratio = fewer.seconds / self.seconds
        return Row(
            name="cull a week of ten times the posts a day: at most twice the time",
            ours=round(self.seconds, 3),
            peer=round(fewer.seconds, 3),
            peer_name="the same with a tenth of the posts",
            unit="s",
            ratio=round(ratio, 3),
            target=TWICE,
            ok=ratio >= TWICE,
            memory_mb=round(max(turn.memory for turn in self.turns), 1),
        )


class _Bench:
    """Runs turns, each on an archive and a table of their own."""

    def __init__(self, folder: Path, server: Postgres | None, *, rounds: int) -> None:
        self._folder = folder
        self._server = server
        self._rounds = rounds

    def raced(self, year: Year, what: str, *, days: int = 7) -> Raced:
        """Ours and the peer's turns on one year.

        Args:
            year: what there is.
            what: said of it in the row's name.
            days: how long words are kept.
        """
        source, table = self._folder / "source", self._folder / "posts.copy"
        with table.open("w", encoding="utf-8") as rows:
            posts = year.write(source, rows)
        table.chmod(0o644)
        turns, seconds = [], []
        for _ in range(self._rounds):
            with self._copied(source) as root:
                turns.append(_alone(root, year.channels, days))
            if self._server is not None:
                seconds.append(deleted(self._server, table, days))
        shutil.rmtree(source)
        table.unlink()
        turn = turns[0]
        if min(turn.culled, turn.stays) == 0:
            raise AssertionError(turn)
        return Raced(
            name=f"cull a due week of {year.channels} channels ({turn.culled} threads): "
            f"{what.format(posts=posts)} (propose {turn.proposed:.1f} s, "
            f"carry out {turn.carried_out:.1f} s; processor {turn.processor:.1f} s)",
            turns=turns,
            peer=statistics.median(seconds) if seconds else None,
        )

    @contextlib.contextmanager
    def _copied(self, source: Path) -> Iterator[Path]:
        root = self._folder / "archive"
        shutil.copytree(source, root)
        os.sync()
        yield root
        shutil.rmtree(root)


def _alone(root: Path, channels: int, days: int) -> Turn:
    """A turn in a process of its own, so that its memory is."""
    told = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.culling_turn", root, f"{channels}", f"{days}"],
        check=True,
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[2],
    ).stdout
    return Turn(**json.loads(told))


def deleted(server: Postgres, table: Path, days: int) -> float:
    """Seconds of deleting the same posts there, and of giving their room back."""
    due = at_local(local_date(NOW) - dt.timedelta(days=days)).isoformat()
    server.run(
        "DROP TABLE IF EXISTS posts",
        f"CREATE TABLE posts ({_TABLE}, PRIMARY KEY (channel, thread, id))",
        f"\\copy posts FROM '{table}'",
        "CREATE INDEX ON posts (active)",
        "VACUUM ANALYZE posts",
        "CHECKPOINT",
    )
    began = time.perf_counter()
    server.run(
        f"DELETE FROM posts WHERE active < '{due}'",  # noqa: S608 - our own time
        "VACUUM FULL posts",
    )
    return time.perf_counter() - began
