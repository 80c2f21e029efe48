"""What somebody's delete marker hides is told as hidden, with what to do, not as lost."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from archive_store import Archive, Commit, Draft
from archive_store.errors import DamageError
from archive_store.fixity import Part, verify
from archive_store.s3 import S3

NOW = dt.datetime(2025, 12, 31, 22, tzinfo=dt.UTC)
SNAPSHOT = "snapshots/info/blogg/2025/first"
DAY = "posts/blogg/2025-12-30/1/manifest.json"


@pytest.fixture
def archive(bucket: S3) -> Archive:
    made = Archive.create(bucket, now=NOW)
    made.secret()
    drafts = (
        Draft(base=SNAPSHOT, files={"pdf": b"%PDF"}),
        Draft(base=DAY.removesuffix("/manifest.json"), files={"threads": b"x"}, folder=True),
    )
    made.commit(Commit(event="snapshot", now=NOW, actor="test", drafts=drafts))
    made.commit(Commit(event="note", now=NOW, actor="test"))
    return made


@pytest.fixture
def hide(name: str, client: Any) -> Callable[[str], str]:
    """Put a marker over an object; its id."""

    def hide(key: str) -> str:
        marker = client.delete_object(Bucket=name, Key=f"arkiv/{key}")
        assert marker["DeleteMarker"]
        return str(marker["VersionId"])

    return hide


def told(call: Callable[[], object]) -> str:
    """The code of what is raised, whose words say what to do."""
    with pytest.raises(DamageError) as caught:
        call()
    assert "raderingsmarkör" in caught.value.sv
    assert "delete marker" in caught.value.en
    return caught.value.code


@pytest.mark.parametrize("exclusive", [True, False], ids=["amazon", "others"])
def test_what_is_hidden_shows_again_when_its_marker_is_removed_as_the_advice_says(
    bucket: S3, hide: Callable[[str], str], name: str, client: Any, *, exclusive: bool
) -> None:
    bucket._versions._exclusive = exclusive
    bucket.create("posts/a", b"x")
    marker = hide("posts/a")
    put = client.put_object(Bucket=name, Key="arkiv/posts/b", Body=b"foreign")
    hide("posts/b")
    client.delete_object(Bucket=name, Key="arkiv/posts/b", VersionId=put["VersionId"])
    assert [(each.key, each.hidden) for each in bucket.list()] == [
        ("posts/a", True),
        ("posts/b", False),
    ]
    client.delete_object(Bucket=name, Key="arkiv/posts/a", VersionId=marker)
    assert bucket.get("posts/a") == b"x"
    assert not any(each.hidden for each in bucket.list())


@pytest.mark.parametrize(
    ("key", "code"),
    [
        (f"{SNAPSHOT}.pdf", "hidden-object"),
        (f"{SNAPSHOT}.json", "hidden-manifest"),
        ("journal/000000000002.json", "journal-hidden"),
        ("journal/000000000003.json", "journal-hidden"),
    ],
)
def test_verify_says_that_it_is_hidden(
    archive: Archive, hide: Callable[[str], str], key: str, code: str
) -> None:
    assert verify(archive).findings == ()
    hide(key)
    found = [f for f in verify(archive).findings if f.key == key]
    assert [f.code for f in found] == [code]
    assert "raderingsmarkör" in found[0].sv
    assert "säkerhetskopia" not in found[0].sv


def test_a_part_of_the_journal_says_it_too(archive: Archive, hide: Callable[[str], str]) -> None:
    archive.checkpoint()
    hide("journal/000000000002.json")
    parts = [Part(shares=frozenset({share}), of=2) for share in range(2)]
    found = [f.code for part in parts for f in verify(archive, part=part).findings]
    assert "journal-hidden" in found
    assert "journal-gap" not in found


def test_a_hidden_secret_is_not_told_as_damaged(
    archive: Archive, hide: Callable[[str], str]
) -> None:
    hide("tombstones/key")
    assert [f.code for f in verify(archive).findings if f.key == "tombstones/key"] == [
        "hidden-object"
    ]


def test_reading_and_opening_say_it(
    archive: Archive, bucket: S3, hide: Callable[[str], str]
) -> None:
    hide(f"{SNAPSHOT}.pdf")
    assert told(lambda: archive.get(f"{SNAPSHOT}.pdf")) == "hidden-object"
    hide("tombstones/key")
    assert told(archive.secret) == "hidden-object"
    hide("journal/000000000003.json")
    assert told(lambda: Archive.open(bucket)) == "journal-hidden"
