"""What a benchmark is here: we and a named peer on the same bytes, turn about, in one run.

DESIGN section 5: ratios, not absolute figures, since machines differ and this one may be busy. What
a row holds is a contract (`benchmarks.json`); docs/benchmarks.md explains it to its readers.
"""

import contextlib
import dataclasses as dc
import statistics
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any, Final, Literal

import psutil

Unit = Literal["MB/s", "s", "left"]

_LINE: Final = "{:>6} {:>6} {:<3} {:>9} {:>9} {:<5} {:>6}  {}"


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the result.

    Attributes:
        name: what was done, and with how much.
        ours, peer: medians of the rounds, in ``unit``.
        peer_name: whom or what we are held against.
        ratio: above 1 we are better, whichever way the unit points.
        target: the smallest ratio that is good enough; ``None`` where none is set.
        ok: whether the target is reached and the work was done in full.
        memory_mb: most memory in use at once while our part ran, browsers and other children
            included; 10⁶ bytes.
    """

    name: str
    ours: float
    peer: float
    peer_name: str
    unit: Unit
    ratio: float
    target: float | None
    ok: bool
    memory_mb: float

    def document(self) -> dict[str, Any]:
        """As it stands in ``benchmarks.json``."""
        return dc.asdict(self)


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Race:
    """The medians of a race, in seconds, and the most memory of our side, in MB."""

    ours: float
    peer: float
    memory_mb: float


def race(
    ours: Callable[[], Callable[[], object]],
    peer: Callable[[], Callable[[], object]],
    *,
    rounds: int,
) -> Race:
    """Let both run in every round; who begins changes, so that neither always meets a warm disk.

    A round before the first is not timed: in it our memory is looked at, which costs time.

    Args:
        ours, peer: prepare a turn and give back what is timed.
        rounds: how many turns each has.
    """
    peer()()
    most = most_memory(ours())
    seconds: dict[str, list[float]] = {"ours": [], "peer": []}
    for number in range(rounds):
        turn = [("ours", ours), ("peer", peer)]
        for who, prepare in turn if number % 2 == 0 else reversed(turn):
            work = prepare()
            began = time.perf_counter()
            work()
            seconds[who].append(time.perf_counter() - began)
    return Race(
        ours=statistics.median(seconds["ours"]),
        peer=statistics.median(seconds["peer"]),
        memory_mb=most / 1e6,
    )


def rate_row(name: str, run: Race, *, size: int, peer_name: str, target: float | None) -> Row:
    """A row in MB/s, from a race over ``size`` bytes."""
    ratio = run.peer / run.ours
    return Row(
        name=name,
        ours=round(size / run.ours / 1e6, 1),
        peer=round(size / run.peer / 1e6, 1),
        peer_name=peer_name,
        unit="MB/s",
        ratio=round(ratio, 3),
        target=target,
        ok=target is None or ratio >= target,
        memory_mb=round(run.memory_mb, 1),
    )


def time_row(
    name: str, run: Race, *, peer_name: str, target: float | None, whole: bool = True
) -> Row:
    """A row in seconds; ``whole`` is whether everything was there that should be."""
    ratio = run.peer / run.ours
    return Row(
        name=name,
        ours=round(run.ours, 3),
        peer=round(run.peer, 3),
        peer_name=peer_name,
        unit="s",
        ratio=round(ratio, 3),
        target=target if target is None else round(target, 3),
        ok=whole and (target is None or ratio >= target),
        memory_mb=round(run.memory_mb, 1),
    )


def table(rows: Iterable[Row]) -> str:
    """The rows for a person to read."""
    lines = [_LINE.format("ratio", "target", "ok", "ours", "peer", "unit", "MB", "")]
    for row in rows:
        figures = [f"{figure:.2f}" for figure in (row.ratio, row.ours, row.peer)]
        target = "–" if row.target is None else f"{row.target:.2f}"
        ok = "yes" if row.ok else "NO"
        memory = f"{row.memory_mb:.0f}"
        lines.append(_LINE.format(figures[0], target, ok, *figures[1:], row.unit, memory, row.name))
        lines.append(_LINE.format(*[""] * 7, f"against {row.peer_name}"))
    return "\n".join(line.rstrip() for line in lines) + "\n"


def most_memory(work: Callable[[], object]) -> int:
    """Most bytes that this process and its children had at once while ``work`` ran."""
    looked = [_memory()]
    over = threading.Event()

    def watch() -> None:
        while not over.wait(0.02):
            looked.append(_memory())

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        work()
    finally:
        looked.append(_memory())
        over.set()
        watcher.join()
    return max(looked)


def _memory() -> int:
    process, now = psutil.Process(), 0
    for each in (process, *process.children(recursive=True)):
        with contextlib.suppress(psutil.NoSuchProcess):
            now += each.memory_info().rss
    return now
