"""``kanalarkiv up``: Prefect's server, every deployment and a worker, in one command.

The server runs as a child on loopback; the runs are started by ``serve`` in this process, each in a
process of its own, until Ctrl-C or SIGTERM.
"""

import contextlib
import signal
import sys

from flows.prefect_server import started
from flows.settings import Settings

SIMULTANEOUS_RUNS = 2


def up(settings: Settings) -> None:
    """Serve until stopped; the environment must have been prepared.

    Raises:
        ServerError: Prefect's server did not come up.
    """
    with contextlib.suppress(KeyboardInterrupt), started(settings, port=settings.port) as url:
        _tell(url)
        serve_deployments(settings)


def serve_deployments(settings: Settings) -> None:
    """Register every deployment on the server in ``PREFECT_API_URL``, and run what it starts."""
    from prefect import serve  # noqa: PLC0415 - after the environment is prepared

    from flows.deployments import deployments  # noqa: PLC0415 - the same

    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with contextlib.suppress(KeyboardInterrupt):
        serve(
            *deployments(settings),
            limit=SIMULTANEOUS_RUNS,
            pause_on_shutdown=False,
            print_starting_message=False,
        )


def _tell(url: str) -> None:
    sys.stderr.write(f"Kanalarkiv: {url.removesuffix('/api')}  (avsluta med Ctrl-C)\n")
