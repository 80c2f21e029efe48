"""Where an archive may lie: a directory, or an S3 bucket."""

import re
from pathlib import Path
from typing import Final
from urllib.parse import parse_qsl, urlsplit

from archive_store.bucket import Bucket
from archive_store.directory import Directory
from archive_store.errors import InputError
from archive_store.keys import is_safe

SAMPLE: Final = 1 / 16

_SCHEME: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+):/")
_BUCKET: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{1,253}[A-Za-z0-9]")
_LONGEST_PREFIX: Final = 400  # S3 takes 1 024 bytes, a key of the archive's 512
_READ_BACK: Final = {"all": 1.0, "sample": SAMPLE}


def bucket_at(location: str | Path) -> Bucket:
    """The store at a place.

    Args:
        location: a directory such as ``./archive``, or ``s3://bucket``, ``s3://bucket/prefix``,
            each with ``?read_back=sample`` where a sixteenth of what is written is to be read
            back at once and the rest left to ``verify``. Endpoint, region and credentials come
            by boto3's chain (environment, profile, instance role).

    Raises:
        InputError: it is no place for an archive.
    """
    text = str(location)
    scheme = _SCHEME.match(text)
    if scheme is None:
        return Directory(Path(location))
    if scheme[1].lower() != "s3":
        raise InputError(
            "no-such-store",
            sv="Arkivet kan ligga i en katalog, till exempel ./archive, eller i en S3-hink, "
            "s3://hink/prefix.",
            en="The archive can lie in a directory, such as ./archive, or in an S3 bucket, "
            "s3://bucket/prefix.",
        )
    return _s3(text)


def _s3(text: str) -> Bucket:
    place = urlsplit(text)
    prefix = place.path.strip("/")
    settings = parse_qsl(place.query, keep_blank_values=True)
    read_back = _READ_BACK.get(settings[0][1]) if settings else 1.0
    if (
        not _BUCKET.fullmatch(place.netloc)
        or place.fragment
        or len(prefix) > _LONGEST_PREFIX
        or (prefix and not is_safe(prefix))
        or [name for name, _ in settings] not in ([], ["read_back"])
        or read_back is None
    ):
        raise InputError(
            "bad-place",
            sv="Platsen för arkivet duger inte. Skriv s3://hink eller s3://hink/prefix, med a–z, "
            "0–9, punkt och bindestreck, och vid behov ?read_back=sample eller ?read_back=all.",
            en="The place of the archive will not do. Write s3://bucket or s3://bucket/prefix, "
            "with a–z, 0–9, full stop and hyphen, and ?read_back=sample or ?read_back=all if "
            "need be.",
        )
    from archive_store.s3 import S3  # noqa: PLC0415 (boto3 takes half a second to import)

    return S3(place.netloc, prefix, read_back=read_back)
