"""The programs that are raced on the feed: installed on demand, run as their manuals say.

They are other people's, pinned, and stay in a folder of their own outside the project; each runs in
a process of its own, with the browser that is installed here. Nothing of theirs is imported or
shipped (browsertrix-behaviors is AGPL, SingleFile too).
"""

import dataclasses as dc
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pypdf

from tasks.capture.browser import BrowserSettings, find_browser
from tests.tasks.capture.pages import EXPANDED

Counts = dict[str, int]

SHOT_SCRAPER: Final = "shot-scraper 1.12"
SINGLE_FILE: Final = "single-file-cli 2.0.83"
BEHAVIORS: Final = "browsertrix-behaviors 0.8.4 with click selectors"
_PATIENCE: Final = 240  # seconds for one run
_WAIT: Final = "2000"  # ms that shot-scraper is told to wait, or it prints an empty page
_INSTALLING: Final = 600


class Absent(Exception):  # noqa: N818 - a finding that is told, not an error
    """A peer could not be installed or run here; the text says why."""


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Seconds from the command to its result, and what the result shows."""

    seconds: float
    found: Counts


def counted(text: str, images: int) -> Counts:
    """What of the feed stands in the text."""
    folded = re.sub(r"\s+", " ", text)
    return {
        "posts": len(set(re.findall(r"Inlägg (\d+) från", folded))),
        "expanded": len(set(re.findall(rf"{EXPANDED} (\d+)", folded))),
        "comments": len(set(re.findall(r"Kommentar (\d+\.\d)", folded))),
        "images": images,
    }


def cache() -> Path:
    """Where peers lie between runs: ``KANALARKIV_BENCH_PEERS``, else the user's cache."""
    named = os.environ.get("KANALARKIV_BENCH_PEERS")
    home = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"))
    return Path(named) if named else home / "kanalarkiv-bench"


def shot_scraper(address: str, folder: Path) -> Run:
    """``shot-scraper pdf``: Playwright's own printing, once the page has loaded and waited."""
    home = cache() / "python"
    command = home / "bin" / "shot-scraper"
    if not command.exists():
        _install([sys.executable, "-m", "venv", str(home)])
        _install([str(home / "bin" / "pip"), "install", "-q", SHOT_SCRAPER.replace(" ", "==")])
    browsers = cache() / "browsers"
    pdf = folder / "shot-scraper.pdf"
    asked = [str(command), "pdf", address, "--wait", _WAIT, "-o", str(pdf)]
    environment = {"PLAYWRIGHT_BROWSERS_PATH": str(browsers)}
    try:
        seconds, _ = _timed(asked, environment)
    except Absent as error:  # it tells where it looks for a browser: ours is put there
        missing = re.search(re.escape(str(browsers)) + r"\S+", str(error))
        if missing is None:
            raise
        place = Path(missing.group())
        place.parent.mkdir(parents=True, exist_ok=True)
        place.unlink(missing_ok=True)
        place.symlink_to(find_browser(BrowserSettings()))
        seconds, _ = _timed(asked, environment)
    return Run(seconds=seconds, found=of_pdf(pdf.read_bytes()))


def single_file(address: str, folder: Path) -> Run:
    """``single-file``: the page and its pictures in one HTML file."""
    html = folder / "single-file.html"
    chosen = f"--browser-executable-path={find_browser(BrowserSettings())}"
    sandbox = ["--browser-args", json.dumps(["--no-sandbox"])] if os.geteuid() == 0 else []
    command = _node("single-file-cli") / ".bin" / "single-file"
    seconds, _ = _timed([str(command), address, str(html), chosen, *sandbox])
    return Run(seconds=seconds, found=_helped("shown", html.as_uri())["found"])


def behaviors(address: str, folder: Path) -> Run:
    """browsertrix's behaviours, told which buttons to press, in a page of Playwright's."""
    del folder
    script = _node("browsertrix-behaviors") / "browsertrix-behaviors" / "dist" / "behaviors.js"
    told = _helped("behave", address, str(script))
    return Run(seconds=told["seconds"], found=told["found"])


RACERS: Final[dict[str, Callable[[str, Path], Run]]] = {
    SHOT_SCRAPER: shot_scraper,
    SINGLE_FILE: single_file,
    BEHAVIORS: behaviors,
}


def of_pdf(pdf: bytes) -> Counts:
    """What stands in a PDF's own text; the feed's pictures are 320 pixels wide."""
    reader = pypdf.PdfReader(io.BytesIO(pdf))
    text = " ".join(page.extract_text() for page in reader.pages)
    wide = [image.image.size[0] for page in reader.pages for image in page.images if image.image]
    return counted(text, wide.count(320))


def _node(package: str) -> Path:
    """The folder of npm's packages, with the package in it."""
    home = cache() / "node"
    modules = home / "node_modules"
    if not (modules / package).exists():
        npm = shutil.which("npm")
        if npm is None:
            message = "npm is not installed"
            raise Absent(message)
        pinned = [name.split(" with")[0].replace(" ", "@") for name in (SINGLE_FILE, BEHAVIORS)]
        home.mkdir(parents=True, exist_ok=True)
        options = ["--no-audit", "--no-fund", "--ignore-scripts"]
        _install([npm, "install", "--prefix", str(home), *options, *pinned])
    return modules


def _install(command: list[str]) -> None:
    try:
        subprocess.run(command, capture_output=True, timeout=_INSTALLING, check=True)
    except (OSError, subprocess.SubprocessError) as error:
        message = f"{Path(command[0]).name} could not install it"
        raise Absent(message) from error


def _timed(command: list[str], environment: dict[str, str] | None = None) -> tuple[float, str]:
    cache().mkdir(parents=True, exist_ok=True)
    temporary = tempfile.mkdtemp(dir=cache())  # some leave their browser's files behind
    began = time.perf_counter()
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            timeout=_PATIENCE,
            check=False,
            env=os.environ | {"TMPDIR": temporary} | (environment or {}),
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        message = f"it did not run to its end ({type(error).__name__})"
        raise Absent(message) from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    if done.returncode:
        raise Absent(done.stderr or done.stdout)
    return time.perf_counter() - began, done.stdout


def _helped(*arguments: str) -> Any:
    command = [sys.executable, "-m", "tests.benchmarks.peer_pages", *arguments]
    return json.loads(_timed(command)[1])
