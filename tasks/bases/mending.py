"""Mends the broken letters of Meta's downloads.

Facebook and Instagram write the bytes of UTF-8 as if each were a character of Latin-1: ``å`` comes
as ``Ã¥``, an emoji as four signs. The whole file is broken or none of it, so the file is judged as
one: what holds a character beyond Latin-1, or mostly letters that do not read as UTF-8, was never
broken and stays to the letter.
"""

from collections.abc import Iterator
from typing import Any


def mended(document: Any) -> Any:
    """A JSON document with every text in it mended, or unchanged where it was not broken."""
    return _each(document) if _is_broken(document) else document


def mended_text(text: str) -> str:
    """``text`` read as the UTF-8 that it was, or unchanged where it does not read so."""
    try:
        whole = text.encode("latin-1").decode("utf-8")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return text
    return whole


def _is_broken(document: Any) -> bool:
    readable = unreadable = 0
    for text in _texts(document):
        if text.isascii():
            continue
        if max(text) > "\xff":
            return False
        if mended_text(text) == text:
            unreadable += 1
        else:
            readable += 1
    return readable > unreadable


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one)
    elif isinstance(value, dict):
        for key, one in value.items():
            yield key
            yield from _texts(one)


def _each(value: Any) -> Any:
    if isinstance(value, str):
        return mended_text(value)
    if isinstance(value, list):
        return [_each(one) for one in value]
    if isinstance(value, dict):
        return {mended_text(key): _each(one) for key, one in value.items()}
    return value
