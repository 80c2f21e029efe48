"""A real Ceph on loopback: one monitor, one disk, one gateway that speaks S3 over HTTP and TLS.

    with ceph(folder) as store:                 # memory for a disk: quick, forgets when killed
        bucket = store.new_bucket(locks=True)
        with store.reached(tls=True): ...       # AWS_* in the environment

    with ceph(folder, disk=True) as store:      # BlueStore in a file: what it acknowledged lasts
        store.kill_hard()
        store.restart()

Everything lies in ``folder``; ports are free ones. Each daemon is our own child in the foreground,
ended by its id, and the kernel ends it should the thread that started it (so: the main one) end.
"""

import contextlib
import dataclasses as dc
import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from unittest import mock

import boto3
import botocore.config
import botocore.exceptions

from tests.real.ceph.certificates import make_certificates
from tests.real.ceph.settings import RIGHTS, settings

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

PATIENCE: Final = 120.0  # seconds for a daemon to answer
PROGRAMS: Final = (
    "ceph",
    "ceph-authtool",
    "ceph-mon",
    "ceph-osd",
    "monmaptool",
    "radosgw",
    "radosgw-admin",
    "setpriv",
)
REGION: Final = "default"


def missing() -> list[str]:
    """Programs that are not installed; empty where Ceph can be started."""
    return [name for name in PROGRAMS if _program(name) is None]


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """Somebody with credentials of the store's own."""

    name: str
    access_key: str
    secret_key: str


@contextlib.contextmanager
def ceph(folder: Path, *, disk: bool = False) -> "Iterator[Ceph]":
    """A running Ceph in ``folder``; gone, with all it held, when the block ends.

    Args:
        folder: where it may write; what an earlier one left there is cleared away.
        disk: whether it keeps objects in a file that outlives a kill.
    """
    store = Ceph(folder / "ceph", disk=disk)
    try:
        store.start()
        yield store
    finally:
        store.stop()
        shutil.rmtree(store.folder, ignore_errors=True)


class Ceph:
    """See ``ceph``.

    Attributes:
        folder: where everything lies.
        url: its address over HTTP; ``tls_url`` over TLS.
        authority: the certificate that vouches for ``tls_url``.
        user: who owns the buckets that ``new_bucket`` makes.
        took: seconds until it answered.
    """

    def __init__(self, folder: Path, *, disk: bool = False) -> None:
        self.folder = folder
        self.user = _new_credentials("archive")
        self.took = 0.0
        self._disk = disk
        self._daemons: dict[str, subprocess.Popen[bytes]] = {}
        self._environment = {**os.environ, "CEPH_CONF": str(folder / "ceph.conf")}

    def start(self) -> None:
        """Make a cluster out of nothing and wait until it answers."""
        began = time.monotonic()
        self._prepare()
        self._run("ceph-mon", "-i", "a", "--mkfs", "--monmap", self._at("monmap"), *self._keyring)
        self._start("mon.a", "ceph-mon", "-f", "-i", "a")
        number = str(uuid.uuid4())
        self._run("ceph", "osd", "new", number)
        self._run("ceph-osd", "-i", "0", "--mkfs", "--osd-uuid", number)
        self._start("osd.0", "ceph-osd", "-f", "-i", "0")
        self._start_gateway()
        self._create(self.user)
        self._wait_until_it_writes()
        self.took = time.monotonic() - began

    def stop(self) -> None:
        """End every daemon, the gateway first, and wait for each."""
        for name in reversed(tuple(self._daemons)):
            # Nothing here is worth an orderly farewell, which takes the disk several seconds.
            self._kill(name)

    def kill_hard(self) -> None:
        """SIGKILL to the gateway and the disk, in the middle of whatever they do."""
        assert self._disk, "memory forgets"
        for name in ("client.rgw.a", "osd.0"):
            self._daemons[name].send_signal(signal.SIGKILL)
        for name in ("client.rgw.a", "osd.0"):
            self._kill(name)

    def restart(self) -> None:
        """Start what was killed and wait until it answers."""
        self._start("osd.0", "ceph-osd", "-f", "-i", "0")
        self._start_gateway()
        self._wait_until_it_writes()

    def pids(self) -> dict[str, int]:
        """The daemons that run, by name."""
        return {name: daemon.pid for name, daemon in self._daemons.items()}

    def environment(
        self, *, tls: bool = False, user: User | None = None, url: str | None = None
    ) -> dict[str, str]:
        """How a program is told of this store; ``url`` where something stands before it."""
        who = user or self.user
        told = {
            "AWS_ENDPOINT_URL_S3": url or (self.tls_url if tls else self.url),
            "AWS_ACCESS_KEY_ID": who.access_key,
            "AWS_SECRET_ACCESS_KEY": who.secret_key,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
        }
        return told | ({"AWS_CA_BUNDLE": str(self.authority)} if tls else {})

    @contextlib.contextmanager
    def reached(
        self, *, tls: bool = False, user: User | None = None, url: str | None = None
    ) -> Iterator[None]:
        """The environment of this process tells of this store, and of no other."""
        with mock.patch.dict(os.environ):
            for name in [name for name in os.environ if name.startswith("AWS_")]:
                del os.environ[name]
            os.environ.update(self.environment(tls=tls, user=user, url=url))
            yield

    def client(self, *, tls: bool = False, user: User | None = None) -> "S3Client":
        """A client for what tests arrange and look at behind the product's back."""
        who = user or self.user
        return boto3.client(
            "s3",
            endpoint_url=self.tls_url if tls else self.url,
            aws_access_key_id=who.access_key,
            aws_secret_access_key=who.secret_key,
            region_name=REGION,
            verify=str(self.authority) if tls else None,
            config=botocore.config.Config(
                s3={"addressing_style": "path"},
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
                retries={"total_max_attempts": 1},
                proxies={},
            ),
        )

    def new_bucket(self, *, versioned: bool = False, locks: bool = False) -> str:
        """Make an empty bucket; its name. One with locks is versioned."""
        name = f"b-{secrets.token_hex(6)}"
        with contextlib.closing(self.client()) as client:
            client.create_bucket(Bucket=name, ObjectLockEnabledForBucket=locks)
            if versioned:
                client.put_bucket_versioning(
                    Bucket=name, VersioningConfiguration={"Status": "Enabled"}
                )
        return name

    def new_user(self) -> User:
        """Somebody else, whom nothing belongs to."""
        user = _new_credentials(f"u-{secrets.token_hex(6)}")
        self._create(user)
        return user

    def suspend(self, user: User) -> None:
        """From now on nothing that this user asks for is granted."""
        self._admin("user", "suspend", f"--uid={user.name}")

    def resume(self, user: User) -> None:
        """Take a suspension back."""
        self._admin("user", "enable", f"--uid={user.name}")

    def forget(self, user: User) -> None:
        """The user's key is no longer known."""
        self._admin("key", "rm", f"--uid={user.name}", f"--access-key={user.access_key}")

    def remember(self, user: User) -> None:
        """The user's key is known again."""
        self._admin(
            "key",
            "create",
            f"--uid={user.name}",
            f"--access-key={user.access_key}",
            f"--secret-key={user.secret_key}",
        )

    def limit(self, user: User, *, size: int) -> None:
        """The user's objects may take at most so many bytes."""
        self._admin(
            "quota", "set", "--quota-scope=user", f"--uid={user.name}", f"--max-size={size}"
        )
        self._admin("quota", "enable", "--quota-scope=user", f"--uid={user.name}")

    @property
    def _keyring(self) -> tuple[str, str]:
        return ("--keyring", self._at("keyring"))

    def _at(self, name: str) -> str:
        return str(self.folder / name)

    def _prepare(self) -> None:
        """Settings, keys and the monitor's map."""
        shutil.rmtree(self.folder, ignore_errors=True)
        for name in ("mon.a", "osd.0", "run", "log"):
            (self.folder / name).mkdir(parents=True)
        port, tls_port, new, old = _free_ports(4)
        self.url, self.tls_url = f"http://127.0.0.1:{port}", f"https://127.0.0.1:{tls_port}"
        self.authority, presented = make_certificates(self.folder)
        monitor, cluster = f"[v2:127.0.0.1:{new},v1:127.0.0.1:{old}]", str(uuid.uuid4())
        (self.folder / "ceph.conf").write_text(
            settings(
                self.folder,
                disk=self._disk,
                cluster=cluster,
                monitor=monitor,
                port=port,
                tls_port=tls_port,
                presented=presented,
            )
        )
        there = self._at("monmap")
        self._run("monmaptool", "--create", "--fsid", cluster, "--addv", "a", monitor, there)
        ring = self._at("keyring")
        self._run("ceph-authtool", "--create-keyring", ring)
        for name, rights in RIGHTS.items():
            self._run("ceph-authtool", ring, "--gen-key", "-n", name, *rights)

    def _start_gateway(self) -> None:
        daemon = self._start("client.rgw.a", "radosgw", "-f", "-n", "client.rgw.a")
        port = int(self.url.rpartition(":")[2])
        self._until(daemon, "client.rgw.a", lambda: _listens(port))

    def _wait_until_it_writes(self) -> None:
        with contextlib.closing(self.client()) as client:

            def writes() -> bool:
                try:
                    client.create_bucket(Bucket="ready")
                    client.put_object(Bucket="ready", Key="ready", Body=b"")
                except (
                    botocore.exceptions.HTTPClientError,
                    botocore.exceptions.ClientError,
                ):
                    return False
                return True

            self._until(self._daemons["client.rgw.a"], "client.rgw.a", writes)

    def _start(self, name: str, program: str, *arguments: str) -> "subprocess.Popen[bytes]":
        with (self.folder / "log" / f"{name}.out").open("ab") as log:
            daemon = subprocess.Popen(
                ["setpriv", "--pdeathsig", "KILL", _program(program) or program, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=self._environment,
                start_new_session=True,
            )
        self._daemons[name] = daemon
        return daemon

    def _kill(self, name: str) -> None:
        daemon = self._daemons.pop(name)
        daemon.kill()
        daemon.wait(timeout=PATIENCE)

    def _until(self, daemon: "subprocess.Popen[bytes]", name: str, ready: Any) -> None:
        deadline = time.monotonic() + PATIENCE
        while not ready():
            if daemon.poll() is not None or time.monotonic() > deadline:
                said = (self.folder / "log" / f"{name}.out").read_text(errors="replace")
                raise RuntimeError(f"{name} does not answer:\n{said[-4000:]}")
            time.sleep(0.05)

    def _create(self, user: User) -> None:
        self._admin(
            "user",
            "create",
            f"--uid={user.name}",
            f"--display-name={user.name}",
            f"--access-key={user.access_key}",
            f"--secret-key={user.secret_key}",
        )

    def _admin(self, *arguments: str) -> None:
        self._run("radosgw-admin", *arguments)

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [_program(program) or program, *arguments],
            capture_output=True,
            text=True,
            env=self._environment,
            timeout=PATIENCE,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"{program} {arguments[:2]} failed:\n{done.stderr[-4000:]}")


def _new_credentials(name: str) -> User:
    return User(
        name=name,
        access_key=secrets.token_hex(10).upper(),
        secret_key=secrets.token_urlsafe(30),
    )


def _free_ports(count: int) -> list[int]:
    """Ports that are free, all different; taken at once, so that none is given twice."""
    with contextlib.ExitStack() as stack:
        taken = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in taken:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in taken]


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _program(name: str) -> str | None:
    return shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
