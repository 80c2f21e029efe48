"""Documentation is checked: links lead somewhere, and what is written of commands is so."""

import re
from pathlib import Path

import pytest
import typer

from flows.cli.main import build

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]
LINK = re.compile(r"\]\(([^)#]+)")
COMMAND = re.compile(r"kanalarkiv ((?:cull |hold |crisis )?[a-z][a-z-]+)")


def commands() -> set[str]:
    """Every command of the product, such as ``"cull propose"``."""
    tree = typer.main.get_command(build())
    found: set[str] = set()
    for name, command in tree.commands.items():  # type: ignore[attr-defined] # a group has them
        under = getattr(command, "commands", None)
        found |= {f"{name} {inner}" for inner in under} if under else {name}
    return found


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page: Path) -> None:
    targets = [t for t in LINK.findall(page.read_text("utf-8")) if "://" not in t]
    assert [t for t in targets if not (page.parent / t).exists()] == []


def test_every_command_is_documented() -> None:
    written = " ".join(" ".join(page.read_text("utf-8").split()) for page in PAGES)
    assert [c for c in sorted(commands()) if f"kanalarkiv {c}" not in written] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_no_page_names_a_command_that_there_is_not(page: Path) -> None:
    named = set(COMMAND.findall(page.read_text("utf-8")))
    first = {c.split()[0] for c in commands()}
    assert {n for n in named if n not in commands() and n.split()[0] not in first} == set()


def test_the_lock_files_name_no_registry() -> None:
    for lock in ("requirements.lock", "requirements-dev.lock"):
        text = (ROOT / lock).read_text("utf-8")
        assert "://" not in text
        assert "--hash=sha256:" in text


def test_no_file_is_a_house_of_too_many_rooms() -> None:
    files = [p for top in ("flows", "tasks", "archive_store") for p in (ROOT / top).rglob("*.py")]
    long = {
        str(p.relative_to(ROOT)): n for p in files if (n := len(p.read_text().splitlines())) > 400
    }
    assert long == {}
