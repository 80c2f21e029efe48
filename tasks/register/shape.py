"""Holds the parsed file against its tables and tells each difference as a problem."""

import types
import typing
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ValidationError

from tasks.model import Text
from tasks.register.problems import Problem, nearest, problem
from tasks.register.tables import RegisterTable, Table
from tasks.register.toml_lines import KeyPath

HEADERS: Mapping[KeyPath, str] = {
    ("organisation",): "[organisation]",
    ("board",): "[[board]]",
    ("unit",): "[[unit]]",
    ("channel",): "[[channel]]",
    ("channel", "administrator"): "[[channel.administrator]]",
    ("channel", "absence"): "[[channel.absence]]",
    ("channel", "plan"): "[channel.plan]",
    ("channel", "plan", "goal"): "[[channel.plan.goal]]",
}
"""Each table of the file by its keys, as its header is written."""

_SWEDISH = {
    "ansvarig": "manager",
    "adress": "address",
    "avslutad": "closed",
    "beskrivning": "text",
    "enhet": "unit",
    "epost": "mailbox",
    "franvaro": "absence",
    "giltig_fran": "valid_from",
    "giltig_till": "valid_to",
    "kanal": "channel",
    "malgrupp": "audience",
    "malgrupper": "audience",
    "namn": "name",
    "namnd": "board",
    "plattform": "platform",
    "roll": "role",
    "skotsel": "care",
    "syfte": "purpose",
    "titel": "role",
    "webbplats": "website",
    "webbadress": "address",
}
"""What a Swedish registrar might write instead of a key."""

_TYPES: Mapping[str, Text] = {
    "string_type": Text("text inom citattecken", "text in quotation marks"),
    "bool_type": Text("true eller false, utan citattecken", "true or false, without quotes"),
    "float_type": Text("ett tal, utan citattecken", "a number, without quotation marks"),
    "list_type": Text("en lista inom hakparenteser", "a list in square brackets"),
    "model_type": Text("en tabell", "a table"),
}


def fit(data: Mapping[str, Any]) -> RegisterTable | tuple[Problem, ...]:
    """The file as tables, or everything about its shape that is wrong."""
    try:
        return RegisterTable.model_validate(data)
    except ValidationError as error:
        details = error.errors(include_url=False, include_input=False, include_context=True)
        return tuple(_told(d["type"], d["loc"], d.get("ctx", {}), data) for d in details)


def keys_of(table: type[Table]) -> frozenset[str]:
    """The keys that a table may have."""
    return frozenset(table.model_fields)


def table_at(path: KeyPath) -> type[Table] | None:
    """The model of the table at ``path``, indices left out; ``None`` where there is none."""
    model: type[Table] | None = RegisterTable
    for part in path:
        if isinstance(part, str) and model is not None:
            field = model.model_fields.get(part)
            model = None if field is None else _inner(field.annotation)
    return model


def _inner(annotation: Any) -> type[Table] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return typing.cast("type[Table]", annotation)
    if typing.get_origin(annotation) in {list, types.UnionType, typing.Union}:
        return next(filter(None, map(_inner, typing.get_args(annotation))), None)
    return None


def _told(kind: str, path: KeyPath, words: Mapping[str, Any], data: Mapping[str, Any]) -> Problem:
    if kind == "extra_forbidden":
        return _unknown(path)
    if kind == "missing":
        return problem("missing-key", path)
    value = _value(data, path)
    if value == "":
        return problem("empty", path)
    if kind == "unknown-value":
        allowed = words["allowed"]
        near = nearest(str(value), allowed)
        return problem(kind, path, allowed=", ".join(allowed), nearest=near)
    return _wrong_type(kind, path) or problem(kind, path, **words)


def _wrong_type(kind: str, path: KeyPath) -> Problem | None:
    header = HEADERS.get(_keys(path))
    if header and kind in {"list_type", "model_type"}:
        return problem("wrong-type", path, sv=f"skriven som {header}", en=f"written as {header}")
    if kind in _TYPES:
        return problem("wrong-type", path, sv=_TYPES[kind].sv, en=_TYPES[kind].en)
    return None


def _unknown(path: KeyPath) -> Problem:
    """The nearest key of the same table, else the table that the key belongs in."""
    key, table = str(path[-1]), table_at(path[:-1])
    known = keys_of(table) if table else frozenset()
    folded = key.lower().translate(str.maketrans("åäö- ", "aao__"))
    near = _SWEDISH.get(folded, "")
    if near in known:
        return problem("unknown-key", path, nearest=near)
    if home := _home(key, _keys(path[:-1])):
        return problem("misplaced-key", path, home=home)
    return problem("unknown-key", path, nearest=nearest(folded, known))


def _home(key: str, place: KeyPath) -> str:
    """The header of the table around or inside ``place`` that may have ``key``, or ``""``."""
    for keys in sorted(HEADERS, key=len):
        table = table_at(keys)
        related = not place or keys[:1] == place[:1]
        if related and table is not None and key in keys_of(table):
            return HEADERS.get((*keys, key), HEADERS[keys])
    return ""


def _keys(path: KeyPath) -> KeyPath:
    return tuple(part for part in path if isinstance(part, str))


def _value(data: Any, path: KeyPath) -> Any:
    for part in path:
        data = data[part]
    return data
