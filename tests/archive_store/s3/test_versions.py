"""Versions and markers in an S3 store: the first counts, none is left, lists go on to the end."""

from typing import Any

import pytest

from archive_store.s3 import S3, listing, versions
from archive_store.s3.versions import Versions
from tests.archive_store.s3.stored import all_versions


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
