"""Searching what has no index: files of living packages, one document a line, read as they are.

Posts are culled, and an index would have to forget them too, so that there is none: every search
reads the open days (notes: seen in SQLite). A line is parsed only where its bytes could answer, and
an answer counts only where the words say so. Nothing is written anywhere.
"""

import concurrent.futures
import dataclasses as dc
import itertools
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final

from archive_store.errors import KanalarkivError, MissingError
from archive_store.reader import Reader
from archive_store.records import Package
from archive_store.texts import Hit, Text
from archive_store.words import ODD_BYTES, Query, Term, as_compared, joined

Parse = Callable[[Package, bytes], Text]

_ASCII: Final = bytes(range(0x80))
_ASCII_RUN: Final = re.compile("[a-z0-9]+")
_UNICODE_ESCAPE: Final = b"\\u"


@dc.dataclass(slots=True)
class Scan:
    """What a scan has found.

    Attributes:
        hits: in the order of the packages.
        flaws: what could not be read.
        gone: packages that another run took away meanwhile.
        whole: whether all was read; ``False`` where ``limit`` was reached before.
    """

    hits: list[Hit] = dc.field(default_factory=list)
    flaws: list[KanalarkivError] = dc.field(default_factory=list)
    gone: list[Package] = dc.field(default_factory=list)
    whole: bool = True


def scan(  # noqa: PLR0913 - where, what for, and how to read it
    reader: Reader,
    packages: Sequence[Package],
    query: Query,
    *,
    name: str,
    parse: Parse,
    limit: int,
) -> Scan:
    """Search one file of each package, in their order, until ``limit`` hits are found.

    Args:
        reader: the archive.
        packages: where to look.
        query: what for.
        name: the file of each package, holding one JSON document a line in UTF-8.
        parse: makes a text of a line.
        limit: how many hits are enough; a package's hits stay together.
    """
    found = Scan()
    sieve = _Sieve(query)

    def look(package: Package) -> list[Hit]:
        data = reader.read(package, name)
        return list(itertools.islice(_hits(package, name, sieve.lines(data), query, parse), limit))

    with concurrent.futures.ThreadPoolExecutor(reader.bucket.pace.readers) as pool:
        jobs = [pool.submit(look, package) for package in packages]
        for package, job in zip(packages, jobs, strict=True):
            if len(found.hits) >= limit:
                found.whole = False
                pool.shutdown(wait=False, cancel_futures=True)
                break
            try:
                found.hits += job.result()
            except KanalarkivError as flaw:
                if isinstance(flaw, MissingError) and flaw.code == "destroyed":
                    found.gone.append(package)
                else:
                    found.flaws.append(flaw)
    return found


def _hits(
    package: Package, name: str, lines: Iterable[bytes], query: Query, parse: Parse
) -> Iterator[Hit]:
    for line in lines:
        text = parse(package, line)
        snippet = query.snippet(joined(text.parts))
        if snippet is not None:
            yield Hit.of(package, dc.replace(text, file=text.file or name), snippet)


class _Sieve:
    """Lets through every line that could answer, and few others.

    The longest word's longest run of ASCII letters is looked for in all bytes at once, at the speed
    of memory; that settles most files. A file that has it is folded as its words are compared, and
    of its lines those are let through in which every term stands, in whichever field.
    """

    def __init__(self, query: Query) -> None:
        words = [word for term in query.terms for word in term.words]
        runs = [run for word in words for run in _ASCII_RUN.findall(word)]
        self._run = max(runs, key=len, default="").encode()
        self._word = max(words, key=len).encode()
        self._terms = [_TermInBytes(term) for term in query.terms]

    def lines(self, data: bytes) -> Iterator[bytes]:
        """The lines of ``data`` that could answer."""
        escaped = _UNICODE_ESCAPE in data  # a control character, or a letter by another's hand
        if not escaped and self._run not in _roughly_folded(data):
            return
        folded = _folded(data)
        numbers = set(self._numbers(folded))
        if escaped:
            numbers |= set(_lines_with(folded, _UNICODE_ESCAPE))
        if numbers:
            lines = data.split(b"\n")
            yield from (lines[number] for number in sorted(numbers))

    def _numbers(self, folded: bytes) -> Iterator[int]:
        for number, (begin, end) in _lines_with(folded, self._word).items():
            if all(term.stands(folded, begin, end) for term in self._terms):
                yield number


class _TermInBytes:
    """Finds a term in folded lines of JSON: its first word quickly, and what follows from there."""

    def __init__(self, term: Term) -> None:
        words = [word.encode() for word in term.words]
        self._first = words[0]
        self._whole = re.compile(rb"(?:[^a-z0-9]|\\[bfnrt])+".join(words))
        self._beginning = term.beginning

    def stands(self, folded: bytes, begin: int, end: int) -> bool:
        """Whether it stands between these places."""
        while (place := folded.find(self._first, begin, end)) >= 0:
            if _nothing_before(folded, place):
                whole = self._whole.match(folded, place, end)
                if whole and (self._beginning or _nothing_after(folded, whole.end())):
                    return True
            begin = place + 1
        return False


def _nothing_before(folded: bytes, place: int) -> bool:
    """Whether no letter or digit stands just before; the letter of an escape is none."""
    start = place - 1
    while start > 0 and folded[start] & 0xC0 == 0x80:  # noqa: PLR2004 - inside a character
        start -= 1
    before = folded[max(start, 0) : place].decode("utf-8", "replace")
    return not before.isalnum() or (before in "bfnrt" and folded[start - 1 : start] == b"\\")


def _nothing_after(folded: bytes, place: int) -> bool:
    return not folded[place : place + 4].decode("utf-8", "ignore")[:1].isalnum()


def _roughly_folded(data: bytes) -> bytes:
    """The bytes with every ASCII letter that a reader would see, small and in its place."""
    # Without its ASCII a text is short, and what is left of a character stays together.
    odd = set(ODD_BYTES.findall(data.translate(None, _ASCII)))
    return _replaced(data.lower(), (each.decode("utf-8", "replace") for each in odd))


def _folded(data: bytes) -> bytes:
    """The bytes as words are compared."""
    letters = set(data.translate(None, _ASCII).decode("utf-8", "replace"))
    if any(map(unicodedata.combining, letters)):
        data = unicodedata.normalize("NFC", data.decode("utf-8", "replace")).encode()
        letters = set(data.translate(None, _ASCII).decode("utf-8", "replace"))
    return _replaced(data.lower(), letters)


def _replaced(data: bytes, letters: Iterable[str]) -> bytes:
    for letter in letters:
        compared = as_compared(letter)
        if compared != letter:
            data = data.replace(letter.encode(), compared.encode())
    return data


def _lines_with(data: bytes, needle: bytes) -> dict[int, tuple[int, int]]:
    """Number of each line that holds the bytes, and where it lies."""
    found: dict[int, tuple[int, int]] = {}
    number = end = 0
    while (place := data.find(needle, end)) >= 0:
        number += data.count(b"\n", end, place)
        begin = data.rfind(b"\n", 0, place) + 1
        end = data.find(b"\n", place)
        end = len(data) if end < 0 else end
        found[number] = (begin, end)
    return found
