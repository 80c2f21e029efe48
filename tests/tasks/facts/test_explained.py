"""What is said about the numbers keeps up with them: the docs and the exploration notebook."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jupytext
import pytest

from archive_store import Archive
from tasks.facts import COLUMNS, write_monthly
from tasks.facts.goals import METRICS
from tasks.model import Channel, LifeCycle, Observation

ROOT = Path(__file__).resolve().parents[3]
NOW = dt.datetime(2025, 3, 12, tzinfo=dt.UTC)


@pytest.fixture
def docs() -> str:
    return (ROOT / "docs" / "statistics.md").read_text("utf-8")


def test_the_docs_define_every_column_as_the_file_does(docs: str) -> None:
    rows = [f"| `{column.name}` | {column.text.sv} | {column.text.en} |" for column in COLUMNS]
    assert [line for line in docs.splitlines() if line.startswith("| `")][: len(rows)] == rows


def test_the_docs_name_every_metric_that_a_goal_may_use(docs: str) -> None:
    for metric in METRICS:
        assert f"| `{metric}` | " in docs


def test_the_exploration_notebook_runs_from_top_to_bottom(
    tmp_path: Path,
    archive: Archive,
    observation: Callable[..., Observation],
    commit_harvest: Callable[..., None],
) -> None:
    waits = {"waits_minutes": (70,), "waits_office_minutes": (60,), "waits_24h": (True,)}
    commit_harvest(archive, [observation("1", NOW - dt.timedelta(days=40), **waits)], NOW)
    channel = Channel(
        id="biblioteksbloggen",
        name="",
        unit="",
        platform="blog",
        address="",
        life=LifeCycle.ACTIVE,
    )
    write_monthly(archive, channel, now=NOW)
    names: dict[str, Any] = {}
    for cell in jupytext.read(ROOT / "notebooks" / "utforska.py").cells:
        if cell.cell_type == "code":
            exec(cell.source, names)  # noqa: S102 - our own notebook
        if "parameters" in cell.metadata.get("tags", ()):
            names |= {"channel_id": channel.id, "archive_location": tmp_path / "archive"}
    assert names["by_year"].loc[2025, "posts"] == 1
    assert names["waits"].tolist() == [60]
