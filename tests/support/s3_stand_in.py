"""A stand-in for an S3 service: moto's server, as a process of its own on a free port.

It is quick to start and checks no credentials; what it says proves nothing about real stores. One
request is answered at a time, since of writers at once moto lets two have the same key. It ends
with its standard input, so that no killed test leaves it behind.
"""

import contextlib
import os
import secrets
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterable, Iterator
from typing import Any, Final
from unittest import mock

_CREDENTIALS: Final = {
    "AWS_ACCESS_KEY_ID": "stand-in",
    "AWS_SECRET_ACCESS_KEY": "stand-in",
    "AWS_EC2_METADATA_DISABLED": "true",
}


class StandIn:
    """A running one.

    Attributes:
        url: its address.
    """

    def __init__(self, url: str) -> None:
        self.url = url

    def new_bucket(self, *, locks: bool = True, versions: bool = True) -> str:
        """The name of a new bucket; one that locks has versions."""
        name = f"b-{secrets.token_hex(6)}"
        self._put(name, {"x-amz-bucket-object-lock-enabled": "true"} if locks else {})
        if versions and not locks:
            body = (
                b'<VersioningConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'
                b"<Status>Enabled</Status></VersioningConfiguration>"
            )
            self._put(f"{name}?versioning", {"Content-Type": "application/xml"}, body)
        return name

    def _put(self, path: str, headers: dict[str, str], body: bytes = b"") -> None:
        request = urllib.request.Request(  # noqa: S310 (our own, on loopback)
            f"{self.url}/{path}", data=body, headers=headers, method="PUT"
        )
        with urllib.request.urlopen(request):  # noqa: S310 (the same)
            pass


@contextlib.contextmanager
def credentials() -> Iterator[None]:
    """The stand-in's in the environment, and nobody else's, for the time of the block."""
    others = [name for name in os.environ if name.startswith("AWS_") and name not in _CREDENTIALS]
    with mock.patch.dict(os.environ, _CREDENTIALS):
        for name in others:
            del os.environ[name]
        yield


@contextlib.contextmanager
def stand_in() -> Iterator[StandIn]:
    """A running stand-in for the time of the block; who asks it needs ``credentials`` too."""
    child = subprocess.Popen(
        [sys.executable, __file__],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    with child:  # closes its input, and waits
        assert child.stdout is not None
        port = child.stdout.readline().strip()
        assert port, "the stand-in did not start"
        yield StandIn(f"http://127.0.0.1:{port}")


def serve() -> None:
    """Serve until standard input ends; the port is the first line of standard output."""
    from moto.moto_server.werkzeug_app import (  # noqa: PLC0415 (slow, and for the child alone)
        DomainDispatcherApplication,
        create_backend_app,
    )
    from werkzeug.serving import WSGIRequestHandler, make_server  # noqa: PLC0415 (the same)

    moto, turn = DomainDispatcherApplication(create_backend_app), threading.Lock()

    def one_at_a_time(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        with turn:
            return list(moto(environ, start_response))

    class Handler(WSGIRequestHandler):
        protocol_version = "HTTP/1.1"

    server = make_server("127.0.0.1", 0, one_at_a_time, threaded=True, request_handler=Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(server.server_port, flush=True)  # noqa: T201 (how the parent learns it)
    sys.stdin.read()
    os._exit(0)  # tidying up all that was stored takes half a minute


if __name__ == "__main__":
    serve()
