"""A PostgreSQL of one's own for a benchmark: in a folder, on a socket, gone afterwards.

It is what Debian's ``postgresql`` brings, with its own settings. It refuses to run as root, so root
lets the system's user ``postgres`` (else ``nobody``) do it.
"""

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

_DEBIAN: Final = Path("/usr/lib/postgresql")
_USERS: Final = ("postgres", "nobody")
_PATIENCE: Final = 60.0  # seconds to come up
_LOG: Final = "log.txt"
_NEEDED: Final = ("initdb", "postgres", "pg_isready", "psql")


class Postgres:
    """A running cluster.

    Args:
        programs: the folder of ``psql``.
        folder: holds cluster and socket.
        user: who runs it, or ``None`` for who we are.
    """

    def __init__(self, programs: Path, folder: Path, user: str | None) -> None:
        self._programs = programs
        self._folder = folder
        self._user = user

    def run(self, *commands: str) -> None:
        """Run SQL, each command in a transaction of its own; an error ends it."""
        asked = [part for command in commands for part in ("-c", command)]
        line = [
            str(self._programs / "psql"),
            *("--host", str(self._folder), "--dbname", "postgres", "--username", "bench"),
            *("--no-psqlrc", "--quiet", "--set", "ON_ERROR_STOP=1"),
            *asked,
        ]
        subprocess.run(line, check=True, user=self._user, cwd=self._folder, env=_environment())


def programs() -> Path | None:
    """The folder of the newest PostgreSQL's programs; ``None`` where there is none."""
    found = sorted(each.parent for each in _DEBIAN.glob("*/bin/postgres"))
    if on_path := shutil.which("postgres"):
        found.append(Path(on_path).resolve().parent)
    usable = [each for each in found if all((each / name).exists() for name in _NEEDED)]
    return usable[-1] if usable else None


@contextlib.contextmanager
def serving(where: Path, folder: Path) -> Iterator[Postgres]:
    """Make a cluster in ``folder``, which does not exist yet, with the programs in ``where``."""
    user = _user()
    folder.mkdir()
    if user is not None:
        shutil.chown(folder, user, pwd.getpwnam(user).pw_gid)
        _open_way(folder)
    initdb = [where / "initdb", "--pgdata", folder / "data", "--username", "bench", "--no-sync"]
    subprocess.run(
        [*map(str, initdb), "--encoding=UTF8", "--locale=C", "--auth=trust"],
        check=True,
        stdout=subprocess.DEVNULL,
        user=user,
        cwd=folder,
        env=_environment(),
    )
    server = [where / "postgres", "-D", folder / "data", "-k", folder, "-c", "listen_addresses="]
    with (folder / _LOG).open("wb") as log:
        process = subprocess.Popen(
            list(map(str, server)),
            stdout=log,
            stderr=log,
            user=user,
            cwd=folder,
            env=_environment(),
        )
    try:
        _wait(where, folder, process)
        yield Postgres(where, folder, user)
    finally:
        process.send_signal(signal.SIGINT)  # a fast shutdown: nobody is waited for
        process.wait()
        shutil.rmtree(folder)


def _wait(where: Path, folder: Path, process: "subprocess.Popen[bytes]") -> None:
    end = time.monotonic() + _PATIENCE
    ready = [str(where / "pg_isready"), "--host", str(folder), "--quiet"]
    while subprocess.run(ready, check=False, env=_environment()).returncode != 0:
        if process.poll() is not None or time.monotonic() > end:
            raise RuntimeError((folder / _LOG).read_text(encoding="utf-8", errors="replace"))
        time.sleep(0.1)


def _user() -> str | None:
    if os.geteuid() != 0:
        return None
    known = {each.pw_name for each in pwd.getpwall()}
    return next(each for each in _USERS if each in known)


def _open_way(folder: Path) -> None:
    """Let others pass through our own folders on the way to this one; not look into them."""
    for parent in folder.parents:
        status = parent.stat()
        if status.st_uid == os.geteuid() and not status.st_mode & 0o001:
            parent.chmod(status.st_mode | 0o011)


def _environment() -> dict[str, str]:
    quiet = {"LC_ALL": "C.UTF-8", "PGOPTIONS": "-c client_min_messages=warning"}
    return {"PATH": os.environ.get("PATH", ""), **quiet}
