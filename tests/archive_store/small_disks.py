"""Small disks of a test's own, mounted for one process alone.

That process has its own view of the file systems, so that nothing is mounted for anybody else, and
nothing stays mounted whatever becomes of the test.
"""

import functools
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
ALONE = ("unshare", "--map-root-user", "--mount")


@functools.cache
def may_mount() -> bool:
    """Whether this system lets us have a file system of our own."""
    try:
        trial = [*ALONE, "mount", "-t", "tmpfs", "none", "/mnt"]
        return subprocess.run(trial, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False


def mount(place: Path, options: str) -> None:
    """For the process alone: called in what ``played`` runs."""
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "none", place], check=True)


def played(scene: str, place: Path) -> dict[str, Any]:
    """What the scene, a program, prints as JSON that is run alone; ``place`` is its new folder."""
    if not may_mount():
        pytest.skip("this system lets nobody mount a file system of their own")
    place.mkdir()
    child = subprocess.run(
        [*ALONE, sys.executable, "-c", scene, str(place)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert child.returncode == 0, child.stderr
    told: dict[str, Any] = json.loads(child.stdout)
    return told
