"""What was culled is gone: from the archive, Prefect's database and storage, logs, temporary files.

A post of the made-up municipality is harvested twice, leaves its channel before the first snapshot,
and is culled. The scan must find every needle before (else it proves nothing), and none after.
"""

import contextlib
import hashlib
import html
import json
import os
import re
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from leaks import Leak, leaks

ROOT = Path(__file__).parents[2]
SJOVIK = ROOT / "examples" / "sjovik"
CHANNEL = "kommunbloggen"
SERVER = """
import sys
from flows.settings import load_settings, prepare_environment
from flows.prefect_server import started
settings = load_settings()
prepare_environment(settings)
with started(settings, port=0) as url:
    print(url, flush=True)
    sys.stdin.read()
"""
RUN = "from flows.cli.main import run; run()"


class Way:
    """The channels and a folder to work in; every command is a process of its own."""

    def __init__(self, home: Path, tmp: Path, root: str) -> None:
        self.home, self.tmp, self.root = home, tmp, root
        self.logs = home / "logs"
        self.logs.mkdir()
        self.archive = home / "hus" / "archive"
        self.environment = {
            **{k: v for k, v in os.environ.items() if "PREFECT" not in k and "KANALARKIV" not in k},
            "KANALARKIV_SECRET_KANALARKIV_KOMMUNBLOGGEN": "arkiv:demo-demo",
            "TMPDIR": str(self.tmp),
            "PYTHONPATH": str(ROOT),
        }

    def places(self) -> list[Path]:
        """Everywhere outside the channel itself where a word could stay."""
        return [self.archive, self.home / "hus" / ".kanalarkiv", self.tmp, self.logs]

    def move(self, moment: str) -> None:
        self.ask("/_tid", {"now": f"{moment}:00+01:00"})

    def ask(self, path: str, document: dict[str, str] | None = None) -> Any:
        data = None if document is None else json.dumps(document).encode()
        head = {"Content-Type": "application/json"}
        request = urllib.request.Request(self.root + path, data=data, headers=head)  # noqa: S310 - loopback
        with urllib.request.urlopen(request) as answer:  # noqa: S310 - loopback
            body = answer.read()
            return json.loads(body) if "json" in answer.headers["Content-Type"] else body

    def run(self, moment: str, *words: str, program: tuple[str, ...] = ("-c", RUN)) -> Any:
        """One command at its time; its JSON document. What it prints is kept and scanned."""
        self.move(moment)
        command = [sys.executable, *program, *words, "--as-of", moment, "--json"]
        cwd = self.home / "hus" if (self.home / "hus").exists() else self.home
        done = subprocess.run(
            command, cwd=cwd, env=self.environment, capture_output=True, text=True, check=False
        )
        number = len(list(self.logs.iterdir()))
        (self.logs / f"{number}.log").write_text(done.stdout + done.stderr, "utf-8")
        return json.loads(done.stdout)


@pytest.fixture
def way(tmp_path: Path) -> Iterator[Way]:
    command = [sys.executable, str(SJOVIK / "serve.py"), "--port", "0"]
    with (
        tempfile.TemporaryDirectory(prefix="kf") as tmp,  # short: Chromium's socket lies in it
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server,
    ):
        try:
            assert server.stdout is not None
            root = f"http://127.0.0.1:{json.loads(server.stdout.readline())['port']}"
            found = Way(tmp_path, Path(tmp), root)
            _settle(found)
            yield found
        finally:
            server.terminate()


def _settle(way: Way) -> None:
    way.run("2025-12-15T08:00", "init", "hus", "--rehearsal")
    hus = way.home / "hus"
    text = (SJOVIK / "register.toml").read_text("utf-8")
    text = re.sub(r"http://127\.0\.0\.1:\d+", way.root, text)
    text = text.replace('depth = "since-last"', 'depth = "15"')  # a year's posts prove no more
    (hus / "register.toml").write_text(text, "utf-8")
    (hus / "decisions" / "namnden.toml").unlink()
    for file in (SJOVIK / "decisions").glob("*.toml"):
        (hus / "decisions" / file.name).write_bytes(file.read_bytes())


def _needles(way: Way) -> dict[str, str]:
    """Phrases, names, slug and picture of the post that leaves, told by the channel alone."""
    way.move("2025-12-19T08:00")
    number = way.ask("/_berattelse")["leaving-post"]["post"]
    api = f"/{CHANNEL}/wp-json/wp/v2"
    [post] = way.ask(f"{api}/posts?include={number}")
    comments = way.ask(f"{api}/comments?post={number}")
    assert comments
    picture = re.search(r'<img[^>]+src="([^"]+)"', post["content"]["rendered"])
    assert picture is not None
    image = way.ask(picture[1].removeprefix(way.root))
    needles = {
        "title": html.unescape(post["title"]["rendered"]),
        "slug": post["slug"],
        "picture digest": hashlib.sha256(image).hexdigest(),
        "picture": image[len(image) // 2 :][:40].decode("latin-1"),
    }
    for i, phrase in enumerate(_phrases(post["content"]["rendered"])):
        needles[f"phrase {i}"] = phrase
    for comment in comments:
        if comment["author"] == 0:
            needles[f"name {comment['id']}"] = comment["author_name"]
        [phrase, *_] = _phrases(comment["content"]["rendered"])
        needles[f"comment {comment['id']}"] = phrase
    return needles


def _phrases(markup: str) -> list[str]:
    """Up to forty characters of each paragraph, without markup."""
    texts = re.findall(r"<p>(.*?)</p>", markup, re.DOTALL)
    plain = [html.unescape(re.sub(r"<[^>]+>", "\n", text)).strip() for text in texts]
    return [text.splitlines()[0][:40] for text in plain if text]


def _by_needle(found: set[Leak]) -> Mapping[str, set[str]]:
    return {leak.needle: {x.file for x in found if x.needle == leak.needle} for leak in found}


def _observations(way: Way) -> dict[str, bytes]:
    files = sorted((way.archive / "observations").rglob("*.*"))
    return {str(file): file.read_bytes() for file in files}


@pytest.mark.browser
@pytest.mark.timeout(600)
def test_a_post_that_left_its_channel_is_forgotten_everywhere_once_culled(way: Way) -> None:
    needles = _needles(way)
    only = ("--channel", CHANNEL)
    with _server(way):
        for moment in ("2025-12-17T20:00", "2025-12-19T08:00"):
            assert way.run(moment, "harvest", *only)["state"] == "completed"
        program = (str(Path(__file__).with_name("failing.py")), needles["phrase 0"])
        failed = way.run("2025-12-20T08:00", "harvest", *only, program=program)
        assert failed["failures"][CHANNEL]["code"] == "unforeseen-harvest"
        for moment in ("2025-12-23T08:00", "2025-12-29T05:00"):
            assert way.run(moment, "harvest", *only)["state"] == "completed"
        taken = way.run(
            "2025-12-29T05:30", "snapshot", *only, "--occasion", "manuell", "--reason", "prov"
        )
        assert taken["state"] == "completed"

    before = _by_needle(leaks(way.places(), needles))
    assert set(before) == set(needles), "the scan must see all of it before"
    outside = {name: {f for f in files if not _in_posts(way, f)} for name, files in before.items()}
    assert not any(outside.values()), f"words stand in posts/ and nowhere else: {outside}"
    counted = _observations(way)

    with _server(way):
        way.run("2025-12-29T06:00", "cull", "propose", "--by", "informationsenheten")
        [found] = [r for r in _lists(way) if r["board"] == "kommunstyrelsen"]
        way.run("2025-12-29T06:00", "cull", "approve", found["list"], "--by", "arkivarie-1")
        done = way.run("2025-12-29T06:00", "cull", "carry-out", found["list"])
        assert done["state"] == "completed"

    assert _by_needle(leaks(way.places(), needles)) == {}
    assert {f: d for f, d in _observations(way).items() if f in counted} == counted


@contextlib.contextmanager
def _server(way: Way) -> Iterator[None]:
    """Prefect's server with the product's own settings; it has ended before anything is scanned."""
    child = subprocess.Popen(
        [sys.executable, "-c", SERVER],
        cwd=way.home / "hus",
        env=way.environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert child.stdout is not None
        url = child.stdout.readline().strip()
        assert url
        way.environment["PREFECT_API_URL"] = url
        yield
    finally:
        child.communicate()
        way.environment.pop("PREFECT_API_URL", None)


def _in_posts(way: Way, file: str) -> bool:
    return Path(file).is_relative_to(way.archive / "posts")


def _lists(way: Way) -> list[dict[str, Any]]:
    done = subprocess.run(
        [sys.executable, "-c", RUN, "cull", "lists", "--json"],
        cwd=way.home / "hus",
        env=way.environment,
        capture_output=True,
        text=True,
        check=True,
    )
    found: list[dict[str, Any]] = json.loads(done.stdout)["lists"]
    return found
