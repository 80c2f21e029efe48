"""Where a store stays away, refuses or changes bytes: what is said, and what is left unsure."""

import contextlib
import os
import socket

import pytest

from archive_store.errors import ArchiveError, DamageError, MissingError, UnsureError
from archive_store.s3 import S3
from tests.archive_store.s3.faults.judging import BOTH, always, first
from tests.archive_store.s3.stored import versions_of
from tests.support.fault_proxy import (
    BROKEN,
    BUSY,
    EXPIRED,
    FULL,
    RESET_AFTER,
    RESET_BEFORE,
    SKEWED,
    Fault,
    FaultProxy,
)
from tests.support.s3_stand_in import StandIn


@BOTH
@pytest.mark.parametrize("fault", [RESET_BEFORE, RESET_AFTER, BROKEN], ids=lambda f: str(f.name))
def test_when_patience_ends_a_write_is_unsure(hasty: S3, proxy: FaultProxy, fault: Fault) -> None:
    proxy.judge = always(fault, "PUT")
    with pytest.raises(UnsureError) as caught:
        hasty.create("posts/a", b"x")
    assert caught.value.code == "store-away"
    assert "posts/a" in caught.value.sv
    assert proxy.tally[fault.name]


def test_a_refusal_after_a_lost_answer_is_unsure_too(hasty: S3, proxy: FaultProxy) -> None:
    begun = first(RESET_AFTER, "PUT")
    proxy.judge = lambda request: begun(request) or EXPIRED
    with pytest.raises(UnsureError) as caught:
        hasty.create("posts/a", b"x")
    assert caught.value.code == "credentials-refused"


def test_when_patience_ends_reading_says_that_the_store_is_away(
    hasty: S3, proxy: FaultProxy
) -> None:
    hasty.create("posts/a", b"x")
    proxy.judge = always(BUSY, "GET", "DELETE")
    for call in (lambda: hasty.get("posts/a"), lambda: hasty.delete("posts/a")):
        with pytest.raises(ArchiveError) as caught:
            call()
        assert (caught.value.code, type(caught.value)) == ("store-away", ArchiveError)
        assert "503 SlowDown" in caught.value.en


def test_where_nobody_listens_nothing_was_written(name: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    store = S3(name, endpoint=f"http://127.0.0.1:{port}", patience=0.3)
    with pytest.raises(ArchiveError) as caught:
        store.create("posts/a", b"x")
    assert (caught.value.code, type(caught.value)) == ("store-away", ArchiveError)
    assert f"127.0.0.1:{port}" in caught.value.sv
    assert name in caught.value.sv


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (EXPIRED, "credentials-refused"),
        (SKEWED, "clock-wrong"),
        (FULL, "store-full"),
        (Fault(name="x", status=403, code="SignatureDoesNotMatch"), "credentials-refused"),
        (Fault(name="x", status=403, code="InvalidAccessKeyId"), "credentials-refused"),
        (Fault(name="x", status=403, code="AccessDenied"), "store-refused"),
        (Fault(name="x", status=403, code="QuotaExceeded"), "store-full"),
        (Fault(name="x", status=301, code="PermanentRedirect"), "wrong-region"),
        (Fault(name="x", status=400, code="AuthorizationHeaderMalformed"), "wrong-region"),
        (Fault(name="x", status=400, code="EntityTooLarge"), "too-large"),
        (Fault(name="x", status=501, code="NotImplemented"), "store-cannot"),
        (Fault(name="x", status=404, code="NoSuchUpload"), "store-refused"),
        (Fault(name="x", status=200, code=""), "store-refused"),
    ],
    ids=lambda value: value if isinstance(value, str) else f"{value.status}-{value.code}",
)
def test_each_refusal_says_what_where_and_what_to_do(
    hasty: S3, proxy: FaultProxy, name: str, fault: Fault, code: str
) -> None:
    proxy.judge = always(fault, "GET")
    with pytest.raises(ArchiveError) as caught:
        list(hasty.list())
    error = caught.value
    assert (error.code, type(error)) == (code, ArchiveError)
    assert proxy.tally[fault.name] == 1
    for text in (error.sv, error.en):
        assert name in text
        assert proxy.url in text
        assert os.environ["AWS_SECRET_ACCESS_KEY"] not in text.replace(name, "")


def test_a_bucket_that_is_gone_is_no_missing_object(service: StandIn) -> None:
    store = S3("b-gone", endpoint=service.url)
    for call in (
        lambda: store.get("posts/a"),
        lambda: list(store.list()),
        lambda: store.create("posts/a", b""),
        lambda: store.locks,
        lambda: store.delete("posts/a"),
    ):
        with pytest.raises(MissingError) as caught:
            call()
        assert caught.value.code == "no-bucket"


def test_a_page_that_is_no_s3_answer_is_no_missing_object(hasty: S3, proxy: FaultProxy) -> None:
    proxy.judge = always(Fault(name="page", status=404, code=""), "GET")
    with pytest.raises(ArchiveError) as caught:
        hasty.get("posts/a")
    assert caught.value.code == "store-refused"


@BOTH
def test_what_the_store_holds_otherwise_than_sent_is_damage(
    bucket: S3, monkeypatch: pytest.MonkeyPatch
) -> None:
    send = bucket._door.send

    def flipped(request):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202 (as it is)
        if request.method == "PUT":
            request = type(request)(method="PUT", key=request.key, body=b"wards")
        return send(request)

    monkeypatch.setattr(bucket._door, "send", flipped)
    for call in (
        lambda: bucket.create("posts/a", b"words"),
        lambda: bucket.replace("index.html", b"words"),
    ):
        with pytest.raises(DamageError) as caught:
            call()
        assert caught.value.code == "written-wrong"
    assert versions_of(bucket) == ["index.html"]  # what was created is destroyed again


def test_more_than_one_put_can_carry_is_refused(bucket: S3, proxy: FaultProxy) -> None:
    class Huge(bytes):
        def __len__(self) -> int:
            return 5 * 2**30 + 1

    with pytest.raises(ArchiveError) as caught:
        bucket.create("posts/a", Huge())
    assert caught.value.code == "too-large"
    assert not proxy.log


def test_a_proxy_named_in_the_environment_is_used(
    proxy: FaultProxy, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An HTTP proxy is asked for whole addresses; where NO_PROXY says so, it is not asked."""
    asked: list[str] = []
    proxy.judge = lambda request: asked.append(request.path)  # type: ignore[func-returns-value]
    monkeypatch.setenv("HTTP_PROXY", proxy.url)
    monkeypatch.setenv("http_proxy", proxy.url)
    elsewhere = S3(name, endpoint="http://s3.invalid", patience=0.1)
    with contextlib.suppress(ArchiveError):
        elsewhere.get("posts/a")
    assert asked
    assert asked[0].startswith(f"http://s3.invalid/{name}")
    asked.clear()
    monkeypatch.setenv("no_proxy", "s3.invalid")
    with pytest.raises(ArchiveError) as caught:
        S3(name, endpoint="http://s3.invalid", patience=0.1).get("posts/a")
    assert caught.value.code == "store-away"
    assert not asked
