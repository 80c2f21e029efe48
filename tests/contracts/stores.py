"""The stores that the contracts run over. A new one needs an opener here and nothing else.

An address is a string, so that other processes can open the same store; that of an S3 store is
``http(s)://host:port/bucket/prefix``, its credentials and authority are in the environment
(``AWS_ACCESS_KEY_ID``, ``AWS_SECRET_ACCESS_KEY``, ``AWS_CA_BUNDLE``). In every run it is a stand-in
on loopback; with ``KANALARKIV_TEST_S3`` set to such an address, it is what lies there.
"""

import os
import secrets
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from archive_store.bucket import Bucket
from archive_store.directory import Directory
from archive_store.errors import ExistsError
from archive_store.s3 import S3
from tests.support.s3_stand_in import StandIn

_RUNNING: list[StandIn] = []


def s3_at(address: str) -> S3:
    """The S3 store at an address."""
    place = urlsplit(address)
    bucket, _, prefix = place.path.strip("/").partition("/")
    return S3(bucket, prefix, endpoint=f"{place.scheme}://{place.netloc}")


OPENERS: dict[str, Callable[[str], Bucket]] = {
    "directory": lambda address: Directory(Path(address)),
    "s3": s3_at,
}


def new_address(store: str, tmp_path: Path) -> str:
    """The address of a store in which nothing lies yet."""
    if store == "directory":
        return str(tmp_path / store)
    given = os.environ.get("KANALARKIV_TEST_S3")
    if given:
        return f"{given.rstrip('/')}/{secrets.token_hex(8)}"
    (running,) = _RUNNING
    return f"{running.url}/{running.new_bucket()}/arkiv"


def is_stand_in(address: str) -> bool:
    """Whether the store there only stands in for a real one."""
    return any(address.startswith(running.url) for running in _RUNNING)


def use(running: StandIn) -> None:
    """Let new S3 addresses be in this stand-in."""
    _RUNNING[:] = [running]


def race(store: str, address: str, keys: list[str], who: int) -> list[str]:
    """One process's attempt to create each key; those that it won."""
    bucket, won = OPENERS[store](address), []
    for key in keys:
        try:
            bucket.create(key, b"%d" % who)
        except ExistsError:
            continue
        won.append(key)
    return won
