"""How an S3 store is reached: its place, hosts, credentials, certificates, links, processes."""

import multiprocessing
import os
import socket
import urllib.request
from typing import Any

import pytest

from archive_store.errors import ArchiveError, InputError, MissingError
from archive_store.s3 import S3
from tests.archive_store.s3.stored import LATER, SOON
from tests.support.s3_stand_in import StandIn


def test_it_says_where_it_is_and_how_it_is_best_used(service: StandIn) -> None:
    store = S3("arkiv", "a/b", endpoint=service.url, read_back=0.25)
    assert (str(store), repr(store)) == ("s3://arkiv/a/b", "S3('s3://arkiv/a/b')")
    assert (store.pace.writers, store.pace.readers, store.pace.read_back) == (8, 8, 0.25)
    assert store.path("posts/a") is None


def test_a_link_is_for_a_while(bucket: S3) -> None:
    bucket.create("snapshots/a.pdf", b"%PDF")
    link = bucket.link("snapshots/a.pdf", 60)
    with urllib.request.urlopen(link) as answer:  # noqa: S310 (our own, on loopback)
        assert answer.read() == b"%PDF"
    assert "X-Amz-Expires=60" in link
    for seconds in (0, 7 * 24 * 3600 + 1):
        with pytest.raises(InputError):
            bucket.link("snapshots/a.pdf", seconds)
    with pytest.raises(MissingError):
        bucket.link("snapshots/b.pdf", 60)


def test_nothing_is_asked_of_any_other_host(
    service: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither for regions nor for credentials: with keys given no role service is asked."""
    monkeypatch.delenv("AWS_EC2_METADATA_DISABLED")
    seen: set[object] = set()
    connect, look_up = socket.socket.connect, socket.getaddrinfo

    def connected(self: socket.socket, address: Any) -> None:
        seen.add(address[:2])
        connect(self, address)

    def looked_up(host: Any, port: Any, *more: Any, **named: Any) -> Any:
        seen.add((host, port))
        return look_up(host, port, *more, **named)

    monkeypatch.setattr(socket.socket, "connect", connected)
    monkeypatch.setattr(socket, "getaddrinfo", looked_up)
    store = S3(service.new_bucket(), endpoint=service.url)
    store.create("snapshots/a", b"x", until=SOON)
    store.replace("index.html", b"x")
    store.lock("snapshots/a", LATER)
    store.hold("snapshots/a", on=True)
    store.hold("snapshots/a", on=False)
    assert store.get("snapshots/a") == b"x"
    assert store.default_retention() is None
    assert store.link("snapshots/a", 60)
    assert len(list(store.list())) == 2
    store.delete("snapshots/a", withdrawn=True)
    store.sweep()
    store.close()
    for request in list(seen):
        assert request == ("127.0.0.1", int(service.url.rpartition(":")[2])), seen
    assert seen


def forked(store: S3, key: str) -> None:
    store.create(key, b"child")
    assert store._access._pid == os.getpid()


@pytest.mark.filterwarnings("ignore:This process.*is multi-threaded:DeprecationWarning")
def test_a_forked_process_has_connections_of_its_own(bucket: S3) -> None:
    bucket.create("posts/parent", b"parent")
    child = multiprocessing.get_context("fork").Process(target=forked, args=(bucket, "posts/a"))
    child.start()
    assert bucket.get("posts/parent") == b"parent"
    child.join()
    assert child.exitcode == 0
    assert bucket.get("posts/a") == b"child"


def test_after_closing_the_next_call_opens_anew(bucket: S3) -> None:
    bucket.create("posts/a", b"x")
    bucket.close()
    bucket.close()
    assert bucket.get("posts/a") == b"x"


def test_without_credentials_it_says_what_to_set(
    bucket: S3, monkeypatch: pytest.MonkeyPatch, tmp_path: os.PathLike[str]
) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    monkeypatch.setenv("HOME", str(tmp_path))
    with pytest.raises(ArchiveError) as caught:
        bucket.get("posts/a")
    assert caught.value.code == "no-credentials"
    assert "AWS_ACCESS_KEY_ID" in caught.value.sv


def test_a_ca_bundle_that_is_not_there_is_named(
    service: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_CA_BUNDLE", "/nowhere/ca.pem")
    with pytest.raises(InputError) as caught:
        S3("arkiv", endpoint=service.url).get("posts/a")
    assert caught.value.code == "no-ca-file"


def test_an_endpoint_that_is_no_address_is_refused() -> None:
    with pytest.raises(InputError) as caught:
        S3("arkiv", endpoint="arkiv.kommun.se").get("posts/a")
    assert caught.value.code == "bad-endpoint"


def test_the_endpoint_and_region_come_from_the_environment(
    service: StandIn, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", service.url)
    monkeypatch.setenv("AWS_REGION", "eu-north-1")
    store = S3(name)
    store.create("posts/a", b"x")
    assert store._access.region == "eu-north-1"
    assert store._access.url == f"{service.url}/{name}"


def test_amazons_buckets_are_hosts_of_their_own_in_their_region(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for variable in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(variable, "x")
    monkeypatch.setenv("AWS_REGION", "eu-north-1")
    store = S3("arkiv", "a")
    assert store._access.url == "https://arkiv.s3.eu-north-1.amazonaws.com"
    assert store._access.pool()[1] == ""
    assert store._versions.exclusive is True
