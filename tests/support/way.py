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
        done = subprocess.run(
            [sys.executable, *program, *words, "--json"],
            cwd=self.hus if self.hus.exists() else self.home,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        number = len(list(self.logs.iterdir()))
        (self.logs / f"{number}.log").write_text(done.stdout + done.stderr, "utf-8")
        assert done.stdout, done.stderr
        return json.loads(done.stdout)

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
