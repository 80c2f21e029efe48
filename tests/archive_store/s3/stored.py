"""What lies in a bucket, version by version, and until when it may be locked."""

import datetime as dt

from archive_store.s3 import S3, listing
from archive_store.s3.listing import Version

SOON = (dt.datetime.now(dt.UTC) + dt.timedelta(days=1)).replace(microsecond=0)
LATER = SOON + dt.timedelta(days=1)


def all_versions(bucket: S3, key: str = "") -> list[Version]:
    return list(listing.versions(bucket._door, key))


def versions_of(bucket: S3) -> list[str]:
    return [each.key for each in all_versions(bucket)]
