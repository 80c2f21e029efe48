"""The page in the archive's root that a person opens by a double click.

Until the reading room is built it is the archivist's way in: snapshots, certificates and reports,
with links. It is plain HTML without scripts, so that it opens in thirty years too, and it states
how long the journal was, so that a journal cut short afterwards is noticed
(``archive_store.fixity``).
"""

import contextlib
import datetime as dt
import hashlib
import re
import zoneinfo
from collections.abc import Iterable, Mapping
from html import escape
from itertools import groupby
from typing import Final

from archive_store.errors import ArchiveError, MissingError
from archive_store.journal import Head
from archive_store.keys import INDEX, README, file_key
from archive_store.reader import Reader
from archive_store.records import Package

_STOCKHOLM: Final = zoneinfo.ZoneInfo("Europe/Stockholm")
_HEAD: Final = re.compile(rb'<meta name="kanalarkiv-journal" content="(\d+) ([0-9a-f]{64})">')
_DIGEST: Final = re.compile(rb'<meta name="kanalarkiv-page" content="([0-9a-f]{64})">')
_NO_DIGEST: Final = "0" * 64

_WORDS: Final = {
    "halvarsskifte": "halvårsskifte",
    "arsskifte": "årsskifte",
    "forandring": "större förändring",
    "preliminary": "preliminär",
    "confirmed": "fastställd",
    "yes": "fullständig",
    "no": "ofullständig",
}
_FILES: Final = {
    "pdf": "PDF",
    "html": "Webbsida",
    "parquet": "Parquet",
    "toml": "TOML",
    "certificate.json": "JSON",
    "ipynb": "Notebook",
}
_STYLE: Final = """
:root { color-scheme: light; font: 1.0625rem/1.5 system-ui, sans-serif; color: #1b1b1b; }
body { max-width: 62rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; background: #fff; }
h1 { font-size: 2rem; line-height: 1.2; margin: 0 0 .5rem; }
h2 { font-size: 1.4rem; margin: 2.5rem 0 .5rem; padding-top: .75rem;
  border-top: 3px solid #00527a; }
p { max-width: 44rem; }
a { color: #00527a; }
a:hover { text-decoration-thickness: 3px; }
a:focus-visible { outline: 3px solid #b35c00; outline-offset: 2px; }
nav ul { display: flex; flex-wrap: wrap; gap: .25rem 1.5rem; padding: 0; list-style: none; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; margin: 1rem 0 2rem; }
.unseen { position: absolute; clip-path: inset(50%); height: 1px; overflow: hidden; }
caption { text-align: left; font-weight: 600; font-size: 1.125rem; padding-bottom: .35rem; }
th, td { text-align: left; vertical-align: top; padding: .4rem 1rem .4rem 0;
  border-bottom: 1px solid #c4c4c4; font-variant-numeric: tabular-nums; }
thead th { color: #4a4a4a; font-weight: 600; font-size: .9375rem; }
tbody th { font-weight: 400; white-space: nowrap; width: 11rem; }
tbody th + td { min-width: 10rem; }
td a { white-space: nowrap; margin-right: .9rem; }
.rehearsal { border: 3px solid #b35c00; padding: .6rem .9rem; }
footer { margin-top: 3rem; border-top: 1px solid #c4c4c4; font-size: .9375rem; color: #4a4a4a; }
code { overflow-wrap: anywhere; }
@media print { nav { display: none } a { color: inherit } }
"""

Row = tuple[Package, tuple[str, ...], tuple[Package, ...]]


def write_index(
    archive: Reader, *, organisation: str = "", names: Mapping[str, str] | None = None
) -> None:
    """Write ``index.html`` anew, where it would differ.

    Args:
        archive: whose packages are listed.
        organisation: the public body's name, for the heading.
        names: names for people by id (channels, units, boards); the id stands where there is none.
    """
    page = index_page(archive, organisation=organisation, names=names or {})
    with contextlib.suppress(MissingError):
        if archive.bucket.get(INDEX) == page:
            return
    archive.bucket.replace(INDEX, page)


def stated_head(page: bytes) -> Head | None:
    """How long the journal was when the page was written; ``None`` where it does not say."""
    found = _HEAD.search(page)
    return Head(seq=int(found[1]), sha256=found[2].decode()) if found else None


def stated_digest(page: bytes) -> bool | None:
    """Whether the page is as it was written; ``None`` where it does not say.

    It states its own digest, taken with zeros in that place: against accidents, not forgers.
    """
    found = _DIGEST.search(page)
    if found is None:
        return None
    start, end = found.span(1)
    blank = page[:start] + _NO_DIGEST.encode() + page[end:]
    return hashlib.sha256(blank).hexdigest().encode() == found[1]


def index_page(archive: Reader, *, organisation: str, names: Mapping[str, str]) -> bytes:
    """The page's bytes; the same archive and names give the same bytes."""
    title = escape(f"Kanalarkiv – {organisation}" if organisation else "Kanalarkiv")
    last = archive.last
    sections = {
        "Ögonblicksbilder": _snapshots(archive, names),
        "Gallringsprotokoll": _certificates(archive, names),
        "Årsrapporter": _reports(archive, names),
        "Register, beslut och statistik": _others(archive, names),
    }
    links = "".join(
        f'<li><a href="#del-{number}">{name}</a></li>' for number, name in enumerate(sections)
    )
    parts = "".join(
        f'<section aria-labelledby="del-{number}"><h2 id="del-{number}">{name}</h2>{body}</section>'
        for number, (name, body) in enumerate(sections.items())
    )
    rehearsal = (
        '<p class="rehearsal"><strong>Övningsarkiv.</strong> Tiderna kan vara påhittade, och det '
        "som ligger här är inte myndighetens arkiv.</p>"
        if archive.rehearsal
        else ""
    )
    page = f"""<!DOCTYPE html>
<html lang="sv">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="kanalarkiv-journal" content="{last.seq} {last.sha256}">
<meta name="kanalarkiv-page" content="{_NO_DIGEST}">
<title>{title}</title>
<style>{_STYLE}</style>
</head>
<body>
<header>
<h1>{title}</h1>
{rehearsal}
<p>Här ligger det som myndigheten har sparat från sina kanaler i sociala medier. Handlingarna kan
innehålla personuppgifter: pröva sekretess innan något lämnas ut. Hur arkivet är uppbyggt, och hur
det kontrolleras, står i <a href="{README}">Läs mig ({README})</a>.</p>
<nav aria-label="På den här sidan"><ul>{links}</ul></nav>
</header>
<main>{parts}</main>
<footer><p>Senast ändrat {_moment(last.now)} (svensk tid). Journalens senaste post har då nummer
{last.seq} och kontrollsumman <code>{last.sha256}</code>.</p></footer>
</body>
</html>
"""
    digest = hashlib.sha256(page.encode()).hexdigest()
    return page.replace(_NO_DIGEST, digest, 1).encode()


def _snapshots(archive: Reader, names: Mapping[str, str]) -> str:
    packages = archive.packages("snapshots/")
    tables = []
    for where, group in groupby(packages, key=lambda package: package.key.split("/")[1:3]):
        unit, channel = (_name(each, names) for each in where)
        rows = [(package, _told(archive, package), (package,)) for package in _newest(group)]
        heads = ("Tagen", "Filer", "Anledning", "Omfattning", "Status")
        tables.append(_table(archive, f"{channel}, {unit}", heads, rows, shown=True))
    return "".join(tables) or "<p>Inga ögonblicksbilder har tagits ännu.</p>"


def _told(archive: Reader, package: Package) -> tuple[str, ...]:
    """Why a snapshot was taken, how complete it is, and what it counts as today."""
    labels = package.labels
    state = "confirmed" if archive.confirmed(package.key) else labels.get("state", "")
    masked = ", maskad kopia" if labels.get("replaces") else ""
    occasion, whole = (_word(labels.get(each, "")) for each in ("occasion", "whole"))
    return occasion, whole, _word(state) + masked


def _certificates(archive: Reader, names: Mapping[str, str]) -> str:
    pages = {p.labels.get("number"): p for p in archive.packages(kind="certificate-pdf")}
    rows: list[Row] = []
    for package in _newest(archive.packages(kind="certificate")):
        number = package.labels.get("number", "")
        page = pages.get(number)
        board = _name(package.labels.get("board", ""), names)
        rows.append((package, (escape(number), board), (page, package) if page else (package,)))
    if not rows:
        return "<p>Inget har gallrats ännu.</p>"
    heads = ("Upprättat", "Filer", "Nummer", "Nämnd")
    return _table(archive, "Gallringsprotokoll", heads, rows)


def _reports(archive: Reader, names: Mapping[str, str]) -> str:
    rows: list[Row] = [
        (package, (_name(package.labels.get("year", ""), names),), (package,))
        for package in _newest(archive.packages("reports/"))
    ]
    if not rows:
        return "<p>Ingen årsrapport har upprättats ännu.</p>"
    return _table(archive, "Årsrapporter", ("Upprättad", "Filer", "År"), rows)


def _others(archive: Reader, names: Mapping[str, str]) -> str:
    kinds = (
        ("register", "Kanalregister", ""),
        ("decision", "Gallringsbeslut", "board"),
        ("monthly-facts", "Månadsstatistik", "channel"),
    )
    rows: list[Row] = [
        (package, (what, _name(package.labels.get(label, ""), names)), (package,))
        for kind, what, label in kinds
        for package in _newest(archive.packages(kind=kind))
    ]
    days = len(archive.packages("posts/"))
    waiting = f"<p>Inlägg som ännu inte har gallrats: {days} dagspaket i mappen posts.</p>"
    if not rows:
        return waiting
    heads = ("Inlagt", "Filer", "Vad", "Gäller")
    return waiting + _table(archive, "Övriga handlingar", heads, rows)


def _table(
    archive: Reader,
    caption: str,
    heads: tuple[str, ...],
    rows: Iterable[Row],
    *,
    shown: bool = False,
) -> str:
    head = "".join(f'<th scope="col">{each}</th>' for each in heads)
    body = "".join(
        f'<tr><th scope="row">{_moment(package.time)}</th>'
        f"<td>{_files(archive, files, f'{caption}, {_moment(package.time)}')}</td>"
        + "".join(f"<td>{each}</td>" for each in cells)
        + "</tr>"
        for package, cells, files in rows
    )
    unseen = "" if shown else ' class="unseen"'  # the heading above says the same
    return (
        f'<div class="scroll" role="region" tabindex="0" aria-label="{caption}">'
        f"<table><caption{unseen}>{caption}</caption>"
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _files(archive: Reader, packages: tuple[Package, ...], of: str) -> str:
    links = []
    for package in packages:
        try:
            files = archive.manifest(package)["files"]
        except ArchiveError:
            links.append("Går inte att läsa: kör <code>kanalarkiv verify</code>")
            continue
        for file in files:
            # What a reader hears must tell one "PDF" from the next.
            text = f"{escape(_FILES.get(file['name'], file['name']))} ({_size(file['size'])})"
            target = escape(file_key(package.key, file["name"]))
            links.append(f'<a href="{target}" aria-label="{text}: {of}">{text}</a>')
    return " ".join(links)


def _newest(packages: Iterable[Package]) -> list[Package]:
    return sorted(packages, key=lambda package: (package.time, package.seq), reverse=True)


def _name(identity: str, names: Mapping[str, str]) -> str:
    return escape(names.get(identity, identity))


def _word(code: str) -> str:
    return escape(_WORDS.get(code, code))


def _moment(time: dt.datetime) -> str:
    return f"{time.astimezone(_STOCKHOLM):%Y-%m-%d kl. %H.%M}"


def _size(count: int) -> str:
    for unit, size in (("MB", 1_000_000), ("kB", 1_000)):
        if count >= size:
            return f"{count / size:.1f} {unit}".replace(".", ",")
    return f"{count} byte"
