"""What leaves a channel, from pairs of an item's id and the digest of one of its wordings."""

from collections.abc import Collection

from archive_store import Archive
from tasks.marks import marking, of_wording
from tasks.tombstones import Gone


def gone(
    archive: Archive, channel: str, *pairs: tuple[str, str], began: Collection[str] = ()
) -> list[Gone]:
    """Each as a thread of its own; ``began`` names items that began a thread culled whole."""
    mark = marking(archive.secret(), channel)
    return [
        Gone(marks=[(mark(item), (mark(of_wording(item, digest)),))], began=item in began)
        for item, digest in pairs
    ]
