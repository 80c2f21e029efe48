"""``make bench``: every row in a process of its own, told as they come, and written as JSON.

Ends 0 whatever the figures are, since they depend on the machine; a crash ends it otherwise.
"""

import argparse
import concurrent.futures
import json
import multiprocessing
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import psutil

from tests.benchmarks import capturing, culling, journals, on_ceph, searching, storing, throughput
from tests.benchmarks.rows import Row, table

Benchmark = Callable[..., list[Row]]

BENCHMARKS: Final[tuple[Benchmark, ...]] = (
    storing.small_objects,
    storing.large_objects,
    storing.reading,
    journals.opening,
    on_ceph.small_objects,
    on_ceph.large_objects,
    on_ceph.opening,
    searching.searching,
    culling.culling,
    capturing.feed,
    throughput.throughput,
    capturing.peers,
)
SCALE: Final = 0.1
ROUNDS: Final = 3
RESULT: Final = Path("benchmarks.json")
_PATIENCE: Final = 3.0  # seconds for children and threads to take their leave


def main(arguments: list[str] | None = None) -> list[Row]:
    """Run all benchmarks and write ``benchmarks.json`` in the working directory."""
    asked = _asked(arguments)
    _say(_circumstances(f"scale {asked.scale:g}, {asked.rounds} rounds, "))
    rows: list[Row] = []
    left = 0
    for benchmark in BENCHMARKS:
        found, remains = _alone(benchmark, scale=asked.scale, rounds=asked.rounds)
        rows += found
        left += remains
        _say(table(found))
        _write([*rows, _leaks(left)])
    _say(table([_leaks(left)]))
    _say(_circumstances("at the end: "))
    _say(f"written: {RESULT}\n")
    return rows


def measured(benchmark: Benchmark, scale: float, rounds: int) -> tuple[list[Row], int]:
    """Run one benchmark here; its rows, and how much it left open or lying about."""
    with tempfile.TemporaryDirectory(prefix="kanalarkiv-bench-") as name:
        folder, temporary = Path(name) / "work", Path(name) / "tmp"
        folder.mkdir()
        temporary.mkdir()
        before = os.environ.get("TMPDIR")
        os.environ["TMPDIR"] = tempfile.tempdir = str(temporary)
        try:
            held = _held()
            rows = benchmark(folder, scale=scale, rounds=rounds)
            patience = time.monotonic() + _PATIENCE
            while _held() > held and time.monotonic() < patience:
                time.sleep(0.05)
            lying = [*temporary.iterdir(), *folder.glob("*/.tmp/*")]
            return rows, max(0, _held() - held) + len(lying)
        finally:
            tempfile.tempdir = None
            os.environ.pop("TMPDIR")
            if before is not None:
                os.environ["TMPDIR"] = before


def _alone(benchmark: Benchmark, *, scale: float, rounds: int) -> tuple[list[Row], int]:
    """In a new process, so that each row's memory is its own."""
    spawn = multiprocessing.get_context("spawn")
    with concurrent.futures.ProcessPoolExecutor(1, mp_context=spawn) as pool:
        return pool.submit(measured, benchmark, scale, rounds).result()


def _held() -> int:
    """Open files, threads and children of this process."""
    process = psutil.Process()
    return process.num_fds() + process.num_threads() + len(process.children(recursive=True))


def _leaks(left: int) -> Row:
    return Row(
        name="left by all of it: open files, threads, children, temporary files",
        ours=left,
        peer=0,
        peer_name="nothing",
        unit="left",
        ratio=0.0 if left else 1.0,
        target=1.0,
        ok=not left,
        memory_mb=0.0,
    )


def _asked(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument(
        "--scale",
        type=float,
        default=float(os.environ.get("KANALARKIV_BENCH_SCALE", SCALE)),
        help="1 is 2 000 × 200 KB, 20 × 50 MB and so on; default %(default)s",
    )
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="default %(default)s")
    asked = parser.parse_args(arguments)
    if not 0 < asked.scale <= 1 or asked.rounds < 1:
        parser.error("the scale lies above 0 and is at most 1; there is at least one round")
    return asked


def _circumstances(what: str) -> str:
    load, cores = os.getloadavg()[0], os.cpu_count() or 1
    busy = "; the machine is busy, so the figures are rough" if load > cores / 2 else ""
    return f"{what}load average {load:.1f} on {cores} cores{busy}\n"


def _write(rows: list[Row]) -> None:
    text = json.dumps([row.document() for row in rows], ensure_ascii=False, indent=1)
    RESULT.write_text(text + "\n", encoding="utf-8")


def _say(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()
