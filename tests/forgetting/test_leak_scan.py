"""The leak scan itself: what is planted for each decoder must be found, else it proves nothing."""

import base64
import gzip
import io
import json
import pickle
import sqlite3
import zipfile
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from leaks import DECODERS, leaks

NEEDLE = "Anna Åkesson på Näckrosvägen"


def _parquet(text: str) -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.table({"words": [text] * 50}), out, compression="zstd")
    return out.getvalue()


def _pdf(text: str) -> bytes:
    pdf = pikepdf.new()
    pdf.add_blank_page()
    stream = pdf.make_stream(text.encode("latin-1"))
    pdf.Root.Hidden = stream
    out = io.BytesIO()
    pdf.save(out, compress_streams=True, recompress_flate=True)
    return out.getvalue()


def _sqlite(text: str) -> bytes:
    base = sqlite3.connect(":memory:")
    base.execute("CREATE TABLE t (b BLOB)")
    base.execute("INSERT INTO t VALUES (?)", (gzip.compress(text.encode()),))
    base.commit()
    data = base.serialize()
    base.close()
    return data


def _zip(text: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("words.txt", text)
    return out.getvalue()


def _zstd(text: str) -> bytes:
    return bytes(pa.Codec("zstd").compress(text.encode(), asbytes=True))


PLANTED: dict[str, Callable[[str], bytes]] = {
    "parquet": _parquet,
    "pdf": _pdf,
    "sqlite": _sqlite,
    "zip": _zip,
    "gzip": lambda text: gzip.compress(text.encode()),
    "zstd": _zstd,
    "base64": lambda text: b"key=" + base64.b64encode(text.encode()),
    "pickle": lambda text: pickle.dumps({"deep": [text.encode("utf-16-le")]}),
    "json": lambda text: json.dumps(
        {"log": json.dumps({"inner": text.replace("Å", "Å")})}
    ).encode(),
}


@pytest.mark.parametrize("decoder", sorted(DECODERS))
def test_each_decoder_finds_what_is_planted_for_it(decoder: str, tmp_path: Path) -> None:
    (tmp_path / "innocent.bin").write_bytes(PLANTED[decoder](NEEDLE))
    found = leaks([tmp_path], {"name": NEEDLE})
    assert {leak.needle for leak in found} == {"name"}


@pytest.mark.parametrize("decoder", sorted(set(DECODERS) - {"base64", "json"}))
def test_what_one_decoder_hides_in_another_is_found(decoder: str, tmp_path: Path) -> None:
    inner = base64.b64encode(PLANTED[decoder](NEEDLE)).decode()
    (tmp_path / "log.json").write_text(json.dumps({"result": {"blob": inner}}))
    assert leaks([tmp_path], {"name": NEEDLE})


@pytest.mark.parametrize("decoder", sorted(DECODERS))
def test_what_is_not_there_is_not_found(decoder: str, tmp_path: Path) -> None:
    (tmp_path / "innocent.bin").write_bytes(PLANTED[decoder]("något helt annat"))
    assert leaks([tmp_path], {"name": NEEDLE}) == set()


def test_a_word_in_a_file_name_is_found(tmp_path: Path) -> None:
    (tmp_path / "brev till anna.txt").touch()
    assert {leak.via for leak in leaks([tmp_path], {"slug": "till anna"})} == {"name"}
