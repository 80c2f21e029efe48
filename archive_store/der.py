"""Certificates of an answer in the order that DER demands, for a reader that insists on it.

A SET OF is sorted in DER (X.690, 11.6), but authorities built on OpenSSL and others send their
certificates in the order of the chain, and ``openssl ts`` reads them so. rfc3161_client reads only
what is sorted. The order is not signed (RFC 5652, 5.4), so that a sorted copy says the same.
"""

import dataclasses as dc
from collections.abc import Iterator
from typing import Final

_SEQUENCE: Final = 0x30
_INTEGER: Final = 0x02
_EXPLICIT: Final = 0xA0  # [0]: a ContentInfo's content, and SignedData's certificates
_LONG: Final = 0x80
_LONGEST_LENGTH: Final = 4  # bytes; four gigabytes are enough
_GRANTED_WITH_MODS: Final = b"\x01"


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class _Element:
    """One element: ``tag``, and where it starts, where its content starts, and where both end."""

    tag: int
    start: int
    content: int
    end: int


def sorted_answer(answer: bytes) -> bytes:
    """The same TimeStampResp with its certificates sorted, and its status plainly granted.

    "Granted with modifications" is as good a token (RFC 3161, 2.4.2), but no verifier of
    rfc3161_client takes it.

    Raises:
        ValueError: it is not built as a TimeStampResp.
    """
    (whole,) = _elements(answer, 0, len(answer))
    status, *token = _inside(answer, whole, _SEQUENCE)
    number, *_ = _inside(answer, status, _SEQUENCE)
    if number.tag == _INTEGER and answer[number.content : number.end] == _GRANTED_WITH_MODS:
        answer = answer[: number.content] + b"\x00" + answer[number.end :]
    if not token:
        return answer
    _, content = _inside(answer, token[0], _SEQUENCE)
    (signed,) = _inside(answer, content, _EXPLICIT)
    for part in _inside(answer, signed, _SEQUENCE):
        if part.tag == _EXPLICIT:
            found = (answer[each.start : each.end] for each in _inside(answer, part, _EXPLICIT))
            return answer[: part.content] + b"".join(sorted(found)) + answer[part.end :]
    return answer


def _inside(data: bytes, element: _Element, tag: int) -> list[_Element]:
    if element.tag != tag:
        raise ValueError("another element than expected")
    return list(_elements(data, element.content, element.end))


def _elements(data: bytes, start: int, end: int) -> Iterator[_Element]:
    while start < end:
        head = data[start : min(start + 2, end)]
        if len(head) < 2:  # noqa: PLR2004 (tag and length)
            raise ValueError("cut off")
        content, length = start + 2, head[1]
        if length & _LONG:
            size = length - _LONG
            if not 0 < size <= _LONGEST_LENGTH:
                raise ValueError("a length of no bounds")
            length = int.from_bytes(data[content : content + size], "big")
            content += size
        if content + length > end:
            raise ValueError("cut off")
        yield _Element(tag=head[0], start=start, content=content, end=content + length)
        start = content + length
