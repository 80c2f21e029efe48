"""The benchmarks' rows are as promised, and a tiny run of each does what it says."""

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from archive_store.errors import CaptureError
from tasks.capture.browser import BrowserSettings, find_browser
from tests.benchmarks import capturing, journals, running, storing
from tests.benchmarks.rows import Race, Row, race, rate_row, table, time_row

TINY = 0.002
KEYS = ["name", "ours", "peer", "peer_name", "unit", "ratio", "target", "ok", "memory_mb"]
STORING = (storing.small_objects, storing.large_objects, storing.reading, journals.opening)


def run(ours: float, peer: float) -> Race:
    return Race(ours=ours, peer=peer, memory_mb=12.34)


def test_a_row_says_how_much_faster_we_are_whichever_way_its_unit_points() -> None:
    rate = rate_row("x", run(2, 4), size=8_000_000, peer_name="cp", target=0.6)
    assert (rate.ours, rate.peer, rate.ratio, rate.ok) == (4.0, 2.0, 2.0, True)
    time = time_row("x", run(4, 2), peer_name="cp", target=0.6)
    assert (time.ours, time.peer, time.ratio, time.ok) == (4, 2, 0.5, False)


@pytest.mark.parametrize(
    ("target", "whole", "ok"),
    [(None, True, True), (0.5, True, True), (0.51, True, False), (0.5, False, False)],
)
def test_a_row_is_in_order_if_it_reaches_its_target_with_everything_there(
    target: float | None,
    whole: bool,  # noqa: FBT001 - a case, by name
    ok: bool,  # noqa: FBT001 - the same
) -> None:
    assert time_row("x", run(4, 2), peer_name="y", target=target, whole=whole).ok is ok


def test_turns_alternate_and_each_is_prepared_outside_the_time() -> None:
    done: list[str] = []

    def side(name: str) -> Callable[[], Callable[[], object]]:
        def prepare() -> Callable[[], object]:
            done.append(f"prepare {name}")
            return lambda: done.append(name)

        return prepare

    found = race(side("ours"), side("peer"), rounds=3)
    turns = [name for name in done if not name.startswith("prepare")]
    assert turns == ["peer", "ours", "ours", "peer", "peer", "ours", "ours", "peer"]
    assert done[::2] == [f"prepare {name}" for name in turns]
    assert found.memory_mb > 1


@pytest.mark.parametrize("benchmark", STORING, ids=lambda benchmark: benchmark.__name__)
def test_a_tiny_run_over_the_archive_leaves_nothing_open(benchmark: running.Benchmark) -> None:
    rows, left = running.measured(benchmark, TINY, 1)
    assert left == 0
    for row in rows:
        assert row.ours > 0
        assert row.peer > 0
        assert row.memory_mb > 1


def test_what_a_benchmark_leaves_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "_PATIENCE", 0)
    kept = []

    def careless(folder: Path, **_: float) -> Iterator[Row]:
        kept.append((folder / "open").open("wb"))
        (folder.parent / "tmp" / "lying").touch()
        yield from ()

    rows, left = running.measured(lambda *a, **k: list(careless(*a, **k)), TINY, 1)
    kept[0].close()
    assert (rows, left) == ([], 2)


def test_the_result_is_a_list_of_rows_in_the_working_directory_whatever_the_figures(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(running, "BENCHMARKS", (journals.opening,))
    running.main(["--scale", "0.001", "--rounds", "1"])
    rows = json.loads((tmp_path / "benchmarks.json").read_text("utf-8"))
    assert [list(row) for row in rows] == [KEYS, KEYS]
    assert rows[0]["name"].startswith("open + commit + list at 1000 commits (")
    assert (rows[0]["unit"], rows[0]["ok"]) == ("s", True)
    assert (rows[1]["unit"], rows[1]["ours"], rows[1]["ok"]) == ("left", 0, True)
    said = capsys.readouterr().out
    assert "scale 0.001, 1 rounds, load average" in said
    assert rows[0]["name"] in said


@pytest.mark.parametrize("arguments", [["--scale", "0"], ["--scale", "2"], ["--rounds", "0"]])
def test_an_impossible_scale_is_refused(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        running.main(arguments)
    assert caught.value.code == 2
    assert "scale" in capsys.readouterr().err


def test_the_table_says_no_where_a_target_is_missed() -> None:
    row = time_row("a feed", run(4, 2), peer_name="its own delays", target=0.6)
    assert "0.50   0.60 NO" in table([row])


@pytest.mark.browser
def test_a_tiny_feed_is_captured_whole() -> None:
    try:
        find_browser(BrowserSettings())
    except CaptureError:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip("no Chromium is installed")
    rows, left = running.measured(capturing.feed, TINY, 1)
    assert left == 0
    assert "5/5 posts, 5/5 expanded, 15/15 comments, 5/5 images" in rows[0].name
    assert rows[0].ours > rows[0].peer > 0.3
