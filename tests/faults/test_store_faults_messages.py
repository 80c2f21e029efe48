"""Each way in which a store says no, in the middle of a commit: a clear message, and nothing lost.

And the answers that are lost on the way: a commit is made once, or nobody is told that it is made.
"""

import contextlib
import datetime as dt
import itertools
from collections.abc import Iterator

import boto3
import pytest

from archive_store import Archive, Commit, Draft
from archive_store.errors import ArchiveError, MissingError, UnsureError
from archive_store.fixity import verify
from archive_store.s3 import S3
from tests.support.fault_proxy import (
    BROKEN_AFTER,
    BUSY,
    EXPIRED,
    FULL,
    RESET_AFTER,
    RESET_BEFORE,
    SKEWED,
    Fault,
    FaultProxy,
    Judge,
    Request,
    fault_proxy,
    whole,
)
from tests.support.s3_stand_in import StandIn, credentials

NOW = dt.datetime(2025, 12, 15, 2, tzinfo=dt.UTC)
# The error's code and what it advises, in both languages.
MESSAGES = {
    EXPIRED: ("credentials-refused", "Rätta AWS_ACCESS_KEY_ID", "Mend AWS_ACCESS_KEY_ID"),
    SKEWED: ("clock-wrong", "Ställ den (NTP)", "Set it (NTP)"),
    FULL: ("store-full", "Utöka den", "Enlarge it"),
    BUSY: ("store-away", "Kör igen om en stund", "Run again in a while"),
    RESET_BEFORE: ("store-away", "Kontrollera adress, nät och proxy", "Check address, network"),
}


@pytest.fixture(scope="module")
def store(s3_server: StandIn) -> Iterator[StandIn]:
    with credentials():
        yield s3_server


@pytest.fixture
def proxy(store: StandIn) -> Iterator[FaultProxy]:
    with fault_proxy(store.url) as proxy:
        yield proxy


@pytest.fixture
def name(store: StandIn) -> str:
    return store.new_bucket()


@pytest.fixture
def bucket(proxy: FaultProxy, name: str) -> Iterator[S3]:
    with contextlib.closing(S3(name, "arkiv", endpoint=proxy.url, patience=0.3)) as bucket:
        yield bucket


@pytest.fixture
def archive(bucket: S3) -> Archive:
    archive = Archive.create(bucket, now=NOW)
    archive.commit(note("before"))
    return archive


def note(name: str) -> Commit:
    draft = Draft(base=f"posts/blogg/{name}", files={"a": b"words", "b": b"more"}, folder=True)
    return Commit(event="note", now=NOW, actor="test", drafts=(draft,), once=f"note:{name}")


def from_the(number: int, fault: Fault) -> Judge:
    """Whole until that request; from then on each meets the fault."""
    count = itertools.count(1)
    return lambda _: fault if next(count) >= number else None


def the_only(number: int, fault: Fault) -> Judge:
    """That one request alone meets the fault."""
    count = itertools.count(1)
    return lambda _: fault if next(count) == number else None


def requests_of_a_commit(archive: Archive, proxy: FaultProxy) -> list[Request]:
    """What a commit asks of the store, when nothing goes wrong."""
    before = len(proxy.log)
    archive.commit(note("counted"))
    return [request for request, _ in proxy.log[before:]]


def assert_once(bucket: S3, *names: str) -> None:
    """Opened anew, these commits are there, once each, and nothing that nobody names."""
    opened = Archive.open(bucket)
    assert [e.once for e in opened.entries(event="note")] == [f"note:{each}" for each in names]
    assert [p.base for p in opened.packages()] == sorted(f"posts/blogg/{each}" for each in names)
    assert verify(opened).findings == ()
    assert opened.sweep("posts/") == 0


@pytest.mark.parametrize("fault", MESSAGES, ids=lambda fault: str(fault.name))
def test_a_store_that_says_no_in_the_middle_is_told_with_what_to_do(
    archive: Archive, bucket: S3, proxy: FaultProxy, name: str, fault: Fault
) -> None:
    code, sv, en = MESSAGES[fault]
    proxy.judge = from_the(4, fault)
    with pytest.raises(ArchiveError) as caught:
        archive.commit(note("refused"))
    assert caught.value.code == code
    for text, advice in ((caught.value.sv, sv), (caught.value.en, en)):
        assert advice in text
        assert name in text
        assert proxy.url in text
        assert "stand-in" not in text  # the secret
    proxy.judge = whole
    assert archive.last.once == "note:before"
    archive.sweep("posts/")
    archive.commit(note("refused"))
    assert_once(bucket, "before", "refused")


def test_credentials_that_expire_at_any_request_of_a_commit_cost_nothing(
    archive: Archive, bucket: S3, proxy: FaultProxy
) -> None:
    requests = requests_of_a_commit(archive, proxy)
    assert len(requests) >= 8
    names = ["before", "counted"]
    for number in range(1, len(requests) + 1):
        name = f"cut-{number}"
        proxy.judge = from_the(number, EXPIRED)
        with pytest.raises(ArchiveError) as caught:
            archive.commit(note(name))
        assert caught.value.code == "credentials-refused", number
        proxy.judge = whole
        archive.commit(note(name))
        names.append(name)
    archive.sweep("posts/")
    opened = Archive.open(bucket)
    assert [e.once for e in opened.entries(event="note")] == [f"note:{each}" for each in names]
    assert len(opened.packages()) == len(names)
    assert verify(opened).findings == ()
    assert opened.sweep("posts/") == 0


@pytest.mark.parametrize("fault", [RESET_AFTER, BROKEN_AFTER], ids=lambda fault: str(fault.name))
def test_an_answer_lost_to_any_request_of_a_commit_makes_it_once(
    archive: Archive, bucket: S3, proxy: FaultProxy, fault: Fault
) -> None:
    names = ["before", "counted"]
    for number in range(1, len(requests_of_a_commit(archive, proxy)) + 1):
        name = f"lost-{number}"
        proxy.judge = the_only(number, fault)
        archive.commit(note(name))
        assert proxy.log[-1][1] != fault.name
        proxy.judge = whole
        names.append(name)
    assert_once(bucket, *names)


def test_a_lost_answer_to_the_entry_itself_is_no_doubt_once_the_store_is_back(
    archive: Archive, bucket: S3, proxy: FaultProxy
) -> None:
    def away_from_the_entry_on(request: Request) -> Fault | None:
        if request.method == "PUT" and "/journal/" in request.path:
            proxy.judge = lambda _: RESET_BEFORE
            return RESET_AFTER
        return None

    proxy.judge = away_from_the_entry_on
    with pytest.raises(ArchiveError) as caught:
        archive.commit(note("doubtful"))
    # Said to be in doubt, and what it names is left where it would be found.
    assert isinstance(caught.value, UnsureError)
    assert "kanske" in caught.value.sv
    proxy.judge = whole
    assert_once(bucket, "before", "doubtful")
    again = archive.commit(note("doubtful"))
    assert again.seq == 3
    assert_once(bucket, "before", "doubtful")


def test_what_an_entry_in_doubt_names_is_not_taken_back(
    archive: Archive, bucket: S3, proxy: FaultProxy
) -> None:
    """The entry is written, its answer lost, and nothing of the journal can be read for a while."""
    written: list[Request] = []

    def the_journal_is_away(request: Request) -> Fault | None:
        if "journal" not in request.path:
            return None
        if request.method != "PUT":
            return RESET_BEFORE if written else None
        written.append(request)
        return RESET_AFTER if len(written) == 1 else RESET_BEFORE

    proxy.judge = the_journal_is_away
    with pytest.raises(ArchiveError) as caught:
        archive.commit(note("doubtful"))
    proxy.judge = whole
    assert_once(bucket, "before", "doubtful")
    assert isinstance(caught.value, UnsureError)


def test_a_bucket_that_is_gone_is_named(
    archive: Archive, bucket: S3, store: StandIn, name: str
) -> None:
    gone = boto3.resource("s3", endpoint_url=store.url).Bucket(name)
    gone.object_versions.delete()
    gone.delete()
    gone.meta.client.close()
    for call in (lambda: archive.commit(note("x")), lambda: Archive.open(bucket)):
        with pytest.raises(MissingError) as caught:
            call()
        assert caught.value.code == "no-bucket"
        assert name in caught.value.sv
        assert "skapa den" in caught.value.sv


def test_an_endpoint_that_refuses_to_connect_is_named(name: str) -> None:
    with (
        contextlib.closing(
            S3(name, "arkiv", endpoint="http://127.0.0.1:9", patience=0.2)
        ) as bucket,
        pytest.raises(ArchiveError) as caught,
    ):
        Archive.open(bucket)
    assert caught.value.code == "store-away"
    assert "http://127.0.0.1:9" in caught.value.sv
    assert not isinstance(caught.value, UnsureError)


def test_a_store_that_goes_away_in_the_middle_leaves_the_earlier_commits(
    archive: Archive, bucket: S3, proxy: FaultProxy
) -> None:
    requests = requests_of_a_commit(archive, proxy)
    for number in range(1, len(requests) + 1):
        proxy.judge = from_the(number, RESET_BEFORE)
        with pytest.raises(ArchiveError) as caught:
            archive.commit(note("away"))
        assert caught.value.code == "store-away"
    proxy.judge = whole
    archive.sweep("posts/")
    assert_once(bucket, "before", "counted")
