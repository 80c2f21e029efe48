"""The stores that the contracts run over. A new one needs an opener here and nothing else.

An address is a string, so that other processes can open the same store.
"""

from collections.abc import Callable
from pathlib import Path

from archive_store.bucket import Bucket
from archive_store.directory import Directory
from archive_store.errors import ExistsError

OPENERS: dict[str, Callable[[str], Bucket]] = {
    "directory": lambda address: Directory(Path(address)),
}


def new_address(store: str, tmp_path: Path) -> str:
    """The address of a store in which nothing lies yet."""
    return str(tmp_path / store)


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
