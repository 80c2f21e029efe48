"""A removal on the platform is recorded as codes, and a copy stays where few may look."""

import dataclasses as dc
import datetime as dt
from typing import Any

import pytest

from archive_store import Commit, Draft
from archive_store.errors import InputError, MissingError
from tasks.culling import read_certificate
from tasks.culling.removal import Removal, remove, still_in_view
from tasks.days import thread_from_json
from tasks.model import Visibility
from tests.tasks.culling.world import APPROVER, BATH, CHANNEL, PICTURE, World


def removal(world: World, **changes: Any) -> Removal:
    said = {"ground": "house-rules", "at": world.now, "role": "kontoadministrator", "told": True}
    return Removal(**{**said, **changes})  # type: ignore[arg-type]


def record(world: World, reference: str, **changes: Any) -> bool:
    said = removal(world, **changes)
    entry = remove(world.archive, CHANNEL, reference, said, by=APPROVER, now=world.now)
    return entry is not None


def test_a_comments_copy_holds_that_comment_alone(bath: World) -> None:
    assert record(bath, "c2")
    (copy,) = bath.archive.packages("restricted/", kind="removed")
    assert copy.base == f"restricted/threads/{CHANNEL}/2025/2025-12-11T1000-borttagen"
    thread = thread_from_json(bath.archive.read(copy, "thread.json"))
    assert [post.words.text for post in thread.posts] == [BATH[1]]
    assert bath.says(BATH[0], "restricted") == []
    assert "1" in bath.threads()


def test_where_the_post_itself_went_so_did_all_of_its_thread(bath: World) -> None:
    record(bath, "1", ground="personal-data", told=False)
    (copy,) = bath.archive.packages("restricted/", ground="personal-data", told="no")
    thread = thread_from_json(bath.archive.read(copy, "thread.json"))
    assert len(thread.posts) == 3
    assert bath.archive.read(copy, "media/0001.png") == bath.blog.pictures[PICTURE]


def test_the_journal_tells_ground_time_role_and_how_long_it_was_seen(bath: World) -> None:
    record(bath, "c2", at=bath.now - dt.timedelta(days=9))
    (entry,) = bath.archive.entries(event="removed")
    assert dict(entry.facts) == {
        "channel": CHANNEL,
        "ground": "house-rules",
        "at": "2025-12-02T09:00:00Z",
        "role": "kontoadministrator",
        "told": True,
        "seen_minutes": 24 * 60,
        "secured": "",
    }


def test_recording_it_twice_does_nothing_twice(bath: World) -> None:
    assert record(bath, "c2")
    assert not record(bath, "c2")
    assert record(bath, "c2", ground="spam")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"ground": "otrevlig"}, "removal-ground"),
        ({"role": "Maja Ekdal"}, "removal-role"),
        ({"at": dt.datetime(2030, 1, 1, tzinfo=dt.UTC)}, "removal-time"),
    ],
)
def test_what_cannot_be_is_refused_whole(bath: World, changes: dict[str, Any], code: str) -> None:
    entries = bath.archive.last.seq
    with pytest.raises(InputError, match=code) as refused:
        record(bath, "c2", **changes)
    assert "Ekdal" not in refused.value.sv
    with pytest.raises(MissingError, match="thread-unknown"):
        record(bath, "c99")
    assert bath.archive.last.seq == entries


def secured(world: World, address: str) -> str:
    draft = Draft(
        base=f"restricted/informationsenheten/{CHANNEL}/2025/2025-12-11T0900-sakrad",
        files={"pdf": b"%PDF"},
        about={"address": address},
        labels={"kind": "secured", "channel": CHANNEL, "reason": "house-rules"},
    )
    change = Commit(event="secured", now=world.now, actor="secure", drafts=(draft,))
    return world.archive.commit(change).added[0].key


def test_what_was_secured_before_is_cited(bath: World) -> None:
    comment = bath.blog.items["c2"].words
    assert comment is not None
    key = secured(bath, f"{comment.permalink}/")
    record(bath, "c2")
    (entry,) = bath.archive.entries(event="removed")
    assert entry.facts["secured"] == key


def test_what_the_channel_still_shows_is_evidence_against_prompt_removal(bath: World) -> None:
    comment = bath.blog.items["c2"].words
    assert comment is not None
    secured(bath, comment.permalink)
    assert still_in_view(bath.archive, CHANNEL) == 0  # nobody has looked since
    bath.later(0.1)
    bath.harvest()
    assert still_in_view(bath.archive, CHANNEL) == 1
    record(bath, "c2")
    bath.later(0.1)
    bath.harvest()
    assert still_in_view(bath.archive, CHANNEL) == 1  # said to be removed, and still there
    bath.blog.turn("c2", Visibility.TRASH)
    bath.later(0.1)
    bath.harvest()
    assert still_in_view(bath.archive, CHANNEL) == 0


def test_the_certificate_says_that_a_copy_of_what_was_culled_stays(bath: World) -> None:
    record(bath, "c2")
    (copy,) = bath.archive.packages("restricted/")
    done = bath.cull()
    certificate = read_certificate(bath.archive, done.certificate)
    assert certificate.copies == (copy.key,)
    assert {path.split("/")[0] for path in bath.says(BATH[1])} == {"restricted"}
    assert dc.replace(certificate, copies=()) != certificate
