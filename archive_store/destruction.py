"""Destroying: every version of every byte of a package, and proof that none remains.

What the journal has retired is destroyed here; so is what commits that never came to be have left,
and what an old backup has brought back (notes: design 8 and 12). A certificate rests on ``remains``
being empty.
"""

import concurrent.futures
from collections.abc import Iterable

from archive_store.bucket import Bucket
from archive_store.drafts import read_manifest
from archive_store.errors import ArchiveError, DamageError
from archive_store.keys import SECRETS, ZONES, is_safe, owners, territory, token_key
from archive_store.state import State


def remains(bucket: Bucket, keys: Iterable[str]) -> list[str]:
    """Every stored key in the territories of these packages; empty is verified absence."""
    return [stored.key for key in keys for stored in bucket.list(territory(key))]


def destroy(bucket: Bucket, keys: Iterable[str], *, withdrawn: bool = False) -> None:
    """Destroy these packages; ``DamageError`` where something is still there afterwards."""
    for key in keys:
        for stored in remains(bucket, [key]):
            _delete(bucket, stored, withdrawn=withdrawn)
        if left := remains(bucket, [key]):
            raise DamageError(
                "not-destroyed",
                sv=f"{left[0]} skulle ha förstörts men finns kvar. Kontrollera rättigheter och "
                "lås i lagringen; nästa körning försöker igen.",
                en=f"{left[0]} should have been destroyed but is still there. Check permissions "
                "and locks in the store; the next run tries again.",
            )


def brought_back(bucket: Bucket, state: State) -> list[str]:
    """Packages that the journal has retired and of which something lies there all the same.

    So it is where an old backup was restored over a newer journal. Only the zones that may hold
    words are looked through.
    """
    zones = [
        f"{zone}/" for zone, law in ZONES.items() if law.personal or "withdrawn" in law.retirements
    ]
    with concurrent.futures.ThreadPoolExecutor(bucket.pace.readers) as pool:
        found = pool.map(lambda zone: _retired_in(bucket, state, zone), zones)
        return [key for each in found for key in each]


def is_leftover(bucket: Bucket, state: State, key: str) -> bool:
    """Whether an object in a zone belongs to no living package."""
    if not is_safe(key) or key.split("/", 1)[0] not in ZONES or key in SECRETS:
        return False
    for owner in owners(key):
        package = state.package(owner)
        if package is not None:
            manifest = read_manifest(bucket, package)
            names = {file["name"] for file in manifest["files"]}
            if key == token_key(owner):  # journalled or about to be; ``stamp`` clears what is not
                return False
            return key != owner and key.removeprefix(territory(owner)) not in names
    return True


def _retired_in(bucket: Bucket, state: State, zone: str) -> list[str]:
    retired: dict[str, None] = {}
    living = ""  # the territory of the package last seen: what follows is mostly its own
    for stored in bucket.list(zone):
        key = stored.key
        if (living and key.startswith(living)) or not is_safe(key) or key in SECRETS:
            continue
        belongs = owners(key)
        owner = next((each for each in belongs if state.package(each) is not None), None)
        if owner is not None:
            living = territory(owner)
            continue
        retired |= dict.fromkeys(each for each in belongs if state.was_used(each))
    return list(retired)


def _delete(bucket: Bucket, key: str, *, withdrawn: bool) -> None:
    try:
        bucket.delete(key, withdrawn=withdrawn)
    except ArchiveError as error:
        if error.code != "locked" or not bucket.locks:
            raise
        # A hold released in the journal may still stand in the store, of a run killed in between.
        bucket.hold(key, on=False)
        bucket.delete(key, withdrawn=withdrawn)
