"""Schedules: duty times stand at 23:00 in Stockholm all year, and runs really appear in Prefect."""

import asyncio
import datetime as dt
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml
from prefect.server.schemas.schedules import CronSchedule

from flows.deployments import DUTIES, STOCKHOLM, plan
from flows.settings import Settings

ROOT = Path(__file__).parents[2]


def duty_times(slug: str, years: int) -> list[dt.datetime]:
    [duty] = [planned for planned in DUTIES if planned.slug == slug]
    cron = CronSchedule(cron=duty.cron, timezone=STOCKHOLM)
    start = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    found = asyncio.run(cron.get_dates(n=years, start=start))
    return [moment.astimezone(ZoneInfo(STOCKHOLM)) for moment in found]


@pytest.mark.parametrize(
    ("slug", "month", "day", "offset"),
    [("halvarsskifte", 6, 30, 2), ("arsskifte", 12, 31, 1)],
)
def test_duties_are_at_eleven_in_the_evening_in_stockholm(
    slug: str, month: int, day: int, offset: int
) -> None:
    times = duty_times(slug, 5)
    assert [(t.year, t.month, t.day, t.hour) for t in times] == [
        (year, month, day, 23) for year in range(2026, 2031)
    ]
    assert {t.utcoffset() for t in times} == {dt.timedelta(hours=offset)}


def test_prefect_yaml_says_the_same_as_the_program() -> None:
    written = yaml.safe_load((ROOT / "prefect.yaml").read_text("utf-8"))["deployments"]
    told = {
        deployment["entrypoint"]: [
            (s["slug"], s["cron"], s["timezone"], s.get("parameters", {}))
            for s in deployment.get("schedules", [])
        ]
        for deployment in written
    }
    assert told == {
        f"{flow.fn.__module__}:{flow.fn.__name__}": [
            (p.slug, p.cron, STOCKHOLM, p.parameters) for p in schedules
        ]
        for flow, schedules in plan(Settings())
    }


class Up:
    """``kanalarkiv up`` as a person starts it, in a folder of its own."""

    def __init__(self, home: Path) -> None:
        environment = {k: v for k, v in os.environ.items() if "PREFECT" not in k}
        self.child = subprocess.Popen(
            [sys.executable, "-c", "from flows.cli.main import run; run()", "up", "--port", "0"],
            cwd=home,
            env={**environment, "PYTHONPATH": str(ROOT)},
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self.child.stderr is not None
        said = next(line for line in self.child.stderr if "http://" in line)
        self.url = said.split()[1] + "/api"

    def ask(self, path: str, document: dict[str, Any]) -> Any:
        request = urllib.request.Request(  # noqa: S310 - loopback
            self.url + path,
            data=json.dumps(document).encode(),
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request) as answer:  # noqa: S310 - loopback
            return json.loads(answer.read())

    def scheduled(self, flow: str) -> list[dict[str, Any]]:
        found = self.ask(
            "/flow_runs/filter",
            {
                "flows": {"name": {"any_": [flow]}},
                "flow_runs": {"state": {"type": {"any_": ["SCHEDULED"]}}},
            },
        )
        return list(found)


@pytest.fixture
def up(tmp_path: Path) -> Iterator[Up]:
    sjovik = ROOT / "examples" / "sjovik"
    shutil.copy(sjovik / "register.toml", tmp_path)
    shutil.copytree(sjovik / "aktivitetsplaner", tmp_path / "aktivitetsplaner")
    shutil.copytree(sjovik / "decisions", tmp_path / "decisions")
    run = [sys.executable, "-c", "from flows.cli.main import run; run()"]
    made = {**os.environ, "PYTHONPATH": str(ROOT)}
    subprocess.run([*run, "init", "hus"], cwd=tmp_path, env=made, check=True, capture_output=True)
    (tmp_path / "kanalarkiv.toml").write_text('archive = "hus/archive"\n', "utf-8")
    found = Up(tmp_path)
    yield found
    if found.child.poll() is None:
        found.child.kill()
    found.child.communicate()


@pytest.mark.real
def test_up_leaves_no_server_behind_that_is_told_to_end_as_soon_as_it_has_begun(
    up: Up, tmp_path: Path
) -> None:
    note = tmp_path / ".kanalarkiv" / "server.json"
    server = json.loads(note.read_text("utf-8"))["pid"]
    up.child.send_signal(signal.SIGTERM)
    assert up.child.wait(60) == 0
    with pytest.raises(ProcessLookupError):
        os.kill(server, 0)
    assert not note.exists()


@pytest.mark.real
def test_up_schedules_the_daily_harvest_and_ends_when_told(up: Up) -> None:
    deadline = time.monotonic() + 90
    while not (runs := up.scheduled("harvest")) and time.monotonic() < deadline:
        time.sleep(0.5)  # Prefect's scheduler tells nobody when it has run
    moments = [dt.datetime.fromisoformat(run["expected_start_time"]) for run in runs]
    assert moments, "nothing was scheduled"
    local = {moment.astimezone(ZoneInfo(STOCKHOLM)).strftime("%H:%M") for moment in moments}
    assert local == {"03:00"}
    assert all(run["parameters"] in ({}, {"channels": None, "as_of": None}) for run in runs)
    up.child.send_signal(signal.SIGTERM)
    assert up.child.wait(60) == 0
