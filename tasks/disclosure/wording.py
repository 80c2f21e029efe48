"""Strangers' words and Swedish dates, made fit for a page, a file name and a spreadsheet's cell."""

import datetime as dt
import functools
import re
import unicodedata
from pathlib import Path
from typing import Any, Final

import jinja2
from babel.dates import format_date

from tasks.office_time import STOCKHOLM

_UNSEEN: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff"
    "\xad\u200b\u2060"  # places to break a line, which are no letters
    "\u202d\u202e]"  # letters shown in the wrong order: only ever used to deceive
)
_TURNING: Final = re.compile("[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]")
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def sound(text: str) -> str:
    """``text`` without control characters, hidden marks and half surrogate pairs."""
    return _UNSEEN.sub("", text.encode("utf-8", "replace").decode("utf-8"))


def one_line(text: str) -> str:
    """On one line, and unable to turn the direction of what follows it."""
    return " ".join(_TURNING.sub("", sound(text)).split())


def lines(text: str) -> list[str]:
    """The lines that say something."""
    return [line for line in (" ".join(each.split()) for each in sound(text).splitlines()) if line]


def cell(text: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    plain = one_line(text)
    return f"'{plain}" if plain.startswith(_FORMULA) else plain


def slug(text: str, longest: int = 60) -> str:
    """A piece of a file name that is safe on any system: ``[a-z0-9-]``."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain)[:longest].strip("-") or "x"


def day(date: dt.date) -> str:
    """Such as ``30 december 2025``."""
    return str(format_date(date, "d MMMM y", locale="sv_SE"))


def moment(when: dt.datetime) -> str:
    """Swedish date and clock time, such as ``30 december 2025 kl. 10.15``."""
    local = when.astimezone(STOCKHOLM)
    return f"{day(local.date())} kl. {local:%H.%M}"


def count(number: int, one: str, many: str) -> str:
    """A number with its word: ``1 tråd``, ``1 204 trådar``."""
    grouped = f"{number:,}".replace(",", "\N{NO-BREAK SPACE}")
    return f"{grouped}\N{NO-BREAK SPACE}{one if number == 1 else many}"


def css_string(text: str) -> str:
    r"""``text`` for a CSS string: every character that could end it as ``\hex``."""
    return "".join(c if c.isalnum() or c in " ·.,-" else f"\\{ord(c):x} " for c in one_line(text))


@functools.cache
def templates() -> jinja2.Environment:
    """The room's templates; what is put into them is text, whatever it looks like."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=jinja2.select_autoescape(("html",)),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    filters: dict[str, Any] = {
        "moment": moment,
        "day": day,
        "one_line": one_line,
        "lines": lines,
        "css": css_string,
        "count": count,
        "iso": lambda when: f"{when.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%SZ}",
    }
    environment.filters.update(filters)
    return environment
