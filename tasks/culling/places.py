"""Where in a TOML file a key stands: tomllib tells no lines, and a refusal must point at one."""

import re
from collections import Counter

Place = tuple[str | int, ...]

_TABLE = re.compile(r"^\s*(\[\[?)\s*([A-Za-z0-9_.\"-]+)\s*\]\]?")
_KEY = re.compile(r"^\s*([A-Za-z0-9_-]+|\"[^\"]*\")\s*=\s*(.*)$")
_QUOTES = ('"""', "'''")


def places(text: str) -> dict[Place, int]:
    """Line numbers (from 1) of every table and key, such as ``("class", 0, "days")``.

    Tables repeated as ``[[class]]`` are numbered from 0, as pydantic numbers them.
    """
    lines: dict[Place, int] = {}
    table: Place = ()
    repeated: Counter[str] = Counter()
    inside = ""
    for number, line in enumerate(text.splitlines(), start=1):
        if inside:
            inside = "" if inside in line else inside
            continue
        if header := _TABLE.match(line):
            name = header[2]
            table = (name, repeated[name]) if header[1] == "[[" else (name,)
            repeated[name] += 1
            lines.setdefault(table, number)
        elif key := _KEY.match(line):
            lines.setdefault((*table, key[1].strip('"')), number)
            inside = next((q for q in _QUOTES if key[2].count(q) == 1), "")
    return lines


def line_of(lines: dict[Place, int], place: Place) -> int:
    """The line of a key, else of the nearest table around it, else 1."""
    for end in range(len(place), 0, -1):
        if place[:end] in lines:
            return lines[place[:end]]
    return 1


def dotted(place: Place) -> str:
    """A place as people write it: ``class[2].days``, counted from 1."""
    parts = [f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in place]
    return "".join(parts).removeprefix(".")
