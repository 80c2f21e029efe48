"""Serves the made-up municipality's three channels on loopback, as they stood at ``--now``.

``python serve.py --port 0 --now 2025-12-15T08:00:00+01:00`` prints one line of JSON with the port
and each channel's addresses, and serves until it is told to stop (SIGTERM or SIGINT).
"""

import argparse
import json
import os
import signal
import socket
import sys
from collections.abc import Sequence

import uvicorn
from app import Clock, Sjovik, aware
from story import CHANNELS, END

HOST = "127.0.0.1"


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the server; ends 0 when stopped, 2 on a bad call."""
    parser = argparse.ArgumentParser(description="Sjöviks kommuns tre kanaler, på loopback.")
    parser.add_argument("--port", type=int, default=0, help="0: a free one is taken")
    parser.add_argument("--now", type=aware, default=END, help="time with offset (the story's end)")
    parser.add_argument("--wait", type=float, default=0.2, help="seconds that more posts take")
    parser.add_argument("--newest", type=int, help="posts in each page's list (all)")
    asked = parser.parse_args(arguments)
    secret = os.environ.get("KANALARKIV_DEMO_SECRET", "demo-demo")
    sjovik = Sjovik(Clock(now=asked.now), secret=secret, wait=asked.wait, newest=asked.newest)
    server = uvicorn.Server(
        uvicorn.Config(
            sjovik.application(), log_level="error", lifespan="off", timeout_graceful_shutdown=1
        )
    )
    # named TCP, so that asyncio sends small answers at once instead of after 40 ms
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((HOST, asked.port))
        except OSError:
            parser.error(f"port {asked.port} cannot be had; give another, or 0 for a free one")
        listening.listen(128)
        sys.stdout.write(json.dumps(addresses(listening.getsockname()[1])) + "\n")
        sys.stdout.flush()
        for told in (signal.SIGTERM, signal.SIGINT):
            signal.signal(told, lambda *_: None)  # uvicorn stops, then raises the signal anew
        server.run(sockets=[listening])
    return 0


def addresses(port: int) -> dict[str, object]:
    """What a caller needs to know: port and each channel's page, REST root and feed."""
    bases = {name: f"http://{HOST}:{port}/{name}" for name in CHANNELS}
    return {
        "port": port,
        "channels": {
            name: {"address": f"{base}/", "api": f"{base}/wp-json", "feed": f"{base}/feed"}
            for name, base in bases.items()
        },
    }


if __name__ == "__main__":
    sys.exit(main())
