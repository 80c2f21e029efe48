"""What lies in an archive that is verified, how it is damaged, and what is then found."""

import datetime as dt
from pathlib import Path

from archive_store import Archive, Commit, Draft
from archive_store.fixity import VerifyReport

NOW = dt.datetime(2025, 12, 31, 22, tzinfo=dt.UTC)
PDF = "snapshots/info/blogg/2025/2025-12-31T2300-arsskifte.pdf"
MANIFEST = PDF.replace("pdf", "json")
THREADS = "posts/blogg/2025-12-30/2/threads.jsonl"
LAST = "journal/000000000005.json"


def commit(archive: Archive, *drafts: Draft, retire: tuple[str, ...] = ()) -> None:
    archive.commit(Commit(event="test", now=NOW, actor="test", drafts=drafts, retire=retire))


def day(generation: int) -> Draft:
    files = {"threads.jsonl": b"words", "media/0001.jpg": b"\xff"}
    return Draft(base=f"posts/blogg/2025-12-30/{generation}", files=files, folder=True)


def put(root: Path, key: str, data: bytes = b"x") -> None:
    (root / key).parent.mkdir(parents=True, exist_ok=True)
    (root / key).write_bytes(data)


def flip(data: bytes) -> bytes:
    return data[:-2] + bytes([data[-2] ^ 1]) + data[-1:]


def found(report: VerifyReport) -> set[tuple[str, str]]:
    for finding in report.findings:
        assert finding.text("sv")
        assert finding.text("en") != finding.text("sv")
        assert finding.key in finding.sv
    return {(finding.code, finding.key) for finding in report.findings}
