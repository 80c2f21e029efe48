"""Notices what a person should look at among new words, as counts by code.

Guidelines: no secrets and no individual cases in social media; comments are under supervision.
This is a hint, never a verdict: a code says that something was seen, not where or what.
"""

import collections
import datetime as dt
import re
from collections.abc import Iterable

from tasks.model import Post, Visibility, Words

PERSONAL_NUMBER = "personal-number"
QUESTION = "question"

_PERSONAL_NUMBER = re.compile(
    r"(?<!\d)(?:(?:19|20)\d\d|\d\d)(?P<month>\d\d)(?P<day>\d\d)[-+ ]?\d{4}(?!\d)"
)
_COORDINATION = 60  # a coordination number (samordningsnummer) is born on day + 60
_LEAP_YEAR = 2000  # the century is not always told: any day of any year is possible


def screen(taken_in: Iterable[tuple[Post, Words]]) -> dict[str, int]:
    """How many of the wordings just taken in show what each code stands for."""
    codes: collections.Counter[str] = collections.Counter()
    for post, words in taken_in:
        codes.update(_codes(post, words))
    return dict(sorted(codes.items()))


def has_personal_number(text: str) -> bool:
    """Whether a possible personal or coordination number stands there: a date and check digit."""
    return any(_is_valid(match) for match in _PERSONAL_NUMBER.finditer(text))


def _codes(post: Post, words: Words) -> Iterable[str]:
    if has_personal_number(f"{words.title}\n{words.text}"):
        yield PERSONAL_NUMBER
    by_others = post.kind == "comment" and not post.own
    if by_others and post.visibility is Visibility.PUBLIC and "?" in words.text:
        yield QUESTION


def _is_valid(match: re.Match[str]) -> bool:
    month, day = int(match["month"]), int(match["day"])
    try:
        dt.date(_LEAP_YEAR, month, day - _COORDINATION if day > _COORDINATION else day)
    except ValueError:
        return False
    digits = [int(sign) for sign in match[0] if sign.isdigit()][-10:]
    doubled = [digit * (2 - place % 2) for place, digit in enumerate(digits)]
    return sum(digit // 10 + digit % 10 for digit in doubled) % 10 == 0
