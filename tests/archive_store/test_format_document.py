"""The commands of docs/format.md do what the document says, on an archive of ours."""

import datetime as dt
import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from archive_store import Archive, Commit, Directory, Draft, write_index

Run = Callable[..., str]

DOCUMENT = Path(__file__).parent.parent.parent / "docs" / "format.md"
NOW = dt.datetime(2025, 12, 15, 2, tzinfo=dt.UTC)
NEEDED = [tool for tool in ("jq", "sha256sum", "comm") if shutil.which(tool) is None]

CHAIN, MANIFESTS, FILES, STAMPS, STRANGERS, GONE = re.findall(
    r"```sh\n(.*?)```", DOCUMENT.read_text(), re.DOTALL
)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "archive"
    archive = Archive.create(Directory(root), now=NOW)
    archive.secret()

    def commit(*drafts: Draft, retire: tuple[str, ...] = (), why: str = "superseded") -> None:
        archive.commit(
            Commit(
                event="x",
                now=NOW,
                actor="test",
                drafts=drafts,
                retire=retire,
                retirement=why,  # type: ignore[arg-type]  # as given
            )
        )

    commit(
        Draft(base="snapshots/info/blogg/2025/x", files={"pdf": b"%PDF"}),
        Draft(base="posts/blogg/2025-12-14/1", files={"threads.jsonl": b"x"}, folder=True),
        Draft(base="lists/l1/list", files={"jsonl": b"{}"}),
    )
    second = Draft(
        base="posts/blogg/2025-12-14/2",
        files={"threads.jsonl": b"y", "media/0001.jpg": b"z"},
        folder=True,
    )
    commit(second, retire=("posts/blogg/2025-12-14/1/manifest.json",))
    commit(retire=("lists/l1/list.json",), why="culled")
    archive.checkpoint()
    archive.stamp({"snapshots/info/blogg/2025/x.json": b"token"}, now=NOW)
    write_index(archive)
    return root


@pytest.fixture
def run(root: Path, tmp_path: Path) -> Run:
    if NEEDED:
        # The document asks for them; what is not installed cannot be tried.
        lacking = f"needs {', '.join(NEEDED)}"
        pytest.fail(lacking) if os.environ.get("CI") == "true" else pytest.skip(lacking)

    def run(*scripts: str) -> str:
        done = subprocess.run(
            ["bash", "-c", "".join(scripts)],
            cwd=root,
            capture_output=True,
            text=True,
            check=False,
            env={"PATH": os.environ["PATH"], "LC_ALL": "C", "T": str(tmp_path)},
        )
        return done.stdout

    return run


def test_a_sound_archive_gives_no_complaint(run: Run, tmp_path: Path) -> None:
    assert run(CHAIN, MANIFESTS, FILES, STAMPS, STRANGERS) == ""
    keys = [line[66:] for line in (tmp_path / "manifests").read_text().splitlines()]
    assert sorted(keys) == [
        "posts/blogg/2025-12-14/2/manifest.json",
        "snapshots/info/blogg/2025/x.json",
    ]
    assert len((tmp_path / "files").read_text().splitlines()) == 3


def test_the_culled_and_the_superseded_are_told(run: Run) -> None:
    assert run(GONE).splitlines() == [
        "2025-12-15T02:00:00Z superseded test posts/blogg/2025-12-14/1/manifest.json",
        "2025-12-15T02:00:00Z culled test lists/l1/list.json",
    ]


def change(path: Path) -> None:
    data = path.read_bytes()
    path.unlink()
    path.write_bytes(data + b" ")


def test_each_damage_is_seen_by_its_command(run: Run, root: Path) -> None:
    change(root / "posts/blogg/2025-12-14/2/media/0001.jpg")
    assert "posts/blogg/2025-12-14/2/media/0001.jpg: FAILED" in run(MANIFESTS, FILES)
    change(root / "snapshots/info/blogg/2025/x.json")
    assert "snapshots/info/blogg/2025/x.json: FAILED" in run(MANIFESTS)
    (root / "posts/x.txt").write_bytes(b"")
    assert run(MANIFESTS, FILES, STAMPS, STRANGERS).splitlines()[-1] == "posts/x.txt"
    change(root / "snapshots/info/blogg/2025/x.tsr")
    (checkpoint,) = (root / "checkpoints").iterdir()
    change(checkpoint)
    seen = run(MANIFESTS, FILES, STAMPS)
    assert "snapshots/info/blogg/2025/x.tsr: FAILED" in seen
    assert f"checkpoints/{checkpoint.name}: FAILED" in seen
    change(root / "journal/000000000002.json")
    assert run(CHAIN) == "changed: entry before journal/000000000003.json\n"
    (root / "journal/000000000002.json").unlink()
    assert "gap before journal/000000000003.json" in run(CHAIN)


def test_the_document_names_every_field(root: Path) -> None:
    text = DOCUMENT.read_text()
    entry = json.loads((root / "journal/000000000002.json").read_bytes())
    manifest = json.loads((root / "snapshots/info/blogg/2025/x.json").read_bytes())
    for field in {*entry, *entry["added"][0], *manifest, *manifest["files"][0], *manifest["after"]}:
        assert f"`{field}`" in text
