"""What typer itself says to a caller is in the caller's language, in errors and on help pages."""

import re
from collections.abc import Iterator

import pytest
import typer

from flows.cli import main as cli
from flows.cli.out import DONE, WRONG, call

ENGLISH = re.compile(
    r"\b(?:Usage|Options|Arguments|Commands|Show|required|default|Invalid|Missing|Got|See|No such|"
    r"Did you|value|argument\.|COMMAND|OPTIONS|ARGS)\b|<\w+"
)


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KANALARKIV_LANG", raising=False)
    monkeypatch.setattr(call, "lang", None)
    monkeypatch.setattr(call, "json", False)


@pytest.mark.parametrize(
    ("words", "sv"),
    [
        ("harvest --foo", "Det finns ingen flagga --foo. Se kanalarkiv harvest --help."),
        (
            "harvest --channe x",
            "Det finns ingen flagga --channe. Menade du --channel? Se kanalarkiv harvest --help.",
        ),
        ("nope", "Det finns inget kommando nope. Se kanalarkiv --help."),
        (
            "cull shw",
            "Det finns inget kommando shw. Menade du show? Se kanalarkiv cull --help.",
        ),
        ("cull", "Ange ett kommando. Se kanalarkiv cull --help."),
        ("get", "NYCKEL saknas i anropet. Se kanalarkiv get --help."),
        ("cull approve x", "Flaggan --by saknas i anropet. Se kanalarkiv cull approve --help."),
        ("get a b c", "Anropet har ord för mycket: b c. Se kanalarkiv get --help."),
        ("report --year", "--year behöver ett värde. Se kanalarkiv --help."),
        ("init --rehearsal=x", "--rehearsal ska inte ha något värde. Se kanalarkiv --help."),
        ("report --year abc", "--year: ange ett heltal. Se kanalarkiv report --help."),
        ("find x --limit 0", "--limit: ange minst 1. Se kanalarkiv find --help."),
        ("find x --limit 99999999", "--limit: ange högst 10000. Se kanalarkiv find --help."),
        ("verify --every 3", "--every hör ihop med --within"),
        ("list --lang fi", "--lang fi: välj sv eller en"),
    ],
)
def test_a_wrong_call_is_told_in_swedish_throughout(
    words: str, sv: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(words.split()) == WRONG
    assert capsys.readouterr().err == f"kanalarkiv: {sv}\n"
    assert not ENGLISH.search(sv)


@pytest.mark.parametrize(
    ("words", "en"),
    [
        ("harvest --foo", "No such option: --foo. See kanalarkiv harvest --help."),
        ("cull", "Missing command. See kanalarkiv cull --help."),
        ("verify --every 3", "--every goes together with --within"),
    ],
)
def test_and_in_english_where_that_is_asked_for(
    words: str, en: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["--lang", "en", *words.split()]) == WRONG
    assert capsys.readouterr().err == f"kanalarkiv: {en}\n"


def test_every_help_page_is_swedish_throughout(capsys: pytest.CaptureFixture[str]) -> None:
    for path in paths(cli.build()):
        assert cli.main([*path, "--help"]) == DONE
        page = capsys.readouterr().out
        assert (path, ENGLISH.findall(page)) == (path, [])
        assert page.startswith(" ".join(("Användning: kanalarkiv", *path)))


def paths(tree: typer.Typer, *above: str) -> Iterator[tuple[str, ...]]:
    """The words of every command and group."""
    yield above
    for command in tree.registered_commands:
        yield (*above, str(command.name))
    for group in tree.registered_groups:
        assert group.typer_instance
        yield from paths(group.typer_instance, *above, str(group.name))


def test_who_interrupts_a_command_is_told_that_it_was_interrupted(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("flows.cli.runs.run_flow", interrupted)
    assert cli.main(["harvest"]) == cli.INTERRUPTED
    assert capsys.readouterr().err == "kanalarkiv: avbrutet\n"


def test_help_in_english_is_typers_own(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["find", "--help", "--lang", "en"]) == DONE
    page = capsys.readouterr().out
    assert page.startswith("Usage: kanalarkiv find [OPTIONS] {TEXT}")
    assert "[required]" in page
