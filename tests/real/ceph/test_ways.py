"""By which way a real store is reached: authorities, proxies, and nothing but the endpoint."""

import datetime as dt
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from archive_store import Archive, Commit, Draft, archive_at
from archive_store.errors import ArchiveError
from archive_store.fixity import verify_at
from archive_store.places import bucket_at
from archive_store.records import Locks
from archive_store.s3 import S3
from tests.real.ceph.certificates import make_certificates
from tests.real.ceph.server import Ceph
from tests.support.fault_proxy import fault_proxy

pytestmark = pytest.mark.real

NOW = dt.datetime(2025, 12, 15, 2, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
ROOT = Path(__file__).parent.parent.parent.parent


@pytest.fixture
def name(ceph: Ceph) -> str:
    """A bucket with locks."""
    return ceph.new_bucket(locks=True)


def draft(base: str) -> Draft:
    return Draft(base=base, files={"a": b"words"}, folder=True)


def change(*drafts: Draft, retire: tuple[str, ...] = ()) -> Commit:
    return Commit(
        event="note", now=NOW, actor="test", drafts=drafts, retire=retire, retirement="culled"
    )


def test_a_private_authority_is_trusted_where_the_environment_says_so_and_only_there(
    ceph: Ceph, name: str, tmp_path: Path
) -> None:
    another, _ = make_certificates(tmp_path)
    with ceph.reached(tls=True):
        Archive.create(bucket_at(f"s3://{name}/arkiv"), now=NOW)
        for trusted in ("", str(another)):
            os.environ["AWS_CA_BUNDLE"] = trusted
            if not trusted:
                del os.environ["AWS_CA_BUNDLE"]
            began = time.monotonic()
            with pytest.raises(ArchiveError) as caught:
                archive_at(f"s3://{name}/arkiv")
            assert caught.value.code == "tls-refused"
            assert "AWS_CA_BUNDLE" in caught.value.sv
            assert time.monotonic() - began < 5  # trying again is of no use
        os.environ["AWS_CA_BUNDLE"] = str(ceph.authority)
        assert archive_at(f"s3://{name}/arkiv").last.seq == 1


def test_a_proxy_of_the_environment_is_gone_through(
    ceph: Ceph, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with fault_proxy(ceph.url) as proxy, ceph.reached():
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        monkeypatch.setenv("http_proxy", proxy.url)
        monkeypatch.setenv("NO_PROXY", "")
        monkeypatch.setenv("no_proxy", "")
        archive = Archive.create(bucket_at(f"s3://{name}/arkiv"), now=NOW, locks=Locks())
        archive.commit(change(draft("snapshots/x")))
        assert len(proxy.log) > 8
        assert all(request.path.startswith(ceph.url) for request, _ in proxy.log)
        assert verify_at(f"s3://{name}/arkiv").findings == ()


_ALL_THAT_IS_ASKED = """
import sys
seen = set()
def watch(event, args):
    if event == "socket.connect":
        seen.add(f"{args[1][0]}:{args[1][1]}")
    elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
        seen.add(str(args[0]))
sys.addaudithook(watch)
import datetime as dt, tests.real.ceph.test_ways as t
archive = t.Archive.create(t.bucket_at(sys.argv[1]), now=t.NOW, locks=t.Locks())
posts, snapshot = archive.commit(t.change(t.draft("posts/a"), t.draft("snapshots/b"))).added
archive.bucket.link(snapshot.key, 60)
archive.bucket.lock(snapshot.key, dt.datetime.now(dt.UTC) + 2 * t.DAY * 365)
archive.hold([posts.key], "h-1", now=t.NOW, actor="test")
archive.release([posts.key], "h-1", now=t.NOW, actor="test")
with archive.lease("x"):
    archive.commit(t.change(retire=(posts.key,)))
assert t.verify_at(sys.argv[1]).findings == ()
print(*sorted(seen))
"""


@pytest.mark.parametrize("tls", [False, True], ids=["HTTP", "TLS"])
def test_no_request_leaves_the_endpoint(ceph: Ceph, name: str, *, tls: bool) -> None:
    told = {key: value for key, value in os.environ.items() if not key.startswith("AWS_")}
    told |= ceph.environment(tls=tls)
    # As an operator may leave it: nothing forbids looking for an instance's role or a region.
    del told["AWS_EC2_METADATA_DISABLED"], told["AWS_DEFAULT_REGION"]
    child = subprocess.run(
        [sys.executable, "-c", _ALL_THAT_IS_ASKED, f"s3://{name}/arkiv"],
        cwd=ROOT,
        env=told,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert child.returncode == 0, child.stderr
    address = (ceph.tls_url if tls else ceph.url).partition("//")[2]
    assert set(child.stdout.split()) <= {address, "127.0.0.1"}
    assert address in child.stdout


def test_the_endpoints_refusal_to_connect_is_said_at_once(ceph: Ceph, name: str) -> None:
    with ceph.reached(url="http://127.0.0.1:9"):
        store = S3(name, "arkiv", patience=1.0)
        with pytest.raises(ArchiveError) as caught:
            Archive.open(store)
    assert caught.value.code == "store-away"
    assert "http://127.0.0.1:9" in caught.value.sv
    assert "Kontrollera adress, nät och proxy" in caught.value.sv
