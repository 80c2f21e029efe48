"""The officer's worksheet: every document, where it lies, what to look at, room for the answer.

As CSV for a spreadsheet (semicolons and a byte order mark, as Swedish Excel wants it; nothing that
it takes for a formula) and as a page to print.
"""

import csv
import dataclasses as dc
import datetime as dt
import io
from typing import Final

from tasks.disclosure.material import (
    FLAGS,
    SOURCES,
    Closed,
    FoundSnapshot,
    FoundThread,
    Material,
)
from tasks.disclosure.wording import cell, one_line, slug, templates
from tasks.office_time import local_date

DOCUMENTS: Final = "handlingar"
MASKED: Final = "maskerade"
_HEAD: Final = (
    "Nr",
    "Handling",
    "Kanal",
    "Datum",
    "Fil",
    "Maskerad kopia",
    "Källa i arkivet",
    "Att se på",
    "Klass",
    "Protokoll",
    "Sagt kring träffen",
    "Personuppgifter (ja/nej)",
    "Sekretess (ja/nej)",
    "Bestämmelse",
    "Lämnas ut (ja/delvis/nej)",
    "Signatur och datum",
)
_SAID: Final = 220


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One document of the pack.

    Attributes:
        number: from 1, in the worksheet, the answer and the file's name.
        kind: what it is, in Swedish.
        channel, date: where and when it began or was taken.
        file: its path in the pack, ``""`` where only its existence is told.
        masked: path of its masked copy, ``""`` where nothing in it is masked.
        source: where it was read, in Swedish; key where it lies.
        flags: in Swedish; record_class, certificate: ``""`` where there is none.
        said: the words around what was found.
        note: a sentence for the officer, or ``""``; problem one on what could not be done.
        closed: whether it is kept apart, and only its existence told.
    """

    number: int
    kind: str
    channel: str
    date: dt.date
    file: str
    masked: str = ""
    source: str
    key: str
    flags: tuple[str, ...]
    record_class: str = ""
    certificate: str = ""
    said: str = ""
    note: str = ""
    problem: str = ""
    closed: bool = False


def row_of(number: int, found: FoundThread | FoundSnapshot | Closed) -> Row:
    """The row of a document, before it is known whether something in it is masked."""
    if isinstance(found, FoundThread):
        return _thread_row(number, found)
    if isinstance(found, FoundSnapshot):
        return _snapshot_row(number, found)
    return Row(
        number=number,
        kind="Avskild handling, bara att den finns",
        channel=found.channel,
        date=found.date,
        file="",
        source="Arkivet, avskilt",
        key=found.key,
        flags=(FLAGS["not-read"].sv,),
        closed=True,
        note="Har inte genomsökts. Den som har behörighet till det avskilda ska söka och pröva.",
    )


def as_csv(rows: tuple[Row, ...]) -> bytes:
    """The worksheet for a spreadsheet."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(_HEAD)
    for row in rows:
        filled = (
            str(row.number),
            row.kind,
            row.channel,
            row.date.isoformat(),
            row.file,
            row.masked,
            f"{row.source} {row.key}".strip(),
            "; ".join(filter(None, (row.problem, *row.flags))),
            row.record_class,
            row.certificate,
            row.said,
        )
        writer.writerow([cell(text) for text in (*filled, *[""] * (len(_HEAD) - len(filled)))])
    return out.getvalue().encode("utf-8-sig")


def as_html(material: Material, rows: tuple[Row, ...]) -> str:
    """The worksheet as a page to print, landscape."""
    return (
        templates()
        .get_template("arbetsblad.html")
        .render(m=material, rows=rows, width=len(str(len(rows))))
    )


def _thread_row(number: int, found: FoundThread) -> Row:
    thread = found.thread
    return Row(
        number=number,
        kind="Tråd, i sitt sammanhang",
        channel=found.channel,
        date=thread.day,
        file=_file(number, thread.channel, thread.day, "trad"),
        source=SOURCES[found.source].sv,
        key=found.key,
        flags=tuple(FLAGS[code].sv for code in found.flags),
        record_class=thread.record_class,
        certificate=found.certificate,
        said=_short(found.said),
    )


def _snapshot_row(number: int, found: FoundSnapshot) -> Row:
    date = local_date(found.taken)
    pages = ", ".join(map(str, found.pages[:12])) + (" …" if len(found.pages) > 12 else "")  # noqa: PLR2004 - what a column takes
    return Row(
        number=number,
        kind=f"Ögonblicksbild, sida {pages}" if found.pages else "Ögonblicksbild, försättsblad",
        channel=found.channel,
        date=date,
        file=_file(number, found.channel_id, date, "ogonblicksbild"),
        source="Arkivet, bevarad",
        key=found.key,
        flags=(FLAGS["names"].sv, FLAGS["picture"].sv),
        said=_short(found.said),
        note="Försättsblad och de sidor som har träffar; hela bilden hämtas med "
        f"kanalarkiv get {found.key}",
    )


def _file(number: int, channel: str, date: dt.date, what: str) -> str:
    return f"{DOCUMENTS}/{number:04}-{slug(channel)}-{date}-{what}.pdf"


def _short(text: str) -> str:
    plain = one_line(text)
    return plain if len(plain) <= _SAID else f"{plain[: _SAID - 1]}…"
