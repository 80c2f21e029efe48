"""What was culled is gone: from the archive, Prefect's database and storage, logs, temporary files.

A post of the made-up municipality is harvested twice, leaves its channel before the first snapshot,
and is culled. The scan must find every needle before (else it proves nothing), and none after.
"""

import contextlib
import hashlib
import html
import json
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
from way import ROOT, Way

SJOVIK = ROOT / "examples" / "sjovik"
CHANNEL = "kommunbloggen"
BEGIN = "2025-12-15T08:00"


class Sjovik(Way):
    """The way on the made-up municipality's channels, which live in their own time."""

    def __init__(self, home: Path, tmp: Path, root: str) -> None:
        super().__init__(home, tmp, {"kanalarkiv-kommunbloggen": "arkiv:demo-demo"})
        self.root = root

    def at(self, moment: str, *words: str, **more: Any) -> Any:
        """A command at its time in the story."""
        self.move(moment)
        return self.run(*words, "--as-of", moment, **more)

    def move(self, moment: str) -> None:
        self.ask("/_tid", {"now": f"{moment}:00+01:00"})

    def ask(self, path: str, document: dict[str, str] | None = None) -> Any:
        data = None if document is None else json.dumps(document).encode()
        head = {"Content-Type": "application/json"}
        request = urllib.request.Request(self.root + path, data=data, headers=head)  # noqa: S310 - loopback
        with urllib.request.urlopen(request) as answer:  # noqa: S310 - loopback
            body = answer.read()
            return json.loads(body) if "json" in answer.headers["Content-Type"] else body


@pytest.fixture
def way(tmp_path: Path) -> Iterator[Sjovik]:
    command = [sys.executable, str(SJOVIK / "serve.py"), "--port", "0"]
    with (
        tempfile.TemporaryDirectory(prefix="kf") as tmp,
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server,
    ):
        try:
            assert server.stdout is not None
            root = f"http://127.0.0.1:{json.loads(server.stdout.readline())['port']}"
            text = (SJOVIK / "register.toml").read_text("utf-8")
            text = re.sub(r"http://127\.0\.0\.1:\d+", root, text)
            text = text.replace('depth = "since-last"', 'depth = "15"')  # a year proves no more
            found = Sjovik(tmp_path, Path(tmp), root)
            found.begin(BEGIN, text, sorted((SJOVIK / "decisions").glob("*.toml")))
            yield found
        finally:
            server.terminate()


def _needles(way: Sjovik) -> dict[str, str]:
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


@pytest.mark.browser
@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    "alone",
    [
        pytest.param(False, id="commands forked at a desk"),
        pytest.param(True, id="each command alone", marks=pytest.mark.real),
    ],
)
def test_a_post_that_left_its_channel_is_forgotten_everywhere_once_culled(
    way: Sjovik, *, alone: bool
) -> None:
    needles = _needles(way)
    only = ("--channel", CHANNEL)
    desk = contextlib.nullcontext if alone else way.at_a_desk
    with way.server(), desk():
        assert way.at("2025-12-19T08:00", "harvest", *only)["state"] == "completed"
        program = (str(Path(__file__).with_name("failing.py")), needles["phrase 0"])
        failed = way.at("2025-12-20T08:00", "harvest", *only, program=program)
        assert failed["failures"][CHANNEL]["code"] == "unforeseen-harvest"
        for moment in ("2025-12-23T08:00", "2025-12-29T05:00"):
            assert way.at(moment, "harvest", *only)["state"] == "completed"
        occasion = ("--occasion", "manuell", "--reason", "prov")
        taken = way.at("2025-12-29T05:30", "snapshot", *only, *occasion)
        assert taken["state"] == "completed"

    before = _by_needle(leaks(way.places(), needles))
    assert set(before) == set(needles), "the scan must see all of it before"
    outside = {name: {f for f in files if not way.in_posts(f)} for name, files in before.items()}
    assert not any(outside.values()), f"words stand in posts/ and nowhere else: {outside}"
    counted = way.observations()

    with way.server(), desk():
        assert way.cull("2025-12-29T06:00", "kommunstyrelsen")["state"] == "completed"

    assert _by_needle(leaks(way.places(), needles)) == {}
    assert {f: d for f, d in way.observations().items() if f in counted} == counted
