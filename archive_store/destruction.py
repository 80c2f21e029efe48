"""Destroying: every version of every byte of a package, and proof that none remains.

What the journal has retired is destroyed here; so is what commits that never came to be have left
(notes: design 8 and 12). A certificate rests on ``remains`` being empty.
"""

from collections.abc import Iterable

from archive_store.bucket import Bucket
from archive_store.drafts import read_manifest
from archive_store.errors import DamageError
from archive_store.keys import SECRETS, ZONES, is_safe, owners, territory
from archive_store.state import State


def remains(bucket: Bucket, keys: Iterable[str]) -> list[str]:
    """Every stored key in the territories of these packages; empty is verified absence."""
    return [stored.key for key in keys for stored in bucket.list(territory(key))]


def destroy(bucket: Bucket, keys: Iterable[str]) -> None:
    """Destroy these packages; ``DamageError`` where something is still there afterwards."""
    for key in keys:
        for stored in remains(bucket, [key]):
            bucket.delete(stored)
        if left := remains(bucket, [key]):
            raise DamageError(
                "not-destroyed",
                sv=f"{left[0]} skulle ha förstörts men finns kvar. Kontrollera rättigheter och "
                "lås i lagringen; nästa körning försöker igen.",
                en=f"{left[0]} should have been destroyed but is still there. Check permissions "
                "and locks in the store; the next run tries again.",
            )


def is_leftover(bucket: Bucket, state: State, key: str) -> bool:
    """Whether an object in a zone belongs to no living package."""
    if not is_safe(key) or key.split("/", 1)[0] not in ZONES or key in SECRETS:
        return False
    for owner in owners(key):
        package = state.living.get(owner)
        if package is not None:
            manifest = read_manifest(bucket, package)
            names = {file["name"] for file in manifest["files"]}
            return key != owner and key.removeprefix(territory(owner)) not in names
    return True
