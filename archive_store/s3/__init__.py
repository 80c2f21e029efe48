"""An archive in an S3 bucket: the one door to boto3, botocore and urllib3.

Of Ceph's gateway, which the tests run against, and of AWS it asks nothing that the other lacks.
What it relies on (conditional puts, versions, locks) ``doctor`` tries on the bucket itself.
"""

from archive_store.s3.store import S3

__all__ = ["S3"]
