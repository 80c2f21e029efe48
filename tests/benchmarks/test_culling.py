"""The benchmark of culling culls what it says, and its synthesised year is an archive."""

import datetime as dt
from pathlib import Path

import pytest

from archive_store import Archive, Directory
from tasks.culling import read_certificate
from tasks.days import living_days, load_day
from tests.benchmarks import culling, postgres
from tests.benchmarks.culling_turn import turn
from tests.benchmarks.culling_year import NOW, Year

SMALL = Year(channels=2, threads=3, days=40)


def test_a_synthesised_year_is_what_harvests_would_have_left(tmp_path: Path) -> None:
    with (tmp_path / "copy").open("w", encoding="utf-8") as rows:
        posts = SMALL.write(tmp_path / "archive", rows)
    assert len((tmp_path / "copy").read_text(encoding="utf-8").splitlines()) == posts
    archive = Archive.open(Directory(tmp_path / "archive"))
    days = [package for channel in SMALL.names for package in living_days(archive, channel)]
    assert len(days) == 2 * SMALL.living
    threads = [thread for package in days for thread in load_day(archive, package)]
    assert sum(len(thread.posts) for thread in threads) == posts
    assert max(thread.day for thread in threads) == (NOW - dt.timedelta(days=1)).date()
    harvests = list(archive.entries(event="harvest", channel="kanal-01"))
    assert len(harvests) == SMALL.days
    assert archive.last.seq > 2 * SMALL.days


def test_a_turn_culls_the_week_that_is_due_and_leaves_the_rest(tmp_path: Path) -> None:
    SMALL.write(tmp_path / "archive")
    done = turn(tmp_path / "archive", channels=2, days=7)
    archive = Archive.open(Directory(tmp_path / "archive"))
    left = {package.labels["day"] for name in SMALL.names for package in living_days(archive, name)}
    assert min(left) >= "2026-03-06"  # three days before the week's end: spoken in once more
    assert {f"2026-03-{day:02}" for day in range(9, 16)} <= left
    assert done.culled + done.stays == 2 * 3 * 14
    assert len(read_certificate(archive, "2026-kommunstyrelsen-001").culled) == done.culled


@pytest.mark.skipif(postgres.programs() is None, reason="PostgreSQL is not installed")
def test_the_peer_deletes_as_much_and_leaves_nothing_running(tmp_path: Path) -> None:
    where = postgres.programs()
    assert where is not None
    with (tmp_path / "copy").open("w", encoding="utf-8") as rows:
        SMALL.write(tmp_path / "archive", rows)
    (tmp_path / "copy").chmod(0o644)
    done = turn(tmp_path / "archive", channels=2, days=7)
    with postgres.serving(where, tmp_path / "pg") as server:
        assert culling.deleted(server, tmp_path / "copy", 7) > 0
        left = "(SELECT count(DISTINCT (channel, thread)) FROM posts)"
        server.run(f"DO $$ BEGIN ASSERT {left} = {done.stays}; END $$")
    assert not (tmp_path / "pg").exists()


def test_rows_say_what_was_done_and_whether_it_is_good_enough() -> None:
    slow = culling.Turn(
        proposed=9.0, carried_out=12.0, processor=1.0, memory=100.0, culled=5, stays=5
    )
    fast = culling.Turn(
        proposed=4.0, carried_out=7.0, processor=1.0, memory=100.0, culled=5, stays=5
    )
    few = culling.Raced(name="few", turns=[fast], peer=None)
    many = culling.Raced(name="many", turns=[slow], peer=2.0)
    assert (few.row().ok, few.row().target) == (True, 1.0)
    assert "not installed" in few.row().peer_name
    assert (many.row().ok, many.row().target) == (False, 0.1)
    assert (many.against(few).ok, many.against(few).ratio) == (True, 0.524)
    assert not few.against(culling.Raced(name="", turns=[fast], peer=None)).ratio < 1
