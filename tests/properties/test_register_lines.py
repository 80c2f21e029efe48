"""The reported line holds the key, however a TOML text is laid out."""

import dataclasses as dc
import datetime as dt
import json
import string
import tomllib
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.register.toml_lines import KeyPath, LayoutError, layout

UNHURRIED = settings(deadline=None)  # a busy machine is no defect
BARE = st.text(string.ascii_letters + string.digits + "_-", min_size=1, max_size=6)
ANY_KEY = st.one_of(BARE, st.text(max_size=5))
TRAPS = st.sampled_from(
    [
        "",
        "[[falsk]]",
        "x = 1",
        "# inte en kommentar",
        'slut"',
        "]",
        "},",
        "\n[tabell]\nx=2\n",
        "'''",
    ]
)
TEXT = st.one_of(st.text(max_size=8), TRAPS)
SCALAR = st.one_of(
    st.integers(-9, 10**6),
    st.booleans(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.dates(dt.date(1, 1, 1), dt.date(9999, 12, 31)),
    TEXT,
)


@dc.dataclass
class Writer:
    """Writes a TOML text and knows itself on which line each key went."""

    draw: st.DrawFn
    out: str = ""
    lines: dict[KeyPath, int] = dc.field(default_factory=dict)

    def put(self, text: str) -> None:
        self.out += text

    def note(self, path: KeyPath) -> None:
        self.lines.setdefault(path, self.out.count("\n") + 1)

    def gap(self) -> None:
        self.put(self.draw(st.sampled_from(["", " ", "\t", "  "])))

    def rest_of_line(self) -> None:
        self.gap()
        self.put(self.draw(st.sampled_from(["", "# k = 1", "# [x] \" ' [[", "\n", "\n# ändå\n\n"])))
        self.put("\n")

    def key(self, key: str) -> None:
        bare = key and all(c in string.ascii_letters + string.digits + "_-" for c in key)
        if bare and self.draw(st.booleans()):
            self.put(key)
        elif self.draw(st.booleans()) and not set(key) & set("'\n\r\t\x7f") and key.isprintable():
            self.put(f"'{key}'")
        else:
            self.put(basic(key))

    def text(self, value: str) -> None:
        style = self.draw(st.sampled_from(["basic", "multi", "literal", "multi-literal"]))
        plain = value.replace("\n", "").isprintable()
        if style == "multi":
            self.put('"""\n' + basic(value)[1:-1].replace("\\n", "\n") + '"""')
        elif style == "literal" and value.isprintable() and "'" not in value:
            self.put(f"'{value}'")
        elif style == "multi-literal" and plain and "'" not in value:
            self.put(f"'''\n{value}'''")
        else:
            self.put(basic(value))

    def value(self, path: KeyPath, value: Any) -> None:
        if isinstance(value, dict):
            self.put("{")
            for n, (key, inner) in enumerate(value.items()):
                self.put(", " if n else " ")
                self.note((*path, key))
                self.key(key)
                self.gap()
                self.put("=")
                self.value((*path, key), inner)
            self.put(" }")
        elif isinstance(value, list):
            self.put("[")
            for n, inner in enumerate(value):
                self.put(self.draw(st.sampled_from([" ", "\n", "# ] , [\n  "])))
                self.note((*path, n))
                self.value((*path, n), inner)
                self.gap()
                if n < len(value) - 1 or self.draw(st.booleans()):
                    self.put(",")
            self.put("]")
        elif isinstance(value, str):
            self.text(value)
        else:
            self.put(value.isoformat() if isinstance(value, dt.date) else json.dumps(value))

    def table(self, path: KeyPath, table: dict[str, Any]) -> None:
        """Pairs first, then sub-tables: what TOML's order demands."""
        later = {k: v for k, v in table.items() if tables(v) and self.draw(st.booleans())}
        for key, value in table.items():
            if key in later:
                continue
            self.gap()
            self.note((*path, key))
            self.key(key)
            self.gap()
            self.put("=")
            self.gap()
            self.value((*path, key), value)
            self.rest_of_line()
        for key, value in later.items():
            self.note((*path, key))
            for place, inner in [(None, value)] if isinstance(value, dict) else enumerate(value):
                here = (*path, key) if place is None else (*path, key, place)
                self.note(here)
                left, right = ("[", "]") if place is None else ("[[", "]]")
                self.put(left)
                names = [p for p in here if isinstance(p, str)]
                for n, name in enumerate(names):
                    self.put("." if n else "")
                    self.key(name)
                self.put(right)
                self.rest_of_line()
                self.table(here, inner)


def basic(value: str) -> str:
    escaped = "".join(
        c if ord(c) != 0x7F else "\\u007f" for c in json.dumps(value, ensure_ascii=False)
    )
    return "".join(c if c >= " " else f"\\u{ord(c):04x}" for c in escaped)


def tables(value: Any) -> bool:
    if isinstance(value, list):
        return bool(value) and all(isinstance(v, dict) for v in value)
    return isinstance(value, dict)


VALUE = st.recursive(
    SCALAR,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(ANY_KEY, inner, max_size=3),
    max_leaves=12,
)


@st.composite
def documents(draw: st.DrawFn) -> tuple[str, dict[str, Any], dict[KeyPath, int]]:
    table = draw(st.dictionaries(ANY_KEY, VALUE, max_size=5))
    writer = Writer(draw)
    writer.rest_of_line()
    writer.table((), table)
    return writer.out, table, writer.lines


def paths(value: Any, path: KeyPath = ()) -> Iterator[KeyPath]:
    inner = value.items() if isinstance(value, dict) else enumerate(value)
    for key, child in inner:
        yield (*path, key)
        if isinstance(child, dict | list):
            yield from paths(child, (*path, key))


@UNHURRIED
@given(documents())
def test_the_reported_line_is_the_one_the_key_was_written_on(
    document: tuple[str, dict[str, Any], dict[KeyPath, int]],
) -> None:
    text, table, written = document
    assert tomllib.loads(text) == table
    seen = layout(text)
    assert dict(seen.lines) == written
    assert set(seen.lines) == set(paths(table))


@UNHURRIED
@given(documents())
def test_line_endings_of_windows_change_no_line(
    document: tuple[str, dict[str, Any], dict[KeyPath, int]],
) -> None:
    text, _, written = document
    assert dict(layout(text.replace("\n", "\r\n")).lines) == written


@UNHURRIED
@given(st.text(st.sampled_from("[]{}=.,#\"'\\\n ab1-"), max_size=30))
def test_whatever_tomllib_accepts_is_walked_to_the_same_keys(text: str) -> None:
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    assert set(layout(text).lines) == set(paths(table))


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a = 1\nb = 'öppen\nc = 2\n", 2),
        ('a = 1\nb = """öppen\nc = 2\n', 2),
        ("a = 1\nb = [1,\n 2\n", 2),
        ("a = 1\n[b\n", 3),
    ],
)
def test_an_unfinished_part_is_reported_where_it_begins(text: str, line: int) -> None:
    with pytest.raises(LayoutError) as caught:
        layout(text)
    assert caught.value.line == line


def test_quotes_right_before_the_closing_ones_belong_to_the_string() -> None:
    text = 'a = """x"""""\nb = \'\'\'y\'\'\'\'\nc = """"""\nd = 1\n'
    assert set(tomllib.loads(text)) == set("abcd")
    assert dict(layout(text).lines) == {("a",): 1, ("b",): 2, ("c",): 3, ("d",): 4}


def test_a_missing_key_is_reported_on_the_nearest_table_around_it() -> None:
    seen = layout("# först\n[[channel]]\nid = 'a'\n[channel.plan]\nmedium = 'x'\n")
    assert seen.line(("channel", 0, "plan", "audience")) == 4
    assert seen.line(("channel", 0, "name")) == 2
    assert seen.line(("organisation",)) == 1
    assert seen.comments == ((1, "# först"),)
