"""The command line's contract: options anywhere, one JSON document, exit codes, a quick --help."""

import json
import os
import resource
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from flows.cli import main as cli
from flows.cli.out import DONE, WRONG
from flows.cli.runs import moment

COMMANDS = (
    "init check harvest snapshot ingest secure login confirm withdraw crisis facts replies audit "
    "report cull hold answer list get find rebuild verify doctor up demo"
)

pytestmark = pytest.mark.usefixtures("alone")


@pytest.fixture(autouse=True)
def _without_prefect(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "environ", {k: v for k, v in os.environ.items() if "PREFECT" not in k})


def said(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, Any]:
    code = cli.main([*words, "--json"])
    return code, json.loads(capsys.readouterr().out)


def test_help_names_every_command_in_both_languages(capsys: pytest.CaptureFixture[str]) -> None:
    for lang, word in (("sv", "Dokumenterar"), ("en", "Documents")):
        assert cli.main(["--help", "--lang", lang]) == DONE
        told = capsys.readouterr().out
        assert word in told
        assert [name for name in COMMANDS.split() if f"  {name} " not in told] == []


def test_help_costs_less_than_three_tenths_of_a_second() -> None:
    def processor_time() -> float:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        command = [sys.executable, "-c", "from flows.cli.main import run; run()", "--help"]
        subprocess.run(command, check=True, capture_output=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    assert min(processor_time() for _ in range(3)) < 0.3


@pytest.mark.parametrize(
    "words",
    [
        ["--json", "list", "--archive", "nowhere"],
        ["list", "--json", "--archive=nowhere"],
        ["--archive", "nowhere", "list", "--json"],
    ],
)
def test_common_options_may_stand_before_or_after_the_command(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(words) == WRONG
    error = json.loads(capsys.readouterr().out)["error"]
    assert "kanalarkiv init" in error["text"]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["nonsense"], "nonsense"),
        (["list", "--zone", "cellar"], "cellar"),
        (["harvest", "--as-of", "yesterday"], "2026-01-15T08:00"),
        (["snapshot", "--occasion", "jul"], "halvarsskifte"),
        (["snapshot", "--url", "https://example.org"], "--out"),
        (["snapshot", "--url", "http://127.0.0.1:1/", "--out", "a.pdf", "--pdfa", "2"], "--pdfa 2"),
        (["snapshot", "--pdfa", "1"], "--url"),
        (["ingest", "a.png", "--channel", "x"], "--occasion"),
        (["secure", "https://x.se/", "--channel", "x", "--reason", "y"], "bbs (BBS-lagen 5 §)"),
        (["secure", "https://x.se/", "--channel", "x", "--reason", "bbs5"], "--reason bbs."),
        (["confirm", "snapshots/x"], "--by"),
        (["withdraw", "snapshots/x"], "--decision"),
        (["crisis", "start"], "--by"),
        (["login"], "KANAL"),
        (["hold", "add"], "--channel"),
        (["cull", "approve", "x"], "--by"),
        (["list", "--lang", "fi"], "fi"),
        (["list", "--archive"], "--archive"),
        (["get"], "NYCKEL"),
        (["harvest", "--register", "nowhere.toml"], "nowhere.toml"),
        (["check", "--register", "nowhere.toml"], "nowhere.toml"),
        (["verify", "--archive", "nowhere"], "nowhere"),
        (["up", "--register", "nowhere.toml"], "nowhere.toml"),
        (["up", "--port", "99999999"], "port"),
        (["snapshot", "--url", "http://127.0.0.1:1/", "--out", "no/where.pdf"], "no"),
        (["init", "/proc/no"], "/proc/no"),
        (["init", "hus", "--lock-days", "30"], "--lock-years"),
        (["cull", "lists", "--register", "nowhere.toml"], "nowhere.toml"),
    ],
)
def test_a_wrong_call_ends_with_two_and_says_what_to_do(
    words: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, document = said(capsys, *words)
    assert code == WRONG
    assert told in document["error"]["text"]


def test_a_time_without_zone_is_stockholms() -> None:
    given = moment("2026-07-01T08:00")
    assert given is not None
    assert given.isoformat() == "2026-07-01T08:00:00+02:00"


def test_init_gives_a_start_that_refuses_until_it_is_filled_in(
    capsys: pytest.CaptureFixture[str],
) -> None:
    code, made = said(capsys, "init", "hus", "--rehearsal")
    assert (code, made["rehearsal"]) == (DONE, True)
    assert Path("hus/archive/journal/000000000001.json").exists()
    code, again = said(capsys, "init", "hus")
    assert (code, again["error"]["code"]) == (WRONG, "folder-not-empty")
    code, refused = said(capsys, "check", "--register", "hus/register.toml")
    assert code == WRONG
    assert "hus/register.toml" in refused["error"]["text"]


def test_list_get_and_verify_agree_on_a_new_archive(capsys: pytest.CaptureFixture[str]) -> None:
    said(capsys, "init", "hus")
    code, found = said(capsys, "list", "--archive", "hus/archive")
    assert (code, found["packages"], found["rehearsal"]) == (DONE, [], False)
    code, report = said(capsys, "verify", "--archive", "hus/archive")
    assert (code, report["ok"]) == (DONE, True)
    key = "journal/000000000001.json"
    code, _ = said(capsys, "get", key, "-o", "first.json", "--archive", "hus/archive")
    assert code == DONE
    assert Path("first.json").read_bytes() == Path("hus/archive", key).read_bytes()
    code, refused = said(capsys, "get", key, "-o", "first.json", "--archive", "hus/archive")
    assert (code, refused["error"]["code"]) == (WRONG, "file-exists")
    code, missing = said(capsys, "get", "snapshots/no.pdf", "--archive", "hus/archive")
    assert (code, "snapshots/no.pdf" in missing["error"]["text"]) == (WRONG, True)
