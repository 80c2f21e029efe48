"""A folder with an archive, and the product's commands run in it, each as a process of its own."""

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
RUN = ("-c", "from flows.cli.main import run; run()")
SERVER = """
import sys
from flows.settings import load_settings, prepare_environment
from flows.prefect_server import started
settings = load_settings()
prepare_environment(settings)
with started(settings, port=0) as url:
    print(url, flush=True)
    sys.stdin.read()
"""
DESK = """
import json, os, runpy, sys
from flows.settings import load_settings, prepare_environment
prepare_environment(load_settings())
import holidays, pandas
from flows import cull, harvest, snapshot
from flows.cli.main import run
for line in sys.stdin:
    program, words, out = json.loads(line)
    child = os.fork()
    if child == 0:
        for number in (1, 2):
            os.dup2(os.open(f"{out}.{number}", os.O_CREAT | os.O_WRONLY), number)
        sys.argv[:] = [*program, *words]
        if program[0] == "-c":
            run()
        runpy.run_path(program[0], run_name="__main__")
        os._exit(0)
    os.waitpid(child, 0)
    print(flush=True)
"""


class Way:
    """Where a test goes the whole way as a person would.

    Args:
        home: an empty folder; the archive lies in ``home/hus/archive``.
        tmp: the commands' folder for temporary files; short, as Chromium's socket lies in it.
        secrets: name of a channel's secret to its value.
    """

    def __init__(self, home: Path, tmp: Path, secrets: dict[str, str]) -> None:
        self.home, self.tmp, self.hus = home, tmp, home / "hus"
        self.logs, self.archive = home / "logs", home / "hus" / "archive"
        self.desk: subprocess.Popen[str] | None = None
        self.logs.mkdir()
        given = {f"KANALARKIV_SECRET_{k.upper().replace('-', '_')}": v for k, v in secrets.items()}
        self.environment = {
            **{k: v for k, v in os.environ.items() if "PREFECT" not in k and "KANALARKIV" not in k},
            **given,
            "TMPDIR": str(tmp),
            "PYTHONPATH": str(ROOT),
        }

    def places(self) -> list[Path]:
        """Everywhere outside the channel itself where a word could stay."""
        return [self.archive, self.hus / ".kanalarkiv", self.tmp, self.logs]

    def begin(self, moment: str, register: str, decisions: list[Path]) -> None:
        """``init --rehearsal`` as of a moment, with this register and these decisions."""
        self.run("init", "hus", "--rehearsal", "--as-of", moment)
        (self.hus / "register.toml").write_text(register, "utf-8")
        (self.hus / "decisions" / "namnden.toml").unlink()
        for file in decisions:
            (self.hus / "decisions" / file.name).write_bytes(file.read_bytes())

    def run(self, *words: str, program: tuple[str, ...] = RUN) -> Any:
        """One command; its JSON document. What it prints is kept and scanned for leaks."""
        number = len(list(self.logs.iterdir()))
        if self.desk is not None:
            said = self._at_the_desk(program, [*words, "--json"], self.tmp / str(number))
        else:
            done = subprocess.run(
                [sys.executable, *program, *words, "--json"],
                cwd=self.hus if self.hus.exists() else self.home,
                env=self.environment,
                capture_output=True,
                text=True,
                check=False,
            )
            said = (done.stdout, done.stderr)
        (self.logs / f"{number}.log").write_text("".join(said), "utf-8")
        assert said[0], said[1]
        return json.loads(said[0])

    def _at_the_desk(
        self, program: tuple[str, ...], words: list[str], out: Path
    ) -> tuple[str, str]:
        assert self.desk is not None
        assert self.desk.stdin is not None
        assert self.desk.stdout is not None
        head = [program[0]] if program == RUN else program
        self.desk.stdin.write(json.dumps([head, words, str(out)]) + "\n")
        self.desk.stdin.flush()
        assert self.desk.stdout.readline() == "\n", "the desk is gone"
        files = [out.with_suffix(f".{number}") for number in (1, 2)]
        said = [file.read_text("utf-8") for file in files]
        for file in files:
            file.unlink()
        return said[0], said[1]

    @contextlib.contextmanager
    def at_a_desk(self) -> Iterator[None]:
        """Commands are forks of one interpreter for the time of the block: importing costs most.

        It is of the server that runs when the block begins.
        """
        with subprocess.Popen(
            [sys.executable, "-c", DESK],
            cwd=self.hus,
            env=self.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as desk:
            self.desk = desk
            try:
                yield
            finally:
                self.desk = None
                desk.kill()  # it has nothing to finish, and may wait for a command that hangs

    @contextlib.contextmanager
    def server(self) -> Iterator[None]:
        """Prefect's server with the product's settings for the time of the block."""
        child = subprocess.Popen(
            [sys.executable, "-c", SERVER],
            cwd=self.hus,
            env=self.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            assert child.stdout is not None
            url = child.stdout.readline().strip()
            assert url
            self.environment["PREFECT_API_URL"] = url
            yield
        finally:
            child.communicate()
            self.environment.pop("PREFECT_API_URL", None)

    def cull(self, moment: str, board: str) -> Any:
        """Propose, approve and carry out as two people; what carrying out told."""
        self.run("cull", "propose", "--by", "informationsenheten", "--as-of", moment)
        [found] = [row for row in self.run("cull", "lists")["lists"] if row["board"] == board]
        approve = ("cull", "approve", found["list"], "--by", "arkivarie-1", "--as-of", moment)
        assert self.run(*approve)["state"] == "completed"
        return self.run("cull", "carry-out", found["list"], "--as-of", moment)

    def observations(self) -> dict[str, bytes]:
        """Every stored object of numbers, by its path."""
        files = sorted((self.archive / "observations").rglob("*.*"))
        return {str(file): file.read_bytes() for file in files}

    def in_posts(self, file: str) -> bool:
        """Whether a file lies where words may lie until they are culled."""
        return Path(file).is_relative_to(self.archive / "posts")
