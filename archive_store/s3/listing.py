"""Listing every version and delete marker, page by page.

Read by ElementTree and not by boto3: of 1 000 rows boto3 makes dictionaries for longer than Ceph
takes to list them.
"""

import dataclasses as dc
import datetime as dt
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from typing import Final
from urllib.parse import unquote_plus

from archive_store.s3.requests import Door, Request

_PAGE: Final = 1000
_NEVER: Final = dt.datetime.min.replace(tzinfo=dt.UTC)


@dc.dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One version of an object, or a delete marker (``marker``; ``on_top`` if nothing is newer)."""

    key: str
    id: str
    size: int
    modified: dt.datetime
    marker: bool
    etag: str = ""
    on_top: bool = False


def versions(
    door: Door, prefix: str = "", *, after: str = "", page: int = _PAGE
) -> Iterator[Version]:
    """Every version whose key starts so: by key, the newest first.

    Args:
        door: to the bucket.
        prefix: how the archive's keys begin.
        after: only keys beyond this one.
        page: how many to ask for at once.
    """
    query = {
        "versions": "",
        "encoding-type": "url",
        "prefix": door.root + prefix,
        "max-keys": str(page),
    }
    if after:
        query["key-marker"] = door.root + after
    while True:
        answer = door.send(Request(method="GET", query=query))
        tree = door.document(answer, "ListVersionsResult")
        plain = unquote_plus if tree.findtext("EncodingType") == "url" else str
        found = [
            _version(row, door.root, plain)
            for row in tree
            if row.tag in {"Version", "DeleteMarker"}
        ]
        # Some stores list markers at the end of a page.
        found.sort(key=lambda version: (version.key, not version.on_top))
        # Beyond "after", which leaves out the root's own mark as a folder, too.
        yield from (version for version in found if version.key > after)
        if tree.findtext("IsTruncated") != "true":
            return
        query["key-marker"] = plain(tree.findtext("NextKeyMarker") or "")
        query["version-id-marker"] = tree.findtext("NextVersionIdMarker") or ""


def _version(row: ET.Element, root: str, plain: Callable[[str], str]) -> Version:
    modified = row.findtext("LastModified")
    marker = row.tag == "DeleteMarker"
    return Version(
        key=plain(row.findtext("Key") or "").removeprefix(root),
        id=row.findtext("VersionId") or "null",
        size=int(row.findtext("Size") or 0),
        modified=dt.datetime.fromisoformat(modified) if modified else _NEVER,
        marker=marker,
        on_top=marker and row.findtext("IsLatest") == "true",
        etag=row.findtext("ETag") or "",
    )
