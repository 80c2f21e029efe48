"""Locks of an S3 store: in the put, prolonged, never shortened; holds, and who may break them."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from archive_store.errors import ArchiveError, MissingError
from archive_store.s3 import S3
from archive_store.s3.locks import Retention
from tests.archive_store.s3.stored import LATER, SOON, all_versions
from tests.support.s3_stand_in import StandIn


def code(call: Callable[[], object]) -> str:
    with pytest.raises(ArchiveError) as caught:
        call()
    return caught.value.code


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
    found = bucket.default_retention()
    assert found is not None
    assert (found.sv, found.en) == ("GOVERNANCE 30 dagar", "GOVERNANCE 30 days")


@pytest.mark.parametrize(
    ("period", "sv", "en"),
    [
        ({"days": 1}, "1 dag", "1 day"),
        ({"days": 2}, "2 dagar", "2 days"),
        ({"years": 1}, "1 år", "1 year"),
        ({"years": 7}, "7 år", "7 years"),
    ],
)
def test_a_default_retention_is_told_in_words(period: dict[str, int], sv: str, en: str) -> None:
    found = Retention(mode="GOVERNANCE", **period)
    assert (found.sv, found.en) == (f"GOVERNANCE {sv}", f"GOVERNANCE {en}")


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
