"""Which process wrote this, and is it surely dead: for leases and half-written files.

A process number means something only within one start of one machine and one container, so the
host's name here carries a mark of both. Doubt counts as alive: the period then decides.
"""

import dataclasses as dc
import functools
import hashlib
import os
import re
import socket
from pathlib import Path


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """A process: ``host`` with the mark of its start, ``pid``, and ``started`` where known."""

    host: str
    pid: int
    started: str


@functools.cache
def this_host() -> str:
    """This machine, since it was started; a container counts as one."""
    name = re.sub(r"[^A-Za-z0-9]+", "-", socket.gethostname()).strip("-")[:40] or "host"
    marks = ""
    boot = Path("/proc/sys/kernel/random/boot_id")
    if boot.exists():
        marks = boot.read_text() + str(Path("/proc/self/ns/pid").readlink())
    return f"{name}-{hashlib.sha256(marks.encode()).hexdigest()[:8]}"


def this_process() -> Process:
    """The one that asks."""
    pid = os.getpid()
    return Process(host=this_host(), pid=pid, started=_started(pid))


def is_dead(process: Process) -> bool:
    """Whether that process is surely gone; ``False`` for every process of another host."""
    if process.host != this_host():
        return False
    try:
        os.kill(process.pid, 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    started = _started(process.pid)
    return bool(process.started and started and process.started != started)


def _started(pid: int) -> str:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return ""
    # The name, in parentheses, may hold anything; the start is the 20th field after it.
    return stat.rpartition(")")[2].split()[19]
