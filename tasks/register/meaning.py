"""What the tables must mean together: unique ids, references that resolve, dates in order.

Reads the parsed file, not the finished tables, so that every problem is told at once, also in a
file whose shape is wrong elsewhere; what has the wrong shape is left to ``shape``.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeAlias

from tasks.model import Text
from tasks.register.problems import Problem, nearest, problem
from tasks.register.tables import as_date
from tasks.register.toml_lines import KeyPath, Layout

Row: TypeAlias = tuple[KeyPath, Mapping[str, Any]]

UNIT = Text("en enhet", "a unit")
BOARD = Text("en nämnd", "a board")
ADMINISTRATOR = Text("en administratör för kanalen", "an administrator of the channel")

NEEDED_BY_LIFE: Mapping[str, tuple[str, ...]] = {
    "active": ("opened",),
    "dormant": ("opened",),
    "closed": ("opened", "closed"),
}


def meaning_problems(data: Mapping[str, Any], layout: Layout) -> Iterator[Problem]:
    """Everything that contradicts something else in the file."""
    boards, units = _rows(data, "board"), _rows(data, "unit")
    channels = _rows(data, "channel")
    for rows in (boards, units, channels):
        yield from _twice(rows, layout)
    for path, channel in channels:
        yield from _channel(path, channel, layout)
    yield from _same_address(channels, layout)
    yield from _two_persons(channels, layout)
    for row in units:
        yield from _unresolved([row], "board", boards, BOARD)
        yield from _order(row, "valid_from", "valid_to")
    yield from _unresolved(channels, "unit", units, UNIT)
    organisation = data.get("organisation")
    if isinstance(organisation, dict):
        yield from _unresolved([(("organisation",), organisation)], "information_unit", units, UNIT)


def _channel(path: KeyPath, channel: Mapping[str, Any], layout: Layout) -> Iterator[Problem]:
    yield from _order((path, channel), "opened", "closed")
    life = _text(channel, "life")
    for key in NEEDED_BY_LIFE.get(life, ()):
        if key not in channel:
            yield problem("missing-for-life", (*path, key), life=life)
    administrators = _rows(channel, "administrator", path)
    yield from _twice(administrators, layout)
    for row in administrators:
        yield from _order(row, "appointed", "ended")
    for row in _rows(channel, "absence", path):
        yield from _unresolved([row], "administrator", administrators, ADMINISTRATOR)
        yield from _order(row, "first", "last")
    plan = channel.get("plan")
    if isinstance(plan, dict):
        goals = _rows(plan, "goal", (*path, "plan"))
        yield from _twice(goals, layout)
        for goal_path, goal in goals:
            target = goal.get("target")
            rate = _text(goal, "metric").startswith("reply_rate")
            if rate and isinstance(target, int | float) and target > 1:
                yield problem("bad-rate", (*goal_path, "target"))


def _twice(rows: Iterable[Row], layout: Layout) -> Iterator[Problem]:
    first: dict[str, KeyPath] = {}
    for path, row in rows:
        if id_ := _text(row, "id"):
            earlier = first.setdefault(id_, path)
            if earlier != path:
                line = layout.line((*earlier, "id"))
                yield problem("duplicate-id", (*path, "id"), first_line=line)


def _same_address(channels: Iterable[Row], layout: Layout) -> Iterator[Problem]:
    first: dict[str, KeyPath] = {}
    for path, channel in channels:
        if address := _text(channel, "address").rstrip("/"):
            earlier = first.setdefault(address, path)
            if earlier != path:
                line = layout.line((*earlier, "address"))
                yield problem("duplicate-address", (*path, "address"), first_line=line)


def _two_persons(channels: Iterable[Row], layout: Layout) -> Iterator[Problem]:
    """One id for two names in different channels; within a channel it is a duplicate."""
    first: dict[str, tuple[KeyPath, str]] = {}
    for channel_path, channel in channels:
        for path, row in _rows(channel, "administrator", channel_path):
            id_, name = _text(row, "id"), _text(row, "name")
            if not (id_ and name):
                continue
            earlier, known = first.setdefault(id_, (path, name))
            if known != name and earlier[: len(channel_path)] != channel_path:
                line = layout.line((*earlier, "id"))
                yield problem("two-persons", (*path, "id"), first_line=line)


def _unresolved(
    rows: Iterable[Row], key: str, targets: Iterable[Row], kind: Text
) -> Iterator[Problem]:
    known = {_text(target, "id") for _, target in targets} - {""}
    for path, row in rows:
        wanted = _text(row, key)
        if wanted and wanted not in known:
            yield problem(
                "unresolved-reference",
                (*path, key),
                target_sv=kind.sv,
                target_en=kind.en,
                nearest=nearest(wanted, known),
            )


def _order(row: Row, earlier: str, later: str) -> Iterator[Problem]:
    path, table = row
    first, last = _day(table, earlier), _day(table, later)
    if first and last and last < first:
        yield problem("date-order", (*path, later), earlier=earlier)


def _rows(table: Mapping[str, Any], key: str, path: KeyPath = ()) -> list[Row]:
    rows = table.get(key)
    if not isinstance(rows, list):
        return []
    return [((*path, key, n), row) for n, row in enumerate(rows) if isinstance(row, dict)]


def _text(table: Mapping[str, Any], key: str) -> str:
    value = table.get(key)
    return value if isinstance(value, str) else ""


def _day(table: Mapping[str, Any], key: str) -> dt.date | None:
    return as_date(table.get(key))
