import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

SERVE = Path(__file__).parents[2] / "examples" / "sjovik" / "serve.py"
SECRET = ("arkiv", "demo-demo")


class Sjovik:
    """The municipality's server as its callers see it: over HTTP alone."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        self.process = process
        self.told: dict[str, Any] = json.loads(process.stdout.readline())
        self.web = httpx.Client(
            base_url=f"http://127.0.0.1:{self.told['port']}", trust_env=False, timeout=20
        )

    def at(self, now: str) -> None:
        self.web.post("/_tid", json={"now": now}).raise_for_status()

    def get(self, path: str, **query: Any) -> httpx.Response:
        answer = self.web.get(path, params=query or None)
        again = answer.status_code == httpx.codes.TOO_MANY_REQUESTS
        return self.web.get(path, params=query or None) if again else answer

    def rest(self, channel: str, route: str, **query: Any) -> Any:
        return self.get(f"/{channel}/wp-json/wp/v2/{route}", **query).raise_for_status().json()

    def moderated(self, channel: str, status: str) -> list[int]:
        path = f"/{channel}/wp-json/wp/v2/comments"
        self.get(path)
        answer = self.web.get(path, params={"status": status}, auth=SECRET).raise_for_status()
        return [row["id"] for row in answer.json()]

    def everything(self, channel: str, route: str) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = []
        for page in range(1, 20):
            path = f"/{channel}/wp-json/wp/v2/{route}"
            answer = self.get(path, per_page=100, page=page, order="asc").raise_for_status()
            rows += answer.json()
            if page >= int(answer.headers["x-wp-totalpages"]):
                return rows
        raise AssertionError("more pages than there can be")


@contextmanager
def served(*arguments: str, **environment: str) -> Iterator[Sjovik]:
    with subprocess.Popen(
        [sys.executable, SERVE, *arguments],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | environment,
    ) as process:
        sjovik = Sjovik(process)
        try:
            yield sjovik
        finally:
            sjovik.web.close()
            process.terminate()


@pytest.fixture(scope="session")
def serve() -> Callable[..., AbstractContextManager[Sjovik]]:
    return served


@pytest.fixture(scope="session")
def serve_file() -> Path:
    return SERVE


@pytest.fixture(scope="session")
def process() -> Iterator[Sjovik]:
    with served("--wait", "0") as sjovik:
        yield sjovik


@pytest.fixture
def sjovik(process: Sjovik) -> Sjovik:
    """The server at the story's end; tests may move its time."""
    process.at("2026-01-15T18:00:00+01:00")
    return process


@pytest.fixture
def special(sjovik: Sjovik) -> dict[str, Any]:
    told: dict[str, Any] = sjovik.get("/_berattelse").json()
    return told
