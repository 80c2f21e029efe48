"""What the catalogue's tests put into an archive, and what they then find in the catalogue."""

import contextlib
import datetime as dt
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from archive_store import Archive, Commit, Draft, Package
from archive_store.catalogue import Catalogue
from archive_store.errors import CaptureError
from archive_store.reader import Reader
from archive_store.texts import Text
from archive_store.words import Query

NOW = dt.datetime(2025, 12, 15, 2, tzinfo=dt.UTC)


def pages(reader: Reader, package: Package) -> Iterator[Text]:
    for number, words in enumerate(reader.read(package, "txt").decode().split("\f"), 1):
        if words == "broken":
            raise CaptureError("readback-failed", sv="trasig", en="broken")
        yield Text(parts=tuple(words.split("|")), file="txt", page=number)


def kept(name: str, words: str, channel: str = "blogg") -> Draft:
    return Draft(
        base=f"kept/{channel}/{name}",
        files={"txt": words.encode()},
        about={"reason": "forskning", "nested": [{"a": "Djupsinne"}, 7]},
        labels={"kind": "kept", "channel": channel},
    )


def day(name: str = "2025-12-14", words: str = "badhus") -> Draft:
    return Draft(
        base=f"posts/blogg/{name}/1",
        files={"threads.jsonl": words.encode()},
        about={"word": words},
        labels={"kind": "day", "channel": "blogg"},
        folder=True,
    )


def commit(archive: Archive, *drafts: Draft, retire: tuple[str, ...] = ()) -> list[Package]:
    change = Commit(
        event="x", now=NOW, actor="x", drafts=drafts, retire=retire, retirement="culled"
    )
    return list(archive.commit(change).added)


def found(catalogue: Catalogue, phrase: str, prefix: str = "", **labels: str) -> list[str]:
    return [
        f"{hit.package.base}#{hit.page}"
        for hit in catalogue.find(Query(phrase), prefix=prefix, **labels)
    ]


def dump(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """Every row, and what the index finds, whatever the order in which it came to be."""
    columns = {
        "packages": "*",
        "texts": "package, file, page, part, time, words",
        "unread": "*",
        "meta": "*",
    }
    with contextlib.closing(sqlite3.connect(path)) as db:
        rows = {
            table: sorted(db.execute(f"SELECT {names} FROM {table}"), key=repr)  # noqa: S608 - ours
            for table, names in columns.items()
        }
        db.execute("CREATE VIRTUAL TABLE temp.said USING fts5vocab(main, words, instance)")
        told = (
            "SELECT term, package, file, page, part, offset FROM temp.said JOIN texts ON id = doc"
        )
        return rows | {"words": sorted(db.execute(told), key=repr)}


def bytes_of(folder: Path) -> bytes:
    return b"".join(f.read_bytes() for f in sorted(folder.rglob("*")) if f.is_file()).lower()
