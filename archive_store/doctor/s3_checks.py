"""What is asked of a bucket on S3, in the order in which it is safe to ask."""

from typing import Final

from archive_store.bucket import Bucket
from archive_store.doctor import any_store, s3_access, s3_bytes, s3_locks
from archive_store.doctor.asking import Check
from archive_store.doctor.s3_ground import Corner
from archive_store.s3 import S3

CHECKS: Final = (
    s3_access.access,
    s3_access.versions_listed,
    s3_access.no_default_retention,  # before anything is written
    s3_access.tls,
    s3_access.clock,
    any_store.write_read,
    s3_bytes.condition_honoured,
    any_store.taken_refused,
    any_store.one_winner,
    s3_bytes.versions,
    s3_bytes.versions_destroyed,
    s3_access.nothing_expires,
    s3_access.anonymous_refused,
    s3_access.not_public,
    s3_bytes.payload_refused,
    s3_bytes.sha256_refused,
    s3_bytes.sha256_kept,
    s3_bytes.etag_compared,
    any_store.locks,
    s3_locks.lock_holds,
    s3_locks.lock_withdrawn,
    s3_locks.compliance_holds,
    s3_locks.legal_hold,
    s3_locks.lock_ends,  # waits for those above
    s3_access.cleared,
)
_QUICK: Final = (
    s3_access.access,
    s3_access.versions_listed,
    s3_access.no_default_retention,
    s3_access.clock,
    any_store.taken_refused,
    any_store.one_winner,
    s3_bytes.versions_destroyed,
)


def quick(*, locks: bool) -> tuple[Check[Corner], ...]:
    """What is asked before an archive is made, with a trial of its locks if they are wanted."""
    wanted = (any_store.locks, s3_locks.lock_holds) if locks else ()
    return (*_QUICK, *wanted)


def corner_of(bucket: Bucket) -> Corner | None:
    """A scratch prefix in it; ``None`` where it does not lie on S3."""
    return Corner(bucket) if isinstance(bucket, S3) else None
