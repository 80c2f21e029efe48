"""Reads culling decisions: each file is taken whole, or refused whole with file, line and key.

The template that ``kanalarkiv init`` copies (``TEMPLATE``) has empty fields and square brackets in
its text, and is refused until a person has filled them with what the board decided.
"""

import dataclasses as dc
import re
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from archive_store.errors import InputError
from tasks.culling.decision import Decision, Terms
from tasks.culling.places import Place, dotted, line_of, places
from tasks.culling.tags import TAGS
from tasks.model import Text

TEMPLATE = Path(__file__).parent / "templates" / "beslut-mall.toml"
"""The decision that ``kanalarkiv init`` copies; refused until it is filled."""

_CODEC = TypeAdapter(Terms)
_FILL = Text("fyll i", "fill in")
_PROBLEMS = {
    "missing": Text("saknas; fyll i", "is missing; fill in"),
    "unexpected_keyword_argument": Text(
        "okänd nyckel; ta bort eller rätta", "unknown key; remove or mend it"
    ),
    "string_type": Text("ska vara text inom citattecken", "must be text in quotes"),
    "string_pattern_mismatch": Text(
        "id skrivs med a–z, 0–9 och bindestreck", "an id is written with a–z, 0–9 and hyphens"
    ),
    "date_type": Text(
        "ska vara ett datum som 2025-03-01, utan citattecken",
        "must be a date such as 2025-03-01, without quotes",
    ),
    "int_type": Text("ska vara ett heltal", "must be a whole number"),
    "bool_type": Text("ska vara true eller false", "must be true or false"),
    "too_short": Text("minst en behövs", "at least one is needed"),
    "tuple_type": Text("skrivs med dubbla hakparenteser", "is written in double square brackets"),
}
_CHOICES = {
    "action": Text(
        "ska vara cull, keep, file eller restrict", "must be cull, keep, file or restrict"
    ),
    "clock": Text("ska vara activity eller answer", "must be activity or answer"),
    "then": Text("ska vara cull eller keep", "must be cull or keep"),
    "authors": Text("ska vara own, other eller official", "must be own, other or official"),
}
_SCOPE = frozenset({"units", "channels", "platforms", "authors", "tags", "officials"})
_A_LIST = Text('skrivs som en lista: ["…"]', 'is written as a list: ["…"]')
_OTHER = Text("ogiltigt värde", "not a valid value")


def load_decisions(path: str | Path) -> dict[str, Decision]:
    """Read one decision file, or every ``*.toml`` of a folder.

    Returns:
        Board id to decision; empty for an empty folder (then nothing may be culled).

    Raises:
        InputError: ``decision-missing``, or ``decision-refused`` with every problem's file, line
            and key; nothing is taken in part.
    """
    path = Path(path)
    if path.is_dir():
        files = sorted(path.glob("*.toml"))
    elif path.is_file():
        files = [path]
    else:
        raise InputError(
            "decision-missing",
            sv=f"{path}: finns inte; ange beslutsfil eller mapp med --decision.",
            en=f"{path}: does not exist; name a decision file or folder with --decision.",
        )
    decisions: dict[str, Decision] = {}
    problems: list[Text] = []
    for file in files:
        read = _read(file)
        if isinstance(read, list):
            problems += read
        elif read.board in decisions:
            other = decisions[read.board].file
            sv = f"{file.name}: board: nämnden har redan ett beslut i {other}; behåll ett"
            en = f"{file.name}: board: has a decision in {other} already; keep one"
            problems.append(Text(sv, en))
        else:
            decisions[read.board] = read
    if problems:
        raise InputError(
            "decision-refused",
            sv="Gallringsbeslutet kan inte användas:\n" + "\n".join(p.sv for p in problems),
            en="The culling decision cannot be used:\n" + "\n".join(p.en for p in problems),
        )
    return decisions


def _read(file: Path) -> Decision | list[Text]:
    try:
        stored = file.read_bytes()
        text = stored.decode()
        table = tomllib.loads(text)
    except OSError:
        return [Text(f"{file.name}: kan inte läsas", f"{file.name}: cannot be read")]
    except UnicodeDecodeError:
        sv, en = "är inte UTF-8; spara om den så", "is not UTF-8; save it as that"
        return [Text(f"{file.name}: {sv}", f"{file.name}: {en}")]
    except tomllib.TOMLDecodeError as error:
        return [Text(f"{file.name}: är inte TOML: {error}", f"{file.name}: is not TOML: {error}")]
    lines = places(text)

    def pointing(problems: Iterable[tuple[Place, Text]]) -> list[Text]:
        found = sorted(problems, key=lambda problem: line_of(lines, problem[0]))
        heads = [f"{file.name}:{line_of(lines, place)} {dotted(place)}" for place, _ in found]
        return [
            Text(f"{head}: {said.sv}", f"{head}: {said.en}")
            for head, (_, said) in zip(heads, found, strict=True)
        ]

    try:
        terms = _CODEC.validate_python(table)
    except ValidationError as error:
        return pointing(
            (problem["loc"], _problem(problem["type"], problem["input"], problem["loc"]))
            for problem in error.errors(include_url=False, include_context=False)
            # Of a list whose only entry is wrong, pydantic also says that it is too short.
            if not (problem["type"] == "too_short" and problem["input"])
        )
    if problems := pointing(_contradictions(terms)):
        return problems
    said = {field.name: getattr(terms, field.name) for field in dc.fields(Terms)}
    said["section"] = terms.section.removeprefix("§").strip()
    return Decision(**said, file=file.name, stored=stored)


def _problem(kind: str, value: Any, place: Place) -> Text:
    key = next(part for part in reversed(place) if isinstance(part, str))
    if kind == "literal_error":
        return _CHOICES[key]
    if isinstance(value, str) and not value.strip():
        return _FILL
    if kind == "tuple_type" and key in _SCOPE:
        return _A_LIST
    return _PROBLEMS.get(kind, _OTHER)


def _contradictions(terms: Terms) -> Iterator[tuple[Place, Text]]:
    """What no single field shows."""
    if terms.in_force < terms.date:
        sv, en = "laga kraft före beslutets datum", "in force before the decision's date"
        yield ("in_force",), Text(sv, en)
    if terms.ends is not None and terms.ends < terms.in_force:
        yield ("ends",), Text("upphör före laga kraft", "ends before it is in force")
    if bracket := re.search(r"\[[^\]]*\]", terms.text):
        sv, en = f"fyll i {bracket[0]}", f"fill in {bracket[0]}"
        yield ("text",), Text(sv, en)
    for key, named in (
        ("class", terms.classes),
        ("approver", terms.approvers),
        ("proposer", terms.proposers),
    ):
        ids = [one.id for one in named]
        for number, one in enumerate(ids):
            if one in ids[:number]:
                yield (key, number, "id"), Text("finns redan", "is there already")
    defaults = [number for number, one in enumerate(terms.classes) if one.default]
    for number in defaults[1:]:
        sv, en = "högst en klass är förvald", "at most one class is the default"
        yield ("class", number, "default"), Text(sv, en)
    yield from _class_contradictions(terms)


def _class_contradictions(terms: Terms) -> Iterator[tuple[Place, Text]]:
    for number, record_class in enumerate(terms.classes):
        if record_class.latest_days < record_class.days:
            sv, en = "senaste dag före tidigaste", "the latest day comes before the first"
            yield ("class", number, "latest_days"), Text(sv, en)
        if record_class.default and record_class.scoped:
            sv = "den förvalda klassen tar det som blir över och kan inte begränsas"
            en = "the default class takes what is left and cannot be limited"
            yield ("class", number, "default"), Text(sv, en)
        for tag in record_class.tags:
            if tag not in TAGS and not re.fullmatch(r"#\w+", tag):
                known = ", ".join(TAGS)
                sv, en = f"välj bland {known} eller #ord", f"choose among {known} or #word"
                yield ("class", number, "tags"), Text(sv, en)
