"""The harvest room's smaller parts: the door, screening, Parquet, replies, what was told."""

import dataclasses as dc
import io
import unicodedata
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from prefect.logging import disable_run_logger

from archive_store import Archive
from archive_store.directory import Directory
from archive_store.errors import ChannelError
from tasks.discreet import StepError
from tasks.harvest import Status, harvest_channel, open_replies, posts_told, version_digest
from tasks.harvest.screening import has_personal_number
from tasks.harvest.steps import harvest_step, replies_step
from tasks.harvest.table import SCHEMA, to_parquet
from tasks.harvest.words import clean
from tasks.model import FetchRequest, Media, Observation, Visibility, Words
from tests.tasks.harvest.fake_channel import FakeChannel
from tests.tasks.harvest.harvests import CHANNEL, utc

WORDS = Words(
    author="u1",
    author_name="Majken",
    title="Rubrik",
    text="Åh, så fint",
    html="<p>",
    permalink="http://127.0.0.1/a",
    media=(Media(url="http://127.0.0.1/a.png?sig=1", alt="Bild"),),
)


@pytest.mark.parametrize(
    "changes",
    [
        {"html": "<div>nytt tema</div>"},
        {"author_name": "Bytt namn"},
        {"permalink": "http://127.0.0.1/ny-adress"},
        {"text": unicodedata.normalize("NFD", "  Åh,\n så\u00a0fint ")},
        {"media": (Media(url="http://127.0.0.1/a.png?sig=2#x", alt="Bild", file="media/1.png"),)},
    ],
)
def test_what_a_reader_does_not_see_makes_no_new_version(changes: dict[str, object]) -> None:
    changed = dc.replace(WORDS, **changes)  # type: ignore[arg-type]  # fields are named above
    assert version_digest(changed) == version_digest(WORDS)


@pytest.mark.parametrize(
    "changes",
    [
        {"title": "rubrik"},
        {"text": "Åh, så fin"},
        {"title": "", "text": "Rubrik Åh, så fint"},
        {"media": ()},
        {"media": (Media(url="http://127.0.0.1/b.png", alt="Bild"),)},
        {"media": (Media(url="http://127.0.0.1/a.png", alt="Annan text"),)},
    ],
)
def test_what_a_reader_sees_makes_a_new_version(changes: dict[str, object]) -> None:
    changed = dc.replace(WORDS, **changes)  # type: ignore[arg-type]  # fields are named above
    assert version_digest(changed) != version_digest(WORDS)


@given(st.text())
def test_every_text_can_be_stored_and_cleaning_again_changes_nothing(text: str) -> None:
    once = clean(dc.replace(WORDS, text=text, title=text))
    once.text.encode()
    assert clean(once) == once
    if not any("\ud800" <= sign <= "\udfff" for sign in text):
        assert once.text == text


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("121212-1212", True),
        ("191212121212", True),
        ("121212+1212", True),
        ("Jag heter Tolvan och är född 19121212-1212.", True),
        ("121272-1219", True),
        ("701063-2391", True),
        ("121212-1213", False),
        ("121312-1212", False),
        ("000000-0000", False),
        ("Ring 0470-12 34 56 eller 112", False),
        ("Artikel 9121212121299", False),
    ],
)
def test_a_personal_number_is_a_date_with_its_check_digit(text: str, found: bool) -> None:  # noqa: FBT001 – a parameter of the table above
    assert has_personal_number(text) is found


OBSERVATION = Observation(
    channel="kommunbloggen",
    thread="17",
    address="/?p=17",
    own=True,
    kind="post",
    published=utc("2025-12-14T10:00"),
    observed=utc("2025-12-15T02:00"),
    age_days=1,
    comments=2,
    own_replies=1,
    hidden=None,
    reactions=3,
    shares=None,
    views=None,
    waits_minutes=(60, 120),
    waits_office_minutes=(60, 0),
    waits_24h=(True, False),
    waits_month=(202512, 202512),
    open_comments=1,
    oldest_open_minutes=15,
    harvest="kommunbloggen-20251215T020000Z",
)


def test_observations_come_back_from_parquet_as_they_were() -> None:
    other = dc.replace(OBSERVATION, thread="18", waits_minutes=(), oldest_open_minutes=None)
    stored = pq.read_table(io.BytesIO(to_parquet([other, OBSERVATION]))).to_pylist()
    assert [
        Observation(**{k: tuple(v) if isinstance(v, list) else v for k, v in row.items()})
        for row in stored
    ] == [OBSERVATION, other]


def test_the_columns_are_an_observations_fields_each_with_its_unit() -> None:
    assert set(SCHEMA.names) == {field.name for field in dc.fields(Observation)}
    stored = pq.read_schema(io.BytesIO(to_parquet([])))
    for name in stored.names:
        assert set(stored.field(name).metadata) >= {b"unit", b"meaning"}


def test_the_guide_tells_of_every_column() -> None:
    guide = Path(__file__).parents[3] / "docs" / "harvest.md"
    rows = [line.strip("| ").split(" | ") for line in guide.read_text("utf-8").splitlines()]
    told = [tuple(row) for row in rows if row[0].strip("`") in SCHEMA.names]
    stored = [(f"`{f.name}`", f.metadata[b"unit"], f.metadata[b"meaning"]) for f in SCHEMA]
    assert told == [(name, unit.decode(), meaning.decode()) for name, unit, meaning in stored]


def test_the_same_rows_give_the_same_bytes() -> None:
    other = dc.replace(OBSERVATION, thread="18")
    assert to_parquet([OBSERVATION, other]) == to_parquet([other, OBSERVATION])


def test_open_replies_tell_how_late_they_are_and_show_no_id(archive: Archive) -> None:
    platform = FakeChannel()
    post = platform.post(utc("2025-12-12T08:00"), "Ett")
    platform.comment(post, utc("2025-12-12T15:00"), "Fredag?")
    harvest_channel(archive, CHANNEL, platform, now=utc("2025-12-13T02:00"))

    def status(now: str) -> tuple[Status, int]:
        (reply,) = open_replies(archive, CHANNEL, now=utc(now))
        assert "127.0.0.1" not in repr(reply)
        return reply.status, reply.overdue_minutes

    assert status("2025-12-15T15:00") == (Status.WAITING, 0)
    assert status("2025-12-15T15:30") == (Status.LATE_24H, 30)
    assert status("2025-12-19T15:01") == (Status.LATE_WEEK, 4 * 24 * 60 + 1)
    platform.comment(post, utc("2025-12-19T16:00"), "Ja.", own=True)
    harvest_channel(archive, CHANNEL, platform, now=utc("2025-12-20T02:00"))
    assert open_replies(archive, CHANNEL, now=utc("2025-12-20T03:00")) == ()


def test_told_posts_are_those_of_the_period_that_are_still_public(archive: Archive) -> None:
    now = utc("2025-12-15T02:00")
    assert posts_told(archive, CHANNEL.id, since=None, until=now) is None
    platform = FakeChannel()
    old = utc("2025-11-01T10:00")
    platform.post(old, "Gammalt")
    gone = platform.post(utc("2025-12-13T10:00"), "Ett")
    platform.post(utc("2025-12-14T10:00"), "Två")
    platform.post(utc("2025-12-14T10:00"), "En sida", kind="page")
    harvest_channel(archive, CHANNEL, platform, now=now)
    assert posts_told(archive, CHANNEL.id, since=None, until=now) == 3
    assert posts_told(archive, CHANNEL.id, since=old, until=now) == 2
    platform.turn(gone, Visibility.TRASH)
    harvest_channel(archive, CHANNEL, platform, now=utc("2025-12-16T02:00"))
    assert posts_told(archive, CHANNEL.id, since=old, until=utc("2025-12-16T02:00")) == 1


def test_the_steps_give_counts_alone(tmp_path: Path) -> None:
    Archive.create(Directory(tmp_path / "archive"), now=utc("2025-12-01T00:00"), rehearsal=True)
    platform = FakeChannel()
    post = platform.post(utc("2025-12-14T10:00"), "Hemligt ord")
    platform.comment(post, utc("2025-12-14T15:00"), "Går 121212-1212?")
    location = str(tmp_path / "archive")
    with disable_run_logger():
        row = harvest_step.fn(location, CHANNEL, platform, utc("2025-12-15T02:00"))
        late = replies_step.fn(location, CHANNEL, utc("2025-12-15T03:00"))
    assert (row["nya"], row["kommentarer"], row["tal"]) == (1, 1, 1)
    assert row["att se över"] == "personal-number 1, question 1"
    assert late == {"väntar": 1, "över 24 timmar": 0, "över en vecka": 0}


class Quoting(FakeChannel):
    def fetch(self, request: FetchRequest) -> object:  # type: ignore[override]  # it only raises
        raise ValueError(f"choked on hemligt ord at {request.now}")


def test_a_foreign_error_leaves_the_step_without_its_text(archive: Archive, tmp_path: Path) -> None:
    with disable_run_logger(), pytest.raises(StepError) as error:
        harvest_step.fn(str(tmp_path / "archive"), CHANNEL, Quoting(), utc("2025-12-15T02:00"))
    assert "hemligt" not in str(error.value) + error.value.sv
    assert error.value.__cause__ is None
    assert error.value.__suppress_context__
    assert archive.once("harvest:kommunbloggen:20251215T020000Z") is None


def test_our_own_error_keeps_its_kind_so_that_the_step_is_tried_again(tmp_path: Path) -> None:
    Archive.create(Directory(tmp_path / "archive"), now=utc("2025-12-01T00:00"), rehearsal=True)
    with disable_run_logger(), pytest.raises(ChannelError, match="no-answer"):
        harvest_step.fn(
            str(tmp_path / "archive"), CHANNEL, FakeChannel(down=True), utc("2025-12-15T02:00")
        )
