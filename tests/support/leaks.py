"""A leak scan: looks for needles in everything below some folders, decoding what it meets.

A search in raw bytes proves nothing: zstd Parquet, PDF streams, SQLite pages, zip, gzip, base64 and
pickles all hide words that are still there. So each file is opened by every decoder that fits, and
what comes out is opened again. ``DECODERS`` is what the test plants a positive for.
"""

import base64
import binascii
import dataclasses as dc
import gzip
import html
import io
import json
import pickletools
import re
import sqlite3
import tempfile
import urllib.parse
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

import pikepdf
import pyarrow as pa
import pyarrow.parquet as pq
import pypdf

DEPTH = 5
BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{24,}={0,2}")


@dc.dataclass(frozen=True, slots=True, order=True)
class Leak:
    """A needle by its name, the file, and the decoders that led to it."""

    needle: str
    file: str
    via: str


def leaks(places: Iterable[Path], needles: Mapping[str, str]) -> set[Leak]:
    """Every needle found in files below the places, or in their names."""
    forms = {name: _forms(needle) for name, needle in needles.items()}
    found: set[Leak] = set()
    for place in places:
        for file in sorted(p for p in ([place] if place.is_file() else place.rglob("*"))):
            for name in _hits(str(file).encode(), forms):
                found.add(Leak(name, str(file), "name"))
            if not file.is_file() or file.is_symlink():
                continue
            blobs = list(opened(file.read_bytes()))
            if not _hits(b"\0".join(blob for _, blob in blobs), forms):
                continue  # once over all of a file's blobs is quicker than over each
            for via, blob in blobs:
                for name in _hits(blob, forms):
                    found.add(Leak(name, str(file), via))
    return found


def opened(data: bytes, via: str = "raw", depth: int = DEPTH) -> Iterator[tuple[str, bytes]]:
    """The bytes themselves, and all that any decoder finds inside them."""
    yield via, data
    if depth == 0:
        return
    for name, decoder in DECODERS.items():
        for inner in decoder(data):
            if inner and inner != data:
                yield from opened(inner, f"{via}>{name}", depth - 1)


def _hits(blob: bytes, forms: Mapping[str, tuple[bytes, ...]]) -> list[str]:
    low = blob.lower()
    return [name for name, spellings in forms.items() if any(s in low for s in spellings)]


def _forms(needle: str) -> tuple[bytes, ...]:
    """The needle as it may be spelt in bytes; ASCII folded to lower case, as the blob is."""
    spelt = {
        needle.encode(),
        needle.encode("utf-16-le"),
        needle.encode("utf-16-be"),
        needle.encode("latin-1", "ignore"),
        json.dumps(needle)[1:-1].encode(),
        html.escape(needle).encode(),
        needle.encode("ascii", "xmlcharrefreplace"),
        urllib.parse.quote(needle).encode(),
        urllib.parse.quote_plus(needle).encode(),
    }
    return tuple(form.lower() for form in spelt if form)


def _parquet(data: bytes) -> Iterator[bytes]:
    if data[:4] != b"PAR1":
        return
    table = pq.read_table(io.BytesIO(data))
    yield json.dumps(table.to_pylist(), ensure_ascii=False, default=str).encode()
    yield repr(table.schema.metadata).encode()
    yield from (repr(field.metadata).encode() for field in table.schema)


def _pdf(data: bytes) -> Iterator[bytes]:
    if b"%PDF-" not in data[:1024]:
        return
    with pikepdf.open(io.BytesIO(data)) as pdf:
        for thing in pdf.objects:
            if isinstance(thing, pikepdf.Stream):
                try:
                    yield thing.read_bytes()
                except pikepdf.PdfError:  # a picture's filter: its own bytes are what there is
                    yield thing.read_raw_bytes()
            else:
                yield repr(thing).encode()
    reader = pypdf.PdfReader(io.BytesIO(data))
    text = "\n".join(page.extract_text() for page in reader.pages)
    yield text.encode()
    yield " ".join(text.split()).encode()


def _sqlite(data: bytes) -> Iterator[bytes]:
    if not data.startswith(b"SQLite format 3\0"):
        return
    with tempfile.NamedTemporaryFile(suffix=".db") as copy:
        copy.write(data)
        copy.flush()
        base = sqlite3.connect(f"file:{copy.name}?immutable=1", uri=True)
        try:
            tables = base.execute("SELECT name FROM sqlite_master WHERE type='table'").fetchall()
            for (table,) in tables:
                for row in base.execute(f'SELECT * FROM "{table}"'):  # noqa: S608 - read from the file itself
                    for value in row:
                        if isinstance(value, str):
                            yield value.encode()
                        elif isinstance(value, bytes):
                            yield value
        finally:
            base.close()


def _zip(data: bytes) -> Iterator[bytes]:
    if data[:2] != b"PK" or not zipfile.is_zipfile(io.BytesIO(data)):
        return
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in archive.namelist():
            yield name.encode()
            yield archive.read(name)


def _gzip(data: bytes) -> Iterator[bytes]:
    if data[:2] == b"\x1f\x8b":
        try:
            yield gzip.decompress(data)
        except (EOFError, OSError, zlib.error):
            return


def _zstd(data: bytes) -> Iterator[bytes]:
    if data[:4] == b"\x28\xb5\x2f\xfd":
        try:
            yield pa.input_stream(io.BytesIO(data), compression="zstd").read()
        except OSError:
            return


def _base64(data: bytes) -> Iterator[bytes]:
    for run in BASE64.findall(data):
        padded = run.rstrip(b"=").translate(bytes.maketrans(b"-_", b"+/"))
        try:
            yield base64.b64decode(padded + b"=" * (-len(padded) % 4), validate=True)
        except binascii.Error:
            continue


def _pickle(data: bytes) -> Iterator[bytes]:
    if data[:1] != b"\x80" or data[1:2] not in {b"\x02", b"\x03", b"\x04", b"\x05"}:
        return
    try:
        for _, value, _ in pickletools.genops(data):
            if isinstance(value, str):
                yield value.encode()
            elif isinstance(value, bytes | bytearray):
                yield bytes(value)
    except ValueError:
        return


def _json(data: bytes) -> Iterator[bytes]:
    """Text behind escapes: strings of a JSON document, or of JSON lines."""
    if data[:1] not in {b"{", b"[", b'"'}:
        return
    for line in data.splitlines() if data.count(b"\n{") else [data]:
        try:
            document = json.loads(line)
        except ValueError:
            continue
        plain = json.dumps(document, ensure_ascii=False).encode(errors="replace")
        if plain != line:
            yield plain
        if isinstance(document, str):
            yield document.encode(errors="replace")
        elif isinstance(document, dict):
            yield from (v.encode(errors="replace") for v in document.values() if isinstance(v, str))


DECODERS: dict[str, Callable[[bytes], Iterator[bytes]]] = {
    "parquet": _parquet,
    "pdf": _pdf,
    "sqlite": _sqlite,
    "zip": _zip,
    "gzip": _gzip,
    "zstd": _zstd,
    "base64": _base64,
    "pickle": _pickle,
    "json": _json,
}
