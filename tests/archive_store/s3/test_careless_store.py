"""An S3 store that lets all write, as Ceph 16 does with versions: the first writer has the key."""

import concurrent.futures
import dataclasses as dc
import threading
from typing import Any

import pytest

from archive_store.errors import ExistsError
from archive_store.s3 import S3
from archive_store.s3.requests import Answer, Door, Request
from archive_store.s3.versions import Versions
from tests.archive_store.s3.stored import SOON, all_versions
from tests.support.s3_stand_in import StandIn


@pytest.fixture
def careless(monkeypatch: pytest.MonkeyPatch) -> None:
    """The store ignores the condition of a put, as Ceph 16 does where there are versions."""
    send = Door.send

    def unconditional(self: Door, request: Request) -> Answer:
        headers = {n: v for n, v in request.headers.items() if n != "If-None-Match"}
        return send(self, dc.replace(request, headers=headers))

    monkeypatch.setattr(Door, "send", unconditional)


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
