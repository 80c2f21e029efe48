"""Killing a process at each of its writes, to see that nothing is lost and nothing half done shows.

How to use it (harvest, snapshot and culling do):

1. Write, in a module that can be imported, a function ``work(location: str, **args)`` that opens
   the archive with ``archive_at(location)`` and does the thing. ``args`` are JSON values.
2. Prepare an archive.
3. ``steps, killed = kill_everywhere("tests.faults.test_x:work", archive, scratch, args, both=…)``
   runs it once to its end, and then, on a copy each, to each death: the process ends itself by
   ``os._exit(137)``: no ``finally``, no flushing, as if killed. A step is the text
   ``"create <key>"``, ``"replace <key>"`` or ``"delete <key>"``. With ``both`` (a fixture, true
   in make test-real) it dies before and after each; else before the first and after each, which
   leaves every state of the store once, since between two steps nothing is stored.
4. Fail if ``steps`` are fewer than the journal and the objects show: none killed proves nothing.
5. For each of ``killed``, open its ``location``: what was acknowledged is there,
   ``fixity.verify_at`` finds no error, and calling ``work`` once more completes it.

``count_steps`` and ``run_killed`` do one run alone. All runs are forks of one interpreter, which
these tests' fixture ``an_interpreter`` starts: importing the works is what would take time.

Every archive that the work opens by ``archive_at`` goes through one ``KillingBucket``, so that the
steps of several openings count on. Nonces and times differ between runs; the order of steps must
not, so ``work`` must not write from several threads. A file's own steps on a disk (temporary file,
link) lie within one step here; tests/archive_store/test_directory.py covers those.
"""

import contextlib
import dataclasses as dc
import importlib
import itertools
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import archive_store.places
from archive_store.bucket import Bucket
from archive_store.directory import Directory
from tests.support.passing import Passing

KILLED = 137
ROOT = Path(__file__).parent.parent.parent

When = Literal["before", "after"]


class KillingBucket(Passing):
    """A bucket that ends its process at the nth change of what is stored.

    Args:
        inner: where the objects really are.
        at: number of the deadly step, from 1; 0 for none.
        when: whether that step still happens.
        log: file to which each step's text is appended as it begins.
    """

    def __init__(
        self, inner: Bucket, *, at: int = 0, when: When = "before", log: Path | None = None
    ) -> None:
        super().__init__(inner)
        self.steps: list[str] = []
        self._at = at
        self._when = when
        self._log = log

    def create(self, key: str, data: bytes, **how: Any) -> None:
        self._begin("create", key)
        super().create(key, data, **how)
        self._end()

    def replace(self, key: str, data: bytes) -> None:
        self._begin("replace", key)
        super().replace(key, data)
        self._end()

    def delete(self, key: str, *, withdrawn: bool = False) -> None:
        self._begin("delete", key)
        super().delete(key, withdrawn=withdrawn)
        self._end()

    def _begin(self, what: str, key: str) -> None:
        self.steps.append(f"{what} {key}")
        if self._log is not None:
            with self._log.open("a") as log:
                log.write(self.steps[-1] + "\n")
        if self._when == "before":
            self._die()

    def _end(self) -> None:
        if self._when == "after":
            self._die()

    def _die(self) -> None:
        if len(self.steps) == self._at:
            os._exit(KILLED)


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Killed:
    """A run that died ``when`` (before or after) its ``at``-th step, and the archive it left."""

    at: int
    when: When
    steps: tuple[str, ...]
    location: Path


def kill_everywhere(
    work: str, archive: Path, scratch: Path, args: Mapping[str, Any] | None = None, *, both: bool
) -> tuple[tuple[str, ...], tuple[Killed, ...]]:
    """Run ``work`` on copies of ``archive`` in ``scratch``: once to its end, then to each death."""
    first = _Run(location=copy_of(archive, scratch / "whole"))
    whole, *runs = _children(work, args or {}, [first], everywhere=archive, both=both)
    for run in runs:
        assert run.steps() == whole.steps()[: run.at], f"killed {run.when} {run.at}: other steps"
    return whole.steps(), tuple(
        Killed(at=run.at, when=run.when, steps=run.steps(), location=run.location) for run in runs
    )


def count_steps(
    work: str, location: Path, args: Mapping[str, Any] | None = None
) -> tuple[str, ...]:
    """Run ``work`` to its end in a child process; its steps."""
    run = _Run(location=location)
    _children(work, args or {}, [run])
    return run.steps()


def run_killed(
    work: str, location: Path, args: Mapping[str, Any] | None = None, *, at: int, when: When
) -> tuple[str, ...]:
    """Run ``work`` in a child process that dies before or after its step ``at``; its steps."""
    run = _Run(location=location, at=at, when=when)
    _children(work, args or {}, [run])
    return run.steps()


def copy_of(archive: Path, target: Path) -> Path:
    """A copy of an archive on which a run may do as it likes."""
    return Path(shutil.copytree(archive, target))


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class _Run:
    location: Path
    at: int = 0
    when: When = "before"

    @property
    def log(self) -> Path:
        return self.location.with_name(self.location.name + ".steps")

    def steps(self) -> tuple[str, ...]:
        return tuple(self.log.read_text().splitlines())

    def told(self) -> dict[str, Any]:
        return {"location": str(self.location), "at": self.at, "when": self.when}

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> "_Run":
        return cls(location=Path(told["location"]), at=told["at"], when=told["when"])

    def deaths(self, archive: Path, *, both: bool) -> "Iterator[_Run]":
        """Of a run that came to its end: one to each death, on a copy of ``archive`` each."""
        sides: tuple[When, ...] = ("before", "after")
        for at in range(1, len(self.steps()) + 1):
            for when in sides if both or at == 1 else sides[1:]:
                location = copy_of(archive, self.location.with_name(f"{at}-{when}"))
                yield _Run(location=location, at=at, when=when)

    def do(self, work: Callable[..., None], args: Mapping[str, Any]) -> int:
        """In the interpreter that ``_children`` starts: one run in a fork; how it ended."""
        self.log.write_text("")
        pid = os.fork()
        if pid == 0:
            bucket = KillingBucket(
                Directory(self.location), at=self.at, when=self.when, log=self.log
            )
            archive_store.places.Directory = lambda _: bucket  # type: ignore[misc,assignment]  # the seam
            work(str(self.location), **args)
            os._exit(0)
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def _children(
    work: str,
    args: Mapping[str, Any],
    runs: Sequence[_Run],
    *,
    everywhere: Path | None = None,
    both: bool = True,
) -> list[_Run]:
    """Do the runs one after another, and the first to each death where asked; all that were done.

    Each must end as it should.
    """
    order = {
        "work": work,
        "args": dict(args),
        "runs": [run.told() for run in runs],
        "everywhere": everywhere and str(everywhere),
        "both": both,
    }
    answer, said = _INTERPRETER[-1].answer(order)
    assert answer, said
    done = []
    for told in json.loads(answer):
        done.append(run := _Run.of(told))
        expected = KILLED if run.at else 0
        assert told["code"] == expected, f"{run.when} {run.at}: ended with {told['code']}\n{said}"
    return done


class _Interpreter:
    """The process that imports works and forks."""

    def __init__(self, child: subprocess.Popen[str], said: Path) -> None:
        self._child, self._said = child, said

    def answer(self, order: Mapping[str, Any]) -> tuple[str, str]:
        """Its answer to an order, nothing if it died; and what was printed meanwhile."""
        assert self._child.stdin is not None
        assert self._child.stdout is not None
        before = self._said.stat().st_size
        self._child.stdin.write(json.dumps(order) + "\n")
        self._child.stdin.flush()
        answer = self._child.stdout.readline()
        return answer, self._said.read_bytes()[before:].decode(errors="replace")


_INTERPRETER: list[_Interpreter] = []


@contextlib.contextmanager
def an_interpreter(said: Path) -> Iterator[None]:
    """One for the time of the block, from which every run of a work is forked.

    Args:
        said: the file to which it and the works print.
    """
    with (
        said.open("w") as out,
        subprocess.Popen(
            [sys.executable, "-m", "tests.faults.killing"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=out,
            text=True,
        ) as child,
    ):
        _INTERPRETER.append(_Interpreter(child, said))
        try:
            yield
        finally:
            _INTERPRETER.pop()
            child.kill()  # it has nothing to finish, and may wait for a run that hangs


def _main() -> None:
    with os.fdopen(os.dup(1), "w") as answers:
        os.dup2(2, 1)  # what works print is no answer
        for line in sys.stdin:
            answers.write(json.dumps(_done(json.loads(line))) + "\n")
            answers.flush()


def _done(order: Mapping[str, Any]) -> list[dict[str, Any]]:
    """An order's runs, and how each ended."""
    module, _, name = order["work"].partition(":")
    work = getattr(importlib.import_module(module), name)
    runs = [_Run.of(told) for told in order["runs"]]
    archive = order["everywhere"]
    more = runs[0].deaths(Path(archive), both=order["both"]) if archive else ()
    return [
        run.told() | {"code": run.do(work, order["args"])} for run in itertools.chain(runs, more)
    ]


if __name__ == "__main__":
    _main()
