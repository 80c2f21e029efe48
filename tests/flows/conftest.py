"""The command line, called as if for the first time."""

from pathlib import Path

import pytest

from flows.cli.out import call


@pytest.fixture
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a folder of its own, with nothing given by environment or an earlier call."""
    monkeypatch.chdir(tmp_path)
    for name in ("archive", "register", "decision", "lang"):
        monkeypatch.setattr(call, name, None)
        monkeypatch.delenv(f"KANALARKIV_{name.upper()}", raising=False)
    for name in ("json", "quiet", "debug"):
        monkeypatch.setattr(call, name, False)
