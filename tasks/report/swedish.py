"""Numbers, dates and small sentences as Swedish readers write them."""

import datetime as dt
from collections.abc import Sequence

from babel.dates import format_date
from babel.numbers import format_decimal, format_percent

LOCALE = "sv"
MISSING = "–"
FIXED = "\N{NO-BREAK SPACE}"
"""A space at which no line is broken."""
MONTHS = ("jan", "feb", "mar", "apr", "maj", "jun", "jul", "aug", "sep", "okt", "nov", "dec")

_HOURS_UNTIL = 48
_HOUR = 60  # minutes
_LEAST_TOLD, _TOLD_EXACTLY = 0.001, 0.01
_UNTIL_TWELVE = (
    "noll",
    "ett",
    "två",
    "tre",
    "fyra",
    "fem",
    "sex",
    "sju",
    "åtta",
    "nio",
    "tio",
    "elva",
    "tolv",
)


def number(value: float | None, decimals: int = 0) -> str:
    """``1 234,5``; a dash where nothing is told."""
    if value is None:
        return MISSING
    pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
    return str(format_decimal(value, format=pattern, locale=LOCALE))


def percent(ratio: float | None) -> str:
    """``78 %``; never rounded up to 100 or down to 0 where something is left."""
    if ratio is None:
        return MISSING
    if ratio not in {0, 1}:
        ratio = min(max(ratio, _LEAST_TOLD), 1 - _LEAST_TOLD)
    digits = "#,##0.0" if 0 < min(ratio, 1 - ratio) < _TOLD_EXACTLY else "#,##0"
    pattern = f"{digits}{FIXED}%"
    return str(format_percent(ratio, format=pattern, locale=LOCALE))


def share(part: int, whole: int) -> str:
    """``18 av 20``, kept on one line."""
    return f"{number(part)}{FIXED}av{FIXED}{number(whole)}"


def hours(minutes: float | None) -> str:
    """``45 min``, ``3,5 tim`` or ``4 dygn``, as long as a person would say it."""
    if minutes is None:
        return MISSING
    if minutes < _HOUR:
        return f"{number(minutes)} min"
    if minutes < _HOURS_UNTIL * _HOUR:
        return f"{number(minutes / _HOUR, 1)} tim"
    return f"{number(minutes / _HOUR / 24, 1)} dygn"


def office_hours(minutes: float | None) -> str:
    """Office time is never told in days: they would be of nine hours."""
    if minutes is None:
        return MISSING
    return f"{number(minutes)} min" if minutes < _HOUR else f"{number(minutes / _HOUR, 1)} tim"


def date(day: dt.date | None) -> str:
    """``15 januari 2026``."""
    return MISSING if day is None else str(format_date(day, "d MMMM y", locale=LOCALE))


def short_date(day: dt.date) -> str:
    """``15 dec 2025``."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def in_words(count: int) -> str:
    """``fem`` up to twelve, then ``13``; of neuter words."""
    return _UNTIL_TWELVE[count] if count < len(_UNTIL_TWELVE) else number(count)


def counted(count: int, one: str, many: str, *, neuter: bool = False) -> str:
    """``en kanal``, ``tre kanaler``, ``1 204 inlägg``."""
    if count == 1:
        return f"{'ett' if neuter else 'en'} {one}"
    return f"{in_words(count)} {many}"


def listed(parts: Sequence[str]) -> str:
    """``a, b och c``."""
    *first, last = parts
    return f"{', '.join(first)} och {last}" if first else last


def sentence(text: str) -> str:
    """The text with its first letter raised."""
    return text[:1].upper() + text[1:]
