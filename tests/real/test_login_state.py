"""A login state serves its channel and lies nowhere: no archive, log, PDF, or table of Prefect's.

It is kept as a Secret block by the command, read by the flow, and expires. An operator's own words
on why reach the snapshot and not Prefect either.
"""

import json
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from leaks import leaks
from way import ROOT, Way

from archive_store import archive_at
from flows.taken import snapshots
from tests.tasks.capture.test_login import SECRET, members

__all__ = ["members"]

SJOVIK = ROOT / "examples" / "sjovik"
STATE = {
    "cookies": [
        {
            "name": "session",
            "value": SECRET,
            "domain": "localhost",
            "path": "/",
            "expires": -1,
            "httpOnly": True,
            "secure": False,
            "sameSite": "Lax",
        }
    ],
    "origins": [],
}
WORDS = "På begäran av Majken"
NOW = "2025-12-20T08:00"


@pytest.fixture
def way(tmp_path: Path, members: tuple[str, set[str]]) -> Iterator[Way]:
    text = (SJOVIK / "register.toml").read_text("utf-8")
    login = f'address = "{members[0]}"\nlogin = "kanalarkiv-login-blogg"'
    text = re.sub(r'address = "http://[^"]+kommunbloggen/"', login, text)
    text = text.replace('post_selector = "article.inlagg"', 'post_selector = "article"')
    with tempfile.TemporaryDirectory(prefix="kl") as tmp:
        found = Way(tmp_path, Path(tmp), {})
        found.begin(NOW, text, sorted((SJOVIK / "decisions").glob("*.toml")))
        yield found


@pytest.mark.real
@pytest.mark.browser
@pytest.mark.timeout(300)
def test_a_login_state_serves_its_channel_and_is_found_nowhere(
    way: Way, members: tuple[str, set[str]]
) -> None:
    sessions = members[1]
    sessions.add(SECRET)
    take = ("snapshot", "--channel", "kommunbloggen", "--occasion", "manuell", "--reason", WORDS)
    program = (str(Path(__file__).with_name("logging_in.py")), json.dumps(STATE))
    with way.server():
        before = way.run(*take, "--as-of", "2025-12-20T08:05")
        assert before["failures"]["kommunbloggen"]["code"] == "login-needed"
        kept = way.run("login", "kommunbloggen", program=program)
        assert kept == {"channel": "kommunbloggen", "secret": "kanalarkiv-login-blogg"}
        taken = way.run(*take, "--as-of", "2025-12-20T08:10")
        assert (taken["state"], taken["failures"]) == ("completed", {})
        sessions.clear()
        expired = way.run(*take, "--as-of", "2025-12-20T08:15")
        assert expired["failures"]["kommunbloggen"]["code"] == "login-needed"
        told = expired["failures"]["kommunbloggen"]["text"]
        assert "har gått ut" in told
        assert (expired["message"][:8], told in expired["message"]) == ("0 av 1; ", True)

    archive = archive_at(way.archive)
    [package] = snapshots(archive)
    about = archive.manifest(package)["about"]
    assert (about["logged_in"], about["reason"]) == (True, WORDS)
    found = {(leak.needle, leak.file) for leak in leaks(way.places(), {"s": SECRET, "w": WORDS})}
    assert {needle for needle, _ in found} == {"w"}, "the scan must see the words where they belong"
    outside = [file for _, file in found if not Path(file).is_relative_to(way.archive)]
    assert outside == []
