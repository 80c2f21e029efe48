"""Tries a store before anything is entrusted to it: the archive refuses to promise what failed.

Servers take conditions, locks and checksums without a word and ignore them; a file system may lack
hard links. What a store can do is therefore seen by trial, on the operator's own (docs/stores.md).
"""

from archive_store.doctor.examination import examine, require
from archive_store.doctor.report import Needed, Ok, Report, Row, Text
from archive_store.doctor.trusted_time import examine_time

__all__ = ["Needed", "Ok", "Report", "Row", "Text", "examine", "examine_time", "require"]
