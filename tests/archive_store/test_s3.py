"""What an S3 store does beyond the contract, on a stand-in: locks, versions, links, hosts."""

import concurrent.futures
import dataclasses as dc
import datetime as dt
import multiprocessing
import os
import socket
import threading
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest

from archive_store.errors import ArchiveError, ExistsError, InputError, MissingError
from archive_store.s3 import S3, listing, versions
from archive_store.s3.listing import Version
from archive_store.s3.requests import Answer, Door, Request
from archive_store.s3.versions import Versions
from tests.support.s3_stand_in import StandIn, stand_in

SOON = (dt.datetime.now(dt.UTC) + dt.timedelta(days=1)).replace(microsecond=0)
LATER = SOON + dt.timedelta(days=1)


@pytest.fixture(scope="module")
def service() -> Iterator[StandIn]:
    with stand_in() as running:
        yield running


@pytest.fixture
def name(service: StandIn) -> str:
    return service.new_bucket()


@pytest.fixture
def bucket(service: StandIn, name: str) -> Iterator[S3]:
    store = S3(name, "arkiv", endpoint=service.url)
    yield store
    store.close()


@pytest.fixture
def client(service: StandIn) -> Iterator[Any]:
    made = boto3.client("s3", endpoint_url=service.url, region_name="us-east-1")
    yield made
    made.close()


@pytest.fixture
def careless(monkeypatch: pytest.MonkeyPatch) -> None:
    """The store ignores the condition of a put, as Ceph 16 does where there are versions."""
    send = Door.send

    def unconditional(self: Door, request: Request) -> Answer:
        headers = {n: v for n, v in request.headers.items() if n != "If-None-Match"}
        return send(self, dc.replace(request, headers=headers))

    monkeypatch.setattr(Door, "send", unconditional)


def all_versions(bucket: S3, key: str = "") -> list[Version]:
    return list(listing.versions(bucket._door, key))


def code(call: Callable[[], object]) -> str:
    with pytest.raises(ArchiveError) as caught:
        call()
    return caught.value.code


def test_it_says_where_it_is_and_how_it_is_best_used(service: StandIn) -> None:
    store = S3("arkiv", "a/b", endpoint=service.url, read_back=0.25)
    assert (str(store), repr(store)) == ("s3://arkiv/a/b", "S3('s3://arkiv/a/b')")
    assert (store.pace.writers, store.pace.readers, store.pace.read_back) == (8, 8, 0.25)
    assert store.path("posts/a") is None


def test_it_tells_whether_the_bucket_can_lock(service: StandIn, bucket: S3) -> None:
    plain = S3(service.new_bucket(locks=False), endpoint=service.url)
    assert (bucket.locks, plain.locks) == (True, False)
    assert code(lambda: plain.create("snapshots/a", b"x", until=SOON)) == "no-locks"
    assert list(plain.list()) == []


def test_it_tells_of_a_default_retention(bucket: S3, name: str, client: Any) -> None:
    assert bucket.default_retention() is None
    rule = {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 30}}
    client.put_object_lock_configuration(
        Bucket=name, ObjectLockConfiguration={"ObjectLockEnabled": "Enabled", "Rule": rule}
    )
    assert bucket.default_retention() == "GOVERNANCE 30 days"


def test_a_lock_is_in_the_put_and_only_a_withdrawal_breaks_it(
    bucket: S3, name: str, client: Any
) -> None:
    bucket.create("snapshots/a", b"x", until=SOON - dt.timedelta(microseconds=1))
    found = client.head_object(Bucket=name, Key="arkiv/snapshots/a")
    assert found["ObjectLockMode"] == "GOVERNANCE"
    assert found["ObjectLockRetainUntilDate"] == SOON  # whole seconds, never shorter
    assert code(lambda: bucket.delete("snapshots/a")) == "locked"
    assert bucket.get("snapshots/a") == b"x"
    bucket.delete("snapshots/a", withdrawn=True)
    assert all_versions(bucket) == []


def test_a_lock_is_prolonged_and_never_shortened(bucket: S3, name: str, client: Any) -> None:
    def until() -> dt.datetime:
        kept = client.head_object(Bucket=name, Key="arkiv/snapshots/a")
        time: dt.datetime = kept["ObjectLockRetainUntilDate"]
        return time

    bucket.create("snapshots/a", b"x")
    bucket.lock("snapshots/a", SOON)
    assert until() == SOON
    bucket.lock("snapshots/a", LATER)
    bucket.lock("snapshots/a", SOON)
    assert until() == LATER
    with pytest.raises(MissingError):
        bucket.lock("snapshots/none", SOON)


def test_a_legal_hold_stands_even_against_a_withdrawal(bucket: S3) -> None:
    bucket.create("snapshots/a", b"x")
    bucket.hold("snapshots/a", on=True)
    assert code(lambda: bucket.delete("snapshots/a", withdrawn=True)) == "locked"
    bucket.hold("snapshots/a", on=False)
    bucket.delete("snapshots/a")
    assert all_versions(bucket) == []
    with pytest.raises(MissingError):
        bucket.hold("snapshots/a", on=True)


def test_destroying_leaves_neither_version_nor_marker(bucket: S3, name: str, client: Any) -> None:
    bucket.create("posts/a", b"x")
    client.put_object(Bucket=name, Key="arkiv/posts/a", Body=b"foreign")
    client.delete_object(Bucket=name, Key="arkiv/posts/a")
    put = client.put_object(Bucket=name, Key="arkiv/posts/b", Body=b"foreign")
    client.delete_object(Bucket=name, Key="arkiv/posts/b")
    client.delete_object(Bucket=name, Key="arkiv/posts/b", VersionId=put["VersionId"])
    bucket.create("posts/a/b", b"stays")
    assert [each.key for each in bucket.list()] == ["posts/a", "posts/a/b", "posts/b"]
    bucket.delete("posts/a")
    bucket.delete("posts/b")
    assert [each.key for each in all_versions(bucket)] == ["posts/a/b"]


def test_what_another_creates_while_one_destroys_stays(
    bucket: S3, monkeypatch: pytest.MonkeyPatch
) -> None:
    bucket.create("posts/a", b"old")
    destroy = Versions.destroy

    def destroyed(self: Versions, key: str, version: str, *, withdrawn: bool) -> None:
        destroy(self, key, version, withdrawn=withdrawn)
        monkeypatch.undo()
        bucket.create("posts/a", b"new")

    monkeypatch.setattr(Versions, "destroy", destroyed)
    bucket.delete("posts/a")
    assert bucket.get("posts/a") == b"new"


def test_of_a_replaced_page_one_version_stays(bucket: S3) -> None:
    for text in (b"1", b"22", b"333"):
        bucket.replace("index.html", text)
        assert bucket.get("index.html") == text
    (only,) = all_versions(bucket)
    assert only.size == 3


def test_a_listing_goes_on_from_page_to_page_and_from_a_key(
    bucket: S3, name: str, client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(listing.versions.__kwdefaults__, "page", 3)
    keys = [f"posts/{number:02}" for number in range(10)]
    for key in keys:
        bucket.create(key, key.encode())
    for _ in range(4):  # versions that fill a page of their own
        client.put_object(Bucket=name, Key="arkiv/posts/04", Body=b"foreign")
    assert [each.key for each in bucket.list()] == keys
    assert [each.key for each in bucket.list("posts/0", after=keys[3])] == keys[4:]
    assert [each.key for each in bucket.list(after=keys[9])] == []


def test_odd_names_are_listed_as_they_are(bucket: S3, name: str, client: Any) -> None:
    odd = ["<&>", "räksmörgås", "två ord"]
    for key in odd:
        client.put_object(Bucket=name, Key=f"arkiv/{key}", Body=b"")
    client.put_object(Bucket=name, Key="arkiv/", Body=b"")  # how some programs mark a folder
    client.put_object(Bucket=name, Key="arkivet", Body=b"")
    assert [each.key for each in bucket.list()] == odd


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


@pytest.mark.usefixtures("careless")
def test_where_the_store_lets_all_write_the_first_is_the_only_one(
    service: StandIn, name: str
) -> None:
    stores = [S3(name, endpoint=service.url) for _ in range(3)]
    gate = threading.Barrier(12)

    def attempt(who: int) -> tuple[list[str], dict[str, bytes]]:
        store, won, seen = stores[who % 3], [], {}
        gate.wait()
        for key in keys:
            try:
                store.create(key, b"%d" % who)
            except ExistsError:
                pass
            else:
                won.append(key)
            seen[key] = store.get(key)
        return won, seen

    keys = [f"posts/{number}" for number in range(5)]
    with concurrent.futures.ThreadPoolExecutor(12) as pool:
        told = list(pool.map(attempt, range(12)))
    for key in keys:
        (winner,) = [who for who, (won, _) in enumerate(told) if key in won]
        assert {seen[key] for _, seen in told} == {b"%d" % winner}
    assert [each.key for each in all_versions(stores[0])] == keys


@pytest.mark.usefixtures("careless")
def test_what_a_killed_later_writer_left_is_never_read(bucket: S3, name: str, client: Any) -> None:
    bucket.create("posts/a", b"first")
    client.put_object(Bucket=name, Key="arkiv/posts/a", Body=b"left behind")
    assert [bucket.get("posts/a") for _ in range(2)] == [b"first"] * 2
    assert [each.size for each in bucket.list()] == [5]
    with pytest.raises(ExistsError):
        bucket.create("posts/a", b"second")
    bucket.delete("posts/a")
    assert all_versions(bucket) == []


@pytest.mark.usefixtures("careless")
def test_a_loser_leaves_nothing_even_where_it_had_locked(bucket: S3) -> None:
    bucket.create("snapshots/a", b"first", until=SOON)
    with pytest.raises(ExistsError):
        bucket.create("snapshots/a", b"second", until=SOON)
    assert [each.size for each in all_versions(bucket)] == [5]


@pytest.mark.usefixtures("careless")
def test_a_loser_that_may_not_break_its_lock_is_told_and_never_read(
    bucket: S3, monkeypatch: pytest.MonkeyPatch
) -> None:
    bucket.create("snapshots/a", b"first", until=SOON)
    destroy = Versions.destroy

    def not_permitted(self: Versions, key: str, version: str, *, withdrawn: bool) -> None:
        assert withdrawn
        destroy(self, key, version, withdrawn=False)

    monkeypatch.setattr(Versions, "destroy", not_permitted)
    with pytest.raises(ExistsError):
        bucket.create("snapshots/a", b"second", until=SOON)
    assert len(all_versions(bucket)) == 2
    assert bucket.get("snapshots/a") == b"first"


@pytest.mark.usefixtures("careless")
def test_a_page_of_a_store_that_lets_all_write_is_replaced(bucket: S3) -> None:
    bucket.create("posts/a", b"")
    for text in (b"1", b"22"):
        bucket.replace("index.html", text)
        assert bucket.get("index.html") == text


def test_threads_that_ask_together_are_answered_each_for_its_key(
    bucket: S3, name: str, client: Any
) -> None:
    keys = ["posts/a", "posts/a/1", "posts/b", "posts/c/long/way", "posts/d"]
    for key in keys[:-1]:
        client.put_object(Bucket=name, Key=f"arkiv/{key}", Body=b"first")
        for _ in range(versions._FEW if key == "posts/b" else 1):  # more than a page
            client.put_object(Bucket=name, Key=f"arkiv/{key}", Body=b"second one")
    found = bucket._versions._look(keys)
    sizes = {key: version.size if version else None for key, version in found.items()}
    assert sizes == dict.fromkeys(keys[:-1], 5) | {"posts/d": None}


def test_a_store_that_refuses_second_writers_is_learned_once(bucket: S3) -> None:
    assert bucket._versions.exclusive is None
    bucket.create("posts/a", b"x")
    assert bucket._versions.exclusive is True
    assert len(all_versions(bucket)) == 1


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
