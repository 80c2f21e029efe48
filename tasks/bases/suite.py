"""Numbers of posts from a CSV file of Meta Business Suite, in Swedish or English.

Only numbers, ids and times are taken: titles and descriptions are words and stay in the file. They
are no rows of ``tasks.model.Observation``: the file counts the body's own replies among the
comments and knows nothing of waiting times, so they would falsify both. They are kept as a record
of their own, each metric under the name that it has in the file too, because the platform's metrics
change their meaning (views have never been impressions).
"""

import collections
import csv
import dataclasses as dc
import datetime as dt
import io
import json
import re
from collections.abc import Iterator, Sequence
from typing import Final
from zoneinfo import ZoneInfo

from archive_store import Draft
from archive_store.errors import InputError

MAX_BYTES: Final = 50_000_000
SUITE_ZONE: Final = ZoneInfo("America/Los_Angeles")
"""Business Suite writes times without a zone; by what its users have found, in Meta's own."""

_KEYS: Final = {
    "id": ("publicerings-id", "post id"),
    "published": ("publiceringstid", "publish time"),
    "permalink": ("permalänk", "permalink"),
    "kind": ("inläggstyp", "post type"),
    "date": ("datum", "date"),
}
_PAGE: Final = frozenset({"sid-id", "page id"})
_ACCOUNT: Final = frozenset({"konto-id", "account id"})
_METRICS: Final = {
    "visningar": "views",
    "views": "views",
    "exponeringar": "impressions",
    "impressions": "impressions",
    "räckvidd": "reach",
    "reach": "reach",
    "reaktioner, kommentarer och delningar": "engagement",
    "reactions, comments and shares": "engagement",
    "reaktioner": "reactions",
    "reactions": "reactions",
    "gilla-markeringar": "likes",
    "likes": "likes",
    "kommentarer": "comments",
    "comments": "comments",
    "delningar": "shares",
    "shares": "shares",
    "totalt antal klick": "clicks",
    "total clicks": "clicks",
    "länkklick": "link_clicks",
    "link clicks": "link_clicks",
    "övriga klick": "other_clicks",
    "other clicks": "other_clicks",
    "följer": "follows",
    "follows": "follows",
    "sparade objekt": "saves",
    "saves": "saves",
}
_LIFETIME: Final = frozenset({"", "livstid", "lifetime"})
_NOT_TOLD: Final = frozenset({"", "-", "–", "—", "--", "n/a"})
_NUMBER: Final = re.compile(r"\d{1,3}(?:[ ,.\u00a0\u202f]\d{3})+|\d+", re.ASCII)
_ID: Final = re.compile(r"\d{5,30}(?:_\d{5,30})?", re.ASCII)
_US: Final = "%m/%d/%Y %H:%M"
_ISO: Final = "%Y-%m-%d %H:%M"


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """One number: ``code`` ours, ``name`` the file's; ``value`` is ``None`` where not told."""

    code: str
    name: str
    value: int | None


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class PostNumbers:
    """What the file counts of one post.

    Attributes:
        post: the platform's id of the post.
        platform: ``"facebook"`` or ``"instagram"``.
        published: in UTC.
        permalink: as the file has it; ``kind`` the type of post in the file's own word.
        metrics: in the file's order; never 0 where the file told nothing.
    """

    post: str
    platform: str
    published: dt.datetime
    permalink: str
    kind: str
    metrics: tuple[Metric, ...]

    def value(self, code: str) -> int | None:
        """The number with that code, ``None`` where the file has or tells none."""
        return next((metric.value for metric in self.metrics if metric.code == code), None)


def suite_numbers(data: bytes, *, zone: ZoneInfo = SUITE_ZONE) -> tuple[PostNumbers, ...]:
    """The posts of a file, in its order.

    Args:
        data: the file as it was downloaded.
        zone: in which its times are written.

    Raises:
        InputError: ``suite-unreadable``, ``suite-columns``, ``suite-value``, ``suite-daily`` or
            ``suite-twice``; nothing was taken in.
    """
    rows = _rows(data)
    header = next(rows, None)
    if header is None or not is_header(header):
        raise _refusal(
            "suite-columns",
            "Filen har inte de kolumner som Meta Business Suite exporterar (Publicerings-id, "
            "Publiceringstid …). Exportera inlägg på nytt som CSV.",
            "The file has not the columns that Meta Business Suite exports (Post ID, Publish "
            "time …). Export posts anew as CSV.",
        )
    columns = _Columns(header, zone)
    found: dict[str, PostNumbers] = {}
    for number, row in enumerate(rows, 2):
        if any(cell.strip() for cell in row):
            one = columns.read(row, number)
            if found.setdefault(one.post, one) != one:
                raise _refusal(
                    "suite-twice",
                    f"Rad {number}: samma inlägg står två gånger med olika tal. Exportera på nytt.",
                    f"Row {number}: one post stands twice with different numbers. Export anew.",
                )
    return tuple(found.values())


def is_header(cells: Sequence[str]) -> bool:
    """Whether a file's first row is that of Business Suite's export of posts."""
    names = {_folded(cell) for cell in cells}
    wanted = [set(_KEYS["id"]), set(_KEYS["published"]), _PAGE | _ACCOUNT]
    return all(names & each for each in wanted)


def first_row(data: bytes) -> Sequence[str]:
    """The cells of the first row, for telling what the file is; empty where it is no table."""
    try:
        return next(_rows(data[:20_000], whole=False), ())
    except InputError:
        return ()


def numbers_draft(channel_id: str, now: dt.datetime, rows: Sequence[PostNumbers]) -> Draft:
    """The record of one file's numbers for the archive: JSON, one object a line, no words.

    Permalinks are left out: they can hold a slug of the post's words.
    """
    stamp = f"{now.astimezone(dt.UTC):%Y-%m-%dT%H%M%SZ}"
    lines = [
        {
            "post": row.post,
            "platform": row.platform,
            "published": f"{row.published:%Y-%m-%dT%H:%M:%SZ}",
            "kind": row.kind,
            "metrics": [dc.asdict(metric) for metric in row.metrics],
        }
        for row in sorted(rows, key=lambda row: (row.published, row.post))
    ]
    return Draft(
        base=f"observations/{channel_id}/{stamp[:4]}/{stamp}-suite",
        files={"jsonl": "".join(f"{json.dumps(line)}\n" for line in lines).encode()},
        about={"channel": channel_id, "taken": stamp, "rows": len(rows), "source": "suite-csv"},
        labels={"kind": "suite-numbers", "channel": channel_id},
    )


class _Columns:
    """Which column is which, by the first row."""

    def __init__(self, header: Sequence[str], zone: ZoneInfo) -> None:
        self._zone = zone
        self._width = len(header)
        names = [_folded(cell) for cell in header]
        doubled = [n for n, times in collections.Counter(names).items() if n and times > 1]
        if any(name in _METRICS or any(name in key for key in _KEYS.values()) for name in doubled):
            raise _refusal(
                "suite-columns",
                "En kolumn står två gånger i filen. Exportera på nytt.",
                "A column stands twice in the file. Export anew.",
            )
        self._keys = {
            key: names.index(name)
            for key, known in _KEYS.items()
            for name in known
            if name in names
        }
        self._metrics = {
            place: (_METRICS[name], header[place].strip())
            for place, name in enumerate(names)
            if name in _METRICS
        }
        self._platform = "facebook" if _PAGE & set(names) else "instagram"

    def read(self, row: Sequence[str], number: int) -> PostNumbers:
        if len(row) != self._width:
            raise _wrong(number, "antalet kolumner", "the number of columns")
        told = {key: row[place].strip() for key, place in self._keys.items()}
        if _folded(told.get("date", "")) not in _LIFETIME:
            raise _refusal(
                "suite-daily",
                f"Rad {number}: talen gäller en enda dag. Exportera på nytt och välj Livstid.",
                f"Row {number}: the numbers are of a single day. Export anew and choose Lifetime.",
            )
        if not _ID.fullmatch(told["id"]):
            raise _wrong(
                number,
                "Publicerings-id (öppnas och sparas filen i ett kalkylprogram förvanskas det)",
                "Post ID (a spreadsheet program spoils it when the file is opened and saved)",
            )
        return PostNumbers(
            post=told["id"],
            platform=self._platform,
            published=self._moment(told["published"], number),
            permalink=told.get("permalink", ""),
            kind=told.get("kind", ""),
            metrics=tuple(
                Metric(code=code, name=name, value=_number(row[place], number, name))
                for place, (code, name) in self._metrics.items()
            ),
        )

    def _moment(self, text: str, number: int) -> dt.datetime:
        for form in (_US, _ISO):
            try:
                local = dt.datetime.strptime(text, form).replace(tzinfo=self._zone)
            except ValueError:
                continue
            return local.astimezone(dt.UTC)
        raise _wrong(
            number, "Publiceringstid (MM/DD/ÅÅÅÅ TT:MM)", "Publish time (MM/DD/YYYY HH:MM)"
        )


def _rows(data: bytes, *, whole: bool = True) -> Iterator[list[str]]:
    """The file's rows; quoted cells may hold line breaks and separators."""
    text = _decoded(data, whole=whole)
    first = text.partition("\n")[0]
    separator = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=whole)
    try:
        yield from reader
    except csv.Error:
        raise _unreadable() from None


def _decoded(data: bytes, *, whole: bool) -> str:
    if len(data) > MAX_BYTES:
        raise _unreadable()
    utf16 = data[:2] in {b"\xff\xfe", b"\xfe\xff"}
    try:
        text = data.decode("utf-16" if utf16 else "utf-8-sig", "strict" if whole else "ignore")
    except UnicodeDecodeError:
        raise _unreadable() from None
    if "\0" in text:
        raise _unreadable()
    return text


def _number(cell: str, row: int, name: str) -> int | None:
    text = cell.strip()
    if text.casefold() in _NOT_TOLD:
        return None
    if not _NUMBER.fullmatch(text):
        raise _wrong(row, name, name)
    return int(re.sub(r"\D", "", text))


def _folded(cell: str) -> str:
    return " ".join(cell.casefold().split())


def _wrong(row: int, sv: str, en: str) -> InputError:
    return _refusal(
        "suite-value",
        f"Rad {row}: {sv} går inte att läsa. Inget har tagits emot. Exportera på nytt som CSV och "
        "lämna filen som den laddades ned.",
        f"Row {row}: {en} cannot be read. Nothing was taken in. Export anew as CSV and hand in "
        "the file as it was downloaded.",
    )


def _unreadable() -> InputError:
    return _refusal(
        "suite-unreadable",
        "Filen går inte att läsa som CSV i UTF-8. Exportera på nytt och lämna filen som den "
        "laddades ned.",
        "The file cannot be read as CSV in UTF-8. Export anew and hand in the file as it was "
        "downloaded.",
    )


def _refusal(code: str, sv: str, en: str) -> InputError:
    return InputError(code, sv=sv, en=en)
