"""A Prefect server for the command line: the operator's own, a living ``up``'s, or a temporary one.

Order (DESIGN section 5): ``PREFECT_API_URL``, else the server that ``kanalarkiv up`` runs on the
same state folder, else one started for this call and ended by its process id afterwards.
"""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from archive_store.errors import KanalarkivError
from flows.settings import Settings

START_SECONDS = 120.0
STOP_SECONDS = 20.0


class ServerError(KanalarkivError):
    """Prefect's server did not come up."""


@contextlib.contextmanager
def prefect_api(settings: Settings) -> Iterator[str]:
    """The address of a Prefect API for the time of the block, also set in ``PREFECT_API_URL``.

    Raises:
        ServerError: none could be started; the message names its log.
    """
    url = os.environ.get("PREFECT_API_URL") or living(settings)
    if url:
        os.environ["PREFECT_API_URL"] = url
        yield url
        return
    with started(settings, port=0) as url:
        try:
            yield url
        finally:
            os.environ.pop("PREFECT_API_URL", None)


@contextlib.contextmanager
def started(settings: Settings, *, port: int) -> Iterator[str]:
    """Start a server on loopback, announce it in the state folder, and end it afterwards.

    Raises:
        ServerError: it died or did not answer within two minutes.
    """
    port = port or free_port()
    log = settings.state.absolute() / "prefect-server.log"
    command = [sys.executable, "-m", "prefect", "server", "start"]
    command += ["--host", "127.0.0.1", "--port", str(port)]
    environment = {k: v for k, v in os.environ.items() if k != "PREFECT_API_URL"}
    environment["PREFECT_SERVER_LOGGING_LEVEL"] = "WARNING"
    environment["PREFECT_UI_API_URL"] = f"http://127.0.0.1:{port}/api"
    note = _note(settings)
    with _term_interrupts():
        with log.open("wb") as out:
            server = subprocess.Popen(  # noqa: S603 - our own interpreter
                command,
                stdout=out,
                stderr=subprocess.STDOUT,
                env=environment,
                start_new_session=True,
            )
        try:
            url = f"http://127.0.0.1:{port}/api"
            _await_health(url, server, log)
            note.write_text(json.dumps({"url": url, "pid": server.pid}), "utf-8")
            os.environ["PREFECT_API_URL"] = url
            yield url
        finally:
            note.unlink(missing_ok=True)
            _end(server)


@contextlib.contextmanager
def _term_interrupts() -> Iterator[None]:
    """Let SIGTERM interrupt as Ctrl-C does: the server has a session of its own and would stay."""
    mine = threading.current_thread() is threading.main_thread()
    if not mine or signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL:
        yield
        return
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)


def living(settings: Settings) -> str | None:
    """Address of the server that another command on this state folder runs, if it answers."""
    try:
        url = str(json.loads(_note(settings).read_text("utf-8"))["url"])
    except (FileNotFoundError, ValueError, KeyError):
        return None
    return url if _healthy(url) else None


def free_port(wanted: int = 0) -> int:
    """The wanted port on loopback if nobody uses it, else another that nobody uses now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", wanted))
        except OSError:
            if not wanted:
                raise
            return free_port()
        return int(probe.getsockname()[1])


def _note(settings: Settings) -> Path:
    return settings.state.absolute() / "server.json"


def _healthy(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/health", timeout=2) as answer:  # noqa: S310 - loopback
            return bool(answer.status == 200)  # noqa: PLR2004 - HTTP's own number
    except (urllib.error.URLError, OSError):
        return False


def _await_health(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not _healthy(url):
        if server.poll() is not None or time.monotonic() > deadline:
            raise ServerError(
                "prefect-server",
                sv=f"Prefects server startade inte. Se {log}.",
                en=f"Prefect's server did not start. See {log}.",
            )
        time.sleep(0.2)


def _end(server: subprocess.Popen[bytes]) -> None:
    server.terminate()
    try:
        server.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()
