"""The Ceph that other tests rely on: it comes from nothing, keeps what it took, and goes again."""

import contextlib
import os
import sys
import time
from pathlib import Path

import botocore.exceptions
import pytest

from tests.real.ceph import server
from tests.real.ceph.server import Ceph

pytestmark = pytest.mark.real


def test_it_starts_beside_another_and_leaves_no_process_and_no_file(
    ceph: Ceph, tmp_path: Path
) -> None:
    (tmp_path / "ceph" / "osd.0").mkdir(parents=True)
    (tmp_path / "ceph" / "osd.0" / "fsid").write_text("of a dead one")
    with contextlib.suppress(ZeroDivisionError), server.ceph(tmp_path) as other:
        sys.stdout.write(f"\nCeph in memory answered after {other.took:.1f} s\n")
        pids = other.pids()
        assert len(pids) == 3
        assert other.url != ceph.url
        _ = 1 / 0
    for pid in pids.values():
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
    assert list(tmp_path.iterdir()) == []


def test_what_it_acknowledged_outlives_a_kill(ceph_on_disk: Ceph) -> None:
    bucket = ceph_on_disk.new_bucket(locks=True)
    with contextlib.closing(ceph_on_disk.client(tls=True)) as client:
        client.put_object(Bucket=bucket, Key="a", Body=b"bytes")
        before = ceph_on_disk.pids()
        began = time.monotonic()
        ceph_on_disk.kill_hard()
        with pytest.raises(botocore.exceptions.EndpointConnectionError):
            client.get_object(Bucket=bucket, Key="a")
        ceph_on_disk.restart()
        sys.stdout.write(
            f"\nCeph on disk answered after {ceph_on_disk.took:.1f} s, "
            f"killed and restarted after {time.monotonic() - began:.1f} s\n"
        )
        assert client.get_object(Bucket=bucket, Key="a")["Body"].read() == b"bytes"
    after = ceph_on_disk.pids()
    assert before["mon.a"] == after["mon.a"]
    assert before["osd.0"] != after["osd.0"]


def test_a_stranger_and_a_suspended_user_are_refused(ceph: Ceph) -> None:
    bucket, user = ceph.new_bucket(), ceph.new_user()
    with contextlib.closing(ceph.client(user=user)) as client:
        with pytest.raises(client.exceptions.ClientError, match="AccessDenied"):
            client.list_objects_v2(Bucket=bucket)
        client.create_bucket(Bucket="of-the-stranger")
        ceph.suspend(user)
        with pytest.raises(client.exceptions.ClientError, match="UserSuspended"):
            client.list_objects_v2(Bucket="of-the-stranger")
