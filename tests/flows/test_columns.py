"""Rows are Swedish in front of operators; ``--json`` has English keys, in every command."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from prefect.client.schemas.objects import State

from flows import audit
from flows.cli import out, runs
from flows.cli.out import DONE
from flows.columns import KEYS
from flows.outcome import Outcome
from tasks.harvest import steps as harvest_steps

ROOT = Path(__file__).parents[2]
GIVE_ROWS = [*ROOT.glob("flows/*.py"), *ROOT.glob("tasks/*/steps.py")]
STEPS = {"dict[str, Any]", "dict[str, int]", "tuple[Certificate, dict[str, Any]]"}


def columns_in(file: Path) -> Iterator[str]:
    """Every column that a module writes into a row: of what it returns, tells or adds to one."""
    tree = ast.parse(file.read_text("utf-8"))
    gives = STEPS if file.name == "steps.py" else {"Row"}
    for node in ast.walk(tree):
        match node:
            case (
                ast.FunctionDef(returns=ast.expr() as type_)
                | ast.AsyncFunctionDef(returns=ast.expr() as type_)
            ) if ast.unparse(type_) in gives:
                yield from words_of(*(each for each in ast.walk(node) if is_return(each)))
            case ast.Call(func=ast.Attribute(attr="done"), args=[_, *told], keywords=named):
                yield from words_of(*told)
                yield from (str(n.value.value) for n in named if isinstance(n.value, ast.Constant))
            case ast.Assign(targets=[ast.Name(id="row")], value=value) if file.name == "audit.py":
                yield from words_of(value)
            case ast.Subscript(
                value=ast.Name(id="row"), ctx=ast.Store(), slice=ast.Constant(value=column)
            ):
                yield str(column)


def words_of(*nodes: ast.AST) -> Iterator[str]:
    """Keys of the dicts that stand in some code."""
    for each in (found for node in nodes for found in ast.walk(node)):
        if isinstance(each, ast.Dict):
            yield from (str(k.value) for k in each.keys if isinstance(k, ast.Constant))


def is_return(node: ast.AST) -> bool:
    return isinstance(node, ast.Return)


def test_every_column_that_a_run_tells_has_its_english_key() -> None:
    told = {column for file in GIVE_ROWS for column in columns_in(file)}
    told |= {*harvest_steps._COLUMNS, *audit._LEVELS.values(), "kanal"}
    assert sorted(told ^ set(KEYS)) == []


def test_the_keys_are_english_words_for_programs_and_no_two_are_one() -> None:
    assert [key for key in KEYS.values() if not re.fullmatch(r"[a-z]+[a-z0-9_]*", key)] == []
    assert len(set(KEYS.values())) == len(KEYS)


def _ran(*, return_state: bool) -> State[Any]:
    assert return_state
    outcome = Outcome(flow="snapshot", title="x")
    outcome.done("bloggen", {"sidor": 2, "inlägg": "3 av 4", "helt": False, "stopp": ""})
    return outcome._ended(None)


def test_a_run_tells_programs_in_english_and_people_in_their_language(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in (("json", True), ("lang", None), ("quiet", True)):
        monkeypatch.setattr(out.call, name, value)
    assert runs.in_process(__name__, "_ran", {}) == DONE
    [row] = json.loads(capsys.readouterr().out)["rows"]
    said = {"channel": "bloggen", "pages": 2, "posts": "3 av 4", "whole": False, "stopped": ""}
    assert row == said
    out.call.json = False
    for lang, head, answer in (
        ("sv", ["kanal", "sidor", "inlägg", "helt"], "nej"),
        ("en", ["channel", "pages", "posts", "whole"], "no"),
    ):
        out.call.lang = lang
        runs.in_process(__name__, "_ran", {})
        lines = capsys.readouterr().out.splitlines()
        assert (lines[0].split(), lines[2].split()[-1]) == (head, answer)


def test_a_table_in_the_prefect_ui_says_yes_and_no_in_swedish() -> None:
    outcome = Outcome(flow="snapshot", title="x")
    outcome.done("a", {"helt": False})
    outcome.done("b", {"helt": True})
    assert [row["helt"] for row in outcome.shown()[1]] == ["nej", "ja"]
