"""Finds the line of every key in a TOML text, because ``tomllib`` tells none.

A register that is refused must say where (issue 2, point 2), so this walks the text beside tomllib:
headers, arrays of tables, dotted and quoted keys, inline tables, arrays and strings over many
lines. It judges nothing: what tomllib accepts, it can walk (https://toml.io/en/v1.0.0).
"""

import bisect
import dataclasses as dc
import re
import tomllib
from collections.abc import Mapping
from typing import NoReturn, TypeAlias

KeyPath: TypeAlias = tuple[str | int, ...]
"""Keys and, in arrays, indices from 0: ``("channel", 0, "plan", "goal", 2, "id")``."""

_PART = r"(?:[A-Za-z0-9_-]+|\"(?:\\.|[^\"\\\n])*\"|'[^'\n]*')"
_ONE_PART = re.compile(_PART)
_KEY = re.compile(rf"{_PART}(?:[ \t]*\.[ \t]*{_PART})*")
_BLANK = re.compile(r"[ \t\r\n]*")
_COMMENT = re.compile(r"#[^\n]*")
_STRING = re.compile(
    r"\"{3}(?:\\.|[^\\])*?\"{3,5}"  # up to two quotes may stand right before the closing three
    r"|'{3}.*?'{3,5}"
    r"|\"(?:\\.|[^\"\\\n])*\""
    r"|'[^'\n]*'",
    re.DOTALL,
)
_SCALAR = re.compile(r"[^,\]}#\n]+")


class LayoutError(ValueError):
    """The text is no TOML; ``line`` is where the unfinished or unknown part begins."""

    def __init__(self, line: int) -> None:
        super().__init__(f"line {line}")
        self.line = line


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Where things stand in a TOML text; lines count from 1.

    Attributes:
        lines: every table, key and array element to the line on which it is first named.
        comments: line and text of each comment.
    """

    lines: Mapping[KeyPath, int]
    comments: tuple[tuple[int, str], ...]

    def line(self, path: KeyPath) -> int:
        """The line of ``path``, or of the nearest table around it where the key is missing."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def layout(text: str) -> Layout:
    """Walk a TOML text that tomllib accepts.

    Raises:
        LayoutError: the text is no TOML.
    """
    walk = _Walk(text)
    walk.document()
    return Layout(lines=walk.lines, comments=tuple(walk.comments))


class _Walk:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.lines: dict[KeyPath, int] = {}
        self.comments: list[tuple[int, str]] = []
        self.last: dict[KeyPath, int] = {}  # array of tables → index of its newest table
        self.breaks = [m.start() for m in re.finditer("\n", text)]

    def document(self) -> None:
        table: KeyPath = ()
        self.skip()
        while self.at < len(self.text):
            if self.text[self.at] == "[":
                table = self.header()
            else:
                self.pair(table)
            self.skip()

    def header(self) -> KeyPath:
        """``[a.b]`` or ``[[a.b]]``; a name that is an array of tables means its newest table."""
        start = self.at
        brackets = 2 if self.text.startswith("[[", self.at) else 1
        self.at += brackets
        self.skip()
        names = self.key()
        self.skip()
        if not self.text.startswith("]" * brackets, self.at):
            self.fail()
        self.at += brackets
        path: KeyPath = ()
        for name in names[:-1]:
            path = self.note((*path, name), start)
            if path in self.last:
                path = (*path, self.last[path])
        path = self.note((*path, names[-1]), start)
        if brackets == 1:
            return path
        self.last[path] = self.last.get(path, -1) + 1
        return self.note((*path, self.last[path]), start)

    def pair(self, table: KeyPath) -> None:
        start = self.at
        path = table
        for name in self.key():
            path = self.note((*path, name), start)
        self.skip()
        if not self.text.startswith("=", self.at):
            self.fail()
        self.at += 1
        self.skip()
        self.value(path)

    def key(self) -> tuple[str, ...]:
        raw = self.take(_KEY)
        return tuple(
            part if part[0] not in "\"'" else str(tomllib.loads(f"k = {part}")["k"])
            for part in _ONE_PART.findall(raw)
        )

    def value(self, path: KeyPath) -> None:
        match self.text[self.at : self.at + 1]:
            case "[":
                self.items(path, "]")
            case "{":
                self.items(path, "}")
            case '"' | "'":
                self.take(_STRING)
            case _:
                self.take(_SCALAR)

    def items(self, path: KeyPath, closing: str) -> None:
        """An array's elements or an inline table's pairs, up to ``closing``."""
        opened, index = self.at, 0
        self.at += 1
        self.skip()
        while not self.text.startswith(closing, self.at):
            if self.at >= len(self.text):
                self.fail(opened)
            if closing == "]":
                self.value(self.note((*path, index), self.at))
                index += 1
            else:
                self.pair(path)
            self.skip()
            if self.text.startswith(",", self.at):
                self.at += 1
                self.skip()
            elif not self.text.startswith(closing, self.at):
                self.fail(opened)
        self.at += 1

    def skip(self) -> None:
        """Past blanks, line breaks and comments."""
        while True:
            self.take(_BLANK)
            if not self.text.startswith("#", self.at):
                return
            line = self.line(self.at)
            self.comments.append((line, self.take(_COMMENT)))

    def take(self, pattern: re.Pattern[str]) -> str:
        found = pattern.match(self.text, self.at)
        if found is None:
            self.fail()
        self.at = found.end()
        return found.group()

    def note(self, path: KeyPath, at: int) -> KeyPath:
        self.lines.setdefault(path, self.line(at))
        return path

    def line(self, at: int) -> int:
        return bisect.bisect_left(self.breaks, at) + 1

    def fail(self, at: int | None = None) -> NoReturn:
        raise LayoutError(self.line(self.at if at is None else at))
