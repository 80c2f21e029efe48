"""What the journal names and the store will not give, though it holds it still.

Where a bucket keeps versions, a plain delete by a person, a program or a lifecycle rule destroys
nothing: it puts a marker before them. Whoever restores a backup then does more harm than good.
"""

from archive_store.bucket import Bucket
from archive_store.errors import DamageError


def hidden(bucket: Bucket, key: str, *, code: str = "hidden-object") -> DamageError | None:
    """The damage, if that is why a key's bytes cannot be read; asks the store for a listing."""
    if not any(stored.hidden for stored in bucket.list(key) if stored.key == key):
        return None
    return DamageError(
        code,
        sv=f"{key} är dolt av en raderingsmarkör (delete marker) i hinken, men finns kvar där i en "
        "äldre version. Ta bort markören, så syns det igen, och ta reda på vem, eller vilken "
        "livscykelregel, som lade dit den.",
        en=f"{key} is hidden by a delete marker in the bucket, but is still there in an older "
        "version. Remove the marker and it shows again, and find out who, or which lifecycle "
        "rule, put it there.",
    )
