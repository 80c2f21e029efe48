"""doctor on a bucket: each defect of a server is seen and named, and the bucket is left empty.

The stand-in lets everybody in and compares nothing, which doctor must find. What only a real server
shows is in tests/real/ceph.
"""

import contextlib
import datetime as dt
import re
import socket
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from archive_store.doctor import Needed, Ok, examine, require, s3_access, s3_ground
from archive_store.errors import InputError
from archive_store.s3 import S3
from archive_store.s3.requests import Answer, Door, Request
from tests.archive_store.doctor.reports import codes, row
from tests.support.s3_stand_in import StandIn

OPEN_TO_ALL = ["anonymous-refused"]  # the stand-in's own defect
ALL_USERS = "http://acs.amazonaws.com/groups/global/AllUsers"


@pytest.fixture
def opened(service: StandIn) -> Iterator[Callable[..., S3]]:
    """Opens a new bucket of the stand-in; closed afterwards, and then there is nothing in it."""
    stores: list[S3] = []

    def new(name: str | None = None, **kind: bool) -> S3:
        bucket = name or service.new_bucket(**kind)
        store = S3(bucket, "arkiv", endpoint=service.url, patience=2)
        stores.append(store)
        return store

    yield new
    for store in stores:
        with contextlib.closing(store):
            if not str(store).startswith("s3://absent"):
                assert everything(store) == []


def client(store: S3) -> Any:
    return s3_ground.Corner(store).client


def name(store: S3) -> str:
    return str(store).split("/")[2]


def everything(store: S3) -> list[str]:
    answer = client(store).list_object_versions(Bucket=name(store))
    return [each["Key"] for kind in ("Versions", "DeleteMarkers") for each in answer.get(kind, [])]


def test_what_a_server_that_checks_nothing_lacks_is_said(opened: Callable[..., S3]) -> None:
    report = examine(opened())
    assert codes(report) == OPEN_TO_ALL
    for code in ("payload-refused", "sha256-refused"):
        assert row(report, code).seen.en == "accepted"
        assert row(report, code).needed is Needed.USEFUL
    assert row(report, "compliance-holds").seen.en == "shortened"
    assert row(report, "one-winner").seen.en == "1 of 16, three times"
    assert row(report, "versions-destroyed").seen.en == "5 destroyed"
    locks = {each.code: (each.ok, each.needed) for each in report.rows if each.locks}
    assert set(locks) == {"locks", "lock-holds", "legal-hold", "lock-ends"}
    assert set(locks.values()) == {(Ok.YES, Needed.PROMISED)}
    assert report.locks


def test_without_locks_none_are_tried_nor_promised(opened: Callable[..., S3]) -> None:
    store = opened(locks=False, versions=False)
    report = examine(store)
    assert codes(report) == OPEN_TO_ALL
    assert row(report, "lock-holds").ok is Ok.NOT_TRIED
    assert row(report, "lock-holds").needed is Needed.USEFUL
    assert row(report, "versions").seen.en == "no versioning"
    assert not report.locks
    require(store, locks=False)
    with pytest.raises(InputError, match=r"store-unfit.*locks: .*Object Lock"):
        require(store, locks=True)


def test_locks_that_do_not_hold_are_refused_where_locks_are_to_be_promised(
    opened: Callable[..., S3], monkeypatch: pytest.MonkeyPatch
) -> None:
    store = opened()
    require(store, locks=True)
    send = Door.send

    def lockless(self: Door, request: Request) -> Answer:
        free = {k: v for k, v in request.headers.items() if "object-lock" not in k}
        return send(self, Request(**{**_fields(request), "headers": free}))

    monkeypatch.setattr(Door, "send", lockless)
    require(store, locks=False)
    with pytest.raises(InputError, match=r"store-unfit.*lock-holds: .*the mode is None"):
        require(store, locks=True)
    report = examine(store)
    assert "lock-holds" in codes(report)
    assert not report.locks


def test_a_server_that_overwrites_in_silence_is_refused(
    opened: Callable[..., S3], monkeypatch: pytest.MonkeyPatch
) -> None:
    send = Door.send

    def careless(self: Door, request: Request) -> Answer:
        headers = {k: v for k, v in request.headers.items() if k != "If-None-Match"}
        return send(self, Request(**{**_fields(request), "headers": headers}))

    def dropped(params: dict[str, Any], **_: Any) -> None:
        params["headers"].pop("If-None-Match", None)

    monkeypatch.setattr(Door, "send", careless)
    store = opened(locks=False, versions=False)
    client(store).meta.events.register("before-call.s3.PutObject", dropped)
    report = examine(store)
    assert codes(report) == ["taken-refused", "one-winner", *OPEN_TO_ALL]
    assert row(report, "condition-honoured").seen.en == "silently overwritten"
    assert row(report, "taken-refused").seen.en == "silently overwritten"
    assert row(report, "one-winner").seen.en == "16 of 16 won"
    with pytest.raises(InputError, match="store-unfit") as caught:
        require(store, locks=False)
    assert "taken-refused" in caught.value.sv
    assert "one-winner" in caught.value.sv


def _fields(request: Request) -> dict[str, Any]:
    return {key: getattr(request, key) for key in ("method", "key", "query", "body", "sha256")}


def test_a_bucket_that_locks_by_itself_is_refused_before_anything_is_written(
    opened: Callable[..., S3], monkeypatch: pytest.MonkeyPatch
) -> None:
    store = opened()
    client(store).put_object_lock_configuration(
        Bucket=name(store),
        ObjectLockConfiguration={
            "ObjectLockEnabled": "Enabled",
            "Rule": {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": 30}},
        },
    )
    written: list[Request] = []
    send = Door.send

    def seen(self: Door, request: Request) -> Answer:
        written.extend([request] if request.method == "PUT" else [])
        return send(self, request)

    monkeypatch.setattr(Door, "send", seen)
    report = examine(store)
    assert codes(report) == ["no-default-retention"]
    assert row(report, "no-default-retention").seen.sv == "COMPLIANCE 30 dagar"
    with pytest.raises(InputError, match=r"no-default-retention.*COMPLIANCE 30 days"):
        require(store, locks=False)
    assert written == []


RULES: list[tuple[dict[str, Any], Ok]] = [
    ({"Filter": {"Prefix": ""}, "Expiration": {"Days": 400}}, Ok.NO),
    ({"Filter": {"Prefix": "arkiv/posts/"}, "Expiration": {"Days": 400}}, Ok.NO),
    ({"Filter": {"Prefix": ""}, "NoncurrentVersionExpiration": {"NoncurrentDays": 9}}, Ok.NO),
    (
        {"Filter": {"Prefix": ""}, "Transitions": [{"Days": 9, "StorageClass": "GLACIER"}]},
        Ok.NO,
    ),
    ({"Filter": {"Prefix": "elsewhere/"}, "Expiration": {"Days": 1}}, Ok.YES),
    (
        {
            "Filter": {"Prefix": ""},
            "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1},
        },
        Ok.YES,
    ),
]


@pytest.mark.parametrize(("rule", "ok"), RULES)
def test_a_rule_that_removes_what_is_kept_is_found(
    opened: Callable[..., S3], rule: dict[str, Any], ok: Ok
) -> None:
    store = opened(locks=False, versions=False)
    client(store).put_bucket_lifecycle_configuration(
        Bucket=name(store),
        LifecycleConfiguration={"Rules": [{"ID": "städning", "Status": "Enabled", **rule}]},
    )
    found = s3_access.nothing_expires.answer(s3_ground.Corner(store))
    assert found.ok is ok
    assert ok is Ok.YES or found.seen.sv == "städning"


def test_a_bucket_open_to_all_by_its_acl_is_found(opened: Callable[..., S3]) -> None:
    store = opened(locks=False, versions=False)
    client(store).put_bucket_acl(Bucket=name(store), ACL="public-read")
    assert s3_access.not_public.answer(s3_ground.Corner(store)).ok is Ok.NO
    assert s3_access.not_public.question.needed is Needed.PROMISED


def test_a_clock_that_is_off_is_told(opened: Callable[..., S3]) -> None:
    late = dt.timedelta(minutes=5)
    store = opened(locks=False, versions=False)

    def shifted(parsed: dict[str, Any], **_: Any) -> None:
        headers = parsed["ResponseMetadata"]["HTTPHeaders"]
        headers["date"] = re.sub(
            r"..:..:..", f"{dt.datetime.now(dt.UTC) - late:%X}", headers["date"]
        )

    client(store).meta.events.register("after-call.s3.HeadBucket", shifted)
    found = row(examine(store), "clock")
    assert found.ok is Ok.NO
    assert found.needed is Needed.USEFUL
    assert re.fullmatch(r"(299|300|301) s behind", found.seen.en)


def test_a_server_that_is_not_there_ends_the_examination(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "x")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    with socket.socket() as silent:  # bound, but nobody listens
        silent.bind(("127.0.0.1", 0))
        endpoint = "http://{}:{}".format(*silent.getsockname())
        with contextlib.closing(S3("absent", endpoint=endpoint, patience=0.1)) as store:
            report = examine(store)
    assert codes(report) == ["access"]
    assert row(report, "access").seen.sv == "store-away"
    assert "127.0.0.1" in row(report, "access").advice.sv
    assert {each.ok for each in report.rows[1:]} == {Ok.NOT_TRIED}


def test_a_bucket_that_is_not_there_is_named(opened: Callable[..., S3]) -> None:
    report = examine(opened("absent-bucket"))
    assert codes(report) == ["access"]
    assert row(report, "access").seen.sv == "no-bucket"


def test_what_a_killed_examination_left_goes_with_the_next(
    opened: Callable[..., S3], monkeypatch: pytest.MonkeyPatch
) -> None:
    store = opened(locks=False, versions=False)
    store.create("doctor/killed/a", b"x")
    examine(store)
    assert everything(store) == ["arkiv/doctor/killed/a"]  # it may be running
    monkeypatch.setattr(s3_ground, "_FORGOTTEN", dt.timedelta(seconds=-60))
    examine(store)


def test_plain_http_to_another_machine_is_advised_against(
    opened: Callable[..., S3], monkeypatch: pytest.MonkeyPatch
) -> None:
    corner = s3_ground.Corner(opened(locks=False, versions=False))
    assert s3_access.tls.answer(corner).seen.en == "http, the same machine"
    monkeypatch.setattr(s3_access, "_endpoint", lambda _corner: "http://s3.example.org")
    assert s3_access.tls.answer(corner).ok is Ok.NO
    assert s3_access.tls.question.needed is Needed.USEFUL
    monkeypatch.setattr(s3_access, "_endpoint", lambda _corner: "https://s3.example.org")
    assert s3_access.tls.answer(corner).ok is Ok.YES
